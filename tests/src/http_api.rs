//! An HTTP API in front of a network load balancer's listeners, made and changed by calls of the test's own.

use aws_sdk_apigatewayv2::Client;
use aws_sdk_apigatewayv2::types::{ConnectionType, IntegrationType, ProtocolType};

use crate::blocking::wait;
use crate::world::World;

/// An API with a VPC link.
#[derive(Debug)]
pub struct HttpApi {
    /// The client, for what is not offered here.
    pub client: Client,
    /// Its id.
    pub id: String,
    /// The VPC link, of the second version.
    pub link: String,
}

impl HttpApi {
    /// An empty API, with a VPC link into a network.
    pub fn new(world: &World) -> Self {
        let client = Client::new(world.config());
        let request = client.create_api().name(format!("{}-http", world.name())).protocol_type(ProtocolType::Http);
        let id = wait(request.send()).unwrap().api_id().unwrap().to_owned();
        let (_, subnets) = world.emulator().network(world.region());
        let request = client.create_vpc_link().name(format!("{}-v2", world.name())).set_subnet_ids(Some(subnets));
        let link = wait(request.send()).unwrap().vpc_link_id().unwrap().to_owned();
        Self { client, id, link }
    }

    /// Makes a route, such as `ANY /orders/{proxy+}`, to a listener; the integration's id.
    pub fn route(&self, key: &str, listener: &str) -> String {
        let request = self.client.create_integration().api_id(&self.id).integration_type(IntegrationType::HttpProxy);
        let request = request
            .integration_method("ANY")
            .integration_uri(listener)
            .connection_type(ConnectionType::VpcLink)
            .connection_id(&self.link)
            .payload_format_version("1.0");
        let integration = wait(request.send()).unwrap().integration_id().unwrap().to_owned();
        let request = self.client.create_route().api_id(&self.id).route_key(key);
        wait(request.target(format!("integrations/{integration}")).send()).unwrap();
        integration
    }

    /// Edits an integration's listener.
    pub fn edit(&self, integration: &str, listener: &str) {
        let request = self.client.update_integration().api_id(&self.id).integration_id(integration);
        wait(request.integration_uri(listener).send()).unwrap();
    }

    /// Makes a stage.
    pub fn stage(&self, name: &str, deploys_by_itself: bool) {
        let request = self.client.create_stage().api_id(&self.id).stage_name(name);
        wait(request.auto_deploy(deploys_by_itself).send()).unwrap();
    }

    /// Deploys onto a stage; the deployment's id.
    pub fn deploy(&self, stage: &str) -> String {
        let made = wait(self.client.create_deployment().api_id(&self.id).stage_name(stage).send()).unwrap();
        made.deployment_id().unwrap().to_owned()
    }

    /// Points a stage to a deployment.
    pub fn point(&self, stage: &str, deployment: &str) {
        let request = self.client.update_stage().api_id(&self.id).stage_name(stage);
        wait(request.deployment_id(deployment).send()).unwrap();
    }
}

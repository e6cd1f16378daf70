//! APIs in front of a network load balancer, made and read back by calls of the test's own.

use aws_sdk_apigateway::types::{ConnectionType, IntegrationType, Op, PatchOperation};
use aws_sdk_apigatewayv2::types as v2;
use aws_sdk_elasticloadbalancingv2::types::ProtocolEnum;
use serde_json::{Value, json};

use crate::blocking::wait;
use crate::emulator::Emulator;
use crate::world::{TargetGroup, World, forward};

/// Blue's and green's port.
pub const PORTS: (i32, i32) = (8080, 9090);

/// A network load balancer with two listeners, and the clients of API Gateway.
#[derive(Debug)]
pub struct Gateway {
    /// What lies around it.
    pub world: World,
    /// The load balancer's ARN.
    pub balancer: String,
    /// Its DNS name.
    pub host: String,
    /// Blue's and green's listener.
    pub listeners: (String, String),
    /// Blue's and green's target group.
    pub groups: (TargetGroup, TargetGroup),
    rest: aws_sdk_apigateway::Client,
    http: aws_sdk_apigatewayv2::Client,
}

impl Gateway {
    /// A load balancer whose two sides are healthy, and no API yet.
    pub fn new(name: &str) -> Self {
        let world = World::new(name);
        let balancer = world.network_balancer("nlb");
        let groups =
            (world.target_group_of("blue", ProtocolEnum::Tcp, 2), world.target_group_of("green", ProtocolEnum::Tcp, 2));
        let listener = |port, group| world.listener(&balancer, ProtocolEnum::Tcp, port, vec![forward(&[(group, 1)])]);
        let listeners = (listener(PORTS.0, &groups.0), listener(PORTS.1, &groups.1));
        let found = wait(world.client().describe_load_balancers().load_balancer_arns(&balancer).send()).unwrap();
        let host = found.load_balancers()[0].dns_name().unwrap().to_owned();
        let rest = aws_sdk_apigateway::Client::new(world.config());
        let http = aws_sdk_apigatewayv2::Client::new(world.config());
        Self { balancer, host, listeners, groups, rest, http, world }
    }

    /// The client for what is not offered here.
    pub fn rest(&self) -> &aws_sdk_apigateway::Client {
        &self.rest
    }

    /// A REST API with a VPC link to the load balancer and a path for each of these URIs, `/r0` and on, deployed to
    /// `prod`; its id.
    pub fn rest_api(&self, uris: &[&str], variables: &[(&str, &str)]) -> String {
        let name = format!("{}-api", self.world.name());
        let made = wait(self.rest.create_rest_api().name(&name).send()).unwrap();
        let (api, root) = (made.id.unwrap(), made.root_resource_id.unwrap());
        let link =
            wait(self.rest.create_vpc_link().name(&name).target_arns(&self.balancer).send()).unwrap().id.unwrap();
        for (nth, uri) in uris.iter().enumerate() {
            let part = format!("r{nth}");
            let made = self.rest.create_resource().rest_api_id(&api).parent_id(&root).path_part(part);
            let parent = wait(made.send()).unwrap().id.unwrap();
            let made = self.rest.create_resource().rest_api_id(&api).parent_id(parent).path_part("{proxy+}");
            self.method(&api, &wait(made.send()).unwrap().id.unwrap(), uri, &link);
        }
        let deployed = wait(self.rest.create_deployment().rest_api_id(&api).description("release 1").send()).unwrap();
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let stage = self.rest.create_stage().rest_api_id(&api).stage_name("prod").deployment_id(deployed.id.unwrap());
        wait(stage.set_variables(Some(variables)).send()).unwrap();
        api
    }

    fn method(&self, api: &str, resource: &str, uri: &str, link: &str) {
        let method = self.rest.put_method().rest_api_id(api).resource_id(resource).http_method("ANY");
        wait(method.authorization_type("NONE").request_parameters("method.request.path.proxy", true).send()).unwrap();
        let integration = self
            .rest
            .put_integration()
            .rest_api_id(api)
            .resource_id(resource)
            .http_method("ANY")
            .r#type(IntegrationType::HttpProxy)
            .integration_http_method("ANY")
            .uri(uri)
            .connection_type(ConnectionType::VpcLink)
            .connection_id(link)
            .timeout_in_millis(7000)
            .cache_key_parameters("method.request.path.proxy")
            .request_parameters("integration.request.path.proxy", "method.request.path.proxy");
        wait(integration.send()).unwrap();
    }

    /// Deletes a listener of the load balancer.
    pub fn delete_listener(&self, arn: &str) {
        wait(self.world.client().delete_listener().listener_arn(arn).send()).unwrap();
    }

    /// Replaces something of a REST API's integration, as someone else would.
    pub fn edit(&self, api: &str, route: &str, path: &str, value: &str) {
        let resources = wait(self.rest.get_resources().rest_api_id(api).limit(500).send()).unwrap();
        let resource = resources.items().iter().find(|one| one.path() == Some(route)).unwrap().id().unwrap().to_owned();
        let operation = PatchOperation::builder().op(Op::Replace).path(path).value(value).build();
        let edit = self.rest.update_integration().rest_api_id(api).resource_id(resource).http_method("ANY");
        wait(edit.patch_operations(operation).send()).unwrap();
    }

    /// Every field of a REST API's integration of a route, as AWS shows it.
    pub fn integration(&self, api: &str, route: &str) -> aws_sdk_apigateway::types::Integration {
        let resources = wait(self.rest.get_resources().rest_api_id(api).embed("methods").limit(500).send()).unwrap();
        let resource = resources.items().iter().find(|one| one.path() == Some(route)).unwrap();
        resource.resource_methods().unwrap()["ANY"].method_integration().unwrap().clone()
    }

    /// Gives `prod` a canary, as someone else would.
    pub fn foreign_canary(&self, api: &str) {
        let canary = aws_sdk_apigateway::types::DeploymentCanarySettings::builder().percent_traffic(5.0).build();
        let deploy = self.rest.create_deployment().rest_api_id(api).stage_name("prod").canary_settings(canary);
        wait(deploy.description("release 2").send()).unwrap();
    }

    /// An HTTP API with a route to blue's listener and a stage `prod`; its id.
    pub fn http_api(&self, automatic: bool) -> String {
        let name = format!("{}-http", self.world.name());
        let made = self.http.create_api().name(name).protocol_type(v2::ProtocolType::Http);
        let api = wait(made.send()).unwrap().api_id.unwrap();
        let integration = self
            .http
            .create_integration()
            .api_id(&api)
            .integration_type(v2::IntegrationType::HttpProxy)
            .integration_method("ANY")
            .integration_uri(&self.listeners.0)
            .connection_type(v2::ConnectionType::VpcLink)
            .connection_id("link")
            .payload_format_version("1.0")
            .timeout_in_millis(9000);
        let target = format!("integrations/{}", wait(integration.send()).unwrap().integration_id.unwrap());
        for key in ["ANY /orders/{proxy+}", "$default"] {
            wait(self.http.create_route().api_id(&api).route_key(key).target(&target).send()).unwrap();
        }
        wait(self.http.create_stage().api_id(&api).stage_name("prod").auto_deploy(automatic).send()).unwrap();
        if !automatic {
            wait(self.http.create_deployment().api_id(&api).stage_name("prod").send()).unwrap();
        }
        api
    }

    /// What `prod` serves at this moment, by the emulator's own word.
    pub fn served(&self, api: &str) -> Value {
        wait(self.served_now(api))
    }

    async fn served_now(&self, api: &str) -> Value {
        let what = format!("stage?region={}&api={api}&stage=prod", self.world.region());
        Emulator::shared().asked("GET", &what, &Value::Null).await
    }

    /// Where `prod` leads, by the emulator's own word: the ports or listeners of all its routes, each once, and those of
    /// its canary with its percent.
    pub fn leads_to(&self, api: &str) -> (Vec<String>, Option<(f64, Vec<String>)>) {
        wait(self.leads_to_now(api))
    }

    /// As [`Gateway::leads_to`], beside other things.
    pub async fn leads_to_now(&self, api: &str) -> (Vec<String>, Option<(f64, Vec<String>)>) {
        let served = self.served_now(api).await;
        let canary = &served["canary"];
        let beside = canary.is_object().then(|| (canary["percent"].as_f64().unwrap(), self.ends(&canary["routes"])));
        (self.ends(&served["routes"]), beside)
    }

    /// Sets the percent of `prod`'s canary, as someone else would.
    pub async fn set_canary_percent(&self, api: &str, percent: &str) {
        let path = "/canarySettings/percentTraffic";
        let operation = PatchOperation::builder().op(Op::Replace).path(path).value(percent).build();
        self.rest.update_stage().rest_api_id(api).stage_name("prod").patch_operations(operation).send().await.unwrap();
    }

    /// The URI of a REST API's first integration, deployed or not.
    pub fn first_uri(&self, api: &str) -> String {
        self.integration(api, "/r0/{proxy+}").uri.unwrap()
    }

    /// Makes a listener for UDP; its ARN.
    pub fn udp_listener(&self, port: i32) -> String {
        self.world.listener(&self.balancer, ProtocolEnum::Udp, port, vec![forward(&[(&self.groups.1, 1)])])
    }

    fn ends(&self, routes: &Value) -> Vec<String> {
        let mut ends: Vec<String> =
            routes.as_array().unwrap().iter().map(|route| self.end(&route["integration"])).collect();
        ends.sort();
        ends.dedup();
        ends
    }

    fn end(&self, integration: &Value) -> String {
        let uri = integration["uri"].as_str().or(integration["integrationUri"].as_str()).unwrap();
        let port = |number: i32| uri.contains(&format!(":{number}/"));
        match uri {
            uri if uri == self.listeners.0 || port(PORTS.0) => "blue".to_owned(),
            uri if uri == self.listeners.1 || port(PORTS.1) => "green".to_owned(),
            other => other.to_owned(),
        }
    }

    /// The side that a route of a REST API leads to on `prod`.
    pub fn served_side(&self, api: &str, route: &str) -> String {
        let served = self.served(api);
        let named =
            |one: &&Value| format!("{} {}", one["method"].as_str().unwrap(), one["path"].as_str().unwrap()) == route;
        self.end(&served["routes"].as_array().unwrap().iter().find(named).unwrap()["integration"])
    }

    /// Makes another stage of a REST API, with the deployment that `prod` has.
    pub fn also_stage(&self, api: &str, name: &str) {
        let prod = wait(self.rest.get_stage().rest_api_id(api).stage_name("prod").send()).unwrap();
        let stage = self.rest.create_stage().rest_api_id(api).stage_name(name);
        wait(stage.deployment_id(prod.deployment_id.unwrap()).send()).unwrap();
    }

    /// The one side that all routes of a stage lead to, which must have no canary.
    pub fn side_of(&self, api: &str, stage: &str) -> String {
        let what = format!("stage?region={}&api={api}&stage={stage}", self.world.region());
        let served = Emulator::shared().control("GET", &what, &Value::Null);
        assert!(served["canary"].is_null(), "{served}");
        let ends = self.ends(&served["routes"]);
        assert_eq!(ends.len(), 1, "{ends:?}");
        ends.concat()
    }

    /// Has a REST API's integration go through a VPC link of the second version, to blue's listener, and deploys that.
    pub fn target_listener(&self, api: &str, route: &str) {
        let link = self.http.create_vpc_link().name(format!("{}-v2", self.world.name())).subnet_ids("subnet-1");
        let link = wait(link.send()).unwrap().vpc_link_id.unwrap();
        self.edit(api, route, "/integrationTarget", &self.listeners.0);
        self.edit(api, route, "/connectionId", &link);
        wait(self.rest.create_deployment().rest_api_id(api).stage_name("prod").send()).unwrap();
    }

    /// Makes another stage of an HTTP API, which deploys by itself.
    pub fn automatic_stage(&self, api: &str, name: &str) {
        wait(self.http.create_stage().api_id(api).stage_name(name).auto_deploy(true).send()).unwrap();
    }

    /// Sets how an HTTP API's next deployments go.
    pub fn pace_deployments(&self, api: &str, polls: u32, failure: Option<&str>) {
        let body = json!({"api": api, "polls": polls, "failure": failure});
        Emulator::shared().control("POST", "http_deployments", &body);
    }
}

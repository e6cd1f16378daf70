//! A REST API in front of a network load balancer, made and changed by calls of the test's own.

use std::collections::HashMap;

use aws_sdk_apigateway::Client;
use aws_sdk_apigateway::types::{ConnectionType, DeploymentCanarySettings, IntegrationType, Op, PatchOperation};

use crate::blocking::wait;
use crate::world::World;

/// What takes over the rest of a path, in a route and in its integration's URI alike.
const PROXY: &str = "{proxy+}";

/// An API with a VPC link.
#[derive(Debug)]
pub struct RestApi {
    /// The client, for what is not offered here.
    pub client: Client,
    /// Its id.
    pub id: String,
    /// The VPC link to its load balancer.
    pub link: String,
    root: String,
}

impl RestApi {
    /// An empty API, with a VPC link of the first version to a load balancer.
    pub fn new(world: &World, balancer: &str) -> Self {
        let client = Client::new(world.config());
        let made = wait(client.create_rest_api().name(format!("{}-api", world.name())).send()).unwrap();
        let name = format!("{}-link", world.name());
        let link = wait(client.create_vpc_link().name(name).target_arns(balancer).send()).unwrap();
        let (id, root) = (made.id().unwrap().to_owned(), made.root_resource_id().unwrap().to_owned());
        Self { client, id, link: link.id().unwrap().to_owned(), root }
    }

    /// Makes a method, such as `ANY /orders/{proxy+}`, with a private integration of this URI. What stands in braces in
    /// the path is mapped into the URI. Both are edits: nothing of it is served before a deployment.
    pub fn route(&self, route: &str, uri: &str) {
        let (method, path) = route.split_once(' ').unwrap();
        let resource = self.resource(path);
        let names: Vec<&str> = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
        let names = names.iter().map(|name| name.trim_end_matches('+'));
        let declared = names.clone().map(|name| (format!("method.request.path.{name}"), true)).collect();
        let mapped =
            names.map(|name| (format!("integration.request.path.{name}"), format!("method.request.path.{name}")));
        let request = self.client.put_method().rest_api_id(&self.id).resource_id(&resource).http_method(method);
        let request = request.authorization_type("NONE").set_request_parameters(Some(declared));
        wait(request.send()).unwrap();
        let request = self.client.put_integration().rest_api_id(&self.id).resource_id(&resource).http_method(method);
        let request = request
            .r#type(IntegrationType::HttpProxy)
            .integration_http_method(method)
            .uri(uri)
            .connection_type(ConnectionType::VpcLink)
            .connection_id(&self.link)
            .set_request_parameters(Some(mapped.collect()));
        wait(request.send()).unwrap();
    }

    /// Makes `ANY /orders/{proxy+}` to a port, or a variable in place of one.
    pub fn orders(&self, port: &str) {
        self.route(&format!("ANY /orders/{PROXY}"), &orders_uri(port));
    }

    /// Edits the port of `ANY /orders/{proxy+}`. Nothing of it is served before a deployment.
    pub fn edit_orders(&self, port: &str) {
        self.edit(&format!("ANY /orders/{PROXY}"), &[(Op::Replace, "/uri", &orders_uri(port))]);
    }

    /// Edits an integration.
    pub fn edit(&self, route: &str, operations: &[(Op, &str, &str)]) {
        let (method, path) = route.split_once(' ').unwrap();
        let resource = self.resource(path);
        let request = self.client.update_integration().rest_api_id(&self.id).resource_id(resource).http_method(method);
        wait(request.set_patch_operations(Some(patches(operations))).send()).unwrap();
    }

    /// Deploys onto a stage, which is made where there is none; the deployment's id.
    pub fn deploy(&self, stage: &str, variables: &[(&str, &str)]) -> String {
        let request = self.client.create_deployment().rest_api_id(&self.id).stage_name(stage);
        let made = wait(request.set_variables(Some(pairs(variables))).send()).unwrap();
        made.id().unwrap().to_owned()
    }

    /// Deploys onto a stage's canary, which gets this percent of the requests; the deployment's id.
    pub fn deploy_canary(&self, stage: &str, percent: f64, overrides: &[(&str, &str)]) -> String {
        let settings = DeploymentCanarySettings::builder().percent_traffic(percent);
        let settings = settings.set_stage_variable_overrides(Some(pairs(overrides))).build();
        let request = self.client.create_deployment().rest_api_id(&self.id).stage_name(stage);
        wait(request.canary_settings(settings).send()).unwrap().id().unwrap().to_owned()
    }

    /// Changes a stage. Of a copy, the value is where it comes from.
    pub fn patch_stage(&self, stage: &str, operations: &[(Op, &str, &str)]) {
        let request = self.client.update_stage().rest_api_id(&self.id).stage_name(stage);
        wait(request.set_patch_operations(Some(patches(operations))).send()).unwrap();
    }

    /// Changes the percent of a stage's canary.
    pub fn set_percent(&self, stage: &str, percent: f64) {
        self.patch_stage(stage, &[(Op::Replace, "/canarySettings/percentTraffic", &percent.to_string())]);
    }

    /// Has a stage serve its canary's deployment, and the canary's variables, without a canary. AWS: its own way to
    /// promote is these copies and then the removal.
    pub fn promote(&self, stage: &str) {
        let copies = [
            (Op::Copy, "/deploymentId", "/canarySettings/deploymentId"),
            (Op::Copy, "/variables", "/canarySettings/stageVariableOverrides"),
            (Op::Remove, "/canarySettings", ""),
        ];
        self.patch_stage(stage, &copies);
    }

    /// The id of the resource with this path, which is made with those above it where there is none.
    fn resource(&self, path: &str) -> String {
        let found = wait(self.client.get_resources().rest_api_id(&self.id).limit(500).send()).unwrap();
        let mut id = self.root.clone();
        let mut whole = String::new();
        for part in path.split('/').filter(|part| !part.is_empty()) {
            whole = format!("{whole}/{part}");
            let known = found.items().iter().find(|resource| resource.path() == Some(&whole));
            id = known.and_then(|resource| resource.id()).map_or_else(|| self.new_resource(&id, part), str::to_owned);
        }
        id
    }

    fn new_resource(&self, parent: &str, part: &str) -> String {
        let request = self.client.create_resource().rest_api_id(&self.id).parent_id(parent).path_part(part);
        wait(request.send()).unwrap().id().unwrap().to_owned()
    }
}

/// The URI of the orders behind a port.
fn orders_uri(port: &str) -> String {
    format!("http://nlb.example.com:{port}/orders/{{proxy}}")
}

fn patches(operations: &[(Op, &str, &str)]) -> Vec<PatchOperation> {
    let patch = |(op, path, value): &(Op, &str, &str)| {
        let patch = PatchOperation::builder().op(op.clone()).path(*path);
        match op {
            Op::Copy => patch.from(*value),
            Op::Remove => patch,
            _ => patch.value(*value),
        }
        .build()
    };
    operations.iter().map(patch).collect()
}

fn pairs(texts: &[(&str, &str)]) -> HashMap<String, String> {
    texts.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

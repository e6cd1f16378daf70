//! Two clusters, and the load balancers in front of them.

use aws_sdk_elasticloadbalancingv2::types::{ProtocolEnum, TargetDescription, TargetTypeEnum};
use eksmig_tests::blocking::wait;
use eksmig_tests::kubernetes::Cluster;
use eksmig_tests::kubernetes::api::kind::{AUTO_MODE_BINDING, BINDING, GATEWAY, GATEWAY_CLASS, HTTP_ROUTE};
use eksmig_tests::kubernetes::fixtures::{binding, deployment, node, service};
use eksmig_tests::stage::Stage;
use eksmig_tests::world::{TargetGroup, forward};
use serde_json::{Value, json};

/// The data source's address.
pub const ADDRESS: &str = "data.eksmig_workloads.all";
/// The port of the nodes that a service is served on.
pub const NODE_PORT: u16 = 30080;

/// Two clusters in a stage.
#[derive(Debug)]
pub struct Clusters {
    /// The scene.
    pub stage: Stage,
    /// Blue.
    pub blue: Cluster,
    /// Green.
    pub green: Cluster,
}

impl Clusters {
    /// Two clusters with everything that the AWS Load Balancer Controller and the Gateway API install, and nothing in
    /// namespace `shop`.
    pub fn empty(name: &str) -> Self {
        let custom = [BINDING, AUTO_MODE_BINDING, GATEWAY, GATEWAY_CLASS, HTTP_ROUTE];
        let scene = Self { stage: Stage::new(name), blue: Cluster::with(&custom), green: Cluster::with(&custom) };
        for cluster in [&scene.blue, &scene.green] {
            cluster.api.namespace("shop");
        }
        scene.configure(&by_file(&scene.blue), &by_file(&scene.green));
        scene.look("");
        scene
    }

    /// Writes the provider's configuration, with these ways to the clusters.
    pub fn configure(&self, blue: &str, green: &str) {
        let clusters = format!("kubernetes = {{ clusters = {{ blue = {blue}, green = {green} }} }}\n  max_retries = 2");
        self.stage.configure(&clusters);
    }

    /// Writes the data source for both clusters, and this besides.
    pub fn look(&self, more: &str) {
        let text = format!("data \"eksmig_workloads\" \"all\" {{\n  blue = \"blue\"\n  green = \"green\"\n}}\n{more}");
        self.stage.workspace.write("main.tf", &text);
    }

    /// What is found now.
    #[track_caller]
    pub fn found(&self) -> Value {
        self.stage.workspace.apply().expect_success();
        self.stage.workspace.values(ADDRESS)["workloads"].clone()
    }

    /// Makes a service in both clusters, by what it is in each.
    pub fn service(&self, name: &str, port: Option<u16>) {
        for cluster in [&self.blue, &self.green] {
            cluster.api.seed(service("shop", name, port));
        }
    }

    /// Makes a target group of pods for each side; blue's is what the load balancer sends to.
    pub fn bound(&self, name: &str, balancer: &str, protocol: ProtocolEnum, port: i32) {
        self.service(name, None);
        let group = |side: &str| self.stage.world.target_group_of(&format!("{name}-{side}"), protocol.clone(), 2);
        let (blue, green) = (group("b"), group("g"));
        self.stage.world.listener(balancer, protocol, port, vec![forward(&[(&blue, 1)])]);
        for (cluster, group) in [(&self.blue, blue), (&self.green, green)] {
            cluster.api.seed(binding("shop", name, &group.arn, "ip"));
        }
    }

    /// Makes a service on a port of the nodes, with blue's node registered in a target group.
    pub fn on_node_port(&self, name: &str, balancer: &str) -> TargetGroup {
        let world = &self.stage.world;
        self.service(name, Some(NODE_PORT));
        let named = format!("{}-{name}", world.name());
        let made = world.client().create_target_group().name(&named).protocol(ProtocolEnum::Http);
        let made = made.port(NODE_PORT.into()).vpc_id(world.vpc()).target_type(TargetTypeEnum::Ip);
        let arn = wait(made.send()).unwrap().target_groups()[0].target_group_arn().unwrap().to_owned();
        let target = TargetDescription::builder().id("10.0.9.1").build();
        wait(world.client().register_targets().target_group_arn(&arn).targets(target).send()).unwrap();
        let group = TargetGroup { name: named, arn };
        world.listener(balancer, ProtocolEnum::Http, 8081, vec![forward(&[(&group, 1)])]);
        for (cluster, address) in [(&self.blue, "10.0.9.1"), (&self.green, "10.0.9.2")] {
            let mut node = node(&format!("node-{}", address.replace('.', "-")), "workers", "eu-west-1a");
            node["status"]["addresses"] = json!([{"type": "InternalIP", "address": address}]);
            cluster.api.seed(node);
        }
        group
    }

    /// Makes a service behind ingress-nginx, with ExternalDNS beside it, in both clusters.
    pub fn behind_nginx(&self, name: &str, host: &str) {
        self.service(name, None);
        for cluster in [&self.blue, &self.green] {
            let api = &cluster.api;
            for (program, image, arguments) in [
                ("nginx", "registry.k8s.io/ingress-nginx/controller:v1.11.2", json!(["/nginx-ingress-controller"])),
                ("dns", "registry.k8s.io/external-dns/external-dns:v0.15.0", json!(["--source=ingress"])),
            ] {
                let mut made = deployment("kube-system", program, 1);
                let container = &mut made["spec"]["template"]["spec"]["containers"][0];
                (container["image"], container["args"]) = (json!(image), arguments);
                api.seed(made);
            }
            let mut door = service("kube-system", "nginx", Some(30443));
            door["spec"]["type"] = json!("LoadBalancer");
            api.seed(door);
            api.seed(json!({"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass",
                "metadata": {"name": "nginx"}, "spec": {"controller": "k8s.io/ingress-nginx"}}));
            let backend = json!({"service": {"name": name, "port": {"number": 80}}});
            api.seed(json!({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
                "metadata": {"name": name, "namespace": "shop"}, "spec": {"ingressClassName": "nginx", "rules": [
                    {"host": host, "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}]}}));
        }
    }
}

/// A cluster by its kubeconfig, in HCL.
pub fn by_file(cluster: &Cluster) -> String {
    format!("{{ kubeconfig_path = {:?}, context = \"lab\" }}", cluster.kubeconfig())
}

/// A cluster by its address, in HCL.
pub fn by_address(cluster: &Cluster, token: &str) -> String {
    let authority = &cluster.authority;
    format!("{{ host = {:?}, token = {token:?}, cluster_ca_certificate = {authority:?} }}", cluster.url)
}

//! Where each resource was recorded, and can be met again: the same world under other names.

use aws_sdk_elasticloadbalancingv2::types::ProtocolEnum;
use eksmig_tests::annotated::Annotated;
use eksmig_tests::kubernetes::fixtures;
use eksmig_tests::node_groups::{self, NodeGroups};
use eksmig_tests::nodes::{self, Nodes};
use eksmig_tests::service::Service;
use eksmig_tests::stage::Stage;
use eksmig_tests::swap::{self, Swaps};
use eksmig_tests::twin;
use eksmig_tests::world::{TargetGroup, forward};
use eksmig_tests::zone::Zone;

/// A world and the configuration of one resource in it.
pub trait Place {
    /// Where it is.
    fn stage(&self) -> &Stage;

    /// The resource's address.
    fn address(&self) -> &'static str;

    /// In HCL.
    fn configuration(&self) -> String;

    /// What has another name in every world, each with what stands for it. Complete once the resource is there.
    fn names(&self) -> Vec<(String, String)>;

    /// Makes the resource, which must leave nothing to do.
    fn make(&self) {
        self.stage().workspace.write("main.tf", &self.configuration());
        self.stage().workspace.apply().expect_success();
        self.stage().workspace.assert_settled();
    }
}

/// A place of each type, in a world whose name begins with this, of 6 letters at most.
pub fn of(kind: &str, name: &str) -> Box<dyn Place> {
    match kind {
        "eksmig_weighted_shift" => Box::new(shift(&format!("{name}shift"))),
        "eksmig_route53_shift" => Box::new(records(&format!("{name}r53"))),
        "eksmig_nlb_port_swap" => Box::new(swap(&format!("{name}swap"))),
        "eksmig_target_cutover" => Box::new(cutover(&format!("{name}cut"))),
        "eksmig_external_dns_shift" => Box::new(annotated(&format!("{name}edns"))),
        "eksmig_target_group_twin" => Box::new(group_twin(&format!("{name}tgt"))),
        "eksmig_nlb_listener_twin" => Box::new(listener_twin(&format!("{name}lst"))),
        "eksmig_node_group_migration" => Box::new(node_group(&format!("{name}ng"))),
        other => panic!("nobody says where a {other} is: add it here, and record it"),
    }
}

struct Made<S> {
    scene: S,
    stage: fn(&S) -> &Stage,
    address: &'static str,
    configuration: String,
    names: Vec<(&'static str, String)>,
    /// An attribute of the resource that is a name of its own, and what stands for it.
    own: Option<(&'static str, &'static str)>,
}

impl<S> Place for Made<S> {
    fn stage(&self) -> &Stage {
        (self.stage)(&self.scene)
    }

    fn address(&self) -> &'static str {
        self.address
    }

    fn configuration(&self) -> String {
        self.configuration.clone()
    }

    fn names(&self) -> Vec<(String, String)> {
        let world = self.stage().world.name().to_owned();
        let own = self.own.map(|(attribute, name)| {
            let values = self.stage().workspace.values(self.address);
            (name, values[attribute].as_str().unwrap().to_owned())
        });
        let all = self.names.iter().cloned().chain(own).chain([("world", world)]);
        all.map(|(name, word)| (word, format!("<{name}>"))).collect()
    }
}

/// Half-way, beside a stranger.
fn shift(name: &str) -> Made<Service> {
    let service = Service::at(name, 100, 0);
    let stranger = service.stage.world.target_group("stranger");
    let weights = [(&service.blue, 80), (&service.green, 0), (&stranger, 20)];
    service.stage.world.set_actions(&service.rule, vec![forward(&weights)]);
    let shift = service.shift(30).ramp("[10]", "1s").gate("min_healthy_targets = 2").with("on_destroy = \"blue\"");
    Made {
        stage: |service: &Service| &service.stage,
        address: "eksmig_weighted_shift.service",
        configuration: shift.to_string(),
        names: named(&[("rule", &service.rule), ("blue", &service.blue.arn), ("green", &service.green.arn)]),
        own: None,
        scene: service,
    }
}

fn records(name: &str) -> Made<Zone> {
    let zone = Zone::at(name, 100, 0);
    Made {
        stage: |zone: &Zone| &zone.stage,
        address: "eksmig_route53_shift.orders",
        configuration: zone.shift("[\"A\"]", 30.0, "", "gate = {\n    poll_interval = \"1s\"\n  }"),
        names: named(&[("zone", &zone.id), ("name", &zone.name)]),
        own: None,
        scene: zone,
    }
}

fn swap(name: &str) -> Made<Swaps> {
    let swaps = Swaps::new(name);
    let api = swaps.gateway.rest_api(&["http://orders.example:8080/{proxy}"], &[]);
    let (blue, green) = &swaps.gateway.listeners;
    Made {
        stage: |swaps: &Swaps| &swaps.stage,
        address: swap::ADDRESS,
        configuration: swaps.hcl(&format!("rest_api_id = {api:?}"), 10.0, "on_failure = \"hold\""),
        names: named(&[("api", &api), ("blue-listener", blue), ("green-listener", green)]),
        own: None,
        scene: swaps,
    }
}

/// Over: green alone serves.
fn cutover(name: &str) -> Made<Nodes> {
    let nodes = Nodes::named(name);
    nodes.write("green", "ramp = {\n    batch_percent = 50\n  }\n  gate = {\n    poll_interval = \"1s\"\n  }");
    let configuration = std::fs::read_to_string(nodes.stage.workspace.path().join("main.tf")).unwrap();
    Made {
        stage: |nodes: &Nodes| &nodes.stage,
        address: nodes::ADDRESS,
        configuration,
        names: named(&[("group", &nodes.groups[0].arn)]),
        own: None,
        scene: nodes,
    }
}

fn annotated(name: &str) -> Made<Annotated> {
    let names = Annotated::at(name, 100, 0);
    Made {
        stage: |names: &Annotated| &names.zone.stage,
        address: "eksmig_external_dns_shift.orders",
        configuration: names.shift(50.0, ""),
        names: named(&[("zone", &names.zone.id), ("name", &names.zone.name)]),
        own: None,
        scene: names,
    }
}

fn group_twin(name: &str) -> Made<Stage> {
    let stage = Stage::new(name);
    let source = stage.world.target_group("blue");
    let vpc = stage.world.vpc().to_owned();
    // Without the output that the helper adds.
    let configuration =
        twin::group(&source.arn, "attributes = {\n    \"deregistration_delay.timeout_seconds\" = \"30\"\n  }");
    Made {
        stage: |stage: &Stage| stage,
        address: twin::GROUP,
        configuration: configuration.split("\noutput").next().unwrap().to_owned(),
        names: named(&[("source", &source.arn), ("vpc", &vpc)]),
        own: Some(("arn", "twin")),
        scene: stage,
    }
}

fn listener_twin(name: &str) -> Made<Stage> {
    let stage = Stage::new(name);
    let group = |name| -> TargetGroup { stage.world.target_group_of(name, ProtocolEnum::Tcp, 0) };
    let (blue, green) = (group("blue"), group("green"));
    let balancer = stage.world.network_balancer("lb");
    let source = stage.world.listener(&balancer, ProtocolEnum::Tcp, 80, vec![forward(&[(&blue, 1)])]);
    Made {
        stage: |stage: &Stage| stage,
        address: twin::LISTENER,
        configuration: twin::listener(&source, &green.arn, "port = 8443"),
        names: named(&[("source", &source), ("green", &green.arn), ("balancer", &balancer)]),
        own: Some(("arn", "twin")),
        scene: stage,
    }
}

/// Over: blue is gone.
fn node_group(name: &str) -> Made<NodeGroups> {
    let mut groups = NodeGroups::new(name, 2);
    groups.begin(vec![fixtures::deployment("shop", "web", 2)]);
    groups.write("green = { clone = { node_group = \"green\" } }\n  batch = { surge = 30, evict = 10 }");
    let configuration = std::fs::read_to_string(groups.stage.workspace.path().join("main.tf")).unwrap();
    Made {
        stage: |groups: &NodeGroups| &groups.stage,
        address: node_groups::ADDRESS,
        configuration,
        names: Vec::new(),
        own: None,
        scene: groups,
    }
}

fn named(names: &[(&'static str, &String)]) -> Vec<(&'static str, String)> {
    names.iter().map(|(name, word)| (*name, (*word).clone())).collect()
}

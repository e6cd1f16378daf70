//! A target group whose targets are real backends.

use aws_sdk_elasticloadbalancingv2::types::{
    Matcher, ProtocolEnum, TargetDescription, TargetGroupAttribute, TargetTypeEnum,
};
use serde_json::json;

use super::backend::{Backend, HEALTH, Manner};
use super::site::FACTOR;
use crate::blocking::wait;
use crate::world::{TargetGroup, World};

/// Seconds between two health checks. AWS: 5 is the least that is allowed.
pub const INTERVAL: i32 = 5;
/// The same of one fleet among many, which have one machine to check them all.
const INTERVAL_OF_MANY: i32 = 30;
/// How many health checks in a row make a target healthy, and unhealthy. AWS: 2 is the least that is allowed.
pub const THRESHOLD: i32 = 2;
/// Seconds that a target drains for.
const DRAINING: u32 = 30;

/// A target group and its backends.
#[derive(Debug)]
pub struct Fleet {
    /// The target group.
    pub group: TargetGroup,
    /// Its targets, in the order in which they were registered.
    pub backends: Vec<Backend>,
}

impl Fleet {
    /// A cluster's target group with so many backends, all of them up.
    pub fn new(world: &World, cluster: &str, protocol: ProtocolEnum, count: usize) -> Self {
        Self::start(world, target_group(world, cluster, protocol), cluster, cluster, count)
    }

    /// A backend of one service among many, behind a target group of its name.
    pub fn of_service(world: &World, service: &str, cluster: &str) -> Self {
        let group = described(world, service, ProtocolEnum::Http, INTERVAL_OF_MANY);
        Self::start(world, group, cluster, &format!("{service}-{cluster}"), 1)
    }

    /// A backend of a service in a cluster whose target group is there already.
    pub fn behind(world: &World, group: TargetGroup, service: &str, cluster: &str) -> Self {
        Self::start(world, group, cluster, &format!("{service}-{cluster}"), 1)
    }

    /// So many backends whose names begin so.
    fn start(world: &World, group: TargetGroup, cluster: &str, name: &str, count: usize) -> Self {
        let checked = json!({"target_group_arn": group.arn, "factor": FACTOR});
        wait(world.emulator().asked("POST", "checked", &checked));
        let mut fleet = Self { group, backends: Vec::new() };
        for number in 1..=count {
            let backend = Backend::start(cluster, &format!("{name}-{number}"));
            fleet.register(world, &backend);
            fleet.backends.push(backend);
        }
        fleet
    }

    fn register(&self, world: &World, backend: &Backend) {
        let request = world.client().register_targets().target_group_arn(&self.group.arn).targets(target(backend));
        wait(request.send()).unwrap();
    }

    /// Takes a backend out of the target group; it goes on serving what it is sent.
    pub fn deregister(&self, world: &World, place: usize) {
        let request = world.client().deregister_targets().target_group_arn(&self.group.arn);
        wait(request.targets(target(&self.backends[place])).send()).unwrap();
    }

    /// All of its backends answer so from now on.
    pub fn tell(&self, manner: Manner) {
        self.backends.iter().for_each(|backend| backend.tell(manner));
    }

    /// All of its backends refuse connections from now on.
    pub fn refuse(&self) {
        self.backends.iter().for_each(Backend::refuse);
    }

    /// The states of its targets with their reasons, as AWS tells them: by the place of the backend.
    pub fn states(&self, world: &World) -> Vec<(String, Option<String>)> {
        let request = world.client().describe_target_health().target_group_arn(&self.group.arn);
        let found = wait(request.send()).unwrap();
        let state = |backend: &Backend| {
            let mut all = found.target_health_descriptions().iter();
            let port = i32::from(backend.address().port());
            let mine = all.find(|described| described.target().and_then(|target| target.port()) == Some(port));
            let health = mine.and_then(|described| described.target_health());
            let word = |health: &aws_sdk_elasticloadbalancingv2::types::TargetHealth| {
                (health.state().unwrap().as_str().to_owned(), health.reason().map(|reason| reason.as_str().to_owned()))
            };
            health.map_or_else(|| ("gone".to_owned(), None), word)
        };
        self.backends.iter().map(state).collect()
    }

    /// Whether all of its targets are in this state.
    pub fn all_are(&self, world: &World, state: &str) -> bool {
        self.states(world).iter().all(|(found, _)| found == state)
    }
}

fn target(backend: &Backend) -> TargetDescription {
    let address = backend.address();
    TargetDescription::builder().id(address.ip().to_string()).port(address.port().into()).build()
}

fn target_group(world: &World, cluster: &str, protocol: ProtocolEnum) -> TargetGroup {
    let group = described(world, cluster, protocol, INTERVAL);
    let delay = TargetGroupAttribute::builder().key("deregistration_delay.timeout_seconds").value(DRAINING.to_string());
    let request = world.client().modify_target_group_attributes().target_group_arn(&group.arn);
    wait(request.attributes(delay.build()).send()).unwrap();
    group
}

/// A target group with AWS's own attributes.
fn described(world: &World, name: &str, protocol: ProtocolEnum, interval: i32) -> TargetGroup {
    let name = format!("{}-{name}", world.name());
    let request = world
        .client()
        .create_target_group()
        .name(&name)
        .protocol(protocol)
        .port(8080)
        .vpc_id(world.vpc())
        .target_type(TargetTypeEnum::Ip)
        .health_check_protocol(ProtocolEnum::Http)
        .health_check_path(HEALTH)
        .health_check_interval_seconds(interval)
        .health_check_timeout_seconds(2)
        .healthy_threshold_count(THRESHOLD)
        .unhealthy_threshold_count(THRESHOLD)
        .matcher(Matcher::builder().http_code("200").build());
    let arn = wait(request.send()).unwrap().target_groups()[0].target_group_arn().unwrap().to_owned();
    TargetGroup { name, arn }
}

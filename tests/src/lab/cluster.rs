//! A cluster behind a load balancer of its own, which a record can lead to.

use aws_sdk_elasticloadbalancingv2::types::ProtocolEnum;

use super::fleet::Fleet;
use crate::blocking::wait;
use crate::world::{World, forward};

/// A fleet and the application load balancer in front of it, which listens on port 80.
#[derive(Debug)]
pub struct Cluster {
    /// Its backends.
    pub fleet: Fleet,
    /// The load balancer's ARN.
    pub balancer: String,
    /// The listener's ARN.
    pub listener: String,
    /// The load balancer's name in DNS.
    pub name: String,
}

impl Cluster {
    /// A cluster of this name with so many backends.
    pub fn new(world: &World, cluster: &str, backends: usize) -> Self {
        let fleet = Fleet::new(world, cluster, ProtocolEnum::Http, backends);
        let balancer = world.application_balancer(cluster);
        let listener = world.listener(&balancer, ProtocolEnum::Http, 80, vec![forward(&[(&fleet.group, 1)])]);
        let found = wait(world.client().describe_load_balancers().load_balancer_arns(&balancer).send()).unwrap();
        let name = found.load_balancers()[0].dns_name().unwrap().to_owned();
        Self { fleet, balancer, listener, name }
    }
}

//! Two fleets behind two ports of one network load balancer, as an API Gateway has them behind its VPC link.

use std::time::Duration;

use aws_sdk_elasticloadbalancingv2::types::ProtocolEnum;

use super::fleet::Fleet;
use super::site::Site;
use crate::patience::until;
use crate::world::{World, forward};

/// Blue's port of the load balancer.
pub const BLUE: u16 = 8080;
/// Green's.
pub const GREEN: u16 = 9090;
/// How many backends each side has.
const BACKENDS: usize = 2;
/// How long they may take to be ready.
const LIMIT: Duration = Duration::from_secs(20);

/// A network load balancer with a listener for each side.
#[derive(Debug)]
pub struct Ports {
    /// Its ARN.
    pub balancer: String,
    /// The ARN of blue's listener.
    pub blue_listener: String,
    /// The ARN of green's listener.
    pub green_listener: String,
    /// Blue's backends.
    pub blue: Fleet,
    /// Green's backends.
    pub green: Fleet,
    /// What serves them.
    pub site: Site,
}

impl Ports {
    /// Both sides, once all of their backends are healthy.
    pub fn start(world: &World) -> Self {
        let balancer = world.network_balancer("nlb");
        let blue = Fleet::new(world, "blue", ProtocolEnum::Tcp, BACKENDS);
        let green = Fleet::new(world, "green", ProtocolEnum::Tcp, BACKENDS);
        let listener = |port: u16, fleet: &Fleet| {
            world.listener(&balancer, ProtocolEnum::Tcp, port.into(), vec![forward(&[(&fleet.group, 1)])])
        };
        let (blue_listener, green_listener) = (listener(BLUE, &blue), listener(GREEN, &green));
        let site = Site::start(world, &[&balancer]);
        for fleet in [&blue, &green] {
            until(LIMIT, "healthy backends", || fleet.all_are(world, "healthy").then_some(()));
        }
        Self { balancer, blue_listener, green_listener, blue, green, site }
    }
}

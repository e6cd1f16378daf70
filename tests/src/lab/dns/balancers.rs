//! The load balancers that records lead to: their names, their addresses, and whether they are fit.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use tokio::sync::watch::Receiver;

use crate::lab::health::{Health, State};
use crate::lab::plane::Plane;
use crate::lab::plane::routes::Routes;

/// The load balancers of a data plane.
///
/// Each has an IPv4 and an IPv6 address of those that are kept for documentation (RFC 5737, RFC 3849), by its place
/// among them. Nothing listens there: whoever has resolved a name asks the plane's doors. A record
/// names no port, and a loopback interface with more than one address is not to be had everywhere.
#[derive(Debug, Clone)]
pub struct Balancers {
    arns: Vec<String>,
    routes: Receiver<Arc<Routes>>,
    health: Arc<Health>,
}

impl Balancers {
    /// Those of a plane, with what its health checks find.
    pub fn of(plane: &Plane, health: &Arc<Health>) -> Self {
        Self { arns: plane.balancers().to_vec(), routes: plane.routes(), health: Arc::clone(health) }
    }

    /// The addresses of a load balancer; none if it is not one of these.
    pub fn addresses(&self, arn: &str) -> Option<(Ipv4Addr, Ipv6Addr)> {
        let place = u8::try_from(self.arns.iter().position(|known| known == arn)? + 1).ok()?;
        Some((Ipv4Addr::new(198, 51, 100, place), Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, place.into())))
    }

    /// The ARN of the load balancer that has an address.
    pub fn at(&self, address: IpAddr) -> Option<&str> {
        let has = |arn: &&String| self.addresses(arn).is_some_and(|(v4, v6)| address == v4 || address == v6);
        self.arns.iter().find(has).map(String::as_str)
    }

    /// The ARN of the load balancer that a name means. AWS: `dualstack.` before it asks for both kinds of addresses.
    pub fn named(&self, name: &str) -> Option<String> {
        let wanted = name.trim_end_matches('.');
        let wanted = wanted.strip_prefix("dualstack.").unwrap_or(wanted);
        let routes = self.routes.borrow();
        routes.balancers.iter().find(|found| found.dns_name.eq_ignore_ascii_case(wanted)).map(|found| found.arn.clone())
    }

    /// Whether a load balancer is fit to be answered with, where an alias evaluates its target's health.
    pub fn is_fit(&self, arn: &str) -> bool {
        fit(&self.routes.borrow(), &self.health, arn)
    }
}

/// AWS, AliasTarget: every target group that has targets needs a healthy one, and one without targets counts as
/// unhealthy. A load balancer that forwards to no target group at all has nobody who could serve, and is unfit too.
fn fit(routes: &Routes, health: &Health, arn: &str) -> bool {
    let rules =
        routes.listeners.iter().filter(|listener| listener.balancer == arn).flat_map(|listener| &listener.rules);
    let forwards = rules.flat_map(|rule| &rule.actions).filter_map(|action| action.forward_config.as_ref());
    let groups: BTreeSet<&str> =
        forwards.flat_map(|forward| &forward.target_groups).map(|part| part.target_group_arn.as_str()).collect();
    let is_healthy = |arn: &&str| {
        let mut targets = routes.groups.get(*arn).into_iter().flat_map(|group| &group.targets);
        targets.any(|target| health.of(arn, target) == Some(State::Healthy))
    };
    !groups.is_empty() && groups.iter().all(is_healthy)
}

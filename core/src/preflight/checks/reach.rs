//! Whether the load balancer reaches the targets: ports, security groups, VPC.

use std::collections::BTreeSet;

use crate::elb::{Target, TargetHealth};
use crate::preflight::check::{Check, Family, Found, Severity};
use crate::preflight::picture::{Pair, Picture};

/// The checks.
pub(crate) const FAMILY: Family = Family { title: "Reaching the targets", checks: &[TARGETS_TIME_OUT, VPC_DIFFERS] };

/// How many targets are named.
const NAMED: usize = 3;

const TARGETS_TIME_OUT: Check = Check {
    code: "targets_time_out",
    severity: Severity::Error,
    about: "Targets of green do not answer health checks at all (`Target.Timeout`). New ports and new target groups are where \
            rules of security groups are forgotten.",
    remedy: "Allow the load balancer in the security groups of green's nodes or pods, at the port that the message names.",
    find: |picture| picture.pairs.iter().filter_map(|pair| timed_out(picture, pair)).collect(),
};

fn timed_out(picture: &Picture, pair: &Pair) -> Option<Found> {
    let health = pair.green.health.as_ref()?;
    let silent: Vec<&Target> =
        health.targets.iter().filter(|target| target.reason.as_deref() == Some("Target.Timeout")).collect();
    let first: Vec<&str> = silent.iter().take(NAMED).map(|target| target.id.as_str()).collect();
    let more = silent.len().saturating_sub(NAMED);
    let names = if more > 0 { format!("{} and {more} more", first.join(", ")) } else { first.join(", ") };
    let message = format!("{} of {} targets time out: {names}.", silent.len(), health.registered());
    (!silent.is_empty()).then(|| Found::new(&pair.green.arn, message).remedied(remedy(picture, pair, health)))
}

fn remedy(picture: &Picture, pair: &Pair, health: &TargetHealth) -> String {
    let ports: Vec<String> = ports(pair, health).iter().map(ToString::to_string).collect();
    let ports = match ports.as_slice() {
        [] => "the health check's port".to_owned(),
        [one] => format!("TCP port {one}"),
        several => format!("TCP ports {}", several.join(" and ")),
    };
    let mut allowed = Vec::new();
    for (arn, balancer) in picture.balancers_of(pair) {
        let Some(info) = &balancer.info else { continue };
        let groups: Vec<&str> = info.security_groups.iter().map(String::as_str).collect();
        allowed.push(match groups.as_slice() {
            [] => format!("the addresses of {}, which has no security group", arn.name()),
            groups => format!("{} (of {})", groups.join(", "), arn.name()),
        });
    }
    let from = if allowed.is_empty() { "the load balancer".to_owned() } else { allowed.join(" and ") };
    format!(
        "In the security groups of green's nodes or pods, allow {ports} from {from}. See too that the subnets' network ACLs \
         let it through, and that something listens there."
    )
}

/// The ports that silent targets have to be reached at: of the health check, and of the traffic.
fn ports(pair: &Pair, health: &TargetHealth) -> BTreeSet<i32> {
    let silent = health.targets.iter().filter(|target| target.reason.as_deref() == Some("Target.Timeout"));
    let checked = pair.green.group.as_ref().and_then(|group| group.health_check.port.as_deref());
    let checked = checked.and_then(|port| port.parse().ok());
    silent.filter_map(|target| target.port).chain(checked).collect()
}

const VPC_DIFFERS: Check = Check {
    code: "vpc_differs",
    severity: Severity::Error,
    about: "Green's target group is in another VPC than blue's, or than the load balancer. AWS lets a load balancer forward \
            only to target groups of its own VPC; targets elsewhere are reached by address, over a peering.",
    remedy: "Make green's target group in the load balancer's VPC (`eksmig_target_group_twin`), with targets of type `ip` \
             where green's nodes are in another VPC; or move by records, with a load balancer in each VPC.",
    find: |picture| picture.pairs.iter().filter_map(|pair| in_another_vpc(picture, pair)).collect(),
};

fn in_another_vpc(picture: &Picture, pair: &Pair) -> Option<Found> {
    let vpc = pair.green.group.as_ref()?.fixed.vpc_id.as_deref()?;
    let of_blue = pair.blue.group.as_ref().and_then(|group| group.fixed.vpc_id.clone());
    let of_blue = of_blue.map(|vpc| ("blue's target group".to_owned(), vpc));
    let of_balancer = picture.balancers_of(pair).into_iter().filter_map(|(arn, balancer)| {
        Some((format!("load balancer {}", arn.name()), balancer.info.as_ref()?.vpc_id.clone()?))
    });
    let (whose, other) = of_blue.into_iter().chain(of_balancer).find(|(_, other)| other != vpc)?;
    Some(Found::new(&pair.green.arn, format!("Green is in {vpc}, and {whose} in {other}.")))
}

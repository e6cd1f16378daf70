//! Reading AWS, for what was seen in the clusters.

use std::collections::{BTreeMap, BTreeSet};

use super::balancing::{Balancing, kind};
use super::seen::Seen;
use crate::apigateway::callers;
use crate::elb::{ElbReader, Fare, LoadBalancerKind, TargetGroupArn, TargetGroupInfo};
use crate::survey::{Selection, SurveyError, routes};

/// What sends to the target groups that these clusters have a part in. There is one call for every 400 target groups of
/// the account; for node ports, one for each target group of instances, and for each of addresses with such a port; those
/// of [`routes`]; and, where a network load balancer is among them, one for every 500 VPC links and HTTP APIs, and one for
/// each HTTP API.
///
/// # Errors
///
/// [`SurveyError`]: AWS could not be asked.
pub(super) async fn balancing(
    reader: &ElbReader,
    seen: impl Iterator<Item = &Seen> + Clone,
) -> Result<Balancing, SurveyError> {
    let all = reader.all_target_groups().await?;
    let names: BTreeMap<_, _> = all.values().map(|info| (info.name.clone(), info.arn.clone())).collect();
    let mut wanted: BTreeSet<TargetGroupArn> = BTreeSet::new();
    for binding in seen.clone().flat_map(|seen| &seen.bindings) {
        let by_arn = binding.group_arn.as_deref().and_then(|arn| TargetGroupArn::parse(arn).ok());
        let by_name = || names.get(binding.group_name.as_deref()?).cloned();
        wanted.extend(by_arn.or_else(by_name).filter(|arn| all.contains_key(arn)));
    }
    let unbound = |seen: &Seen| {
        let free = seen.services.iter().filter(|(id, _)| !seen.bindings.iter().any(|binding| binding.service == **id));
        free.flat_map(|(_, service)| service.node_ports.iter().copied()).collect::<Vec<_>>()
    };
    let ports: BTreeSet<u16> = seen.clone().flat_map(unbound).collect();
    let nodes: BTreeSet<&String> = seen.clone().flat_map(|seen| &seen.nodes).flat_map(names_of).collect();
    let mut targets = BTreeMap::new();
    for info in all.values().filter(|info| !ports.is_empty() && may_have_nodes(info, &ports)) {
        let health = match reader.target_health(&info.arn, Fare::InLine).await {
            Ok(health) => health,
            // Deleted since it was listed.
            Err(error) if error.is_not_found() => continue,
            Err(error) => return Err(error.into()),
        };
        let registered: Vec<_> = health.targets.into_iter().filter(|target| target.is_registered()).collect();
        if registered.iter().any(|target| nodes.contains(&target.id)) {
            wanted.insert(info.arn.clone());
            targets.insert(info.arn.clone(), registered);
        }
    }
    let routes = routes(reader, &Selection::TargetGroups(wanted)).await?;
    let mut groups = routes.target_groups.values();
    let apis = match groups.any(|group| kind(group) == Some(LoadBalancerKind::Network)) {
        true => callers::of_balancers(reader.aws()).await?,
        false => BTreeMap::new(),
    };
    Ok(Balancing { routes, names, targets, apis })
}

/// By what a target group knows a node.
fn names_of(node: &super::seen::Node) -> impl Iterator<Item = &String> {
    node.instance.iter().chain(&node.addresses)
}

/// Whether ports of nodes may be registered in it. A target may have another port than its target group.
fn may_have_nodes(info: &TargetGroupInfo, ports: &BTreeSet<u16>) -> bool {
    match info.target_type.as_deref() {
        Some("instance") => true,
        Some("ip") => info.port.and_then(|port| u16::try_from(port).ok()).is_some_and(|port| ports.contains(&port)),
        _ => false,
    }
}

//! Ways through a target group: by a binding of it, or by ports of the nodes that are registered in it. Pure.

use std::collections::BTreeSet;

use super::balancing::{self, Balancing};
use super::classify::{listed, namers};
use super::dns::by_names;
use super::path::{Kind, Mover, Owner, Path};
use super::seen::{Binding, Node, Seen, Service};
use crate::elb::{LoadBalancerKind, Target, TargetGroupArn};
use crate::survey::{SurveyedGroup, manager};

/// The way by a binding of a target group.
pub(super) fn bound(binding: &Binding, service: &Service, seen: &Seen, balancing: &Balancing) -> Path {
    let told = |kind| Path::told(kind, format!("TargetGroupBinding {} registers it in a target group.", binding.id));
    let arn = binding.group_arn.as_deref().and_then(|arn| TargetGroupArn::parse(arn).ok());
    let arn = arn.or_else(|| balancing.names.get(binding.group_name.as_deref()?).cloned());
    let Some(group) = arn.as_ref().and_then(|arn| balancing.group(arn)) else {
        let named = binding.group_arn.as_ref().or(binding.group_name.as_ref()).cloned().unwrap_or_default();
        let mut path = told(Kind::Unknown);
        path.blockers.push(format!("Target group {named:?} does not exist in this account and region."));
        return path;
    };
    let instances = group.info.target_type.as_deref() == Some("instance");
    let mut path = told(if instances { Kind::NodePort } else { pods(group) });
    if instances {
        path.node_ports.clone_from(&service.node_ports);
    }
    behind(&mut path, group, balancing);
    if path.kind == Kind::Unknown {
        path.blockers
            .push("What sends to its target group is no load balancer that traffic can be moved on.".to_owned());
    }
    let manager = balancing.manager(group);
    match manager {
        Some((route, manager)) => {
            path.evidence.push(format!("Route {route:?} is managed by {manager}, which writes its own weights back."));
            by_names(&mut path, seen, &namers(&binding.service, service, seen));
            path.owner = path.owner.or(Some(Owner::Controller(manager.kind)));
        }
        None if binding.is_managed => {
            path.evidence.push("A controller made the binding.".to_owned());
            by_names(&mut path, seen, &namers(&binding.service, service, seen));
            path.owner = path.owner.or(Some(Owner::Controller(manager::Kind::LoadBalancerController)));
        }
        None => path.moved_by = Some(Mover::WeightedShift),
    }
    if !path.apis.is_empty() {
        path.moved_by = Some(Mover::NlbPortSwap);
        path.evidence.push(format!("API Gateway leads to its load balancer: {}.", listed(&path.apis)));
        if let Some((route, manager)) = manager {
            path.owner = Some(Owner::Controller(manager.kind));
            path.blockers.push(format!(
                "Listener {route:?} belongs to {manager}: make one of your own, and bind the service's target group to it."
            ));
        }
    }
    path
}

/// The ways by ports of the nodes: one for each target group that has this cluster's nodes on the service's ports.
pub(super) fn registered(service: &Service, seen: &Seen, balancing: &Balancing) -> Vec<Path> {
    let is_node = |target: &Target| node_of(target, seen).is_some();
    let on_port = |target: &Target| {
        target.port.and_then(|port| u16::try_from(port).ok()).is_some_and(|port| service.node_ports.contains(&port))
    };
    let mut paths = Vec::new();
    for (arn, targets) in &balancing.targets {
        let ours: Vec<&Target> = targets.iter().filter(|target| is_node(target) && on_port(target)).collect();
        let Some(group) = balancing.group(arn).filter(|_| !ours.is_empty()) else { continue };
        let ports: BTreeSet<u16> = ours.iter().filter_map(|target| u16::try_from(target.port?).ok()).collect();
        let mut path = Path::told(
            Kind::NodePort,
            format!(
                "{} of {} targets in target group {} are this cluster's nodes on port {}.",
                ours.len(),
                targets.len(),
                group.info.name,
                listed(&ports)
            ),
        );
        path.node_ports = ports;
        behind(&mut path, group, balancing);
        path.moved_by = Some(Mover::TargetCutover);
        if let Some(manager) = &group.manager {
            path.moved_by = None;
            path.owner = Some(Owner::Controller(manager.kind));
            path.blockers.push(format!("Target group {} belongs to {manager}.", group.info.name));
        }
        path.blockers.extend(uncovered(&ours, seen));
        paths.push(path);
    }
    paths
}

/// Notes what a target group says of a way.
fn behind(path: &mut Path, group: &SurveyedGroup, balancing: &Balancing) {
    path.target_groups.insert(group.info.arn.to_string());
    path.load_balancers.clone_from(&group.info.load_balancer_arns);
    path.is_idle = !group.serves();
    if group.routes.is_empty() {
        path.evidence.push(format!("No load balancer sends to target group {}.", group.info.name));
    } else {
        path.evidence.push(format!("Target group {} is used by {}.", group.info.name, listed(group.routes.keys())));
    }
    if balancing::kind(group) == Some(LoadBalancerKind::Network) {
        path.apis = balancing.apis_to(group);
    }
    let by_terraform = |(key, value): (&String, &String)| {
        let (key, value) = (key.to_lowercase(), value.to_lowercase());
        key.contains("terraform") || (key.contains("managed") && value.contains("terraform"))
    };
    path.owner = group.tags.iter().any(by_terraform).then_some(Owner::Terraform);
}

/// The kind of a way to pods, by what sends to their target group, and where nothing does, by its protocol.
fn pods(group: &SurveyedGroup) -> Kind {
    match (balancing::kind(group), group.info.protocol.as_deref()) {
        (Some(LoadBalancerKind::Network), _) => Kind::PodsBehindNlb,
        (Some(LoadBalancerKind::Application), _) | (None, Some("HTTP" | "HTTPS")) => Kind::PodsBehindAlb,
        (None, Some("TCP" | "TLS" | "UDP" | "TCP_UDP" | "QUIC" | "TCP_QUIC")) => Kind::PodsBehindNlb,
        _ => Kind::Unknown,
    }
}

/// The node that a target is.
fn node_of<'a>(target: &Target, seen: &'a Seen) -> Option<&'a Node> {
    let is = |node: &&Node| node.instance.as_deref() == Some(target.id.as_str()) || node.addresses.contains(&target.id);
    seen.nodes.iter().find(is)
}

/// The node groups of which no node is among the targets.
fn uncovered(ours: &[&Target], seen: &Seen) -> Option<String> {
    let covered: BTreeSet<_> = ours.iter().filter_map(|target| node_of(target, seen)).map(|node| &node.group).collect();
    let missing: BTreeSet<&str> = seen
        .nodes
        .iter()
        .filter(|node| !covered.contains(&node.group))
        .map(|node| node.group.as_deref().unwrap_or("(nodes of no group)"))
        .collect();
    (!missing.is_empty()).then(|| {
        format!(
            "Of the node group {} no node is registered: where the service's traffic policy is Local, pods there get \
             nothing; name every group in the cut-over.",
            listed(missing)
        )
    })
}

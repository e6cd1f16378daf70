//! How a service is reached, by the first of these that fits: a binding of a target group; a port of the nodes in a target
//! group; a load balancer of its own; an Ingress or a route of the Gateway API. Pure.

use std::collections::BTreeSet;

use super::balancing::Balancing;
use super::controllers;
use super::dns::{Named, by_names};
use super::group_paths::{bound, registered};
use super::path::{Kind, Owner, Path};
use super::seen::{Id, Seen, Service};
use crate::survey::manager;

/// The classes and the annotation's values by which the AWS Load Balancer Controller, or EKS Auto Mode, takes a service.
const NLB_CLASSES: [&str; 2] = ["service.k8s.aws/nlb", "eks.amazonaws.com/nlb"];
const NLB_ANNOTATION: &str = "service.beta.kubernetes.io/aws-load-balancer-type";
const NLB_VALUES: [&str; 2] = ["external", "nlb-ip"];

/// Every way on which a service is reached; one that says so where it is not reached from outside.
pub(crate) fn paths(id: &Id, service: &Service, seen: &Seen, balancing: &Balancing) -> Vec<Path> {
    let mut paths: Vec<Path> = seen
        .bindings
        .iter()
        .filter(|binding| binding.service == *id)
        .map(|binding| bound(binding, service, seen, balancing))
        .collect();
    if paths.is_empty() && !service.node_ports.is_empty() {
        paths = registered(service, seen, balancing);
    }
    if paths.is_empty() && service.is_load_balancer {
        paths.push(load_balancer(id, service, seen));
    }
    if paths.is_empty() && !service.node_ports.is_empty() {
        let mut unused = Path::told(
            Kind::Unknown,
            format!(
                "Its node port {} is registered in no target group of this account and region.",
                listed(&service.node_ports)
            ),
        );
        unused.node_ports.clone_from(&service.node_ports);
        unused.blockers.push("Who uses its node port is not known: nothing here moves it.".to_owned());
        paths.push(unused);
    }
    match controllers::behind(id, service, seen) {
        // The door of an ingress controller is moved for all behind it, by the names that they have.
        Some(controller) if !paths.is_empty() => {
            paths.iter_mut().for_each(|path| door(path, id, service, &controller, seen));
        }
        _ => paths.extend(through_ingresses(id, seen, !paths.is_empty())),
    }
    if paths.is_empty() {
        paths.push(Path::told(Kind::Internal, "Nothing outside the cluster was found to lead to it."));
    }
    paths
}

/// A service of type `LoadBalancer` that no binding was found for.
fn load_balancer(id: &Id, service: &Service, seen: &Seen) -> Path {
    let by_class = service.class.as_deref().is_some_and(|class| NLB_CLASSES.contains(&class));
    let kind = service.annotations.get(NLB_ANNOTATION).map(String::as_str);
    let mut path = if by_class || kind.is_some_and(|kind| NLB_VALUES.contains(&kind)) {
        let mut path = Path::told(
            Kind::PodsBehindNlb,
            format!("Service {id} is of type LoadBalancer, for the AWS Load Balancer Controller."),
        );
        path.is_idle = true;
        path.blockers.push("The controller has made no TargetGroupBinding for it yet.".to_owned());
        path
    } else {
        Path::told(
            Kind::NodePort,
            format!(
                "Service {id} is of type LoadBalancer, for Kubernetes' AWS cloud provider, which registers the nodes."
            ),
        )
    };
    path.node_ports.clone_from(&service.node_ports);
    by_names(&mut path, seen, &[Named::service(id, &service.annotations, service.argo_cd)]);
    path.owner = path.owner.or(Some(Owner::Controller(match path.kind {
        Kind::PodsBehindNlb => manager::Kind::LoadBalancerController,
        _ => manager::Kind::CloudProvider,
    })));
    path
}

/// Makes a way the one through an ingress controller: what is moved are the names of all that it serves.
fn door(path: &mut Path, id: &Id, service: &Service, controller: &str, seen: &Seen) {
    path.kind = Kind::IngressController;
    path.evidence.push(format!("Service {id} is the door of the ingress controller {controller}."));
    let served = controllers::ingresses(controller, seen).map(Named::ingress);
    let own = Named::service(id, &service.annotations, service.argo_cd);
    (path.hosts, path.owner) = (BTreeSet::new(), None);
    path.blockers.retain(|blocker| !blocker.starts_with("No host name"));
    by_names(path, seen, &served.chain([own]).collect::<Vec<_>>());
}

/// The ways through Ingresses, and through routes of the Gateway API, that lead to a service. Where it is bound to target
/// groups already, those served by AWS's load balancers are the same ways again.
fn through_ingresses(id: &Id, seen: &Seen, is_bound: bool) -> Vec<Path> {
    let mut paths = Vec::new();
    for ingress in seen.ingresses.iter().filter(|ingress| ingress.services.contains(id)) {
        let named = Named::ingress(ingress);
        if controllers::is_alb(ingress, seen) {
            if !is_bound {
                paths.push(unbound(named, seen));
            }
            continue;
        }
        let class = controllers::class(ingress, seen);
        let shown = class.map_or("none, and the cluster has no default".to_owned(), |(name, _)| name.to_owned());
        let mut path =
            Path::told(Kind::IngressController, format!("{} leads to it; its class is {shown}.", named.what));
        match class.and_then(|(_, class)| class) {
            Some(class) => match controllers::doors(&class.controller, seen).as_slice() {
                [door] => path.evidence.push(format!("Service {door} is the door of {}.", class.controller)),
                [] => path.blockers.push(format!(
                    "No service was found that is reached from outside and leads to the controller {}.",
                    class.controller
                )),
                several => path.blockers.push(format!(
                    "More than one service leads to the controller {}: {}.",
                    class.controller,
                    listed(several.iter())
                )),
            },
            None => path.blockers.push("There is no IngressClass that says which controller serves it.".to_owned()),
        }
        by_names(&mut path, seen, &[named]);
        paths.push(path);
    }
    for route in seen.gateway_routes.iter().filter(|route| route.services.contains(id)) {
        let named = Named {
            what: format!("HTTPRoute {}", route.id),
            source: "gateway-httproute",
            hosts: route.hosts.clone(),
            annotations: &route.annotations,
            argo_cd: route.argo_cd,
        };
        if route.controllers.iter().any(|controller| controllers::is_aws_gateway(controller)) {
            if !is_bound {
                paths.push(unbound(named, seen));
            }
            continue;
        }
        let mut path = Path::told(Kind::IngressController, format!("{} leads to it.", named.what));
        match route.controllers.first() {
            Some(controller) => path.evidence.push(format!("The controller of its gateway is {controller}.")),
            None => path.blockers.push("The class of its gateway was not found.".to_owned()),
        }
        by_names(&mut path, seen, &[named]);
        paths.push(path);
    }
    paths
}

/// A way through a load balancer of AWS that no binding was found for.
fn unbound(named: Named<'_>, seen: &Seen) -> Path {
    let mut path = Path::told(Kind::PodsBehindAlb, format!("{} leads to it, by a load balancer of AWS.", named.what));
    path.is_idle = true;
    path.blockers.push("The controller has made no TargetGroupBinding for it yet.".to_owned());
    by_names(&mut path, seen, &[named]);
    path
}

/// The objects that name a service to the outside: the service itself, and the Ingresses and routes that lead to it.
pub(super) fn namers<'a>(id: &'a Id, service: &'a Service, seen: &'a Seen) -> Vec<Named<'a>> {
    let ingresses = seen.ingresses.iter().filter(|ingress| ingress.services.contains(id));
    let ingresses = ingresses.filter(|ingress| controllers::is_alb(ingress, seen)).map(Named::ingress);
    ingresses.chain([Named::service(id, &service.annotations, service.argo_cd)]).collect()
}

/// Things in a row.
pub(super) fn listed<T: ToString>(things: impl IntoIterator<Item = T>) -> String {
    things.into_iter().map(|thing| thing.to_string()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
pub(in crate::survey::workloads) mod tests;

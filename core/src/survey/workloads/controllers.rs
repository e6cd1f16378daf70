//! Controllers of Ingresses: which one serves a class, and which service is its door. Pure.

use super::seen::{Class, Id, Ingress, Program, Seen, Service};

/// What `spec.controller` of a class begins with where AWS's load balancers serve it.
const ALB: [&str; 2] = ["ingress.k8s.aws/alb", "eks.amazonaws.com/alb"];
/// The class of the AWS Load Balancer Controller where no IngressClass says so.
const ALB_CLASS: &str = "alb";

/// Controllers that run in the cluster: what `spec.controller` begins with, and a part of their images' names. (The
/// documentation of each.)
const IN_CLUSTER: [(&str, &str); 8] = [
    ("k8s.io/ingress-nginx", "ingress-nginx/controller"),
    ("nginx.org/ingress-controller", "nginx-ingress"),
    ("traefik.io/ingress-controller", "traefik"),
    ("haproxy.org/ingress-controller", "kubernetes-ingress"),
    ("haproxy-ingress.github.io/controller", "haproxy-ingress"),
    ("ingress-controllers.konghq.com/kong", "kong"),
    ("projectcontour.io", "envoy"),
    ("istio.io/ingress-controller", "proxyv2"),
];

/// The class of an Ingress: its name, and what is known of it.
pub(super) fn class<'a>(ingress: &'a Ingress, seen: &'a Seen) -> Option<(&'a str, Option<&'a Class>)> {
    match &ingress.class {
        Some(name) => Some((name, seen.classes.get(name))),
        None => {
            let default = seen.classes.iter().find(|(_, class)| class.is_default);
            default.map(|(name, class)| (name.as_str(), Some(class)))
        }
    }
}

/// Whether AWS's application load balancers serve this Ingress.
pub(super) fn is_alb(ingress: &Ingress, seen: &Seen) -> bool {
    match class(ingress, seen) {
        Some((_, Some(class))) => ALB.iter().any(|controller| class.controller.starts_with(controller)),
        Some((name, None)) => name == ALB_CLASS,
        None => false,
    }
}

/// Whether a gateway of a class with this controller is a load balancer of AWS.
pub(super) fn is_aws_gateway(controller: &str) -> bool {
    controller.starts_with("gateway.k8s.aws/") || controller.starts_with("eks.amazonaws.com/")
}

/// What `spec.controller` is of the classes that the program behind this service serves; none where the service leads to
/// no controller.
pub(super) fn behind(id: &Id, service: &Service, seen: &Seen) -> Option<String> {
    let selected = |program: &&Program| {
        program.id.namespace == id.namespace
            && !service.selector.is_empty()
            && service.selector.iter().all(|(key, value)| program.labels.get(key) == Some(value))
    };
    seen.programs.iter().filter(selected).find_map(served)
}

/// What `spec.controller` is of the classes that a program serves.
fn served(program: &Program) -> Option<String> {
    let runs = |part: &str| program.images.iter().any(|image| image.contains(part));
    let (controller, _) = IN_CLUSTER.iter().find(|(_, part)| runs(part))?;
    // Several ingress-nginx in one cluster are told apart by this argument.
    let given = program.arguments.iter().find_map(|argument| argument.strip_prefix("--controller-class="));
    Some(given.unwrap_or(controller).to_owned())
}

/// The services that are the door of this controller: they lead to it, and are reached from outside.
pub(super) fn doors<'a>(controller: &str, seen: &'a Seen) -> Vec<&'a Id> {
    let bound = |id: &Id| seen.bindings.iter().any(|binding| binding.service == *id);
    let open = |id: &Id, service: &Service| service.is_load_balancer || !service.node_ports.is_empty() || bound(id);
    let serves = |served: String| controller == served || controller.starts_with(&format!("{served}/"));
    let door = |(id, service): &(&Id, &Service)| open(id, service) && behind(id, service, seen).is_some_and(serves);
    seen.services.iter().filter(door).map(|(id, _)| id).collect()
}

/// The Ingresses that this controller serves.
pub(super) fn ingresses<'a>(controller: &'a str, seen: &'a Seen) -> impl Iterator<Item = &'a Ingress> {
    seen.ingresses.iter().filter(move |ingress| {
        let known = class(ingress, seen).and_then(|(_, class)| class);
        known.is_some_and(|class| class.controller == controller)
    })
}

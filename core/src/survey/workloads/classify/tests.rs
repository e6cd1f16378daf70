//! A cluster with a service of every kind, and what becomes of each.

use std::collections::{BTreeMap, BTreeSet};

use super::super::path::Mover;
use super::super::seen::{Binding, Class, GatewayRoute, Ingress, Node, Pairs, Program};
use super::*;
use crate::elb::{ListenerArn, RouteArn, Target, TargetGroupArn, TargetGroupInfo, TargetState};
use crate::survey::{Manager, SurveyedGroup, SurveyedRoute, Use};

const PREFIX: &str = "arn:aws:elasticloadbalancing:eu-west-1:123456789012";

pub(in crate::survey::workloads) fn id(name: &str) -> Id {
    Id::new("shop", name)
}

pub(in crate::survey::workloads) fn pairs(pairs: &[(&str, &str)]) -> Pairs {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn set(items: &[&str]) -> BTreeSet<String> {
    items.iter().map(|item| (*item).to_owned()).collect()
}

pub(in crate::survey::workloads) fn group_arn(name: &str) -> String {
    format!("{PREFIX}:targetgroup/{name}/0123456789abcdef")
}

fn controller() -> Manager {
    let kind = manager::Kind::LoadBalancerController;
    Manager { kind, cluster: Some("blue".to_owned()), stack: None }
}

/// AWS, with a target group that a load balancer (`app/…` or `net/…`; none for an empty name) sends to.
fn with(mut aws: Balancing, name: &str, target_type: &str, balancer: &str, manager: Option<Manager>) -> Balancing {
    let arn = TargetGroupArn::parse(&group_arn(name)).unwrap();
    let mut group = SurveyedGroup {
        info: TargetGroupInfo {
            arn: arn.clone(),
            name: name.to_owned(),
            protocol: Some("HTTP".to_owned()),
            protocol_version: None,
            port: Some(80),
            target_type: Some(target_type.to_owned()),
            vpc_id: None,
            ip_address_type: None,
            load_balancer_arns: BTreeSet::new(),
        },
        exists: true,
        tags: BTreeMap::new(),
        routes: BTreeMap::new(),
        twins: None,
        shared_routes: BTreeSet::new(),
        manager: None,
    };
    if !balancer.is_empty() {
        let listener = format!("{PREFIX}:listener/{balancer}/0123456789abcdef/fedcba9876543210");
        let route = RouteArn::Listener(ListenerArn::parse(&listener).unwrap());
        let name = format!("{balancer}:443");
        group.info.load_balancer_arns.insert(format!("{PREFIX}:loadbalancer/{balancer}/0123456789abcdef"));
        group.routes.insert(name.clone(), Use { arn: route.clone(), weight: 1, conditions: Vec::new() });
        let surveyed = SurveyedRoute {
            arn: route,
            port: Some(443),
            protocol: None,
            priority: None,
            conditions: Vec::new(),
            action: "forward".to_owned(),
            portions: Vec::new(),
            stickiness: None,
            manager,
        };
        aws.routes.routes.insert(name, surveyed);
    }
    aws.names.insert(name.to_owned(), arn);
    aws.routes.target_groups.insert(name.to_owned(), group);
    aws
}

fn targets(mut aws: Balancing, name: &str, ids: &[&str], port: i32) -> Balancing {
    let target = |id: &&str| Target {
        id: (*id).to_owned(),
        port: Some(port),
        zone: None,
        state: TargetState::Healthy,
        reason: None,
        description: None,
    };
    aws.targets.insert(TargetGroupArn::parse(&group_arn(name)).unwrap(), ids.iter().map(target).collect());
    aws
}

pub(in crate::survey::workloads) fn binding(service: &str, group: &str) -> Binding {
    Binding { id: id(service), service: id(service), group_arn: Some(group_arn(group)), ..Binding::default() }
}

fn node(instance: &str, group: &str) -> Node {
    Node { instance: Some(instance.to_owned()), addresses: BTreeSet::new(), group: Some(group.to_owned()) }
}

fn program(name: &str, image: &str, arguments: &[&str]) -> Program {
    Program {
        id: id(name),
        labels: pairs(&[("app", name)]),
        images: vec![image.to_owned()],
        arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect(),
    }
}

fn ingress(name: &str, class: &str, host: &str) -> Ingress {
    Ingress {
        id: id(name),
        class: Some(class.to_owned()),
        services: BTreeSet::from([id(name)]),
        hosts: set(&[host]),
        ..Ingress::default()
    }
}

fn external_dns() -> Program {
    program("dns", "registry.k8s.io/external-dns/external-dns:v0.15.0", &["--source=ingress", "--source=service"])
}

fn nginx() -> Program {
    program("door", "registry.k8s.io/ingress-nginx/controller:v1.11.2@sha256:0", &[])
}

/// A service's only way, in short: its kind, what moves it, who owns that, and how many blockers there are.
#[track_caller]
fn check(name: &str, service: Service, seen: Seen, aws: &Balancing, expected: &str) -> Path {
    let paths = paths(&id(name), &service, &seen, aws);
    let [path] = paths.as_slice() else { panic!("{paths:#?}") };
    let mover = path.moved_by.map_or("-", Mover::as_str);
    let owner = path.owner.map_or("-", Owner::as_str);
    let said = format!("{} {mover} {owner} {}", path.kind.as_str(), path.blockers.len());
    assert_eq!(said, expected, "{path:#?}");
    path.clone()
}

fn node_port(port: u16) -> Service {
    Service { node_ports: BTreeSet::from([port]), selector: pairs(&[("app", "door")]), ..Service::default() }
}

#[test]
fn pods_that_a_binding_of_the_users_registers() {
    let seen = || Seen { bindings: vec![binding("web", "web")], ..Seen::default() };
    let alb = with(Balancing::default(), "web", "ip", "app/edge", None);
    let path = check("web", Service::default(), seen(), &alb, "pods_behind_alb eksmig_weighted_shift - 0");
    assert_eq!(path.target_groups, BTreeSet::from([group_arn("web")]));
    assert!(path.evidence[0].contains("TargetGroupBinding shop/web"), "{path:?}");
    let nlb = with(Balancing::default(), "web", "ip", "net/edge", None);
    check("web", Service::default(), seen(), &nlb, "pods_behind_nlb eksmig_weighted_shift - 0");
    let instances = with(Balancing::default(), "web", "instance", "app/edge", None);
    check("web", node_port(30_080), seen(), &instances, "node_port eksmig_weighted_shift - 0");
    let mut tagged = with(Balancing::default(), "web", "ip", "app/edge", None);
    tagged.routes.target_groups.get_mut("web").unwrap().tags = pairs(&[("ManagedBy", "Terraform")]);
    check("web", Service::default(), seen(), &tagged, "pods_behind_alb eksmig_weighted_shift terraform 0");
}

#[test]
fn a_binding_by_name_and_one_to_nowhere() {
    let by_name = Binding { group_arn: None, group_name: Some("web".to_owned()), ..binding("web", "web") };
    let seen = Seen { bindings: vec![by_name], ..Seen::default() };
    let aws = with(Balancing::default(), "web", "ip", "app/edge", None);
    check("web", Service::default(), seen, &aws, "pods_behind_alb eksmig_weighted_shift - 0");
    let seen = Seen { bindings: vec![binding("web", "gone")], ..Seen::default() };
    check("web", Service::default(), seen, &aws, "unknown - - 1");
}

#[test]
fn a_network_load_balancer_behind_api_gateway() {
    let seen = || Seen { bindings: vec![binding("web", "web")], ..Seen::default() };
    let (swapped, owned) = (
        "pods_behind_nlb eksmig_nlb_port_swap - 0",
        "pods_behind_nlb eksmig_nlb_port_swap aws-load-balancer-controller 2",
    );
    for (arn, manager, expected) in [
        ("loadbalancer/net/edge/0123456789abcdef", None, swapped),
        ("listener/net/edge/0123456789abcdef/fedcba9876543210", None, swapped),
        ("loadbalancer/net/other/0123456789abcdef", None, "pods_behind_nlb eksmig_weighted_shift - 0"),
        ("loadbalancer/net/edge/0123456789abcdef", Some(controller()), owned),
    ] {
        let mut aws = with(Balancing::default(), "web", "ip", "net/edge", manager);
        aws.apis.insert(format!("{PREFIX}:{arn}"), set(&["VPC link v1"]));
        check("web", Service::default(), seen(), &aws, expected);
    }
}

#[test]
fn a_rule_that_the_controller_owns_is_moved_by_its_name() {
    let aws = with(Balancing::default(), "web", "ip", "app/edge", Some(controller()));
    let bound = Binding { is_managed: true, ..binding("web", "web") };
    let seen = |programs: Vec<Program>, argo_cd: bool| Seen {
        bindings: vec![bound.clone()],
        ingresses: vec![Ingress { argo_cd, ..ingress("web", "alb", "web.example.com") }],
        programs,
        ..Seen::default()
    };
    let owned = "pods_behind_alb eksmig_route53_shift aws-load-balancer-controller 0";
    let path = check("web", Service::default(), seen(vec![], false), &aws, owned);
    assert_eq!(path.hosts, set(&["web.example.com"]));
    let written = "pods_behind_alb eksmig_external_dns_shift external-dns 0";
    check("web", Service::default(), seen(vec![external_dns()], false), &aws, written);
    let tracked = "pods_behind_alb eksmig_external_dns_shift argo-cd 0";
    check("web", Service::default(), seen(vec![external_dns()], true), &aws, tracked);
    let elsewhere = program("dns", "external-dns/external-dns:v0.15.0", &["--source", "crd"]);
    check("web", Service::default(), seen(vec![elsewhere], false), &aws, owned);
}

#[test]
fn node_ports_are_known_by_the_nodes_in_a_target_group() {
    let seen = || Seen { nodes: vec![node("i-1", "a"), node("i-2", "a")], ..Seen::default() };
    let aws = with(Balancing::default(), "web", "instance", "app/edge", None);
    let both = targets(aws.clone(), "web", &["i-1", "i-2", "i-9"], 30_080);
    let path = check("web", node_port(30_080), seen(), &both, "node_port eksmig_target_cutover - 0");
    assert!(path.evidence[0].starts_with("2 of 3 targets in target group web"), "{path:?}");
    // Another port, and another cluster's nodes, are nobody's.
    check("web", node_port(30_081), seen(), &both, "unknown - - 1");
    let theirs = targets(aws.clone(), "web", &["i-9"], 30_080);
    check("web", node_port(30_080), seen(), &theirs, "unknown - - 1");
    // Every node group has to be there.
    let seen = Seen { nodes: vec![node("i-1", "a"), node("i-3", "b")], ..Seen::default() };
    let path = check("web", node_port(30_080), seen, &both, "node_port eksmig_target_cutover - 1");
    assert!(path.blockers[0].contains("node group b "), "{path:?}");
    // By addresses.
    let address = Node { addresses: set(&["10.0.0.1"]), ..Node::default() };
    let by_address = targets(with(Balancing::default(), "web", "ip", "app/edge", None), "web", &["10.0.0.1"], 30_080);
    let seen = Seen { nodes: vec![address], ..Seen::default() };
    check("web", node_port(30_080), seen, &by_address, "node_port eksmig_target_cutover - 0");
}

#[test]
fn a_load_balancer_of_its_own() {
    let named = pairs(&[("external-dns.alpha.kubernetes.io/hostname", "web.example.com.")]);
    let service = |class: Option<&str>, annotations: Pairs| Service {
        is_load_balancer: true,
        class: class.map(str::to_owned),
        annotations,
        ..node_port(30_080)
    };
    let seen = || Seen { programs: vec![external_dns()], ..Seen::default() };
    let aws = Balancing::default();
    let in_tree = service(None, named.clone());
    let path = check("web", in_tree, seen(), &aws, "node_port eksmig_external_dns_shift external-dns 0");
    assert_eq!(path.hosts, set(&["web.example.com"]));
    let unnamed = service(None, Pairs::new());
    check("web", unnamed, seen(), &aws, "node_port eksmig_route53_shift kubernetes-cloud-provider 1");
    let by_class = service(Some("service.k8s.aws/nlb"), named.clone());
    check("web", by_class, seen(), &aws, "pods_behind_nlb eksmig_external_dns_shift external-dns 1");
    let by_annotation = service(None, pairs(&[(NLB_ANNOTATION, "external")]));
    let waiting = "pods_behind_nlb eksmig_route53_shift aws-load-balancer-controller 2";
    check("web", by_annotation, seen(), &aws, waiting);
    // Whoever is to write the record is not here.
    check("web", service(None, named), Seen::default(), &aws, "node_port eksmig_external_dns_shift external-dns 1");
}

/// A cluster with ingress-nginx behind a service `door`.
fn behind_nginx() -> Seen {
    let class = Class { controller: "k8s.io/ingress-nginx".to_owned(), is_default: true };
    let door = Service { is_load_balancer: true, ..node_port(30_443) };
    Seen {
        services: BTreeMap::from([(id("door"), door), (id("web"), Service::default())]),
        ingresses: vec![ingress("web", "nginx", "web.example.com")],
        classes: BTreeMap::from([("nginx".to_owned(), class)]),
        programs: vec![nginx()],
        ..Seen::default()
    }
}

#[test]
fn an_ingress_of_a_controller_in_the_cluster() {
    let aws = Balancing::default();
    let path = check("web", Service::default(), behind_nginx(), &aws, "ingress_controller eksmig_route53_shift - 0");
    assert!(path.evidence.iter().any(|said| said.contains("shop/door is the door")), "{path:?}");
    // The default class, and ExternalDNS.
    let mut seen = behind_nginx();
    seen.ingresses[0].class = None;
    seen.programs.push(external_dns());
    check("web", Service::default(), seen, &aws, "ingress_controller eksmig_external_dns_shift external-dns 0");
    // A class that nobody knows, and a controller without a door.
    let mut seen = behind_nginx();
    seen.ingresses[0].class = Some("other".to_owned());
    check("web", Service::default(), seen, &aws, "ingress_controller eksmig_route53_shift - 1");
    let mut seen = behind_nginx();
    seen.services.remove(&id("door"));
    check("web", Service::default(), seen, &aws, "ingress_controller eksmig_route53_shift - 1");
    // Two doors, and a second nginx that serves another class.
    let mut seen = behind_nginx();
    seen.services.insert(id("door-2"), seen.services[&id("door")].clone());
    check("web", Service::default(), seen, &aws, "ingress_controller eksmig_route53_shift - 1");
    let mut seen = behind_nginx();
    seen.programs = vec![program("door", "ingress-nginx/controller:v1", &["--controller-class=example.com/inner"])];
    check("web", Service::default(), seen, &aws, "ingress_controller eksmig_route53_shift - 1");
}

#[test]
fn the_door_of_an_ingress_controller_has_the_names_of_all_behind_it() {
    let mut seen = behind_nginx();
    seen.ingresses.push(ingress("api", "nginx", "api.example.com"));
    let door = seen.services[&id("door")].clone();
    let expected = "ingress_controller eksmig_route53_shift - 0";
    let path = check("door", door, seen, &Balancing::default(), expected);
    assert_eq!(path.hosts, set(&["api.example.com", "web.example.com"]));
}

#[test]
fn an_ingress_of_awss_load_balancers_that_is_not_bound_yet() {
    let seen = Seen { ingresses: vec![ingress("web", "alb", "web.example.com")], ..Seen::default() };
    let path =
        check("web", Service::default(), seen, &Balancing::default(), "pods_behind_alb eksmig_route53_shift - 1");
    assert!(path.is_idle);
}

#[test]
fn a_route_of_the_gateway_api() {
    let route = |controller: &str| GatewayRoute {
        id: id("web"),
        services: BTreeSet::from([id("web")]),
        hosts: set(&["web.example.com"]),
        controllers: set(&[controller]),
        ..GatewayRoute::default()
    };
    let seen = |controller| Seen { gateway_routes: vec![route(controller)], ..Seen::default() };
    let aws = Balancing::default();
    let inner = "ingress_controller eksmig_route53_shift - 0";
    check("web", Service::default(), seen("gateway.envoyproxy.io/gatewayclass-controller"), &aws, inner);
    check("web", Service::default(), seen("gateway.k8s.aws/alb"), &aws, "pods_behind_alb eksmig_route53_shift - 1");
}

#[test]
fn a_service_with_two_ways_has_both() {
    let mut seen = behind_nginx();
    seen.bindings = vec![binding("web", "web")];
    let aws = with(Balancing::default(), "web", "ip", "app/edge", None);
    let kinds: Vec<Kind> = paths(&id("web"), &Service::default(), &seen, &aws).iter().map(|path| path.kind).collect();
    assert_eq!(kinds, [Kind::PodsBehindAlb, Kind::IngressController]);
}

#[test]
fn a_target_group_that_nothing_sends_to_is_idle() {
    let seen = Seen { bindings: vec![binding("web", "web")], ..Seen::default() };
    let aws = with(Balancing::default(), "web", "ip", "", None);
    let path = check("web", Service::default(), seen, &aws, "pods_behind_alb eksmig_weighted_shift - 0");
    assert!(path.is_idle);
}

#[test]
fn what_nothing_leads_to_is_internal() {
    check("web", Service::default(), Seen::default(), &Balancing::default(), "internal - - 0");
}

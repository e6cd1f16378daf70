//! A picture in which all is well, for tests to spoil.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aws_sdk_cloudwatch::types::StateValue;

use crate::elb::twin::{Fixed, Group, HealthCheck};
use crate::elb::{LoadBalancerArn, LoadBalancerInfo, RouteArn, Target, TargetGroupArn, TargetHealth, TargetState};
use crate::engine::gate;
use crate::gates::Alarm;
use crate::preflight::picture::{Alias, Balancer, Clusters, Inside, Pair, Picture, Records, Side, Swap};
use crate::route53::record_shift::{Seen, Sight};
use crate::route53::{Answers, RecordType};
use crate::share::Weights;
use crate::survey::workloads::{Binding, ExternalDns, Id, OwnerId};
use crate::survey::{Portion, Routes, SurveyedRoute};

const PLACE: &str = "arn:aws:elasticloadbalancing:eu-west-1:123456789012";

/// A target group's ARN.
pub(crate) fn group_arn(name: &str) -> TargetGroupArn {
    TargetGroupArn::parse(&format!("{PLACE}:targetgroup/{name}/73e2d6bc24d8a067")).unwrap()
}

/// The load balancer before the pair, or another of that name.
pub(crate) fn balancer_arn(kind: &str, name: &str) -> LoadBalancerArn {
    LoadBalancerArn::parse(&format!("{PLACE}:loadbalancer/{kind}/{name}/50dc6c495c0c9188")).unwrap()
}

/// The load balancer before the pair.
pub(crate) fn edge() -> LoadBalancerArn {
    balancer_arn("app", "edge")
}

/// A rule of a listener of its.
pub(crate) fn rule_arn(number: usize) -> RouteArn {
    let text = format!("{PLACE}:listener-rule/app/edge/50dc6c495c0c9188/f2f7dc8efc522ab2/{number:016x}");
    RouteArn::parse(&text).unwrap()
}

/// A route to these target groups.
pub(crate) fn route(arn: RouteArn, portions: &[(&str, i32)]) -> SurveyedRoute {
    let portion = |(name, weight): &(&str, i32)| Portion { target_group: group_arn(name), weight: *weight };
    SurveyedRoute {
        arn,
        port: Some(443),
        protocol: Some("HTTPS".into()),
        priority: Some(10),
        conditions: vec!["path=/orders/*".into()],
        action: "forward".into(),
        portions: portions.iter().map(portion).collect(),
        stickiness: None,
        manager: None,
    }
}

/// A target in a zone.
pub(crate) fn target(zone: &str, state: &str, reason: Option<&str>) -> Target {
    Target {
        id: format!("10.0.0.{zone}"),
        port: Some(8080),
        zone: Some(format!("eu-west-1{zone}")),
        state: TargetState::read(state),
        reason: reason.map(str::to_owned),
        description: None,
    }
}

fn side(name: &str) -> Side {
    let text = |text: &str| Some(text.to_owned());
    let attributes = [
        ("deregistration_delay.timeout_seconds", "300"),
        ("load_balancing.cross_zone.enabled", "use_load_balancer_configuration"),
        ("slow_start.duration_seconds", "0"),
        ("stickiness.enabled", "false"),
        ("stickiness.type", "lb_cookie"),
    ];
    let fixed = Fixed {
        target_type: text("ip"),
        protocol: text("HTTP"),
        protocol_version: text("HTTP1"),
        port: Some(8080),
        vpc_id: text("vpc-1"),
        ..Fixed::default()
    };
    let health_check = HealthCheck {
        protocol: text("HTTP"),
        port: text("traffic-port"),
        path: text("/health"),
        ..HealthCheck::default()
    };
    Side {
        arn: group_arn(name),
        group: Some(Group {
            fixed,
            health_check,
            attributes: attributes.map(|(key, value)| (key.to_owned(), value.to_owned())).into(),
            tags: BTreeMap::new(),
        }),
        health: Some(TargetHealth { targets: vec![target("a", "healthy", None), target("b", "healthy", None)] }),
        balancers: [edge()].into(),
    }
}

fn balancer() -> Balancer {
    let info = LoadBalancerInfo {
        arn: edge(),
        name: "edge".into(),
        kind: Some(edge().kind()),
        scheme: Some("internal".into()),
        dns_name: None,
        vpc_id: Some("vpc-1".into()),
        state: Some("active".into()),
        zones: ["eu-west-1a", "eu-west-1b"].map(str::to_owned).into(),
        security_groups: BTreeSet::from(["sg-edge".to_owned()]),
    };
    let orders = route(rule_arn(1), &[("orders-blue", 100), ("orders-green", 0)]);
    let routes = Routes { routes: [("edge:443 path=/orders/*".to_owned(), orders)].into(), ..Routes::default() };
    Balancer { info: Some(info), crosses_zones: Some(true), routes: Some(routes) }
}

/// The type of the records.
pub(crate) fn a_record() -> RecordType {
    RecordType::parse("A").unwrap()
}

fn records(blue: &Side) -> Records {
    let seen = Seen {
        weights: Weights { blue: Some(100), green: Some(0), strangers: vec![] },
        ttl: Duration::from_secs(60),
        uneven_ttls: vec![],
        answers: Answers::default(),
    };
    let behind = blue.health.clone().map(|health| [(blue.arn.clone(), health)].into());
    let alias = Alias { side: gate::Side::Blue, kind: a_record(), balancer: edge(), behind };
    Records {
        dns_name: "orders.example.com".into(),
        sights: [(a_record(), Sight::Seen(seen))].into(),
        owner: None,
        aliases: vec![alias],
        elsewhere: vec![],
    }
}

/// A cluster with a service in its own target group.
fn inside(side: &str) -> Inside {
    let id = Id::new("shop", "orders");
    let group_arn = Some(group_arn(&format!("orders-{side}")).to_string());
    let binding = Binding { service: id.clone(), id: id.clone(), group_arn, ..Binding::default() };
    let writer = ExternalDns { id: Id::new("dns", "external-dns"), owner: OwnerId::Is(side.to_owned()) };
    Inside { services: Some([id].into()), bindings: Some(vec![binding]), external_dns: Some(vec![writer]) }
}

/// A picture in which all is well.
pub(crate) fn well() -> Picture {
    let (blue, green) = (side("orders-blue"), side("orders-green"));
    let alarm = Alarm { state: Some(StateValue::Ok), reason: Some("0 errors".into()), trouble: None };
    Picture {
        records: vec![records(&blue)],
        pairs: vec![Pair { name: "orders".into(), blue, green }],
        named: [rule_arn(1)].into(),
        balancers: [(edge(), balancer())].into(),
        swaps: vec![Swap { name: "orders".into(), api: "REST API a1b2c3".into(), undeployed: Some(Ok([].into())) }],
        alarms: [("orders-5xx".to_owned(), Some(alarm))].into(),
        clusters: Some(Clusters { blue: inside("blue"), green: inside("green") }),
        ..Picture::default()
    }
}

/// What is in blue.
pub(crate) fn in_blue(picture: &mut Picture) -> &mut Inside {
    &mut picture.clusters.as_mut().unwrap().blue
}

/// What is in green.
pub(crate) fn in_green(picture: &mut Picture) -> &mut Inside {
    &mut picture.clusters.as_mut().unwrap().green
}

/// The only pair.
pub(crate) fn pair(picture: &mut Picture) -> &mut Pair {
    &mut picture.pairs[0]
}

/// Green's target group.
pub(crate) fn green(picture: &mut Picture) -> &mut Group {
    pair(picture).green.group.as_mut().unwrap()
}

/// Sets how green's targets are.
pub(crate) fn greens(picture: &mut Picture, targets: Vec<Target>) {
    pair(picture).green.health = Some(TargetHealth { targets });
}

/// Sets an attribute of green's target group.
pub(crate) fn attribute(picture: &mut Picture, key: &str, value: &str) {
    green(picture).attributes.insert(key.to_owned(), value.to_owned());
}

/// The load balancer before the pair.
pub(crate) fn balancer_of(picture: &mut Picture) -> &mut Balancer {
    picture.balancers.get_mut(&edge()).unwrap()
}

/// The route of the pair.
pub(crate) fn orders(picture: &mut Picture) -> &mut SurveyedRoute {
    routes(picture).get_mut("edge:443 path=/orders/*").unwrap()
}

/// All routes of the load balancer.
pub(crate) fn routes(picture: &mut Picture) -> &mut BTreeMap<String, SurveyedRoute> {
    &mut balancer_of(picture).routes.as_mut().unwrap().routes
}

/// The weighted pair of records.
pub(crate) fn seen(picture: &mut Picture) -> &mut Seen {
    match picture.records[0].sights.get_mut(&a_record()) {
        Some(Sight::Seen(seen)) => seen,
        _ => panic!("no weighted pair"),
    }
}

/// The only alarm.
pub(crate) fn alarm(picture: &mut Picture) -> &mut Alarm {
    picture.alarms.get_mut("orders-5xx").unwrap().as_mut().unwrap()
}

use aws_sdk_elasticloadbalancingv2::types::{
    ForwardActionConfig, ProtocolEnum, RuleCondition, TargetGroupStickinessConfig, TargetGroupTuple,
};

use super::*;
use crate::elb::TargetGroupInfo;
use crate::elb::twin::MARK;

const PLACE: &str = "arn:aws:elasticloadbalancing:eu-west-1:123456789012";

fn group(name: &str) -> TargetGroupArn {
    TargetGroupArn::parse(&format!("{PLACE}:targetgroup/{name}/73e2")).unwrap()
}

fn to(weights: &[(&str, i32)], sticky: Option<i32>) -> Action {
    let tuples = weights.iter().map(|(name, weight)| {
        TargetGroupTuple::builder().target_group_arn(group(name).as_str()).weight(*weight).build()
    });
    let stickiness =
        sticky.map(|seconds| TargetGroupStickinessConfig::builder().enabled(true).duration_seconds(seconds).build());
    let config = ForwardActionConfig::builder()
        .set_target_groups(Some(tuples.collect()))
        .set_target_group_stickiness_config(stickiness)
        .build();
    Action::builder().r#type(ActionTypeEnum::Forward).forward_config(config).build()
}

fn plain(arn: String, actions: Vec<Action>) -> Route {
    Route {
        arn: RouteArn::parse(&arn).unwrap(),
        actions,
        is_default: false,
        conditions: Vec::new(),
        priority: None,
        port: None,
        protocol: None,
    }
}

fn listener(actions: Vec<Action>) -> Route {
    let route = plain(format!("{PLACE}:listener/app/edge/50dc/a"), actions);
    Route { port: Some(443), protocol: Some(ProtocolEnum::Https), ..route }
}

fn rule(id: &str, priority: &str, path: &str, actions: Vec<Action>) -> Route {
    let route = plain(format!("{PLACE}:listener-rule/app/edge/50dc/a/{id}"), actions);
    let condition = RuleCondition::builder().field("path-pattern").values(path).build();
    Route { priority: Some(priority.to_owned()), conditions: vec![condition], ..route }
}

fn info(name: &str, used: bool) -> TargetGroupInfo {
    let balancer = used.then(|| format!("{PLACE}:loadbalancer/app/edge/50dc"));
    TargetGroupInfo {
        arn: group(name),
        name: name.to_owned(),
        protocol: Some("HTTP".to_owned()),
        protocol_version: None,
        port: Some(80),
        target_type: Some("ip".to_owned()),
        vpc_id: None,
        ip_address_type: None,
        load_balancer_arns: balancer.into_iter().collect(),
    }
}

fn found(routes: Vec<Route>, groups: Vec<TargetGroupInfo>) -> Found {
    Found {
        routes: routes.into_iter().map(|route| (route.arn.clone(), route)).collect(),
        target_groups: groups.into_iter().map(|info| (info.arn.clone(), info)).collect(),
        gone: BTreeSet::new(),
        tags: BTreeMap::new(),
    }
}

fn tag(found: &mut Found, arn: &str, key: &str, value: &str) {
    found.tags.entry(arn.to_owned()).or_default().insert(key.to_owned(), value.to_owned());
}

fn names<V>(map: &BTreeMap<String, V>) -> Vec<&str> {
    map.keys().map(String::as_str).collect()
}

#[test]
fn routes_have_names_that_last_and_groups_have_their_routes() {
    let routes = vec![
        listener(vec![to(&[("web", 1)], None)]),
        rule("2", "20", "/orders/*", vec![to(&[("orders", 90), ("orders-green", 10)], Some(60))]),
        rule("1", "10", "/old", vec![Action::builder().r#type(ActionTypeEnum::Redirect).build()]),
    ];
    let groups = vec![info("web", true), info("orders", true), info("orders-green", true)];
    let report = judge(&found(routes.clone(), groups.clone()), false).unwrap();
    assert_eq!(names(&report.routes), ["edge:443", "edge:443 path=/old", "edge:443 path=/orders/*"]);
    let orders = &report.routes["edge:443 path=/orders/*"];
    assert_eq!((orders.port, orders.protocol.as_deref(), orders.priority), (Some(443), Some("HTTPS"), Some(20)));
    assert_eq!(orders.stickiness, Some(std::time::Duration::from_secs(60)));
    let weights: Vec<_> = orders.portions.iter().map(|part| (part.target_group.name(), part.weight)).collect();
    assert_eq!(weights, [("orders", 90), ("orders-green", 10)]);
    assert_eq!(report.routes["edge:443 path=/old"].action, "redirect");
    assert_eq!(names(&report.target_groups), ["orders", "orders-green", "web"]);
    let used = &report.target_groups["orders"].routes["edge:443 path=/orders/*"];
    assert_eq!((&used.arn, used.weight, used.conditions[0].as_str()), (&orders.arn, 90, "path=/orders/*"));

    // Priorities change with every rule that is put before; names do not.
    let mut renumbered = routes;
    renumbered[1].priority = Some("7".to_owned());
    let again = judge(&found(renumbered, groups), false).unwrap();
    assert_eq!(names(&again.routes), names(&report.routes));
}

#[test]
fn two_routes_with_one_name_are_both_there_and_the_first_keeps_it() {
    let routes = vec![
        listener(vec![to(&[("web", 1)], None)]),
        rule("1", "30", "/a", vec![to(&[("late", 1)], None)]),
        rule("2", "4", "/a", vec![to(&[("early", 1)], None)]),
    ];
    let all = found(routes.clone(), vec![info("web", true), info("late", true), info("early", true)]);
    let report = judge(&all, false).unwrap();
    assert_eq!(names(&report.routes), ["edge:443", "edge:443 path=/a", "edge:443 path=/a (2)"]);
    assert_eq!(report.routes["edge:443 path=/a"].priority, Some(4));
    // The same name when only one of them is asked for.
    let report = judge(&found(routes, vec![info("late", true)]), true).unwrap();
    assert_eq!(names(&report.routes), ["edge:443 path=/a (2)"]);
    assert_eq!(names(&report.target_groups["late"].routes), ["edge:443 path=/a (2)"]);
}

#[test]
fn a_group_serves_with_a_weight_and_is_deletable_when_nothing_points_at_it() {
    let check = |weights: &[(&str, i32)], listed: bool, serves: bool, deletable: bool| {
        let report = judge(&found(vec![listener(vec![to(weights, None)])], vec![info("blue", listed)]), true).unwrap();
        let blue = &report.target_groups["blue"];
        assert_eq!((blue.serves(), blue.deletable()), (serves, deletable), "{weights:?} {listed}");
    };
    check(&[("blue", 100), ("green", 0)], true, true, false);
    check(&[("blue", 0), ("green", 100)], true, false, false);
    check(&[("green", 1)], false, false, true);
    // AWS lists a load balancer whose route was not found: someone points at it.
    check(&[("green", 1)], true, false, false);
}

#[test]
fn a_lone_target_group_without_a_weight_gets_everything() {
    let action = Action::builder().r#type(ActionTypeEnum::Forward).target_group_arn(group("blue").as_str()).build();
    let unknown = Action::builder().r#type(ActionTypeEnum::from("conjure")).build();
    let report = judge(&found(vec![listener(vec![unknown, action])], vec![info("blue", true)]), false).unwrap();
    assert_eq!(report.routes["edge:443"].portions[0].weight, 1);
    assert_eq!(report.routes["edge:443"].action, "forward");
    assert!(report.target_groups["blue"].serves());
}

#[test]
fn whoever_tagged_the_route_or_what_it_hangs_from_manages_it() {
    let routes = vec![listener(vec![to(&[("web", 1)], None)]), rule("1", "1", "/a", vec![to(&[("web", 1)], None)])];
    let balancer = routes[0].arn.load_balancer_arn().to_string();
    let rule = routes[1].arn.to_string();
    let mut all = found(routes, vec![info("web", true)]);
    let cluster = |found: &Found, name: &str| {
        let report = judge(found, false).unwrap();
        report.routes[name].manager.clone().and_then(|manager| manager.cluster)
    };
    assert_eq!(cluster(&all, "edge:443 path=/a"), None);
    tag(&mut all, &balancer, "elbv2.k8s.aws/cluster", "blue");
    assert_eq!(cluster(&all, "edge:443").as_deref(), Some("blue"));
    assert_eq!(cluster(&all, "edge:443 path=/a").as_deref(), Some("blue"));
    tag(&mut all, &rule, "elbv2.k8s.aws/cluster", "green");
    assert_eq!(cluster(&all, "edge:443 path=/a").as_deref(), Some("green"));
    assert_eq!(judge(&all, false).unwrap().target_groups["web"].manager, None);
    tag(&mut all, group("web").as_str(), "elbv2.k8s.aws/cluster", "red");
    let report = judge(&all, false).unwrap();
    assert_eq!(report.target_groups["web"].manager.clone().unwrap().cluster.as_deref(), Some("red"));
}

#[test]
fn twins_are_the_other_side_of_a_group_and_none_of_the_groups() {
    let routes = vec![listener(vec![to(&[("web", 1), ("web-green", 0)], None)])];
    let mut all = found(routes, vec![info("web", true), info("web-green", true)]);
    tag(&mut all, group("web-green").as_str(), MARK, group("web").as_str());
    let report = judge(&all, false).unwrap();
    assert_eq!(names(&report.target_groups), ["web"]);
    assert_eq!(report.target_groups["web"].twins, Some([group("web-green")].into()));
    assert_eq!(report.routes["edge:443"].portions.len(), 2);
    let asked_for = judge(&all, true).unwrap();
    assert_eq!(names(&asked_for.target_groups), ["web", "web-green"]);
    assert_eq!(asked_for.target_groups["web"].twins, None, "twins were not asked for");
}

/// Two routes of a pair at these weights, none for a side that is taken out, beside one of another service.
fn paired(sides: &[(&str, i32)]) -> Found {
    let routes = vec![
        listener(vec![to(&[("other", 1)], None)]),
        rule("1", "1", "/a", vec![to(sides, None)]),
        rule("2", "2", "/b", vec![to(sides, None)]),
    ];
    let mut all = found(routes, vec![info("other", true), info("web", false), info("web-green", true)]);
    tag(&mut all, group("web-green").as_str(), MARK, group("web").as_str());
    all
}

#[test]
fn a_shift_and_its_end_change_neither_the_keys_nor_the_routes_of_the_pair() {
    let check = |sides: &[(&str, i32)], exists: bool, own: usize, serves: bool, deletable: bool| {
        let mut all = paired(sides);
        if !exists {
            all.target_groups.remove(&group("web"));
            all.gone.insert(group("web"));
        }
        let report = judge(&all, false).unwrap();
        assert_eq!(names(&report.target_groups), ["other", "web"], "{sides:?}");
        let web = &report.target_groups["web"];
        let shared: Vec<_> = web.shared_routes.iter().map(|arn| arn.as_str().rsplit('/').next().unwrap()).collect();
        assert_eq!((shared, web.info.arn.name()), (vec!["1", "2"], "web"), "{sides:?}");
        assert_eq!((web.exists, web.routes.len()), (exists, own), "{sides:?}");
        assert_eq!((web.serves(), web.deletable()), (serves, deletable), "{sides:?}");
    };
    check(&[("web", 1)], true, 2, true, false);
    check(&[("web", 1), ("web-green", 0)], true, 2, true, false);
    check(&[("web", 0), ("web-green", 1)], true, 2, false, false);
    check(&[("web-green", 1)], true, 0, false, true);
    check(&[("web-green", 1)], false, 0, false, true);
}

#[test]
fn a_group_that_took_the_name_of_a_deleted_one_has_it() {
    let mut all = paired(&[("web-green", 1)]);
    all.target_groups.remove(&group("web"));
    let gone = TargetGroupArn::parse(&format!("{PLACE}:targetgroup/other/0000")).unwrap();
    all.gone.insert(gone.clone());
    tag(&mut all, group("web-green").as_str(), MARK, gone.as_str());
    let report = judge(&all, false).unwrap();
    assert_eq!(names(&report.target_groups), ["other"]);
    assert!(report.target_groups["other"].exists);
}

#[test]
fn twins_of_twins_are_all_of_the_first() {
    let mut all = paired(&[("web-green", 1), ("web-teal", 1)]);
    all.target_groups.insert(group("web-teal"), info("web-teal", true));
    tag(&mut all, group("web-teal").as_str(), MARK, group("web-green").as_str());
    let report = judge(&all, false).unwrap();
    assert_eq!(names(&report.target_groups), ["other", "web"]);
    assert_eq!(report.target_groups["web"].twins, Some([group("web-green"), group("web-teal")].into()));
}

#[test]
fn what_is_no_arn_of_a_target_group_is_an_error() {
    let action = Action::builder().r#type(ActionTypeEnum::Forward).target_group_arn("nonsense").build();
    let error = judge(&found(vec![listener(vec![action])], vec![]), false).unwrap_err().to_string();
    assert!(error.contains("listener/app/edge/50dc/a") && error.contains("nonsense"), "{error}");
}

//! What is read of load balancers, over a server that answers from a script.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::aws::loopback::{Call, Loopback, Reply};
use crate::clock::{Clock, SteppedClock};
use crate::elb::{LoadBalancerKind, RouteArn};

const PLACE: &str = "arn:aws:elasticloadbalancing:eu-west-1:123456789012";

fn listener(name: &str) -> String {
    format!("{PLACE}:listener/app/shop/50dc/{name}")
}

fn rule(listener: &str, name: &str) -> String {
    format!("{PLACE}:listener-rule/app/shop/50dc/{listener}/{name}")
}

fn group(name: &str) -> String {
    format!("{PLACE}:targetgroup/{name}/73e2")
}

fn routes(arns: impl IntoIterator<Item = String>) -> BTreeSet<RouteArn> {
    arns.into_iter().map(|arn| RouteArn::parse(&arn).unwrap()).collect()
}

fn rule_xml(arn: &str) -> String {
    let default = arn.ends_with("default");
    format!(
        "<member><RuleArn>{arn}</RuleArn><Priority>5</Priority><IsDefault>{default}</IsDefault><Actions><member><Type>forward</Type><TargetGroupArn>{}</TargetGroupArn></member></Actions></member>",
        group("blue")
    )
}

fn listener_xml(arn: &str) -> String {
    format!(
        "<member><ListenerArn>{arn}</ListenerArn><Port>443</Port><Protocol>HTTPS</Protocol><DefaultActions><member><Type>forward</Type></member></DefaultActions></member>"
    )
}

/// A load balancer with the listeners `a` and `b`, the rules `1` to `60` and `default` on each, two pages for
/// each listing, and nothing else.
fn shop(call: &Call) -> Reply {
    let action = call.action();
    let exists = |arn: &String| {
        let rule = arn.rsplit('/').next().unwrap_or_default();
        let known = rule == "default" || rule.parse::<u32>().is_ok_and(|number| (1..=60).contains(&number));
        known && (arn.contains("/50dc/a/") || arn.contains("/50dc/b/"))
    };
    match action.as_str() {
        "DescribeRules" => match call.value("ListenerArn") {
            Some(arn) if arn == listener("a") || arn == listener("b") => {
                assert_eq!(call.value("PageSize").as_deref(), Some("400"));
                let name = &arn[arn.len() - 1..];
                let (page, next) = match call.value("Marker").as_deref() {
                    None => (1..=30, "<NextMarker>two+2</NextMarker>"),
                    Some("two+2") => (31..=60, ""),
                    Some(marker) => panic!("{marker}"),
                };
                let mut rules: String = page.map(|number| rule_xml(&rule(name, &number.to_string()))).collect();
                if next.is_empty() {
                    rules.push_str(&rule_xml(&rule(name, "default")));
                }
                Reply::result(&action, &format!("<Rules>{rules}</Rules>{next}"))
            }
            Some(_) => Reply::error(400, "ListenerNotFound", "One or more listeners not found"),
            None => {
                let arns = call.members("RuleArns");
                assert!((1..=20).contains(&arns.len()), "{arns:?}");
                if !arns.iter().all(exists) {
                    return Reply::error(400, "RuleNotFound", "One or more rules not found");
                }
                let rules: String = arns.iter().map(|arn| rule_xml(arn)).collect();
                Reply::result(&action, &format!("<Rules>{rules}</Rules>"))
            }
        },
        "DescribeListeners" => match call.value("LoadBalancerArn") {
            Some(arn) if arn.ends_with("loadbalancer/app/shop/50dc") => {
                let (name, next) = match call.value("Marker").as_deref() {
                    None => ("a", "<NextMarker>2</NextMarker>"),
                    _ => ("b", ""),
                };
                let page = listener_xml(&listener(name));
                Reply::result(&action, &format!("<Listeners>{page}</Listeners>{next}"))
            }
            Some(_) => Reply::error(400, "LoadBalancerNotFound", "Load balancers not found"),
            None => {
                let arns = call.members("ListenerArns");
                if arns.iter().any(|arn| *arn != listener("a") && *arn != listener("b")) {
                    return Reply::error(400, "ListenerNotFound", "One or more listeners not found");
                }
                let listeners: String = arns.iter().map(|arn| listener_xml(arn)).collect();
                Reply::result(&action, &format!("<Listeners>{listeners}</Listeners>"))
            }
        },
        other => panic!("{other}"),
    }
}

async fn reader(answer: impl Fn(&Call) -> Reply + Send + Sync + 'static) -> (Loopback, Arc<SteppedClock>, ElbReader) {
    let server = Loopback::serve(answer).await;
    let clock = Arc::new(SteppedClock::new());
    let reader = ElbReader::new(server.aws(Arc::clone(&clock) as Arc<dyn Clock>));
    (server, clock, reader)
}

#[tokio::test]
async fn many_resources_on_one_load_balancer_share_their_reads() {
    let (server, _clock, reader) = reader(shop).await;
    let mut tasks = tokio::task::JoinSet::new();
    for number in 1..=60 {
        let reader = reader.clone();
        tasks.spawn(async move {
            let arns =
                routes([rule("a", &number.to_string()), rule("b", &number.to_string()), listener("a"), listener("b")]);
            let found = reader.routes(&arns).await.unwrap();
            assert_eq!(found.keys().cloned().collect::<BTreeSet<_>>(), arns);
            for (arn, route) in found {
                let route = route.unwrap();
                assert_eq!(route.arn, arn);
                assert_eq!(route.actions.len(), 1);
            }
        });
    }
    tasks.join_all().await;
    // Two listeners with two pages of rules each, one load balancer with two pages of listeners.
    assert_eq!((server.count("DescribeRules"), server.count("DescribeListeners")), (4, 2));
}

#[tokio::test]
async fn every_read_can_move_between_threads() {
    fn movable<T: Send>(_: T) {}
    let (_server, _clock, reader) = reader(shop).await;
    let arn = TargetGroupArn::parse(&group("green")).unwrap();
    movable(reader.routes(&BTreeSet::new()));
    movable(reader.routes_fresh(&BTreeSet::new()));
    movable(reader.target_health(&arn, Fare::InLine));
    movable(reader.target_groups(&BTreeSet::new()));
    movable(reader.load_balancers(&BTreeSet::new()));
    movable(reader.tags(&BTreeSet::new()));
}

#[tokio::test]
async fn what_does_not_exist_is_none_and_hides_nothing() {
    let (_server, _clock, reader) = reader(shop).await;
    let elsewhere = format!("{PLACE}:listener/app/gone/50dc/a");
    let there = [rule("a", "1"), listener("b")];
    let missing = [rule("a", "61"), rule("c", "1"), listener("c"), elsewhere];
    let all = routes(there.iter().chain(&missing).cloned());
    for found in [reader.routes(&all).await.unwrap(), reader.routes_fresh(&all).await.unwrap()] {
        assert_eq!(found.len(), all.len());
        for (arn, route) in found {
            assert_eq!(route.is_some(), there.contains(&arn.to_string()), "{arn}");
        }
    }
}

#[tokio::test]
async fn a_default_rule_is_told_from_a_route() {
    let (_server, _clock, reader) = reader(shop).await;
    let arns = routes([rule("a", "default"), rule("a", "1"), listener("a")]);
    for found in [reader.routes(&arns).await.unwrap(), reader.routes_fresh(&arns).await.unwrap()] {
        for (arn, route) in found {
            assert_eq!(route.unwrap().is_default, arn.as_str().ends_with("default"), "{arn}");
        }
    }
}

#[tokio::test]
async fn a_fresh_read_goes_to_aws_every_time_in_chunks() {
    let (server, _clock, reader) = reader(shop).await;
    let arns = routes((1..=45).map(|number| rule("a", &number.to_string())));
    for round in 1..=2 {
        let found = reader.routes_fresh(&arns).await.unwrap();
        assert!(found.values().all(Option::is_some));
        assert_eq!(server.count("DescribeRules"), 3 * round);
    }
}

#[tokio::test]
async fn shared_answers_end_with_their_time_or_a_write() {
    let (server, clock, reader) = reader(shop).await;
    let arns = routes([rule("a", "1"), listener("a")]);
    let calls = async |expect: usize| {
        reader.routes(&arns).await.unwrap();
        assert_eq!(server.calls().len(), expect);
    };
    calls(4).await;
    calls(4).await;
    clock.advance(SHARED_FOR);
    calls(8).await;
    reader.forget(&arns);
    calls(12).await;
    reader.routes_fresh(&arns).await.unwrap();
    calls(14).await;
}

#[tokio::test]
async fn pages_that_go_round_in_a_circle_are_an_error() {
    let (_server, _clock, reader) =
        reader(|call| Reply::result(&call.action(), "<Rules></Rules><NextMarker>again</NextMarker>")).await;
    let error = reader.routes(&routes([rule("a", "1")])).await.unwrap_err();
    assert!(matches!(error, Error::Aws(aws::Error::Answer { .. })), "{error}");
    assert!(error.to_string().contains(&listener("a")), "{error}");
}

#[tokio::test]
async fn a_failed_read_names_the_object_and_is_not_kept() {
    let failing = Arc::new(AtomicUsize::new(0));
    let (_server, _clock, reader) = reader(move |call| match failing.fetch_add(1, Ordering::SeqCst) {
        0 => Reply::error(403, "AccessDenied", "not you"),
        _ => shop(call),
    })
    .await;
    let arns = routes([rule("a", "1")]);
    let error = reader.routes(&arns).await.unwrap_err();
    let expect = format!("describe the rules of {}: AWS answered AccessDenied: not you (request r-2)", listener("a"));
    assert_eq!(error.to_string(), expect);
    assert!(!error.retryable() && !error.is_not_found());
    assert!(reader.routes(&arns).await.is_ok());
}

#[tokio::test]
async fn every_read_draws_from_the_budget() {
    let (_server, clock, reader) = reader(shop).await;
    let arns = routes([rule("a", "1")]);
    for _ in 0..30 {
        reader.routes_fresh(&arns).await.unwrap();
    }
    assert_eq!(clock.passed(), Duration::ZERO);
    reader.routes_fresh(&arns).await.unwrap();
    assert_eq!(clock.passed(), Duration::from_millis(125));
}

#[tokio::test]
async fn debug_shows_no_client_secret() {
    let (_server, _clock, reader) = reader(|call| {
        let actions = "<member><Type>authenticate-oidc</Type><AuthenticateOidcConfig><ClientSecret>SECRET</ClientSecret></AuthenticateOidcConfig></member>";
        let arn = rule("a", "1");
        let rules = format!("<Rules><member><RuleArn>{arn}</RuleArn><Actions>{actions}</Actions></member></Rules>");
        Reply::result(&call.action(), &rules)
    })
    .await;
    let found = reader.routes(&routes([rule("a", "1")])).await.unwrap();
    let route = found.values().next().unwrap().as_ref().unwrap();
    let secret = route.actions[0].authenticate_oidc_config().and_then(|config| config.client_secret());
    assert_eq!(secret, Some("SECRET"));
    let shown = format!("{found:?} {reader:?}");
    assert!(!shown.contains("SECRET"), "{shown}");
}

#[tokio::test]
async fn target_health_is_read_as_it_is() {
    let (server, _clock, reader) = reader(|call| {
        let target = |health: &str| {
            format!("<member><Target><Id>i-1</Id><Port>30080</Port><AvailabilityZone>eu-west-1a</AvailabilityZone></Target><TargetHealth>{health}</TargetHealth></member>")
        };
        let targets = [
            target("<State>healthy</State>"),
            target("<State>unhealthy</State><Reason>Target.Timeout</Reason><Description>Request timed out</Description>"),
            target("<State>dancing</State>"),
            "<member></member>".to_owned(),
        ];
        let inner = format!("<TargetHealthDescriptions>{}</TargetHealthDescriptions>", targets.concat());
        Reply::result(&call.action(), &inner)
    })
    .await;
    let arn = TargetGroupArn::parse(&group("green")).unwrap();
    let health = reader.target_health(&arn, Fare::InLine).await.unwrap();
    assert_eq!(health.targets[0].port, Some(30080));
    assert_eq!(health.targets[0].zone.as_deref(), Some("eu-west-1a"));
    assert_eq!(
        health.summary(),
        "1 of 4 healthy; 1 unhealthy (Target.Timeout: Request timed out); 1 without a state; 1 dancing"
    );
    reader.target_health(&arn, Fare::InLine).await.unwrap();
    assert_eq!(server.count("DescribeTargetHealth"), 2);
    assert_eq!(server.calls()[0].value("TargetGroupArn"), Some(group("green")));
}

#[tokio::test]
async fn target_groups_load_balancers_and_tags_are_read_together() {
    let (server, _clock, reader) = reader(|call| {
        let action = call.action();
        let field = match action.as_str() {
            "DescribeTargetGroups" => "TargetGroupArns",
            "DescribeLoadBalancers" => "LoadBalancerArns",
            _ => "ResourceArns",
        };
        let arns = call.members(field);
        assert!((1..=20).contains(&arns.len()), "{action}: {arns:?}");
        if arns.iter().any(|arn| arn.contains("/gone")) {
            let code = if action == "DescribeLoadBalancers" { "LoadBalancerNotFound" } else { "TargetGroupNotFound" };
            return Reply::error(400, code, "One or more not found");
        }
        let members = |one: &dyn Fn(&String) -> String| arns.iter().map(one).collect::<String>();
        let inner = match action.as_str() {
            "DescribeTargetGroups" => format!("<TargetGroups>{}</TargetGroups>", members(&|arn| format!("<member><TargetGroupArn>{arn}</TargetGroupArn><Protocol>HTTP</Protocol><Port>80</Port><VpcId>vpc-1</VpcId><TargetType>ip</TargetType><LoadBalancerArns><member>x</member><member>x</member></LoadBalancerArns></member>"))),
            "DescribeLoadBalancers" => format!("<LoadBalancers>{}</LoadBalancers>", members(&|arn| format!("<member><LoadBalancerArn>{arn}</LoadBalancerArn><Type>network</Type><Scheme>internal</Scheme><State><Code>active</Code></State><AvailabilityZones><member><ZoneName>eu-west-1a</ZoneName></member></AvailabilityZones><SecurityGroups><member>sg-1</member></SecurityGroups></member>"))),
            _ => format!("<TagDescriptions>{}</TagDescriptions>", members(&|arn| format!("<member><ResourceArn>{arn}</ResourceArn><Tags><member><Key>app</Key><Value>{}</Value></member><member><Key>empty</Key></member></Tags></member>", arn.len()))),
        };
        Reply::result(&action, &inner)
    })
    .await;

    let groups: BTreeSet<_> =
        (0..25).map(|index| TargetGroupArn::parse(&group(&format!("g{index}"))).unwrap()).collect();
    let found = reader.target_groups(&groups).await.unwrap();
    assert_eq!(found.len(), 25);
    let info = found.values().next().unwrap().as_ref().unwrap();
    assert_eq!(
        (info.protocol.as_deref(), info.port, info.target_type.as_deref()),
        (Some("HTTP"), Some(80), Some("ip"))
    );
    assert_eq!((info.vpc_id.as_deref(), info.load_balancer_arns.len()), (Some("vpc-1"), 1));
    reader.target_groups(&groups).await.unwrap();
    assert_eq!(server.count("DescribeTargetGroups"), 2);

    let gone = TargetGroupArn::parse(&group("gone")).unwrap();
    let known = TargetGroupArn::parse(&group("known")).unwrap();
    let found = reader.target_groups(&BTreeSet::from([gone.clone(), known.clone()])).await.unwrap();
    assert!(found[&gone].is_none() && found[&known].is_some());

    let balancer = LoadBalancerArn::parse(&format!("{PLACE}:loadbalancer/app/shop/50dc")).unwrap();
    let gone = LoadBalancerArn::parse(&format!("{PLACE}:loadbalancer/app/gone/50dc")).unwrap();
    let found = reader.load_balancers(&BTreeSet::from([balancer.clone(), gone.clone()])).await.unwrap();
    let info = found[&balancer].as_ref().unwrap();
    // By AWS's word, whatever the ARN says.
    assert_eq!(info.kind, Some(LoadBalancerKind::Network));
    assert_eq!((info.scheme.as_deref(), info.state.as_deref()), (Some("internal"), Some("active")));
    assert_eq!(
        (info.zones.first().unwrap(), info.security_groups.first().unwrap()),
        (&"eu-west-1a".into(), &"sg-1".into())
    );
    assert!(found[&gone].is_none());

    let arns = BTreeSet::from([rule("a", "1"), listener("a"), group("gone")]);
    let tags = reader.tags(&arns).await.unwrap();
    assert_eq!(tags.keys().cloned().collect::<BTreeSet<_>>(), BTreeSet::from([rule("a", "1"), listener("a")]));
    assert_eq!(tags[&listener("a")]["app"], listener("a").len().to_string());
    assert_eq!(tags[&listener("a")]["empty"], "");
}

#[tokio::test]
async fn a_write_of_a_route_makes_target_groups_be_read_afresh() {
    let (server, _clock, reader) = reader(|call| {
        let arn = group("blue");
        let one = format!("<member><TargetGroupArn>{arn}</TargetGroupArn></member>");
        Reply::result(&call.action(), &format!("<TargetGroups>{one}</TargetGroups>"))
    })
    .await;
    let arns = BTreeSet::from([TargetGroupArn::parse(&group("blue")).unwrap()]);
    for (written, calls) in [(false, 1), (false, 1), (true, 2)] {
        if written {
            reader.forget(&routes([rule("a", "1")]));
        }
        reader.target_groups(&arns).await.unwrap();
        assert_eq!(server.count("DescribeTargetGroups"), calls);
    }
}

#[tokio::test]
async fn a_missing_target_group_is_told_from_a_failed_read() {
    let check = async |reply: Reply, not_found: bool| {
        let (_server, _clock, reader) = reader(move |_| reply.clone()).await;
        let error =
            reader.target_health(&TargetGroupArn::parse(&group("green")).unwrap(), Fare::InLine).await.unwrap_err();
        assert_eq!(error.is_not_found(), not_found, "{error}");
        assert!(error.to_string().contains(&group("green")), "{error}");
    };
    check(Reply::error(400, "TargetGroupNotFound", "gone"), true).await;
    check(Reply::error(500, "HealthUnavailable", "later"), false).await;
}

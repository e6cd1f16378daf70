use std::sync::Arc;

use super::*;
use crate::aws::loopback::{Call, Loopback, Reply};
use crate::clock::{Clock, SteppedClock};

const PLACE: &str = "arn:aws:elasticloadbalancing:eu-west-1:123456789012";

fn members(arns: &[String], one: impl Fn(&String) -> String) -> String {
    arns.iter().map(|arn| format!("<member>{}</member>", one(arn))).collect()
}

/// An application load balancer `edge` with the listeners `a` and `b`, of which `b` goes before its rules are read, and
/// a network load balancer `net` with one listener; all forward to `web`.
fn shop(call: &Call) -> Reply {
    let action = call.action();
    let forward =
        format!("<member><Type>forward</Type><TargetGroupArn>{PLACE}:targetgroup/web/73e2</TargetGroupArn></member>");
    let listeners = |arns: &[String]| {
        let one = |arn: &String| {
            format!("<ListenerArn>{arn}</ListenerArn><Port>80</Port><DefaultActions>{forward}</DefaultActions>")
        };
        format!("<Listeners>{}</Listeners>", members(arns, one))
    };
    let inner = match action.as_str() {
        "DescribeListeners" => match call.value("LoadBalancerArn").unwrap() {
            arn if arn.ends_with("app/edge/50dc") => {
                listeners(&["a", "b"].map(|name| format!("{PLACE}:listener/app/edge/50dc/{name}")))
            }
            arn if arn.ends_with("net/net/50dc") => listeners(&[format!("{PLACE}:listener/net/net/50dc/c")]),
            _ => return Reply::error(400, "LoadBalancerNotFound", "One or more load balancers not found"),
        },
        "DescribeRules" => match call.value("ListenerArn").unwrap() {
            arn if arn.ends_with("app/edge/50dc/a") => {
                let rule = format!("{PLACE}:listener-rule/app/edge/50dc/a/1");
                let priority = "<Priority>1</Priority><IsDefault>false</IsDefault>";
                format!(
                    "<Rules><member><RuleArn>{rule}</RuleArn>{priority}<Actions>{forward}</Actions></member></Rules>"
                )
            }
            arn if arn.ends_with("app/edge/50dc/b") => {
                return Reply::error(400, "ListenerNotFound", "One or more listeners not found");
            }
            arn => panic!("{arn} has no rules"),
        },
        "DescribeTargetGroups" => {
            let one = |arn: &String| format!("<TargetGroupArn>{arn}</TargetGroupArn>");
            format!("<TargetGroups>{}</TargetGroups>", members(&call.members("TargetGroupArns"), one))
        }
        "DescribeTags" => {
            let one = |arn: &String| format!("<ResourceArn>{arn}</ResourceArn>");
            format!("<TagDescriptions>{}</TagDescriptions>", members(&call.members("ResourceArns"), one))
        }
        other => panic!("{other}"),
    };
    Reply::result(&action, &inner)
}

async fn look(balancers: &[&str]) -> (Loopback, Result<Routes, SurveyError>) {
    let server = Loopback::serve(shop).await;
    let reader = ElbReader::new(server.aws(Arc::new(SteppedClock::new()) as Arc<dyn Clock>));
    let arn = |name: &&str| LoadBalancerArn::parse(&format!("{PLACE}:loadbalancer/{name}/50dc")).unwrap();
    let found = routes(&reader, &Selection::LoadBalancers(balancers.iter().map(arn).collect())).await;
    (server, found)
}

#[tokio::test]
async fn a_listener_that_goes_while_others_are_read_is_no_route() {
    let (_server, found) = look(&["app/edge"]).await;
    let found = found.unwrap();
    let ids: Vec<_> = found.routes.values().map(|route| route.arn.as_str().rsplit('/').next().unwrap()).collect();
    assert_eq!(ids, ["a", "1"]);
}

#[tokio::test]
async fn only_listeners_of_application_load_balancers_are_asked_for_rules() {
    let (server, found) = look(&["app/edge", "net/net"]).await;
    assert_eq!(found.unwrap().routes.len(), 3);
    assert_eq!((server.count("DescribeListeners"), server.count("DescribeRules")), (2, 2));
    assert_eq!((server.count("DescribeTargetGroups"), server.count("DescribeTags")), (1, 1));
}

/// The shop, with a tag on `web` that makes it the twin of a target group that no route names, and that is gone.
fn after_the_end(call: &Call) -> Reply {
    let gone = format!("{PLACE}:targetgroup/blue/73e2");
    match call.action().as_str() {
        "DescribeTargetGroups" if call.members("TargetGroupArns").contains(&gone) => {
            Reply::error(400, "TargetGroupNotFound", "One or more target groups not found")
        }
        "DescribeTags" => {
            let mark = format!("<Tags><member><Key>eksmig:twin-of</Key><Value>{gone}</Value></member></Tags>");
            let one = |arn: &String| {
                let mark = if arn.contains("targetgroup/web/") { mark.as_str() } else { "" };
                format!("<ResourceArn>{arn}</ResourceArn>{mark}")
            };
            let described = members(&call.members("ResourceArns"), one);
            Reply::result("DescribeTags", &format!("<TagDescriptions>{described}</TagDescriptions>"))
        }
        _ => shop(call),
    }
}

#[tokio::test]
async fn the_source_of_a_twin_is_looked_for_and_found_gone() {
    let server = Loopback::serve(after_the_end).await;
    let reader = ElbReader::new(server.aws(Arc::new(SteppedClock::new()) as Arc<dyn Clock>));
    let edge = LoadBalancerArn::parse(&format!("{PLACE}:loadbalancer/app/edge/50dc")).unwrap();
    let found = routes(&reader, &Selection::LoadBalancers([edge].into())).await.unwrap();
    let blue = &found.target_groups["blue"];
    assert_eq!((found.target_groups.len(), blue.exists, blue.shared_routes.len()), (1, false, 2));
    // The one of the routes, and its source.
    assert_eq!(server.count("DescribeTargetGroups"), 2);
}

#[tokio::test]
async fn a_load_balancer_that_is_not_there_is_an_error() {
    let (_server, found) = look(&["app/edge", "app/gone"]).await;
    let error = found.unwrap_err().to_string();
    assert!(error.contains("app/gone/50dc"), "{error}");
}

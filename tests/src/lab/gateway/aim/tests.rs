//! Where requests for orders go, by integrations of every kind.

use super::super::pattern::Pattern;
use super::*;

const NLB: &str = "arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/net/nlb/1";
const LISTENER: &str = "arn:aws:elasticloadbalancing:eu-west-1:1:listener/net/nlb/1/2";

fn links() -> Links {
    let link = |status: &str, balancers: &[&str]| Link {
        status: status.to_owned(),
        balancers: balancers.iter().map(|&arn| arn.to_owned()).collect(),
    };
    let all = [("v1", link("AVAILABLE", &[NLB])), ("v2", link("AVAILABLE", &[])), ("late", link("PENDING", &[NLB]))];
    all.into_iter().map(|(name, link)| (name.to_owned(), link)).collect()
}

fn private(link: &str, uri: &str) -> Integration {
    Integration {
        kind: "HTTP_PROXY".to_owned(),
        uri: Some(uri.to_owned()),
        connection_type: Some("VPC_LINK".to_owned()),
        connection_id: Some(link.to_owned()),
        ..Integration::default()
    }
}

fn mapped(integration: Integration, parameters: &[(&str, &str)]) -> Integration {
    let parameters = parameters.iter().map(|(to, from)| (to.to_string(), from.to_string())).collect();
    Integration { request_parameters: Some(parameters), ..integration }
}

/// Of a request for `/orders/4/2?a=1&b=2`, by the route `/orders/{proxy+}`.
fn aim(kind: Kind, stage: &str, integration: &Integration) -> Result<Aim, Fault> {
    let captures = &Pattern::of("/orders/{proxy+}").captures("/orders/4/2").unwrap();
    let headers = &[("x-team".parse().unwrap(), "pay".parse().unwrap())].into_iter().collect();
    let asked = Asked { kind, stage, path: "/orders/4/2", query: Some("a=1&b=2"), headers, captures };
    Aim::of(integration, &links(), &asked)
}

#[track_caller]
fn check(kind: Kind, stage: &str, integration: Integration, via: Via, path: &str) {
    let aim = aim(kind, stage, &integration).unwrap();
    assert_eq!((aim.via, aim.path.as_str()), (via, path), "{integration:?}");
}

#[test]
fn a_rest_integration_goes_to_the_port_in_its_uri() {
    let port = |number| Via::Port(NLB.to_owned(), number);
    let rest = |integration, via, path| check(Kind::Rest, "prod", integration, via, path);
    rest(private("v1", "http://nlb:8080/a"), port(8080), "/a?a=1&b=2");
    rest(private("v1", "http://nlb/a?c=3"), port(80), "/a?c=3&a=1&b=2");
    rest(private("v1", "https://nlb"), port(443), "/?a=1&b=2");
    let target =
        |arn: &str| Integration { integration_target: Some(arn.to_owned()), ..private("v2", "http://any:9090/a") };
    rest(target(NLB), port(9090), "/a?a=1&b=2");
    rest(target(LISTENER), Via::Listener(LISTENER.to_owned()), "/a?a=1&b=2");
}

#[test]
fn parameters_are_mapped_into_path_headers_and_query() {
    let integration = mapped(
        private("v1", "http://nlb:1/new/{rest}/{b}"),
        &[
            ("integration.request.path.rest", "method.request.path.proxy"),
            ("integration.request.path.b", "method.request.querystring.b"),
            ("integration.request.querystring.c", "'3'"),
            ("integration.request.header.x-by", "method.request.header.x-team"),
            ("integration.request.header.x-none", "method.request.header.x-other"),
        ],
    );
    let aim = aim(Kind::Rest, "prod", &integration).unwrap();
    assert_eq!(aim.path, "/new/4/2/2?a=1&b=2&c=3");
    assert_eq!(aim.headers, [("x-by".to_owned(), "pay".to_owned())]);
}

#[test]
fn an_http_integration_goes_to_its_listener_below_the_stages_name() {
    let via = || Via::Listener(LISTENER.to_owned());
    let http = |stage, integration, path| check(Kind::Http, stage, integration, via(), path);
    http("$default", private("v2", LISTENER), "/orders/4/2?a=1&b=2");
    http("prod", private("v2", LISTENER), "/prod/orders/4/2?a=1&b=2");
    let overwritten = |to| mapped(private("v2", LISTENER), &[("overwrite:path", to)]);
    http("prod", overwritten("$request.path"), "/orders/4/2?a=1&b=2");
    http("prod", overwritten("/new/$request.path.proxy"), "/new/4/2?a=1&b=2");
}

#[test]
fn what_goes_nowhere_says_why() {
    let check = |kind, integration: Integration, expect: &str| {
        let fault = aim(kind, "prod", &integration).unwrap_err();
        assert!(format!("{fault:?}").contains(expect), "{fault:?}");
    };
    check(Kind::Rest, private("v3", "http://nlb"), "Configuration(\"no available VPC link");
    check(Kind::Rest, private("late", "http://nlb"), "Configuration(\"no available VPC link");
    check(Kind::Rest, private("v2", "http://nlb"), "Configuration(\"a VPC link to nowhere");
    check(Kind::Rest, private("v1", "http://nlb/{proxy}"), "Configuration(");
    check(Kind::Rest, private("v1", "/orders"), "Configuration(");
    check(Kind::Rest, Integration { kind: "MOCK".to_owned(), ..private("v1", "") }, "NotPlayed(");
    check(Kind::Rest, Integration { connection_type: None, ..private("v1", "") }, "NotPlayed(");
    check(Kind::Http, private("v2", "http://nlb"), "NotPlayed(");
    let odd = mapped(private("v2", LISTENER), &[("append:header.x", "1")]);
    check(Kind::Http, odd, "NotPlayed(\"the mapping append:header.x = 1");
}

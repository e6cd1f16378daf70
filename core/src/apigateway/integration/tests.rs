use super::*;

const NLB: &str = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/net/edge/0123456789abcdef";

fn pair() -> PortPair {
    let port = |name: &str, number| Port {
        listener: format!("arn:listener/{name}"),
        number,
        protocol: "TCP".to_owned(),
        target_groups: vec![],
    };
    PortPair {
        balancer: NLB.to_owned(),
        dns_name: Some("nlb.example".to_owned()),
        blue: port("blue", 8080),
        green: port("green", 9090),
    }
}

fn public(uri: &str) -> Integration {
    Integration { uri: uri.to_owned(), ..Integration::default() }
}

fn linked(uri: &str, link: &str, target: Option<&str>) -> Integration {
    let target = target.map(str::to_owned);
    Integration { private: true, connection_id: Some(link.to_owned()), target, ..public(uri) }
}

/// An integration, the side it leads to, and what leads it to green: `uri`, `target`, `variable=value`.
#[track_caller]
fn check(integration: &Integration, named: bool, side: Option<Side>, towards_green: &[&str]) {
    let pair = pair();
    let link = |target: &str| Link { targets: BTreeSet::from([target.to_owned()]), status: "AVAILABLE".to_owned() };
    let links = BTreeMap::from([("ours".to_owned(), link(NLB)), ("other".to_owned(), link("arn:other"))]);
    let variables = Variables::from([("port".to_owned(), "8080".to_owned()), ("link".to_owned(), "ours".to_owned())]);
    let around = Surroundings { pair: &pair, links: &links, variables: &variables, named };
    assert_eq!(integration.side(around), side);
    let edit = integration.towards(Side::Green, around);
    let variables = edit.variables.iter().map(|(name, value)| format!("{name}={value}"));
    let texts: Vec<String> = edit.uri.iter().chain(&edit.target).cloned().chain(variables).collect();
    assert_eq!(texts, towards_green);
}

#[test]
fn a_public_integration_names_the_load_balancer() {
    let green = "http://nlb.example:9090/{proxy}";
    check(&public("http://NLB.example:8080/a"), false, Some(Side::Blue), &["http://NLB.example:9090/a"]);
    check(&public(green), false, Some(Side::Green), &[]);
    check(&public("http://nlb.example:7070/"), false, None, &[]);
    check(&public("http://else.example:8080/"), false, None, &[]);
    check(&public("http://else.example:8080/"), true, Some(Side::Blue), &["http://else.example:9090/"]);
    check(&public("http://nlb.example:${stageVariables.port}/"), false, Some(Side::Blue), &["port=9090"]);
}

#[test]
fn behind_a_first_version_link_the_port_picks_the_listener() {
    check(&linked("http://any:8080/a", "ours", None), false, Some(Side::Blue), &["http://any:9090/a"]);
    let variable = linked("http://any:8080/a", "${stageVariables.link}", None);
    check(&variable, false, Some(Side::Blue), &["http://any:9090/a"]);
    check(&linked("http://nlb.example:8080/a", "other", None), false, None, &[]);
    check(&linked("http://nlb.example:8080/a", "other", None), true, None, &[]);
}

#[test]
fn behind_a_second_version_link_the_target_decides() {
    let both = ["https://any:9090/a", "arn:listener/green"];
    check(&linked("https://any:8080/a", "v2", Some("arn:listener/blue")), false, Some(Side::Blue), &both);
    let target = ["arn:listener/green"];
    check(&linked("https://orders.example/a", "v2", Some("arn:listener/blue")), false, Some(Side::Blue), &target);
    check(&linked("http://any:8080/a", "v2", Some(NLB)), false, Some(Side::Blue), &["http://any:9090/a"]);
    check(&linked("http://any:8080/a", "v2", Some("arn:other")), false, None, &[]);
}

#[test]
fn an_http_apis_uri_is_a_listener() {
    check(&linked("arn:listener/blue", "v2", None), false, Some(Side::Blue), &["arn:listener/green"]);
    check(&linked("arn:listener/green", "v2", None), false, Some(Side::Green), &[]);
    check(&linked("arn:listener/other", "v2", None), false, None, &[]);
}

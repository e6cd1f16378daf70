use expect_test::{Expect, expect};

use super::*;
use crate::apigateway::integration::Integration;
use crate::apigateway::label::{Label, Mark};
use crate::apigateway::port_swap::Undeployed;
use crate::apigateway::view::{ApiId, Live};
use crate::aws::{Port, PortPair};

fn swap() -> Swap {
    let port = |name: &str, number| Port {
        listener: format!("arn:listener/{name}"),
        number,
        protocol: "TCP".to_owned(),
        target_groups: vec![],
    };
    let pair = PortPair {
        balancer: "arn:nlb".to_owned(),
        dns_name: Some("n".to_owned()),
        blue: port("blue", 80),
        green: port("green", 90),
    };
    let stages = BTreeSet::from(["prod".to_owned()]);
    let api = ApiId::Rest("a".to_owned());
    Swap { api, stages, pair, routes: BTreeSet::new(), undeployed: Undeployed::Refuse }
}

/// The ports of a stage, each a number or `v` for the variable that holds it.
fn routes(ports: &[&str]) -> Vec<(String, Integration)> {
    let uri = |port: &str| match port {
        "v" => "http://n:${stageVariables.v}/".to_owned(),
        port => format!("http://n:{port}/"),
    };
    let integration = |port: &&str| Integration { uri: uri(port), ..Integration::default() };
    ports.iter().enumerate().map(|(nth, port)| (format!("ANY /{nth}"), integration(port))).collect()
}

/// A canary: its percent, whether this swap is in its label or another, and the variable's value in it.
type Beside<'a> = Option<(f64, Option<bool>, &'a str)>;

fn view(live: &[&str], served: &[&str], variable: &str, canary: Beside<'_>) -> View {
    let set = |value: &str| Variables::from([("v".to_owned(), value.to_owned())]);
    let label = |ours: bool| {
        let mark = if ours { swap().mark() } else { Mark::of(["other"].into_iter()) };
        Label { after: Some("d1".to_owned()), swaps: BTreeSet::from([mark]) }
    };
    let canary = canary.map(|(percent, ours, variable)| Canary {
        percent,
        deployment: if ours.is_some() { "d2" } else { "d1" }.to_owned(),
        label: ours.map(label),
        overrides: if variable.is_empty() { Variables::new() } else { set(variable) },
    });
    let stage = Stage {
        deployment: Some("d1".to_owned()),
        variables: set(variable),
        canary,
        served: routes(served).into_iter().collect(),
        ..Stage::default()
    };
    let live = routes(live).into_iter();
    let live = live.map(|(route, integration)| (route, Live { handle: (String::new(), String::new()), integration }));
    View { live: live.collect(), stages: [("prod".to_owned(), stage)].into(), ..View::default() }
}

#[track_caller]
fn check(live: &[&str], served: &[&str], variable: &str, canary: Beside<'_>, expect: &Expect) {
    let view = view(live, served, variable, canary);
    let variables = BTreeSet::from(["v".to_owned()]);
    let text = match standing(&swap(), &view, "prod", &variables) {
        Ok(found) => format!("{found}; base {:?}, canary {:?}", found.base, found.canary),
        Err(why) => why.to_string(),
    };
    expect.assert_eq(&text);
}

#[test]
fn what_the_stage_serves_decides() {
    check(&["80"], &["80"], "80", None, &expect!["green at 0%; base Some(Blue), canary None"]);
    check(&["90"], &["90"], "80", None, &expect!["green at 100%; base Some(Green), canary None"]);
    let edited = expect!["green at 0%, with edits of the API that are not deployed; base Some(Blue), canary None"];
    check(&["90"], &["80"], "80", None, &edited);
    check(&["90", "80"], &["90", "80"], "80", None, &expect!["green at 50%; base None, canary None"]);
    check(&["v"], &["v"], "90", None, &expect!["green at 100%; base Some(Green), canary None"]);
}

#[test]
fn a_canary_that_it_takes_part_in_gives_a_part() {
    let ours = Some((10.0, Some(true), ""));
    check(&["90"], &["80"], "80", ours, &expect!["green at 10%; base Some(Blue), canary Some(Some(Green))"]);
    let others = Some((10.0, Some(false), ""));
    check(&["80"], &["80"], "80", others, &expect!["green at 0%; base Some(Blue), canary None"]);
    let by_variable = Some((33.3, None, "90"));
    check(&["v"], &["v"], "80", by_variable, &expect!["green at 33.3%; base Some(Blue), canary Some(Some(Green))"]);
    let both = Some((20.0, Some(true), "90"));
    check(&["90", "v"], &["80", "v"], "80", both, &expect!["green at 20%; base Some(Blue), canary Some(Some(Green))"]);
    let back = Some((20.0, Some(true), ""));
    check(&["80"], &["90"], "80", back, &expect!["green at 80%; base Some(Green), canary Some(Some(Blue))"]);
}

#[test]
fn what_a_promotion_left_over_is_seen() {
    let left = expect!["green at 100%, with a canary left over; base Some(Green), canary Some(Some(Green))"];
    check(&["90"], &["90"], "80", Some((0.0, Some(true), "")), &left);
    check(&["v"], &["v"], "90", Some((0.0, None, "90")), &left);
}

#[test]
fn what_has_no_place_says_why() {
    let nothing = expect!["no integration that it serves leads to port 80 or to port 90 of arn:nlb"];
    check(&["70"], &["70"], "80", None, &nothing);
    let foreign = expect![
        "it has a canary release of someone else (deployment d1 at 5%, 0 of its variables changed), and a stage can have but one; promote or delete that first"
    ];
    check(&["80"], &["80"], "80", Some((5.0, None, "")), &foreign);
}

#[test]
fn a_percent_leads_to_its_share() {
    for (share, base, expect) in [(100, Side::Blue, 10.0), (333, Side::Blue, 33.3), (800, Side::Green, 20.0)] {
        let share = Share::from_tenths(share).unwrap();
        assert!((percent(share, base) - expect).abs() < 1e-9, "{share}% from {base}");
        assert_eq!(super::share(&[base], &[base.other()], percent(share, base)), share);
    }
}

//! The examples of the library, against the emulator.

use eksmig_tests::library_example::LibraryExample;
use eksmig_tests::service::Service;
use eksmig_tests::swap::Swaps;

/// Whose permissions a shift needs, and a swap.
const SHIFT: &str = "eksmig_weighted_shift";
const SWAP: &str = "eksmig_nlb_port_swap";

/// The example of this name about the rule of a service.
fn of_rule(service: &Service, name: &str, more: &[&str]) -> LibraryExample {
    let arguments = [&[service.rule.as_str(), &service.blue.arn, &service.green.arn], more].concat();
    LibraryExample::new(&service.stage, SHIFT, name, &arguments)
}

/// The example that moves a port, to green's listener.
fn of_port(swaps: &Swaps, api: &str, percent: &str) -> LibraryExample {
    let (blue, green) = &swaps.gateway.listeners;
    LibraryExample::new(&swaps.stage, SWAP, "move_port", &[api, "prod", blue, green, percent, "1"])
}

#[test]
fn a_rule_is_shifted_in_steps() {
    let service = Service::blue_only("exrule");
    let said = of_rule(&service, "shift_rule", &["100", "1"]).succeed();
    assert_eq!(service.written(0), [0.0, 1.0, 10.0, 50.0, 100.0]);
    assert_eq!(service.percent(), 100.0);
    assert!(said.contains(&format!("{}: weights blue 0, green 100", service.rule)), "{said}");
    assert!(said.contains("wrote 50%"), "{said}");
    let since = service.stage.mark();
    of_rule(&service, "shift_rule", &["100", "1"]).succeed();
    assert!(service.stage.writes(since).is_empty(), "there is nothing to do");
}

#[test]
fn a_rule_that_is_not_there_is_refused_by_its_name() {
    let service = Service::at("exgone", 100, 0);
    let gone = format!("{}/0123456789abcdef", service.rule.rsplit_once('/').unwrap().0);
    let arguments = [gone.as_str(), &service.blue.arn, &service.green.arn, "100"];
    let error = LibraryExample::new(&service.stage, SHIFT, "shift_rule", &arguments).fail();
    assert_eq!(error, format!("nothing was written: route {gone} does not exist\n"));
    assert!(service.stage.writes(0).is_empty());
}

#[test]
fn an_argument_that_is_no_arn_is_refused_before_any_call() {
    let service = Service::at("exarn", 100, 0);
    let arguments = ["orders", &service.blue.arn, &service.green.arn, "100"];
    let error = LibraryExample::new(&service.stage, SHIFT, "shift_rule", &arguments).fail();
    assert!(error.contains("read \"orders\" as the ARN of a listener or a listener rule"), "{error}");
    let error = of_rule(&service, "shift_rule", &["101"]).fail();
    assert!(error.contains("101"), "{error}");
    assert!(service.stage.calls(0).is_empty());
}

#[test]
fn a_gate_of_ones_own_lets_on_and_takes_back() {
    let service = Service::at("exgate", 100, 0);
    service.stage.workspace.write("word", "go\n");
    let word = service.stage.workspace.path().join("word");
    let running = of_rule(&service, "own_gate", &["100", word.to_str().unwrap()]).start();
    service.wait_for_percent(50.0);
    service.stage.workspace.write("word", "stop: orders are lost");
    let error = running.fail();
    assert!(error.contains("rolled back") && error.contains("on_call"), "{error}");
    assert!(error.contains("says \"stop: orders are lost\", wanted \"go\""), "{error}");
    assert_eq!(service.written(0), [50.0, 0.0]);
    assert_eq!(service.percent(), 0.0);
}

#[test]
fn a_gate_of_ones_own_that_cannot_tell_lets_nothing_on() {
    let service = Service::at("exmute", 100, 0);
    let word = service.stage.workspace.path().join("no-such-word");
    let error = of_rule(&service, "own_gate", &["100", word.to_str().unwrap()]).fail();
    assert!(error.contains("held") && error.contains("there is no"), "{error}");
    assert_eq!(service.written(0), [0.0; 0]);
}

#[test]
fn a_port_is_moved_through_a_canary() {
    let swaps = Swaps::new("export");
    let api = swaps.gateway.rest_api(&["http://orders.example:8080/{proxy}"], &[]);
    let said = of_port(&swaps, &api, "100").succeed();
    assert_eq!(swaps.gateway.leads_to(&api), (vec!["green".to_owned()], None));
    assert!(said.contains("wrote 10%") && said.contains("prod: 100% green"), "{said}");
    let writes: Vec<String> = swaps.stage.writes(0).into_iter().map(|call| call.action).collect();
    assert!(writes.contains(&"CreateDeployment".to_owned()), "{writes:?}");
}

#[test]
fn a_swap_that_cannot_be_is_refused_by_what_stands_in_its_way() {
    let swaps = Swaps::new("exsick");
    let api = swaps.gateway.rest_api(&["http://orders.example:8080/{proxy}"], &[]);
    let (blue, _) = &swaps.gateway.listeners;
    let arguments = [api.as_str(), "prod", blue, blue, "100"];
    let error = LibraryExample::new(&swaps.stage, SWAP, "move_port", &arguments).fail();
    assert!(error.starts_with("nothing was written: blue and green are the same listener"), "{error}");
    let error = of_port(&swaps, "nosuchapi", "100").fail();
    assert!(error.contains("nosuchapi") && error.starts_with("nothing was written"), "{error}");
    assert!(swaps.stage.writes(0).is_empty());
}

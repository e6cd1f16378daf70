//! `eksmig_weighted_shift` under a provider of another region: it says so, and takes nothing that it cannot see for gone.

use eksmig_tests::service::Service;
use eksmig_tests::shift::Shift;
use eksmig_tests::stage::provider;

/// The region that the provider is moved to.
const ELSEWHERE: &str = "us-east-1";

/// Has the provider work in another region from now on.
fn move_away(service: &Service) {
    let stage = &service.stage;
    let text = provider(stage.world.emulator(), &stage.access_key, ELSEWHERE, "");
    stage.workspace.write("provider.tf", &text);
}

/// The error names the route and both regions, and what to do.
#[track_caller]
fn assert_says_so(service: &Service, error: &str) {
    let said = format!("Route {} is in region {}", service.rule, service.stage.world.region());
    assert!(error.contains("Route in another region") && error.contains(&said), "{error}");
    assert!(error.contains(ELSEWHERE) && error.contains("alias"), "{error}");
    assert!(!error.contains("not found"), "{error}");
}

/// A service that was settled before the provider moved.
fn settled(name: &str, more: &str) -> (Service, Shift) {
    let service = Service::at(name, 100, 0);
    let shift = service.shift(30).with(more);
    service.stage.settle(&shift);
    move_away(&service);
    (service, shift)
}

#[test]
fn a_refresh_keeps_what_it_cannot_see() {
    let (service, shift) = settled("regread", "");
    let before = service.state();
    for command in [&["plan", "-json"][..], &["apply", "-json", "-refresh-only", "-auto-approve"]] {
        assert_says_so(&service, &service.stage.workspace.run(command).expect_failure());
    }
    assert_eq!(service.state(), before);
    service.stage.configure("");
    service.stage.settle(&shift);
}

#[test]
fn an_apply_without_a_refresh_writes_nothing() {
    let (service, shift) = settled("regapply", "");
    let since = service.stage.mark();
    service.stage.write(&[&shift.to(60)]);
    let apply = ["apply", "-json", "-input=false", "-auto-approve", "-refresh=false"];
    assert_says_so(&service, &service.stage.workspace.run(&apply).expect_failure());
    assert!(service.stage.calls(since).is_empty());
    assert_eq!(service.percent(), 30.0);
    assert_eq!(service.state()["observed_green_weight"], 30);
}

#[test]
fn an_import_says_so() {
    let service = Service::at("regimport", 70, 30);
    let shift = service.shift(30);
    service.stage.write(&[&shift]);
    move_away(&service);
    let id = format!("{}|{}|{}", service.rule, service.blue.arn, service.green.arn);
    let run = service.stage.workspace.import(&shift.address(), &id);
    assert_eq!(run.code, Some(1), "{run:#?}");
    // Terraform breaks its lines, so words are looked for as they come.
    let error = run.stderr.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ");
    assert_says_so(&service, &error);
    assert_eq!(service.stage.workspace.resource(&shift.address()), None);
}

#[test]
fn a_destroy_that_would_move_traffic_keeps_the_resource() {
    let (service, shift) = settled("regdestroy", "on_destroy = \"blue\"");
    for destroy in
        [&["destroy", "-json", "-auto-approve"][..], &["destroy", "-json", "-auto-approve", "-refresh=false"]]
    {
        let error = service.stage.workspace.run(destroy).expect_failure();
        assert_says_so(&service, &error);
        assert!(service.stage.workspace.resource(&shift.address()).is_some());
    }
    assert_eq!(service.percent(), 30.0);
    service.stage.configure("");
    service.stage.workspace.destroy().expect_success();
    assert_eq!(service.percent(), 0.0);
}

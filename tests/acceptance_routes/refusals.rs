//! What cannot be looked at, and what the error says. Nothing is ever found empty.

use std::time::Duration;

use eksmig_tests::faults::Fault;
use eksmig_tests::patience::{FairWatch, until};
use eksmig_tests::service::Service;
use eksmig_tests::stage::provider;

use crate::scene::edge;

/// Looks, which must fail with all of these words.
#[track_caller]
fn refuses(service: &Service, arguments: &str, wanted: &[&str]) {
    service.stage.workspace.write("main.tf", &edge(arguments));
    let run = service.stage.workspace.plan();
    let error = run.expect_failure();
    for words in wanted {
        assert!(error.contains(words), "{arguments}: no {words:?} in {error}");
    }
}

#[test]
fn a_selection_that_is_none_is_refused_at_validate() {
    let service = Service::at("noselect", 100, 0);
    let since = service.stage.mark();
    refuses(&service, "", &["Nothing to look at", "load_balancer_arns", "target_group_arns"]);
    let two = format!("load_balancer_arns = [{:?}]\n  load_balancer_names = [\"edge\"]", service.balancer);
    refuses(&service, &two, &["Two selections", "load_balancer_arns and load_balancer_names"]);
    refuses(&service, "load_balancer_names = []", &["load_balancer_names"]);
    refuses(&service, "load_balancer_tags = {}", &["No tags"]);
    refuses(&service, &format!("load_balancer_arns = [{:?}]", service.rule), &["Invalid ARN", "listener rule"]);
    refuses(&service, &format!("target_group_arns = [{:?}]", service.balancer), &["Invalid ARN", "load balancer"]);
    assert!(service.stage.calls(since).is_empty());
}

#[test]
fn what_does_not_exist_is_an_error_and_never_nothing() {
    let service = Service::at("missing", 100, 0);
    let gone = |arn: &str| format!("{}0000", &arn[..arn.len() - 4]);
    let balancer = gone(&service.balancer);
    let both = format!("load_balancer_arns = [{:?}, {balancer:?}]", service.balancer);
    refuses(&service, &both, &["Load balancer not found", &balancer, "alias"]);
    refuses(&service, "load_balancer_names = [\"nowhere\"]", &["Load balancer not found", "nowhere"]);
    refuses(
        &service,
        "load_balancer_tags = { team = \"nobody\" }",
        &["No load balancer with these tags", "team=nobody"],
    );
    let group = gone(&service.blue.arn);
    let both = format!("target_group_arns = [{:?}, {group:?}]", service.blue.arn);
    refuses(&service, &both, &["Target group not found", &group]);
}

#[test]
fn another_region_is_said_to_be_one() {
    let service = Service::at("elsewhere", 100, 0);
    let text = provider(service.stage.world.emulator(), &service.stage.access_key, "us-east-1", "");
    service.stage.workspace.write("provider.tf", &text);
    for (attribute, arn) in [("load_balancer_arns", &service.balancer), ("target_group_arns", &service.blue.arn)] {
        let wanted = ["Object in another region", arn.as_str(), "eu-west-1", "us-east-1", "alias"];
        refuses(&service, &format!("{attribute} = [{arn:?}]"), &wanted);
    }
}

#[test]
fn a_call_that_fails_leaves_no_partial_result() {
    let service = Service::at("denied", 100, 0);
    let looking = ["DescribeListeners", "DescribeRules", "DescribeTargetGroups", "DescribeTags"];
    for denied in looking {
        let others = looking.iter().filter(|action| **action != denied);
        let allowed = others.map(|action| format!("elasticloadbalancing:{action}")).collect();
        service.stage.world.emulator().permit(&service.stage.access_key, &allowed);
        let arguments = format!("load_balancer_arns = [{:?}]", service.balancer);
        refuses(&service, &arguments, &["AWS not reachable", "AccessDenied", denied]);
    }
}

#[test]
fn a_stop_is_heard_while_aws_does_not_answer() {
    let service = Service::at("stoplook", 100, 0);
    let (emulator, key) = (service.stage.world.emulator(), &service.stage.access_key);
    emulator.order(&Fault::hold_before(key, "DescribeRules"));
    service.stage.workspace.write("main.tf", &edge(&format!("load_balancer_arns = [{:?}]", service.balancer)));
    let running = service.stage.workspace.spawn(&["plan", "-json", "-input=false"]);
    until(Duration::from_secs(60), "held call", || (!emulator.held(key).is_empty()).then_some(()));
    running.interrupt();
    let watch = FairWatch::start();
    let error = running.wait_for(Duration::from_secs(60)).expect_failure();
    watch.assert_within(Duration::from_secs(2), "an answer to the stop");
    assert!(error.contains("Stopped") && error.contains("Nothing was changed"), "{error}");
}

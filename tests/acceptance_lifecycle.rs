//! The life of an `eksmig_weighted_shift`: installed, imported, drifted, destroyed; and as a guest of AWS.

use eksmig_tests::probe_server::ProbeServer;
use eksmig_tests::service::Service;
use eksmig_tests::shift::Shift;
use eksmig_tests::stage::{Stage, secret_key};
use eksmig_tests::terraform::Workspace;
use eksmig_tests::world::{World, forward, path};

#[test]
fn init_installs_the_provider_and_it_works() {
    let world = World::new("init");
    let service =
        Service { stage: Stage::with(world, Workspace::with_mirror("0.1.0")), ..Service::at("initsvc", 100, 0) };
    service.stage.write(&[&service.shift(30)]);
    service.stage.workspace.run(&["init", "-input=false", "-no-color"]).expect_success();
    service.stage.settle(&service.shift(30));
    assert_eq!(service.percent(), 30.0);
}

#[test]
fn an_import_and_then_a_plan_is_empty() {
    let service = Service::at("import", 70, 30);
    let (blue, green) = (&service.blue, &service.green);
    service.stage.world.set_actions(&service.listener, vec![forward(&[(blue, 7), (green, 3)])]);
    let shift = Shift::new(&[&service.rule, &service.listener], blue, green, 30);
    service.stage.write(&[&shift]);
    let id = format!("{},{}|{}|{}", service.rule, service.listener, blue.arn, green.arn);
    service.stage.workspace.import(&shift.address(), &id).expect_success();
    service.stage.workspace.assert_settled();
    assert!(service.stage.writes(0).is_empty());
    assert_eq!(service.state()["observed_green_weight"], 30);
}

#[test]
fn an_import_of_nonsense_says_what_an_id_looks_like() {
    let service = Service::at("importbad", 70, 30);
    let shift = service.shift(30);
    service.stage.write(&[&shift]);
    for id in ["nonsense", &service.rule, &format!("{}|{}", service.rule, service.blue.arn)] {
        let run = service.stage.workspace.import(&shift.address(), id);
        assert_eq!(run.code, Some(1), "{run:#?}");
        assert!((run.stdout + &run.stderr).contains('|'), "the form of an id is shown");
    }
}

#[test]
fn drift_is_shown_and_put_right() {
    let service = Service::at("drift", 100, 0);
    let shift = service.shift(30);
    service.stage.settle(&shift);
    let weights = [(&service.blue, 1), (&service.green, 1)];
    service.stage.world.set_actions(&service.rule, vec![forward(&weights)]);
    service.stage.workspace.plan().expect_changes();
    let change = service.stage.workspace.change(&shift.address());
    assert_eq!(change["actions"], serde_json::json!(["update"]));
    assert_eq!(change["before"]["observed_green_weight"], 50);
    service.stage.workspace.apply().expect_success();
    assert_eq!(service.percent(), 30.0);
    service.stage.workspace.assert_settled();
}

#[test]
fn routes_that_disagree_have_no_one_share_and_are_brought_together() {
    let service = Service::at("disagree", 100, 0);
    let (blue, green) = (&service.blue, &service.green);
    service.stage.world.set_actions(&service.listener, vec![forward(&[(blue, 100), (green, 0)])]);
    let shift = Shift::new(&[&service.rule, &service.listener], blue, green, 30);
    service.stage.settle(&shift);
    service.stage.world.set_actions(&service.listener, vec![forward(&[(blue, 1), (green, 1)])]);
    service.stage.workspace.plan().expect_changes();
    assert_eq!(
        service.stage.workspace.change(&shift.address())["before"]["observed_green_weight"],
        serde_json::Value::Null
    );
    service.stage.settle(&shift);
    assert_eq!(service.stage.world.green_percent(&service.listener, blue, green), 30.0);
}

#[test]
fn a_destroy_moves_no_traffic() {
    let service = Service::at("keep", 100, 0);
    service.stage.settle(&service.shift(30));
    let before = service.stage.world.route(&service.rule);
    let since = service.stage.mark();
    service.stage.workspace.destroy().expect_success();
    assert!(service.stage.writes(since).is_empty());
    assert_eq!(service.stage.world.route(&service.rule), before);
}

#[test]
fn a_destroy_goes_back_to_blue_where_asked() {
    let service = Service::at("destroyblu", 100, 0);
    service.stage.settle(&service.shift(30).with("on_destroy = \"blue\""));
    service.stage.workspace.destroy().expect_success();
    assert_eq!(service.percent(), 0.0);
}

#[test]
fn a_destroy_finishes_where_asked() {
    let service = Service::at("destroygre", 100, 0);
    service.stage.settle(&service.shift(30).with("on_destroy = \"green\""));
    service.stage.workspace.destroy().expect_success();
    assert_eq!(service.percent(), 100.0);
}

#[test]
fn a_destroy_that_cannot_go_back_keeps_its_state() {
    let service = Service::at("destroysic", 100, 0);
    let shift = service.shift(30).gate("timeout = \"2s\"").with("on_destroy = \"blue\"");
    service.stage.settle(&shift);
    service.stage.world.set_health(&service.blue, "unhealthy");
    let error = service.stage.workspace.destroy().expect_failure();
    assert!(error.contains(&service.blue.name), "{error}");
    assert_eq!(service.percent(), 30.0);
    assert_eq!(service.state()["observed_green_weight"], 30);
}

#[test]
fn the_baseline_is_what_was_before_the_first_touch() {
    let service = Service::at("baseline", 90, 10);
    service.stage.settle(&service.shift(30));
    let baseline = service.state()["baseline"].clone();
    assert!(baseline.to_string().contains(&service.rule), "{baseline}");
    service.stage.settle(&service.shift(60));
    assert_eq!(service.state()["baseline"], baseline);
}

#[test]
fn many_resources_on_one_listener_share_their_reads() {
    let service = Service::at("shared", 100, 0);
    let world = &service.stage.world;
    let mut shifts = vec![service.shift(0)];
    for number in 1..20 {
        let weights = [(&service.blue, 100), (&service.green, 0)];
        let rule = world.rule(&service.listener, 100 + number, vec![path("/x")], vec![forward(&weights)]);
        shifts.push(Shift::new(&[&rule], &service.blue, &service.green, 0).named(&format!("service{number}")));
    }
    service.stage.write(&shifts.iter().collect::<Vec<_>>());
    service.stage.workspace.apply().expect_success();
    let since = service.stage.mark();
    service.stage.workspace.assert_settled();
    let calls = service.stage.calls(since);
    let listed = calls.iter().filter(|call| call.action == "DescribeRules").count();
    assert!(listed <= 2, "{listed} DescribeRules for one listener");
    assert!(calls.len() <= 8, "{:?}", calls.iter().map(|call| &call.action).collect::<Vec<_>>());
}

#[test]
fn twenty_shifts_at_once_all_arrive() {
    let service = Service::at("crowd", 100, 0);
    let world = &service.stage.world;
    let mut shifts = vec![service.shift(50)];
    let mut rules = vec![service.rule.clone()];
    for number in 1..20 {
        let weights = [(&service.blue, 100), (&service.green, 0)];
        let rule = world.rule(&service.listener, 100 + number, vec![path("/x")], vec![forward(&weights)]);
        shifts.push(Shift::new(&[&rule], &service.blue, &service.green, 50).named(&format!("service{number}")));
        rules.push(rule);
    }
    service.stage.write(&shifts.iter().collect::<Vec<_>>());
    service.stage.workspace.apply().expect_success();
    for rule in rules {
        assert_eq!(world.green_percent(&rule, &service.blue, &service.green), 50.0);
    }
    service.stage.workspace.assert_settled();
}

#[test]
fn a_role_is_assumed() {
    let service = Service::at("role", 100, 0);
    service
        .stage
        .configure("assume_role = { role_arn = \"arn:aws:iam::123456789012:role/shifter\", session_name = \"test\" }");
    service.stage.settle(&service.shift(30));
    assert_eq!(service.percent(), 30.0);
    let calls = service.stage.calls(0);
    assert!(calls.iter().any(|call| call.action == "AssumeRole"));
    assert!(calls.iter().all(|call| call.service == "sts"), "the work is done with the role's own credentials");
}

#[test]
fn nothing_secret_is_logged_or_kept() {
    let mut service = Service::at("secrets", 100, 0);
    service.stage.workspace.set("TF_LOG_PROVIDER", "trace");
    service.stage.write(&[&service.shift(30).ramp("[10]", "1s")]);
    let run = service.stage.workspace.apply().expect_success();
    assert!(run.stderr.contains("eksmig"), "the log is there: {}", run.stderr);
    let secret = secret_key(&service.stage.access_key);
    assert!(!run.stderr.contains(&secret) && !run.stdout.contains(&secret));
    let state = std::fs::read_to_string(service.stage.workspace.path().join("terraform.tfstate")).unwrap();
    assert!(!state.contains(&secret));
}

#[test]
fn the_query_of_a_probe_is_shown_nowhere() {
    const SECRET: &str = "a-token-that-must-never-be-seen";
    let mut service = Service::at("query", 100, 0);
    service.stage.workspace.set("TF_LOG_PROVIDER", "trace");
    service.stage.workspace.set("TF_LOG_SDK", "trace");
    let server = ProbeServer::start();
    let probe = format!("http_probe = {{ url = \"{}/health?token={SECRET}\" }}", server.url());
    server.answer_with(503);
    service.stage.write(&[&service.shift(30).gate(&format!("{probe}\n timeout = \"2s\""))]);
    let run = service.stage.workspace.apply();
    assert!(server.last_request()[0].contains(SECRET), "it is asked with its query");
    let asked = format!("{}/health answered 503", server.url());
    assert!(run.stdout.contains(&asked) && run.stderr.contains(&asked), "{run:#?}");
    assert!(run.stderr.contains("hyper_util"), "what the HTTP client logs is there");
    for said in [&run.stdout, &run.stderr] {
        let line = said.lines().find(|line| line.contains(SECRET));
        assert_eq!(line, None);
    }
}

#[test]
fn progress_is_logged() {
    let mut service = Service::at("progress", 100, 0);
    service.stage.workspace.set("TF_LOG_PROVIDER", "info");
    service.stage.write(&[&service.shift(30).ramp("[10]", "1s")]);
    let run = service.stage.workspace.apply().expect_success();
    let informed: Vec<&str> = run.stderr.lines().filter(|line| line.contains("[INFO]")).collect();
    for share in ["10", "30"] {
        assert!(informed.iter().any(|line| line.contains(share)), "no line of the step to {share} %: {informed:#?}");
    }
}

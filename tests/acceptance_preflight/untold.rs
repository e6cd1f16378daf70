//! What cannot be told is a finding. What is not written right is an error.

use eksmig_tests::service::Service;
use eksmig_tests::stage::provider;

use crate::scene::{codes, finding, look, pair, preflight, set};

#[test]
fn a_permission_that_is_missing_is_found_and_hides_nothing_else() {
    let service = Service::at("untold", 100, 0);
    let allowed = [
        "DescribeTargetGroups",
        "DescribeTargetGroupAttributes",
        "DescribeTags",
        "DescribeTargetHealth",
        "DescribeLoadBalancers",
        "DescribeListeners",
    ];
    let allowed = allowed.map(|action| format!("elasticloadbalancing:{action}"));
    let emulator = service.stage.world.emulator();
    emulator.permit(&service.stage.access_key, &allowed.into());
    service.stage.world.set_health(&service.green, "unhealthy");
    let found = look(&service.stage, &format!("{}\n  alarm_names = [\"orders-5xx\"]", pair(&service)));
    assert_eq!(codes(&found, "error"), set(&["could_not_tell", "green_unhealthy"]), "{found:#}");
    let text = found["report"].as_str().unwrap();
    assert!(
        text.contains("elasticloadbalancing:DescribeRules") && text.contains("cloudwatch:DescribeAlarms"),
        "{text}"
    );

    // Not even whether there is anything.
    emulator.permit(&service.stage.access_key, &["sts:AssumeRole".to_owned()].into());
    let found = look(&service.stage, &pair(&service));
    assert_eq!((&found["passed"], codes(&found, "error")), (&false.into(), set(&["could_not_tell"])), "{found:#}");
}

#[test]
fn what_does_not_exist_is_found() {
    let service = Service::at("absent", 100, 0);
    let gone = |arn: &str| format!("{}0000", &arn[..arn.len() - 4]);
    let arguments = pair(&service).replace(&service.green.arn, &gone(&service.green.arn));
    let more = format!(
        "route_arns = [{:?}, {:?}]\n  records = {{ a = {{ zone_id = \"Z0GONE\", name = \"a.example.com\", types = [\"A\"], \
         blue_set_identifier = \"b\", green_set_identifier = \"g\" }} }}",
        service.rule,
        gone(&service.rule)
    );
    let found = look(&service.stage, &format!("{arguments}\n  {more}"));
    let absent = found["findings"].as_array().unwrap().iter().filter(|one| one["code"] == "not_found");
    let objects: Vec<&str> = absent.map(|one| one["object"].as_str().unwrap()).collect();
    let mut wanted = [gone(&service.green.arn), gone(&service.rule), "Z0GONE".to_owned()];
    wanted.sort();
    assert_eq!(objects, wanted, "{found:#}");
    assert!(finding(&found, "not_found")["remedy"].as_str().unwrap().contains("alias"));
}

#[test]
fn what_is_not_written_right_is_refused() {
    let service = Service::at("unwritten", 100, 0);
    let refuses = |arguments: &str, wanted: &str| {
        service.stage.workspace.write("main.tf", &preflight(arguments));
        let error = service.stage.workspace.plan().expect_failure();
        assert!(error.contains(wanted), "{wanted}: {error}");
    };
    refuses("", "Nothing to look at");
    refuses("target_group_pairs = {}", "Nothing to look at");
    refuses("route_arns = [\"orders\"]", "Invalid ARN");
    refuses("alarm_names = [\"a\"]\n  min_healthy_percent = 101", "min_healthy_percent");
    let same = pair(&service).replace(&service.green.arn, &service.blue.arn);
    refuses(&same, "One target group on both sides");
    let emulator = service.stage.world.emulator();
    service.stage.workspace.write("provider.tf", &provider(emulator, &service.stage.access_key, "us-east-1", ""));
    refuses(&pair(&service), "Object in another region");
}

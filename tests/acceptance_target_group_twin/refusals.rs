//! What is refused, where, and before anything is written.

use aws_sdk_elasticloadbalancingv2::types::ProtocolEnum;
use eksmig_tests::stage::Stage;
use eksmig_tests::twin;

/// Validates, which must fail at this attribute with this text.
#[track_caller]
fn invalid(stage: &Stage, source: &str, arguments: &str, wanted: &str) {
    stage.workspace.write("main.tf", &twin::group(source, arguments));
    let error = stage.workspace.validate().expect_failure();
    assert!(error.contains(wanted), "{arguments}: {error}");
}

#[test]
fn what_can_be_told_without_aws_is_refused_at_validate() {
    let stage = Stage::new("tinvalid");
    let arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/0123456789abcdef";
    invalid(&stage, "arn:aws:s3:::bucket", "", "source_arn");
    invalid(&stage, arn, "name = \"internal-a\"", "internal-");
    invalid(&stage, arn, "name_suffix = \"-green-\"", "name_suffix");
    invalid(&stage, arn, "target_type = \"lambda\"", "target_type");
    invalid(&stage, arn, "protocol = \"GENEVE\"", "protocol");
    invalid(&stage, arn, "port = 70000", "port");
    invalid(&stage, arn, "health_check = { interval = 4 }", "health_check.interval");
    invalid(&stage, arn, "health_check = { protocol = \"UDP\" }", "health_check.protocol");
    invalid(&stage, arn, "tags = { \"elbv2.k8s.aws/cluster\" = \"green\" }", "Tag of an owner");
    assert!(stage.calls(0).is_empty());
}

#[test]
fn what_does_not_fit_the_source_is_refused_at_plan() {
    let stage = Stage::new("tunfit");
    let blue = stage.world.target_group_of("blue", ProtocolEnum::Tcp, 0);
    let refused = |source: &str, arguments: &str, wanted: &[&str]| {
        stage.workspace.write("main.tf", &twin::group(source, arguments));
        let error = stage.workspace.plan().expect_failure();
        assert!(wanted.iter().all(|text| error.contains(text)), "{arguments}: {error}");
    };
    refused(&blue.arn, "protocol = \"HTTP\"", &["Override does not fit", "health_check", "TCP"]);
    refused(&blue.arn, &format!("name = {:?}", blue.name), &["Name taken", &blue.arn]);
    refused(&blue.arn.replace(&blue.name, "no-such"), "", &["Source not found", "no-such"]);
    refused(&blue.arn.replace("eu-west-1", "eu-west-2"), "", &["eu-west-2", "alias"]);
    assert!(stage.writes(0).is_empty());
}

//! The provider's functions, called from HCL, without any provider configuration.

use eksmig_tests::terraform::Workspace;
use serde_json::{Value, json};

const REQUIRED: &str = "terraform {\n  required_providers {\n    eksmig = { source = \"eksmig/eksmig\" }\n  }\n}\n";

fn calling(expression: &str) -> Workspace {
    let workspace = Workspace::new();
    workspace.write("main.tf", &format!("{REQUIRED}\noutput \"found\" {{\n  value = {expression}\n}}\n"));
    workspace
}

#[track_caller]
fn gives(expression: &str, wanted: Value) {
    let workspace = calling(expression);
    workspace.apply().expect_success();
    let found = workspace.state()["values"]["outputs"]["found"]["value"].take();
    assert_eq!(found, wanted, "{expression}");
}

#[track_caller]
fn refuses(expression: &str, wanted: &str) {
    let error = calling(expression).plan().expect_failure();
    assert!(error.contains(wanted), "{expression}: {error}");
}

#[test]
fn ramps() {
    gives(
        "[provider::eksmig::ramp(0, 100, 25), provider::eksmig::ramp(10, 35, 10), provider::eksmig::ramp(100, 0, 50), \
         provider::eksmig::ramp(30, 30, 10)]",
        json!([[25, 50, 75, 100], [20, 30, 35], [50, 0], []]),
    );
    refuses("provider::eksmig::ramp(0, 101, 10)", "101");
    refuses("provider::eksmig::ramp(0, 100, 0)", "step");
}

#[test]
fn weights() {
    gives(
        "[provider::eksmig::weights(30, 100), provider::eksmig::weights(0.1, 100), provider::eksmig::weights(99.9, 10), \
         provider::eksmig::weights(0, 10), provider::eksmig::weights(33.3, 999)]",
        json!([
            {"blue": 70, "green": 30},
            {"blue": 99, "green": 1},
            {"blue": 1, "green": 9},
            {"blue": 10, "green": 0},
            {"blue": 666, "green": 333},
        ]),
    );
    refuses("provider::eksmig::weights(150, 100)", "150");
    refuses("provider::eksmig::weights(50, 0)", "total");
}

#[test]
fn waves() {
    gives("provider::eksmig::waves([\"orders\", \"users\", \"search\"], 2)", json!([["orders", "users"], ["search"]]));
    gives("provider::eksmig::waves([], 2)", json!([]));
    refuses("provider::eksmig::waves([\"orders\"], 0)", "size");
    refuses("provider::eksmig::waves([\"orders\", \"orders\"], 1)", "orders");
}

#[test]
fn route_arns() {
    let rule = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/shop/0123456789abcdef/\
                fedcba9876543210/0011223344556677";
    let listener = "arn:aws-cn:elasticloadbalancing:cn-north-1:123456789012:listener/net/shop/0123456789abcdef/\
                    fedcba9876543210";
    gives(
        &format!("[for arn in [{rule:?}, {listener:?}] : provider::eksmig::parse_route_arn(arn)]"),
        json!([
            {
                "kind": "rule",
                "partition": "aws",
                "region": "eu-west-1",
                "account_id": "123456789012",
                "load_balancer_type": "app",
                "load_balancer_name": "shop",
                "load_balancer_arn":
                    "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/shop/0123456789abcdef",
                "listener_arn": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/\
                                 0123456789abcdef/fedcba9876543210",
            },
            {
                "kind": "listener",
                "partition": "aws-cn",
                "region": "cn-north-1",
                "account_id": "123456789012",
                "load_balancer_type": "net",
                "load_balancer_name": "shop",
                "load_balancer_arn":
                    "arn:aws-cn:elasticloadbalancing:cn-north-1:123456789012:loadbalancer/net/shop/0123456789abcdef",
                "listener_arn": listener,
            },
        ]),
    );
    refuses("provider::eksmig::parse_route_arn(\"arn:aws:s3:::bucket\")", "s3");
}

#[test]
fn an_unknown_argument_gives_an_unknown_result() {
    let workspace = Workspace::new();
    workspace.write(
        "main.tf",
        &format!(
            "{REQUIRED}\nresource \"terraform_data\" \"size\" {{\n  input = 2\n}}\n\noutput \"found\" {{\n  value = \
             provider::eksmig::waves([\"a\", \"b\", \"c\"], terraform_data.size.output)\n}}\n"
        ),
    );
    workspace.plan().expect_changes();
    assert_eq!(workspace.saved_plan()["output_changes"]["found"]["after_unknown"], json!(true));
    workspace.apply_plan().expect_success();
    assert_eq!(workspace.state()["values"]["outputs"]["found"]["value"], json!([["a", "b"], ["c"]]));
}

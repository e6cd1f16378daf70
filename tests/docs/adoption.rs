//! What the guide for users of the AWS provider shows, done with the real Terraform.

use eksmig_tests::emulator::root;
use eksmig_tests::service::Service;
use eksmig_tests::world::forward;

const RULE: &str = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/edge/50dc6c495c0c9188/\
                    f2f7dc8efc522ab2/9683b2d02a6cabee";
const BLUE: &str = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/orders-blue/73e2d6bc24d8a067";
const GREEN: &str = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/orders-green/09966783158cda59";
const STEPS: [&str; 3] = ["import", "rename", "hand-over"];

fn example(step: &str) -> String {
    std::fs::read_to_string(root().join(format!("examples/from-the-aws-provider/{step}/main.tf"))).unwrap()
}

/// Writes the example of a step, at the service of this test.
fn lay(service: &Service, step: &str) {
    let text = example(step).replace(RULE, &service.rule);
    let text = text.replace(BLUE, &service.blue.arn).replace(GREEN, &service.green.arn);
    service.stage.workspace.write("main.tf", &text);
}

#[test]
fn weights_are_taken_over_renamed_and_handed_back_without_a_write() {
    let service = Service::at("adopt", 90, 10);
    let workspace = &service.stage.workspace;
    lay(&service, "import");
    let run = workspace.apply().expect_success();
    assert!(run.stdout.contains("1 imported, 0 added, 0 changed"), "{}", run.stdout);
    lay(&service, "rename");
    workspace.apply().expect_success();
    let shift = workspace.values("eksmig_weighted_shift.service[\"orders\"]");
    assert_eq!(shift["observed_green_weight"], 10);

    // Someone who has not let go writes their own weights, after a plan: the guide says what that looks like.
    service
        .stage
        .workspace
        .write("main.tf", &workspace.text("main.tf").replace("green_weight           = 10", "green_weight = 20"));
    workspace.plan().expect_changes();
    service.stage.world.set_actions(&service.rule, vec![forward(&[(&service.blue, 100), (&service.green, 0)])]);
    let error = workspace.apply_plan().expect_failure();
    assert!(error.contains("Weights have changed since the plan"), "{error}");
    lay(&service, "rename");
    workspace.plan().expect_changes();
    let change = workspace.change("eksmig_weighted_shift.service[\"orders\"]");
    assert_eq!(
        (&change["before"]["observed_green_weight"], &change["after"]["observed_green_weight"]),
        (&0.into(), &10.into())
    );

    lay(&service, "hand-over");
    workspace.apply().expect_success();
    assert!(workspace.state()["values"]["root_module"]["resources"].is_null());
    assert!(service.stage.writes(0).is_empty());
}

#[test]
fn no_resource_of_another_provider_becomes_a_shift() {
    let service = Service::at("moved", 90, 10);
    let workspace = &service.stage.workspace;
    workspace.write("main.tf", "resource \"terraform_data\" \"orders\" {}\n");
    workspace.apply().expect_success();
    lay(&service, "rename");
    workspace
        .write("main.tf", &workspace.text("main.tf").replace("from = eksmig_weighted_shift", "from = terraform_data"));
    let error = workspace.apply().expect_failure();
    assert!(error.contains("Move not supported"), "{error}");
}

#[test]
fn the_guide_shows_what_is_tried() {
    let guide = std::fs::read_to_string(root().join("docs/guides/from-the-aws-provider.md")).unwrap();
    for step in STEPS {
        let shown = example(step);
        assert!(guide.contains(&format!("```terraform\n{}\n```", shown.trim())), "{step}");
    }
}

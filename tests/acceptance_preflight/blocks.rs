//! In the blocks that it is made for.

use eksmig_tests::service::Service;

use crate::scene::{pair, preflight};

/// A condition that no error was found, in a block of this kind.
fn condition(kind: &str, whose: &str) -> String {
    format!("{kind} {{\n      condition = {whose}.passed\n      error_message = {whose}.report\n    }}")
}

#[test]
fn a_precondition_refuses_the_plan_by_a_check_that_fires() {
    let service = Service::at("precond", 100, 0);
    let data = preflight(&pair(&service));
    let lifecycle = condition("precondition", "data.eksmig_preflight.all");
    let shift = service.shift(10).with(&format!("lifecycle {{\n    {lifecycle}\n  }}"));
    service.stage.workspace.write("main.tf", &format!("{data}{shift}"));
    service.stage.world.set_health(&service.green, "unhealthy");
    let error = service.stage.workspace.plan().expect_failure();
    for words in ["Preflight: not passed", "green_unhealthy", "0 of 2 healthy", &service.green.name] {
        assert!(error.contains(words), "{words}: {error}");
    }
    service.stage.workspace.apply().expect_failure();
    assert_eq!(service.percent(), 0.0);
    service.stage.world.set_health(&service.green, "healthy");
    service.stage.workspace.apply().expect_success();
    assert_eq!(service.percent(), 10.0);
}

#[test]
fn a_postcondition_refuses_the_plan_and_a_check_only_warns() {
    let service = Service::at("postcond", 100, 0);
    service.stage.world.set_health(&service.green, "unhealthy");
    let lifecycle = format!("lifecycle {{\n    {}\n  }}", condition("postcondition", "self"));
    service.stage.workspace.write("main.tf", &preflight(&format!("{}\n  {lifecycle}", pair(&service))));
    assert!(service.stage.workspace.plan().expect_failure().contains("green_unhealthy"));

    let check = format!(
        "check \"preflight\" {{\n  {}\n  {}\n}}\n",
        preflight(&pair(&service)),
        condition("assert", "data.eksmig_preflight.all")
    );
    service.stage.workspace.write("main.tf", &format!("{check}{}", service.shift(0)));
    let warnings = service.stage.workspace.apply().expect_success().warnings();
    assert!(warnings.contains("Check block assertion failed") && warnings.contains("green_unhealthy"), "{warnings}");
}

#[test]
fn what_is_known_only_after_apply_is_looked_at_in_the_apply() {
    let service = Service::at("deferred", 100, 0);
    service.stage.world.set_health(&service.green, "unhealthy");
    let text = pair(&service).replace(&format!("{:?}", service.green.arn), "terraform_data.green.output");
    let green = format!("resource \"terraform_data\" \"green\" {{\n  input = {:?}\n}}\n", service.green.arn);
    let lifecycle = condition("precondition", "data.eksmig_preflight.all");
    let shift = service.shift(10).with(&format!("lifecycle {{\n    {lifecycle}\n  }}"));
    service.stage.workspace.write("main.tf", &format!("{green}{}{shift}", preflight(&text)));
    service.stage.workspace.plan().expect_changes();
    assert!(service.stage.workspace.apply().expect_failure().contains("green_unhealthy"));
    assert_eq!(service.written(0), Vec::<f64>::new(), "nothing moves before the condition was judged");
}

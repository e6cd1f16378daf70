//! What is refused, and what is warned of.

use eksmig_tests::blocking::wait;
use eksmig_tests::nodes::{Nodes, PORT};

#[track_caller]
fn refuses(nodes: &Nodes, serving: &str, arguments: &str, expect: &str) {
    nodes.write(serving, arguments);
    let error = nodes.stage.workspace.plan().expect_failure();
    assert!(error.contains(expect), "{error}");
    assert_eq!(nodes.writes(0), [""; 0]);
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_is_asked() {
    let nodes = Nodes::named("nonsense");
    refuses(&nodes, "purple", "", "serving");
    refuses(&nodes, "green", "ramp = { batch_percent = 0 }", "batch_percent");
    refuses(&nodes, "green", "gate = { error_rate = { max_percent = 1 } }", "Gate that cannot tell the sides apart");
    let same = "targets = [{ id = \"10.0.0.1\" }]";
    let nodes = nodes.sides(same, &format!("targets = [{{ id = \"10.0.0.1\", port = {PORT} }}]"));
    refuses(&nodes, "green", "", "One target on both sides");
    let nodes = nodes.sides(same, "");
    refuses(&nodes, "green", "", "Unclear side");
    let nodes = nodes.sides(same, "autoscaling_group_names = [\"a\"]\n targets = [{ id = \"10.0.1.1\" }]");
    refuses(&nodes, "green", "", "Unclear side");
}

#[test]
fn what_does_not_exist_or_does_not_fit_is_refused_at_plan() {
    let nodes = Nodes::named("absent")
        .sides("autoscaling_group_names = [\"nobody-has-this\"]", "targets = [{ id = \"10.0.1.1\" }]");
    refuses(&nodes, "green", "", "Auto Scaling group nobody-has-this of blue does not exist");
    let scaled = Nodes::scaled("unfit", 1);
    let names = ["blue", "green"].map(|side| format!("autoscaling_group_names = [\"{}\"]", scaled.scaling_group(side)));
    let nodes = nodes.sides(&names[0], &names[1]);
    refuses(&nodes, "green", "", "takes targets of type ip");
}

#[test]
fn someone_elses_port_of_a_scaled_instance_is_refused() {
    let nodes = Nodes::scaled("tangle", 1);
    let node = nodes.instances("blue").into_iter().next().unwrap();
    nodes.register(0, &[(node, 9999)]);
    refuses(&nodes, "green", "", "neither blue's nor green's");
}

#[test]
fn a_group_that_replaces_unhealthy_nodes_is_warned_of() {
    let nodes = Nodes::scaled("elbcheck", 1);
    nodes.write("green", "");
    let quiet = nodes.stage.workspace.plan().expect_changes();
    assert!(!quiet.warnings().contains("replace nodes"), "{}", quiet.warnings());
    let call = nodes.scaling().update_auto_scaling_group().auto_scaling_group_name(nodes.scaling_group("green"));
    wait(call.health_check_type("ELB").health_check_grace_period(60).send()).unwrap();
    let warned = nodes.stage.workspace.plan().expect_changes();
    let group = nodes.scaling_group("green");
    assert!(warned.warnings().contains(&format!("{group} would replace nodes")), "{}", warned.warnings());
}

#[test]
fn a_side_without_an_instance_is_warned_of_and_moves_nothing() {
    let nodes = Nodes::scaled("nobody", 1);
    let call = nodes.scaling().update_auto_scaling_group().auto_scaling_group_name(nodes.scaling_group("green"));
    wait(call.min_size(0).desired_capacity(0).send()).unwrap();
    nodes.write("green", "");
    let planned = nodes.stage.workspace.plan().expect_changes();
    assert!(planned.warnings().contains("Nobody to serve in green"), "{}", planned.warnings());
    let error = nodes.stage.workspace.apply().expect_failure();
    assert!(error.contains("Nobody to serve"), "{error}");
    assert_eq!(nodes.writes(0), [""; 0]);
    nodes.assert_serving(&["blue"], "refused");
}

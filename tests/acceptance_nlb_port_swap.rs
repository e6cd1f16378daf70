//! `eksmig_nlb_port_swap` moves an API between two ports of a load balancer: whole, in parts, and back.

use std::time::Duration;

use eksmig_tests::patience::until;
use eksmig_tests::swap::{ADDRESS, Swaps};
use serde_json::json;

const BLUE: &str = "http://orders.example:8080/{proxy}";

fn only(side: &str) -> (Vec<String>, Option<(f64, Vec<String>)>) {
    (vec![side.to_owned()], None)
}

fn rest(api: &str) -> String {
    format!("rest_api_id = {api:?}")
}

fn actions(swaps: &Swaps) -> Vec<String> {
    swaps.writes().into_iter().map(|call| call.action).collect()
}

#[test]
fn an_instant_swap_is_one_edit_and_one_deployment() {
    let swaps = Swaps::new("swapnow");
    let api = swaps.gateway.rest_api(&[BLUE], &[]);
    let before = swaps.gateway.integration(&api, "/r0/{proxy+}");
    swaps.settle(&swaps.hcl(&rest(&api), 0.0, ""));
    assert!(swaps.writes().is_empty(), "it is at 0 already");
    swaps.settle(&swaps.hcl(&rest(&api), 100.0, ""));
    assert_eq!(swaps.gateway.leads_to(&api), only("green"));
    assert_eq!(actions(&swaps), ["UpdateIntegration", "CreateDeployment"]);
    let after = swaps.gateway.integration(&api, "/r0/{proxy+}");
    assert_eq!(after.uri(), Some("http://orders.example:9090/{proxy}"));
    assert_eq!((after.timeout_in_millis, after.connection_id), (before.timeout_in_millis, before.connection_id));
    let state = swaps.stage.workspace.values(ADDRESS);
    assert_eq!(state["stages"]["prod"], json!({"share": 100, "leftover": null}));
    assert_eq!((&state["baseline"]["prod"]["share"], &state["status"]), (&json!(0), &json!("settled")));
    swaps.settle(&swaps.hcl(&rest(&api), 0.0, ""));
    assert_eq!(swaps.gateway.leads_to(&api), only("blue"));
}

#[test]
fn a_ramp_goes_through_the_canary() {
    let swaps = Swaps::new("swapramp");
    let api = swaps.gateway.rest_api(&[BLUE], &[]);
    swaps.settle(&swaps.hcl(&rest(&api), 10.0, ""));
    assert_eq!(swaps.gateway.leads_to(&api), (vec!["blue".to_owned()], Some((10.0, vec!["green".to_owned()]))));
    let ramp = "ramp = {\n steps = [50]\n interval = \"1s\"\n }";
    swaps.stage.workspace.write("main.tf", &swaps.hcl(&rest(&api), 100.0, ramp));
    swaps.stage.workspace.plan().expect_changes();
    let change = swaps.stage.workspace.change(ADDRESS);
    assert_eq!(
        (&change["before"]["stages"]["prod"]["share"], &change["after"]["stages"]["prod"]["share"]),
        (&json!(10), &json!(100))
    );
    assert_eq!(change["after"]["minimum_duration"], "2s");
    swaps.stage.workspace.apply_plan().expect_success();
    swaps.stage.workspace.assert_settled();
    assert_eq!(swaps.gateway.leads_to(&api), only("green"));
}

#[test]
fn a_stage_variable_is_swapped_without_a_deployment() {
    let swaps = Swaps::new("swapvar");
    let api =
        swaps.gateway.rest_api(&["http://${stageVariables.backend}/{proxy}"], &[("backend", "orders.example:8080")]);
    swaps.settle(&swaps.hcl(&rest(&api), 100.0, ""));
    assert_eq!(actions(&swaps), ["UpdateStage"]);
    assert_eq!(swaps.gateway.served(&api)["variables"], json!({"backend": "orders.example:9090"}));
}

#[test]
fn an_http_api_moves_whole() {
    let swaps = Swaps::new("swaphttp");
    let api = swaps.gateway.http_api(false);
    let http = format!("http_api_id = {api:?}");
    swaps.settle(&swaps.hcl(&http, 100.0, ""));
    assert_eq!(swaps.gateway.side_of(&api, "prod"), "green");
    swaps.settle(&swaps.hcl(&http, 0.0, ""));
    assert_eq!(swaps.gateway.side_of(&api, "prod"), "blue");
}

#[test]
fn undeployed_edits_of_others_are_named_and_refused() {
    let swaps = Swaps::new("swapedit");
    let api = swaps.gateway.rest_api(&[BLUE, "http://users.example/{proxy}"], &[]);
    swaps.gateway.edit(&api, "/r1/{proxy+}", "/timeoutInMillis", "5000");
    let error = swaps.fail(&swaps.hcl(&rest(&api), 100.0, ""));
    assert!(error.contains("ANY /r1/{proxy+}") && error.contains("undeployed_changes"), "{error}");
    assert!(swaps.gateway.leads_to(&api).0.contains(&"blue".to_owned()));
    swaps.settle(&swaps.hcl(&rest(&api), 100.0, "undeployed_changes = \"deploy\""));
    assert!(swaps.gateway.leads_to(&api).0.contains(&"green".to_owned()));
}

#[test]
fn a_side_without_healthy_targets_gets_nothing() {
    let swaps = Swaps::new("swapsick");
    let api = swaps.gateway.rest_api(&[BLUE], &[]);
    swaps.gateway.world.set_health(&swaps.gateway.groups.1, "unhealthy");
    let gate = "gate = {\n timeout = \"3s\"\n poll_interval = \"1s\"\n }";
    let text = swaps.hcl(&rest(&api), 100.0, gate);
    swaps.stage.workspace.write("main.tf", &text);
    let warned = swaps.stage.workspace.plan().warnings();
    assert!(warned.contains("No healthy target in"), "{warned}");
    let error = swaps.fail(&text);
    assert!(error.contains("min_healthy_targets"), "{error}");
    assert!(swaps.writes().is_empty());
}

#[test]
fn a_killed_run_is_taken_up_where_the_stage_stands() {
    let swaps = Swaps::new("swapkill");
    let api = swaps.gateway.rest_api(&[BLUE], &[]);
    swaps.settle(&swaps.hcl(&rest(&api), 0.0, ""));
    let ramp = |interval| format!("ramp = {{\n steps = [10]\n interval = {interval:?}\n }}");
    swaps.stage.workspace.write("main.tf", &swaps.hcl(&rest(&api), 100.0, &ramp("10m")));
    let running = swaps.stage.workspace.spawn_apply();
    let at_ten = || swaps.gateway.leads_to(&api).1.is_some_and(|(percent, _)| percent == 10.0);
    until(Duration::from_secs(60), "10 %", || at_ten().then_some(()));
    running.kill_provider();
    running.wait_for(Duration::from_secs(60));
    swaps.settle(&swaps.hcl(&rest(&api), 100.0, &ramp("1s")));
    assert_eq!(swaps.gateway.leads_to(&api), only("green"));
}

#[test]
fn ctrl_c_holds_at_the_step() {
    let swaps = Swaps::new("swapstop");
    let api = swaps.gateway.rest_api(&[BLUE], &[]);
    swaps.settle(&swaps.hcl(&rest(&api), 0.0, ""));
    let ramp = "ramp = {\n steps = [10]\n interval = \"10m\"\n }";
    swaps.stage.workspace.write("main.tf", &swaps.hcl(&rest(&api), 100.0, ramp));
    let running = swaps.stage.workspace.spawn_apply();
    until(Duration::from_secs(60), "10 %", || swaps.gateway.leads_to(&api).1.is_some().then_some(()));
    running.interrupt();
    let run = running.wait_for(Duration::from_secs(20));
    assert_ne!(run.code, Some(0));
    let state = swaps.stage.workspace.values(ADDRESS);
    assert_eq!((&state["status"], &state["observed_green_weight"]), (&json!("held"), &json!(10)));
}

#[test]
fn what_is_left_over_is_planned_to_be_put_away() {
    let swaps = Swaps::new("swapleft");
    let api = swaps.gateway.rest_api(&[BLUE], &[]);
    swaps.settle(&swaps.hcl(&rest(&api), 0.0, ""));
    swaps.gateway.edit(&api, "/r0/{proxy+}", "/uri", "http://orders.example:9090/{proxy}");
    swaps.stage.workspace.plan().expect_changes();
    let change = swaps.stage.workspace.change(ADDRESS);
    assert!(change["before"]["stages"]["prod"]["leftover"].as_str().unwrap().contains("not deployed"), "{change:#}");
    swaps.settle(&swaps.hcl(&rest(&api), 0.0, ""));
    assert_eq!(swaps.gateway.first_uri(&api), BLUE);
}

#[test]
fn a_destroy_goes_back_where_asked_and_an_import_leaves_nothing_to_do() {
    let swaps = Swaps::new("swapgone");
    let api = swaps.gateway.rest_api(&[BLUE], &[]);
    let text = swaps.hcl(&rest(&api), 100.0, "on_destroy = \"blue\"");
    swaps.settle(&text);
    swaps.stage.workspace.destroy().expect_success();
    assert_eq!(swaps.gateway.leads_to(&api), only("blue"));
    let (blue, green) = &swaps.gateway.listeners;
    swaps.stage.workspace.write("main.tf", &swaps.hcl(&rest(&api), 0.0, ""));
    swaps.stage.workspace.import(ADDRESS, &format!("rest:{api}|prod|{blue}|{green}")).expect_success();
    swaps.stage.workspace.assert_settled();
}

#[test]
fn a_swap_can_go_after_blues_listener() {
    let swaps = Swaps::new("swapover");
    let api = swaps.gateway.rest_api(&[BLUE], &[]);
    swaps.settle(&swaps.hcl(&rest(&api), 100.0, ""));
    swaps.gateway.delete_listener(&swaps.gateway.listeners.0);
    let warned = swaps.stage.workspace.plan().warnings();
    assert!(warned.contains("Listener not found"), "{warned}");
    swaps.stage.workspace.write("main.tf", "");
    swaps.stage.workspace.apply().expect_success();
    assert!(swaps.gateway.first_uri(&api).contains(":9090/"));
}

#[test]
fn bad_input_is_refused_at_its_attribute() {
    let swaps = Swaps::new("swapbad");
    let api = swaps.gateway.rest_api(&["http://users.example/{proxy}"], &[]);
    let other = swaps.gateway.listeners.1.replacen("/nlb", "/other", 1).replacen("-nlb/", "-other/", 1);
    let good = swaps.hcl(&rest(&api), 100.0, "");
    let cases = [
        (swaps.hcl("http_api_id = \"a1\"", 30.0, ""), "green_weight"),
        (swaps.hcl("http_api_id = \"a1\"", 100.0, "ramp = { steps = [10] }"), "ramp"),
        (swaps.hcl("rest_api_id = \"a1\"\n http_api_id = \"a2\"", 100.0, ""), "Two APIs"),
        (swaps.hcl("", 100.0, ""), "No API"),
        (good.replace(&swaps.gateway.listeners.1, &other), "Listener of another load balancer"),
        (good.clone(), "No integration on either port"),
        (good.replace("\"prod\"", "\"test\""), "Stage not found"),
        (good.replace(&api, "nosuchapi"), "not found"),
        (swaps.hcl(&rest(&api), 100.0, "gate = { error_rate = { max_percent = 1 } }"), "gate.error_rate"),
        (swaps.hcl(&rest(&api), 100.0, "routes = [\"GET /none\"]"), "Route not movable"),
    ];
    for (text, expected) in cases {
        let error = swaps.fail(&text);
        assert!(error.contains(expected), "{expected}: {error}");
    }
    assert!(swaps.writes().is_empty());
}

#[test]
fn fifty_swaps_on_one_api_need_few_deployments() {
    const SWAPS: usize = 50;
    let swaps = Swaps::new("swapfifty");
    let uris: Vec<String> = (0..SWAPS).map(|nth| format!("http://s{nth}.example:8080/{{proxy}}")).collect();
    let api = swaps.gateway.rest_api(&uris.iter().map(String::as_str).collect::<Vec<_>>(), &[]);
    let fleet =
        swaps.hcl(&rest(&api), 100.0, &format!("count = {SWAPS}\n routes = [\"ANY /r${{count.index}}/{{proxy+}}\"]"));
    swaps.stage.workspace.write("main.tf", &fleet);
    let apply = ["apply", "-json", "-input=false", "-auto-approve", "-parallelism=50"];
    let run = swaps.stage.workspace.spawn(&apply).wait_for(Duration::from_secs(300)).expect_success();
    assert_eq!(swaps.gateway.leads_to(&api), only("green"));
    let deployments = actions(&swaps).iter().filter(|action| *action == "CreateDeployment").count();
    println!("{SWAPS} swaps took {:.1?} and {deployments} deployments", run.took);
    assert!(deployments <= 3, "{deployments}");
}

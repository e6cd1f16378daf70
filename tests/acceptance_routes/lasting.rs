//! Twins and shifts by one `for_each` over what is found: nothing in a whole migration changes the map's keys.

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::types::ProtocolEnum;
use eksmig_tests::bindings::Bindings;
use eksmig_tests::blocking::wait;
use eksmig_tests::stage::Stage;
use eksmig_tests::terraform::Run;
use eksmig_tests::world::{TargetGroup, forward, path};
use serde_json::{Value, json};

use crate::scene::{edge, keys, one, tag};

/// Two services behind one load balancer, one of them with two routes.
struct Migration {
    stage: Stage,
    balancer: String,
    blues: [TargetGroup; 2],
    rules: [String; 3],
}

impl Migration {
    fn start(name: &str) -> Self {
        let stage = Stage::new(name);
        let world = &stage.world;
        let blues = ["orders", "users"].map(|service| world.target_group(service));
        let balancer = world.application_balancer("edge");
        let listener = world.listener(&balancer, ProtocolEnum::Http, 80, vec![forward(&[(&blues[0], 1)])]);
        let rule = |priority: i32, pattern: &str, blue: &TargetGroup| {
            world.rule(&listener, priority, vec![path(pattern)], vec![forward(&[(blue, 1)])])
        };
        let rules = [rule(10, "/users/*", &blues[1]), rule(20, "/people/*", &blues[1]), rule(30, "/o", &blues[0])];
        Self { stage, balancer, blues, rules }
    }

    /// Twins of all that is found, and shifts where there is a green weight.
    fn write(&self, green_weight: Option<u8>, finished: bool) {
        let found = edge(&format!("load_balancer_arns = [{:?}]", self.balancer));
        let weight = green_weight.unwrap_or_default();
        let shifts = green_weight.map_or("{}", |_| "data.eksmig_routes.edge.target_groups");
        let made = format!(
            r#"
resource "eksmig_target_group_twin" "green" {{
  for_each   = data.eksmig_routes.edge.target_groups
  source_arn = each.value.arn
}}

resource "eksmig_weighted_shift" "service" {{
  for_each               = {shifts}
  route_arns             = each.value.route_arns
  blue_target_group_arn  = each.value.arn
  green_target_group_arn = eksmig_target_group_twin.green[each.key].arn
  green_weight           = {weight}
  drop_idle_target_group = {finished}
  gate                   = {{ poll_interval = "1s" }}
}}
"#
        );
        self.stage.workspace.write("main.tf", &(found + &made));
    }

    /// Applies, after which nothing is left to do, and says what is found of a service.
    #[track_caller]
    fn settle(&self, green_weight: Option<u8>, finished: bool) -> Run {
        self.write(green_weight, finished);
        let run = self.stage.workspace.apply().expect_success();
        self.stage.workspace.assert_settled();
        run
    }

    /// What a plan of now finds of `users`, whose routes are always these two.
    #[track_caller]
    fn found(&self) -> Value {
        // What an apply saves is what it found before it acted.
        self.stage.workspace.run(&["apply", "-refresh-only", "-auto-approve", "-input=false"]).expect_success();
        let found = self.stage.workspace.values("data.eksmig_routes.edge");
        assert_eq!(keys(&self.stage, &found["target_groups"]), ["orders", "users"]);
        let users = one(&self.stage, &found["target_groups"], "users");
        assert_eq!(users["arn"], self.blues[1].arn);
        let mut wanted = self.rules[..2].to_vec();
        wanted.sort();
        assert_eq!(users["route_arns"], json!(wanted));
        users.clone()
    }

    /// The target groups of this world, by name.
    fn groups(&self) -> BTreeMap<String, String> {
        let pair = |group: aws_sdk_elasticloadbalancingv2::types::TargetGroup| {
            (group.target_group_name.unwrap(), group.target_group_arn.unwrap())
        };
        self.stage.world.groups().into_iter().map(pair).collect()
    }
}

#[test]
fn a_map_that_twins_and_shifts_are_made_by_is_the_same_from_the_first_apply_to_long_after() {
    let migration = Migration::start("lasting");
    let (stage, world) = (&migration.stage, &migration.stage.world);
    let points_at_blue = |users: &Value| (users["routes"].as_object().unwrap().len(), users["deletable"] == true);
    let twins = |users: &Value| users["twin_arns"].as_array().unwrap().len();

    migration.settle(None, false);
    assert_eq!((points_at_blue(&migration.found()), twins(&migration.found())), ((2, false), 0));
    let made = migration.groups();
    assert_eq!(made.len(), 4);
    Bindings::of(world).register();
    migration.settle(Some(30), false);
    assert_eq!((points_at_blue(&migration.found()), twins(&migration.found())), ((2, false), 1));
    migration.settle(Some(100), false);
    assert_eq!(migration.found()["serves"], false);
    migration.settle(Some(100), true);
    let users = migration.found();
    assert_eq!((points_at_blue(&users), twins(&users), &users["exists"]), ((0, true), 1, &json!(true)));
    assert_eq!((&users["target_type"], &users["port"]), (&json!("ip"), &json!(8080)));

    // Nothing points at blue, and it is deleted where it is managed.
    for blue in &migration.blues {
        wait(world.client().delete_target_group().target_group_arn(&blue.arn).send()).unwrap();
    }
    let run = stage.workspace.plan();
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert!(run.warnings().contains("Source of the twin is gone"), "{}", run.warnings());
    let users = migration.found();
    assert_eq!((&users["exists"], points_at_blue(&users)), (&json!(false), (0, true)));
    assert_eq!(migration.groups().len(), 2, "green's are left");
}

#[test]
fn from_the_very_end_there_is_a_way_back_and_what_is_idle_goes() {
    let migration = Migration::start("backagain");
    migration.settle(None, false);
    Bindings::of(&migration.stage.world).register();
    migration.settle(Some(100), true);
    migration.settle(Some(0), true);
    assert_eq!(migration.found()["serves"], true);
    migration.stage.workspace.destroy().expect_success();
    assert_eq!(migration.groups().len(), 2, "blue's are left");
}

#[test]
fn a_twin_that_serves_is_not_deleted_without_a_word() {
    let migration = Migration::start("serving");
    migration.settle(None, false);
    Bindings::of(&migration.stage.world).register();
    migration.settle(Some(100), true);
    let before = migration.groups();

    // Someone takes the loop out, and with it all that it made.
    migration.stage.workspace.write("main.tf", &edge(&format!("load_balancer_arns = [{:?}]", migration.balancer)));
    let warnings = migration.stage.workspace.plan().expect_changes().warnings();
    for words in ["Twin to be deleted is in use", &migration.rules[0], &migration.rules[2], "destroy = false"] {
        assert!(warnings.contains(words), "no {words:?} in {warnings}");
    }
    let error = migration.stage.workspace.apply_plan().expect_failure();
    for words in ["Twin in use", &migration.rules[1], "the traffic stays as it is", "terraform state rm"] {
        assert!(error.contains(words), "no {words:?} in {error}");
    }
    assert_eq!(migration.groups(), before);
}

#[test]
fn a_tag_that_makes_no_sense_is_said_and_not_guessed_at() {
    let migration = Migration::start("stray");
    tag(&migration.stage, &migration.blues[0].arn, &[("eksmig:twin-of", "blue")]);
    migration.write(None, false);
    let error = migration.stage.workspace.plan().expect_failure();
    for words in ["Tag of a twin that makes no sense", "eksmig:twin-of = blue", &migration.blues[0].arn] {
        assert!(error.contains(words), "no {words:?} in {error}");
    }
}

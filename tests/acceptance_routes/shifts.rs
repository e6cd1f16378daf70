//! From what is found to shifts, and to the proof that nothing points at blue any more.

use aws_sdk_elasticloadbalancingv2::types::ProtocolEnum;
use eksmig_tests::stage::Stage;
use eksmig_tests::world::{TargetGroup, forward, path};
use serde_json::json;

use crate::scene::{calls, edge, one, tag};

const SERVICES: usize = 3;

/// Services behind one load balancer, each with its own two routes, and a twin of its target group.
struct Services {
    stage: Stage,
    balancer: String,
    blues: Vec<TargetGroup>,
    greens: Vec<TargetGroup>,
    rules: Vec<[String; 2]>,
}

impl Services {
    fn start(name: &str) -> Self {
        let stage = Stage::new(name);
        let world = &stage.world;
        let group = |side: &str| (0..SERVICES).map(|nth| world.target_group(&format!("{side}{nth}"))).collect();
        let (blues, greens): (Vec<TargetGroup>, Vec<TargetGroup>) = (group("blue"), group("green"));
        for (blue, green) in blues.iter().zip(&greens) {
            tag(&stage, &green.arn, &[("eksmig:twin-of", &blue.arn)]);
        }
        let balancer = world.application_balancer("edge");
        let listener = world.listener(&balancer, ProtocolEnum::Http, 80, vec![forward(&[(&blues[0], 1)])]);
        let rules = (0_i32..).zip(&blues).map(|(nth, blue)| {
            [1, 2].map(|side| {
                let condition = vec![path(&format!("/{nth}/{side}/*"))];
                world.rule(&listener, 10 * nth + side, condition, vec![forward(&[(blue, 1)])])
            })
        });
        let rules = rules.collect();
        Self { stage, balancer, blues, greens, rules }
    }

    /// A shift for each target group that is found.
    fn write(&self, green_weight: u8) {
        let pairs: Vec<String> = self
            .blues
            .iter()
            .zip(&self.greens)
            .map(|(blue, green)| format!("{:?} = {:?}", blue.name, green.arn))
            .collect();
        let found = edge(&format!("load_balancer_arns = [{:?}]", self.balancer));
        let shifts = format!(
            r#"
locals {{
  green = {{ {} }}
}}

resource "eksmig_weighted_shift" "service" {{
  for_each               = data.eksmig_routes.edge.target_groups
  route_arns             = each.value.route_arns
  blue_target_group_arn  = each.value.arn
  green_target_group_arn = local.green[each.key]
  green_weight           = {green_weight}
}}
"#,
            pairs.join(", ")
        );
        self.stage.workspace.write("main.tf", &(found + &shifts));
    }

    fn percents(&self) -> Vec<f64> {
        let service = |nth: usize| self.rules[nth].iter().map(move |rule| (nth, rule));
        let routes = (0..SERVICES).flat_map(service);
        routes.map(|(nth, rule)| self.stage.world.green_percent(rule, &self.blues[nth], &self.greens[nth])).collect()
    }
}

#[test]
fn a_for_each_over_the_target_groups_is_all_that_shifts_need() {
    let services = Services::start("foreach");
    for percent in [0, 30, 100] {
        services.write(percent);
        services.stage.workspace.apply().expect_success();
        // Green has joined the routes by now, and adds no shift of its own.
        let since = services.stage.mark();
        services.stage.workspace.assert_settled();
        // The shifts look at what the data source has read.
        let made = calls(&services.stage, since);
        assert_eq!((made["DescribeListeners"], made["DescribeRules"]), (1, 1), "{made:?}");
        assert_eq!(services.percents(), [f64::from(percent); 2 * SERVICES]);
    }
    services.stage.workspace.destroy().expect_success();
    assert_eq!(services.percents(), [100.0; 2 * SERVICES]);
}

#[test]
fn a_postcondition_names_the_routes_that_still_point_at_blue() {
    let services = Services::start("postcond");
    let (stage, blue) = (&services.stage, &services.blues[1]);
    let condition = r#"
  lifecycle {
    postcondition {
      condition     = alltrue([for group in self.target_groups : group.deletable])
      error_message = "These still point at blue: ${join(", ", keys(self.routes))}"
    }
  }"#;
    stage.workspace.write("main.tf", &edge(&format!("target_group_arns = [{:?}]{condition}", blue.arn)));
    let error = stage.workspace.plan().expect_failure();
    let name = stage.world.name();
    let routes = format!("still point at blue: {name}-edge:80 path=/1/1/*, {name}-edge:80 path=/1/2/*");
    assert!(error.contains(&routes), "{error}");
    for rule in &services.rules[1] {
        stage.world.set_actions(rule, vec![forward(&[(&services.greens[1], 1)])]);
    }
    stage.workspace.apply().expect_success();
}

#[test]
fn what_nothing_points_at_any_more_is_deletable_in_the_very_apply() {
    let services = Services::start("finish");
    let (blue, green) = (&services.blues[1], &services.greens[1]);
    let write = |green_weight: u8, drop: bool| {
        let text = format!(
            r#"
resource "eksmig_weighted_shift" "service" {{
  route_arns             = {:?}
  blue_target_group_arn  = {:?}
  green_target_group_arn = {:?}
  green_weight           = {green_weight}
  drop_idle_target_group = {drop}
}}
"#,
            services.rules[1], blue.arn, green.arn
        );
        let look =
            edge(&format!("target_group_arns = [{:?}]\n  depends_on = [eksmig_weighted_shift.service]", blue.arn));
        services.stage.workspace.write("main.tf", &(text + &look));
        services.stage.workspace.apply().expect_success();
        let found = services.stage.workspace.values("data.eksmig_routes.edge");
        let blue = one(&services.stage, &found["target_groups"], "blue1").clone();
        let routes = found["routes"].as_object().unwrap().len();
        (routes, blue["serves"].clone(), blue["deletable"].clone())
    };
    assert_eq!(write(50, false), (2, json!(true), json!(false)));
    assert_eq!(write(100, false), (2, json!(false), json!(false)));
    assert_eq!(write(100, true), (0, json!(false), json!(true)));
    let client = services.stage.world.client();
    eksmig_tests::blocking::wait(client.delete_target_group().target_group_arn(&blue.arn).send()).unwrap();
}

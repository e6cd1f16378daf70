//! The commonest scene: one rule of an application load balancer, shared by a blue and a green target group.

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::types::ProtocolEnum;

use crate::shift::Shift;
use crate::stage::Stage;
use crate::world::{TargetGroup, forward, path};

/// A service behind a rule, about to be shifted.
#[derive(Debug)]
pub struct Service {
    /// The scene.
    pub stage: Stage,
    /// The load balancer's ARN.
    pub balancer: String,
    /// The listener's ARN; its default action forwards to blue alone.
    pub listener: String,
    /// The rule's ARN.
    pub rule: String,
    /// The side that serves.
    pub blue: TargetGroup,
    /// The side that takes over.
    pub green: TargetGroup,
}

impl Service {
    /// A service whose rule has these weights for blue and green.
    pub fn at(name: &str, blue_weight: i32, green_weight: i32) -> Self {
        let service = Self::blue_only(name);
        let weights = [(&service.blue, blue_weight), (&service.green, green_weight)];
        service.stage.world.set_actions(&service.rule, vec![forward(&weights)]);
        service
    }

    /// A service whose rule does not name green yet.
    pub fn blue_only(name: &str) -> Self {
        let stage = Stage::new(name);
        let world = &stage.world;
        let (blue, green) = (world.target_group("blue"), world.target_group("green"));
        let balancer = world.application_balancer("lb");
        let listener = world.listener(&balancer, ProtocolEnum::Http, 80, vec![forward(&[(&blue, 1)])]);
        let rule = world.rule(&listener, 10, vec![path("/orders/*")], vec![forward(&[(&blue, 1)])]);
        Self { stage, balancer, listener, rule, blue, green }
    }

    /// The resource that moves its rule.
    pub fn shift(&self, green_weight: impl std::fmt::Display) -> Shift {
        Shift::new(&[&self.rule], &self.blue, &self.green, green_weight)
    }

    /// Green's percent now.
    pub fn percent(&self) -> f64 {
        self.stage.world.green_percent(&self.rule, &self.blue, &self.green)
    }

    /// The weights of a route now, by side; strangers all go by one name.
    pub fn standing(&self, route: &str) -> BTreeMap<String, i64> {
        let name = |arn: &str| match arn {
            blue if blue == self.blue.arn => "blue",
            green if green == self.green.arn => "green",
            _ => "stranger",
        };
        let weights = self.stage.world.route(route).weights();
        weights.iter().map(|(arn, weight)| (name(arn).to_owned(), i64::from(*weight))).collect()
    }

    /// Green's percents that the provider wrote after call number `since`, without repetitions.
    pub fn written(&self, since: u64) -> Vec<f64> {
        self.stage.written(since, &self.rule, &self.blue, &self.green)
    }

    /// Waits until green has this percent.
    #[track_caller]
    pub fn wait_for_percent(&self, percent: f64) {
        self.stage.wait_for_percent(&self.rule, &self.blue, &self.green, percent);
    }

    /// The state's values of the resource.
    #[track_caller]
    pub fn state(&self) -> serde_json::Value {
        self.stage.workspace.values("eksmig_weighted_shift.service")
    }

    /// Panics unless the next plan goes on without destroying anything.
    #[track_caller]
    pub fn assert_no_destroy_planned(&self) {
        self.stage.workspace.plan().expect_changes();
        let change = self.stage.workspace.change("eksmig_weighted_shift.service");
        let actions = change["actions"].as_array().unwrap();
        assert!(!actions.iter().any(|action| action == "delete"), "the next plan would destroy: {actions:?}");
    }
}

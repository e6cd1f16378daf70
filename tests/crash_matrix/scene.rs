//! Where an act takes place.

use std::collections::BTreeMap;

use eksmig_tests::emulator::Emulator;
use eksmig_tests::ledger::{Ledger, Side};
use eksmig_tests::providers::Providers;
use eksmig_tests::service::Service;
use eksmig_tests::understudy::Understudy;
use eksmig_tests::world::forward;
use serde_json::{Value, json};

/// What the routes of a scene look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One rule that names both sides.
    Rule,
    /// A rule that names both sides and a listener that names blue alone.
    RuleAndListener,
    /// A rule with a third target group.
    BesideStranger,
    /// A rule that names blue alone, and whose idle side is taken out at the end.
    DropsIdle,
    /// A rule that names blue alone, and a green side that becomes healthy after it is first named.
    GreenStarting,
}

/// A service of one shape, moved by one resource.
#[derive(Debug)]
pub struct Scene {
    shape: Shape,
    routes: Vec<String>,
    /// The service.
    pub service: Service,
}

/// How everything ends, by names that are the same in every scene.
#[derive(Debug, PartialEq)]
pub struct End {
    weights: Vec<BTreeMap<&'static str, i32>>,
    status: Option<String>,
    share: Option<Value>,
}

impl Scene {
    /// A scene of this shape.
    pub fn set(shape: Shape) -> Self {
        let name = format!("{shape:?}").to_lowercase();
        let name = &name[..name.len().min(8)];
        let service = match shape {
            Shape::Rule | Shape::RuleAndListener => Service::at(name, 100, 0),
            Shape::BesideStranger | Shape::DropsIdle | Shape::GreenStarting => Service::blue_only(name),
        };
        let mut routes = vec![service.rule.clone()];
        match shape {
            Shape::RuleAndListener => routes.push(service.listener.clone()),
            Shape::BesideStranger => {
                let stranger = service.stage.world.target_group("stranger");
                let weights = [(&service.blue, 80), (&stranger, 20), (&service.green, 0)];
                service.stage.world.set_actions(&service.rule, vec![forward(&weights)]);
            }
            Shape::GreenStarting => Emulator::shared().set_health_for(&service.green.arn, "initial", 1, "healthy"),
            Shape::Rule | Shape::DropsIdle => {}
        }
        Self { shape, routes, service }
    }

    /// The resource's configuration.
    pub fn config(&self, green_weight: u8, on_destroy: Side) -> Value {
        json!({
            "route_arns": self.routes,
            "blue_target_group_arn": self.service.blue.arn,
            "green_target_group_arn": self.service.green.arn,
            "green_weight": green_weight,
            "ramp": {"steps": [10, 50]},
            "gate": {"poll_interval": "1s"},
            "drop_idle_target_group": self.shape == Shape::DropsIdle,
            "on_destroy": format!("{on_destroy:?}").to_lowercase(),
        })
    }

    /// Providers for one run that act here.
    pub fn providers(&self) -> Providers {
        Providers::on(&self.service.stage)
    }

    /// The writes after this call.
    pub fn ledger(&self, since: u64) -> Ledger {
        Ledger::of(&self.service.stage.calls(since), &self.service.blue.arn, &self.service.green.arn)
    }

    /// How things stand.
    pub fn end(&self, terraform: &Understudy) -> End {
        let name = |arn: &String| match arn {
            blue if *blue == self.service.blue.arn => "blue",
            green if *green == self.service.green.arn => "green",
            _ => "stranger",
        };
        let weights = self.routes.iter().map(|route| {
            let weights = self.weights(route);
            weights.iter().map(|(arn, weight)| (name(arn), *weight)).collect()
        });
        let state = terraform.state();
        End {
            weights: weights.collect(),
            status: state.as_ref().map(|state| state["status"].as_str().unwrap().to_owned()),
            share: state.map(|state| state["observed_green_weight"].clone()),
        }
    }

    fn weights(&self, route: &str) -> BTreeMap<String, i32> {
        self.service.stage.world.route(route).weights()
    }
}

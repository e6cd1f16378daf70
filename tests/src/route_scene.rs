//! Routes of one service, moved by one `eksmig_weighted_shift`.

use serde_json::{Value, json};

use crate::calls::Call;
use crate::emulator::Emulator;
use crate::ledger::{Ledger, Side};
use crate::scene::{Scene, Standing};
use crate::service::Service;
use crate::stage::Stage;
use crate::world::forward;

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
pub struct RouteScene {
    /// The service.
    pub service: Service,
    shape: Shape,
    routes: Vec<String>,
    /// The shares on the way up, in percent.
    steps: Vec<u8>,
}

impl RouteScene {
    /// Routes of this shape, all of their traffic blue's. `name` has 12 characters at most.
    pub fn set(name: &str, shape: Shape, steps: &[u8]) -> Self {
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
        Self { service, shape, routes, steps: steps.to_vec() }
    }
}

impl Scene for RouteScene {
    const TYPE: &'static str = "eksmig_weighted_shift";
    const WEIGHTS: &'static str = "routes";
    const WRITES: &'static str = "Modify*";

    fn stage(&self) -> &Stage {
        &self.service.stage
    }

    fn config(&self, green_weight: u8, on_destroy: Side) -> Value {
        json!({
            "route_arns": self.routes,
            "blue_target_group_arn": self.service.blue.arn,
            "green_target_group_arn": self.service.green.arn,
            "green_weight": green_weight,
            "ramp": {"steps": self.steps},
            "gate": {"poll_interval": "1s"},
            "drop_idle_target_group": self.shape == Shape::DropsIdle,
            "on_destroy": format!("{on_destroy:?}").to_lowercase(),
        })
    }

    fn standing(&self) -> Standing {
        self.routes.iter().map(|route| (route.clone(), self.service.standing(route))).collect()
    }

    fn ledger(&self, calls: &[Call]) -> Ledger {
        Ledger::of(calls, &self.service.blue.arn, &self.service.green.arn)
    }
}

//! Where an act takes place.

use eksmig_tests::calls::Call;
use eksmig_tests::emulator::Emulator;
use eksmig_tests::ledger::{Ledger, Side};
use eksmig_tests::scene::{Scene, Standing};
use eksmig_tests::service::Service;
use eksmig_tests::stage::Stage;
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
pub struct RouteScene {
    shape: Shape,
    routes: Vec<String>,
    /// The service.
    pub service: Service,
}

impl RouteScene {
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
            "ramp": {"steps": [10, 50]},
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

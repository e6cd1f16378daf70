//! `service-shift`, its own tests against AWS.

use aws_sdk_elasticloadbalancingv2::types::ProtocolEnum;
use eksmig_tests::bindings::Bindings;
use eksmig_tests::module::Module;
use eksmig_tests::stage::Stage;
use eksmig_tests::world::{TargetGroup, forward, path};

/// A service behind a rule and a listener.
struct Service {
    stage: Stage,
    blue: TargetGroup,
    routes: [String; 2],
}

impl Service {
    fn start(name: &str) -> Self {
        let stage = Stage::new(name);
        let world = &stage.world;
        let blue = world.target_group("blue");
        let balancer = world.application_balancer("edge");
        let listener = world.listener(&balancer, ProtocolEnum::Http, 80, vec![forward(&[(&blue, 1)])]);
        let rule = world.rule(&listener, 10, vec![path("/orders/*")], vec![forward(&[(&blue, 1)])]);
        Self { blue, routes: [listener, rule], stage }
    }

    fn place(&self) -> String {
        format!(
            "name = \"orders\"\nroute_arns = {:?}\nblue_target_group_arn = {:?}\ngate = {{ poll_interval = \"1s\" }}\n",
            self.routes, self.blue.arn
        )
    }

    /// Asserts that each route is blue's, and that something was moved before that.
    fn assert_back(&self, green: Option<&TargetGroup>) {
        for route in &self.routes {
            let weights = self.stage.world.route(route).weights();
            assert!(weights[&self.blue.arn] > 0, "{weights:?}");
            let others: Vec<_> = weights.keys().filter(|arn| **arn != self.blue.arn).cloned().collect();
            assert_eq!(others, green.map(|green| green.arn.clone()).into_iter().collect::<Vec<_>>());
        }
        assert!(self.stage.writes(0).len() >= 4);
    }
}

#[test]
fn a_service_is_shifted_and_goes_back_from_the_end() {
    let service = Service::start("modshift");
    let green = service.stage.world.target_group("green");
    let place = format!("{}green_target_group_arn = {:?}\n", service.place(), green.arn);
    Module::lay("service-shift", &service.stage, &place).lab("shift", || ());
    service.assert_back(Some(&green));
}

#[test]
fn a_service_is_shifted_to_a_twin_that_is_made_first() {
    let service = Service::start("modtwin");
    let mut bindings = Bindings::of(&service.stage.world);
    Module::lay("service-shift", &service.stage, &service.place()).lab("twin", || bindings.register());
    service.assert_back(None);
}

#[test]
fn a_twin_and_its_shift_are_made_in_one_apply() {
    let service = Service::start("modonce");
    Module::lay("service-shift", &service.stage, &service.place()).lab("at_once", || ());
    service.assert_back(None);
}

//! A REST API's stage in front of two ports, for one test.

use eksmig_tests::lab::gateway::{Gateway, StageName};
use eksmig_tests::lab::ports::{BLUE, Ports};
use eksmig_tests::lab::visit::{Answer, Visit};
use eksmig_tests::rest_api::RestApi;
use eksmig_tests::world::World;

/// The stage that most tests have.
pub const PROD: &str = "prod";
/// What most tests ask for.
pub const ORDER: &str = "/orders/42";
/// A port that is a variable of the stage.
pub const VARIABLE: &str = "${stageVariables.port}";

/// A world with a REST API. The fields are dropped in their order: who asks first, then whom it asks.
pub struct Scene {
    /// What serves the stage.
    pub gateway: Gateway,
    /// Both sides.
    pub ports: Ports,
    /// The API.
    pub api: RestApi,
    /// Its stage.
    pub prod: StageName,
    /// Where all of it lies.
    pub world: World,
}

impl Scene {
    /// An API without methods, and a stage that is not there yet.
    pub fn empty(name: &str) -> Self {
        let world = World::new(name);
        let ports = Ports::start(&world);
        let api = RestApi::new(&world, &ports.balancer);
        let prod = StageName::new(&api.id, PROD);
        let gateway = Gateway::start(&world, &ports.site, &[&prod]);
        Self { gateway, ports, api, prod, world }
    }

    /// Orders go to blue's port, by a first deployment; the deployment's id.
    pub fn of_orders(name: &str) -> (Self, String) {
        Self::of_orders_at(name, &BLUE.to_string(), &[])
    }

    /// Orders go to a port, by a first deployment with these variables; the deployment's id.
    pub fn of_orders_at(name: &str, port: &str, variables: &[(&str, &str)]) -> (Self, String) {
        let scene = Self::empty(name);
        scene.api.orders(port);
        let deployment = scene.api.deploy(PROD, variables);
        scene.gateway.catch_up();
        (scene, deployment)
    }

    /// A request through the stage.
    pub fn visit(&self, path: &str) -> Visit {
        self.gateway.visit(&self.prod, path)
    }

    /// What an order is answered by at this moment.
    pub fn order(&self) -> Answer {
        self.visit(ORDER).make()
    }

    /// Panics unless all orders are served by this side, once the stage has caught up.
    #[track_caller]
    pub fn assert_side(&self, side: &str, why: &str) {
        self.gateway.catch_up();
        for _ in 0..20 {
            let answer = self.order();
            assert_eq!((answer.status, answer.cluster()), (200, side), "{why}: {answer:?}");
        }
    }
}

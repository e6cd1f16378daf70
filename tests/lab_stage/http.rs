//! HTTP APIs: routes to listeners, and stages that are pointed to a deployment or deploy by themselves.

use eksmig_tests::blocking::wait;
use eksmig_tests::http_api::HttpApi;
use eksmig_tests::lab::backend::ASKED;
use eksmig_tests::lab::gateway::{Gateway, StageName};
use eksmig_tests::lab::ports::Ports;
use eksmig_tests::world::World;

const ROUTE: &str = "ANY /orders/{proxy+}";
/// The stage whose name is no part of a path.
const DEFAULT: &str = "$default";

/// An HTTP API in front of two listeners, with a stage.
struct Scene {
    gateway: Gateway,
    ports: Ports,
    api: HttpApi,
    stage: StageName,
    integration: String,
    world: World,
}

impl Scene {
    /// Orders go to blue's listener, as soon as it is deployed.
    fn new(name: &str, stage: &str, deploys_by_itself: bool) -> Self {
        let world = World::new(name);
        let ports = Ports::start(&world);
        let api = HttpApi::new(&world);
        let integration = api.route(ROUTE, &ports.blue_listener);
        api.stage(stage, deploys_by_itself);
        let stage = StageName::new(&api.id, stage);
        let gateway = Gateway::start(&world, &ports.site, &[&stage]);
        Self { gateway, ports, api, stage, integration, world }
    }

    #[track_caller]
    fn check(&self, path: &str, status: u16, side: &str) {
        self.gateway.catch_up();
        let answer = self.gateway.visit(&self.stage, path).make();
        assert_eq!((answer.status, answer.cluster()), (status, side), "{answer:?}");
    }

    fn to_green(&self) {
        self.api.edit(&self.integration, &self.ports.green_listener);
    }
}

#[test]
fn a_stage_that_deploys_by_itself_serves_an_edit_at_once() {
    let scene = Scene::new("auto", DEFAULT, true);
    scene.check("/orders/42", 200, "blue");
    scene.to_green();
    scene.check("/orders/42", 200, "green");
}

#[test]
fn a_stage_that_does_not_serves_what_it_is_pointed_to() {
    let scene = Scene::new("pointed", DEFAULT, false);
    scene.check("/orders/42", 404, "");
    let first = scene.api.deploy(DEFAULT);
    scene.check("/orders/42", 200, "blue");
    scene.to_green();
    scene.check("/orders/42", 200, "blue");
    scene.api.deploy(DEFAULT);
    scene.check("/orders/42", 200, "green");
    scene.api.point(DEFAULT, &first);
    scene.check("/orders/42", 200, "blue");
}

#[test]
fn a_route_is_asked_for_by_its_path_below_the_stages_name() {
    let scene = Scene::new("paths", "prod", true);
    let asked = |path: &str| {
        let answer = scene.gateway.visit(&scene.stage, path).make();
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.header(ASKED).to_owned()
    };
    assert_eq!(asked("/orders/4/2?a=1"), "GET orders.example.com /prod/orders/4/2?a=1");
    scene.check("/orders", 404, "");
    scene.api.route("GET /orders/{id}", &scene.ports.green_listener);
    scene.check("/orders/42", 200, "green");
    scene.check("/orders/4/2", 200, "blue");
    scene.api.route(DEFAULT, &scene.ports.green_listener);
    scene.check("/", 200, "green");
}

#[test]
fn a_listener_or_its_targets_that_are_not_there_make_it_unavailable() {
    let scene = Scene::new("gone", DEFAULT, true);
    scene.ports.blue.refuse();
    scene.check("/orders/42", 503, "");
    scene.to_green();
    scene.check("/orders/42", 200, "green");
    wait(scene.world.client().delete_listener().listener_arn(&scene.ports.green_listener).send()).unwrap();
    scene.ports.site.plane.catch_up();
    scene.check("/orders/42", 503, "");
}

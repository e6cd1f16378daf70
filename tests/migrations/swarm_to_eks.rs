//! From Docker Swarm to EKS, behind load balancers whose routes are discovered.

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::types::StateValue;
use aws_sdk_elasticloadbalancingv2::types::{ProtocolEnum, TargetDescription, TargetTypeEnum};
use eksmig_tests::alarms::Alarms;
use eksmig_tests::bindings::Bindings;
use eksmig_tests::blocking::wait;
use eksmig_tests::calls::Call;
use eksmig_tests::ledger::{Ledger, Side};
use eksmig_tests::stage::Stage;
use eksmig_tests::story::Story;
use eksmig_tests::world::{TargetGroup, World, forward, host, path};
use serde_json::{Value, json};

const SERVICES: [&str; 3] = ["orders", "search", "users"];

/// Three services of a Swarm on two load balancers: five routes.
struct Swarm {
    stage: Stage,
    blues: [TargetGroup; 3],
    routes: Vec<(usize, String)>,
}

impl Swarm {
    fn start(name: &str) -> Self {
        let stage = Stage::new(name);
        let world = &stage.world;
        let blues = SERVICES.map(|service| nodes(world, service));
        let [web, api] = ["web", "api"].map(|name| world.application_balancer(name));
        let to = |service: usize| vec![forward(&[(&blues[service], 1)])];
        let web = world.listener(&web, ProtocolEnum::Http, 80, to(1));
        let api = world.listener(&api, ProtocolEnum::Http, 80, to(2));
        let routes = vec![
            (1, web.clone()),
            (2, api.clone()),
            (0, world.rule(&web, 10, vec![path("/orders/*")], to(0))),
            (0, world.rule(&web, 20, vec![host("orders.example.com")], to(0))),
            (2, world.rule(&api, 10, vec![path("/users/*")], to(2))),
        ];
        Alarms::of(world).make(&format!("{}-5xx", world.name()), StateValue::Ok);
        Self { stage, blues, routes }
    }

    fn story(&self) -> Story<'_> {
        let world = self.stage.world.name();
        let place = format!(
            "load_balancer_names = [\"{world}-web\", \"{world}-api\"]\nalarms = [\"{world}-5xx\"]\nsteps = [50]\n\
             interval = \"1s\"\npoll_interval = \"1s\"\n"
        );
        Story::lay("swarm-to-eks", &self.stage, &place)
    }

    /// Who is in each route with which weight: `orders` is blue's, `orders-green` green's.
    fn standing(&self) -> Vec<BTreeMap<String, i64>> {
        let start = format!("{}-", self.stage.world.name());
        let name = |arn: &str| arn.split('/').nth(1).unwrap().trim_start_matches(&start).to_owned();
        let weights = |route: &str| self.stage.world.route(route).weights();
        let of = |(_, route): &(usize, String)| {
            weights(route).iter().map(|(arn, weight)| (name(arn), i64::from(*weight))).collect()
        };
        self.routes.iter().map(of).collect()
    }

    /// What every route is to look like: blue's weight and green's, none for a side that is not in it.
    fn wanted(&self, blue: Option<i64>, green: Option<i64>) -> Vec<BTreeMap<String, i64>> {
        let of = |(service, _): &(usize, String)| {
            let service = SERVICES[*service];
            let sides = [(service.to_owned(), blue), (format!("{service}-green"), green)];
            sides.into_iter().filter_map(|(name, weight)| Some((name, weight?))).collect()
        };
        self.routes.iter().map(of).collect()
    }

    fn outputs(&self) -> Value {
        let run = self.stage.workspace.run(&["output", "-json"]).expect_success();
        serde_json::from_str(&run.stdout).unwrap()
    }

    /// Asserts that no write of the whole story did what none may do.
    fn assert_safe(&self) {
        let calls = self.stage.calls(0);
        for (service, blue) in self.blues.iter().enumerate() {
            let its: Vec<&str> =
                self.routes.iter().filter(|(of, _)| *of == service).map(|(_, arn)| arn.as_str()).collect();
            let of_it = |call: &&Call| call.route().is_some_and(|route| its.contains(&route));
            let calls: Vec<Call> = calls.iter().filter(of_it).cloned().collect();
            let green = self.stage.world.group_named(&format!("{}-green", blue.name));
            let green = green.and_then(|group| group.target_group_arn).unwrap();
            Ledger::of(&calls, &blue.arn, &green).assert_safe(Side::Green, &blue.name);
        }
    }
}

/// A target group of Swarm's nodes on a published port.
fn nodes(world: &World, service: &str) -> TargetGroup {
    let name = format!("{}-{service}", world.name());
    let request = world.client().create_target_group().name(&name).protocol(ProtocolEnum::Http).port(30001);
    let request = request.vpc_id(world.vpc()).target_type(TargetTypeEnum::Instance).health_check_path("/healthz");
    let arn = wait(request.send()).unwrap().target_groups()[0].target_group_arn().unwrap().to_owned();
    let nodes = ["i-0123456789abcdef0", "i-0123456789abcdef1"].map(|id| TargetDescription::builder().id(id).build());
    let request = world.client().register_targets().target_group_arn(&arn).set_targets(Some(nodes.to_vec()));
    wait(request.send()).unwrap();
    TargetGroup { name, arn }
}

#[test]
fn the_swarm_story_discovers_twins_shifts_and_finishes_every_service() {
    let swarm = Swarm::start("swarm");
    let (story, world) = (swarm.story(), &swarm.stage.world);
    let mut bindings = Bindings::of(world);
    let wanted = [
        swarm.wanted(Some(1), None),
        swarm.wanted(Some(1), None),
        swarm.wanted(Some(0), Some(100)),
        swarm.wanted(None, Some(100)),
    ];
    let points_at_blue = [5, 5, 5, 0];
    let name = |name: &str| format!("{}-{name}", world.name());
    let found = json!({
        name("api:80"): name("users"),
        name("api:80 path=/users/*"): name("users"),
        name("web:80"): name("search"),
        name("web:80 host=orders.example.com"): name("orders"),
        name("web:80 path=/orders/*"): name("orders"),
    });
    assert_eq!(story.pull_requests.len(), wanted.len());
    for (file, (wanted, points)) in story.pull_requests.iter().zip(wanted.into_iter().zip(points_at_blue)) {
        story.apply(file);
        assert_eq!(swarm.standing(), wanted, "{}", file.display());
        let outputs = swarm.outputs();
        assert_eq!(outputs["points_at_blue"]["value"], points, "{}", file.display());
        assert_eq!(outputs["found"]["value"], found, "{}", file.display());
        bindings.register();
    }
    let twin = world.group_named(&format!("{}-orders-green", world.name())).unwrap();
    assert_eq!((twin.target_type().unwrap().as_str(), twin.health_check_path()), ("ip", Some("/healthz")));
    swarm.assert_safe();

    // Blue is deleted where it is managed, and nothing here changes.
    for blue in &swarm.blues {
        wait(world.client().delete_target_group().target_group_arn(&blue.arn).send()).unwrap();
    }
    story.apply(&story.pull_requests[3]);
    // And green is handed over: what was made and moved stays.
    swarm.stage.workspace.write("main.tf", &story.text("handover/removed.tf"));
    swarm.stage.workspace.write("variables.tf", "");
    swarm.stage.workspace.write("terraform.tfvars", "");
    let since = swarm.stage.mark();
    swarm.stage.workspace.apply().expect_success();
    assert!(swarm.stage.writes(since).is_empty());
    assert!(swarm.stage.workspace.state()["values"].is_null(), "Terraform still knows something");
    assert_eq!(swarm.standing(), swarm.wanted(None, Some(100)));
}

#[test]
fn the_swarm_story_goes_back_from_wherever_it_says() {
    let swarm = Swarm::start("swarmtest");
    let mut bindings = Bindings::of(&swarm.stage.world);
    swarm.story().test(|| bindings.register());
    // From the very end as well: green is in no route, and its target groups are gone.
    assert_eq!(swarm.standing(), swarm.wanted(Some(100), None));
    assert_eq!(swarm.stage.world.groups().len(), 3);
}

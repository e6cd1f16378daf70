//! A stage under load, and the resource that moves it.

use std::sync::MutexGuard;
use std::time::Duration;

use eksmig_tests::http_api::HttpApi;
use eksmig_tests::lab::fleet::Fleet;
use eksmig_tests::lab::gateway::{Gateway, StageName};
use eksmig_tests::lab::load::Load;
use eksmig_tests::lab::ports::{BLUE, Ports};
use eksmig_tests::lab::turn;
use eksmig_tests::patience::until;
use eksmig_tests::rest_api::RestApi;
use eksmig_tests::stage::Stage;
use eksmig_tests::swap::hcl;
use eksmig_tests::terraform::Workspace;
use eksmig_tests::world::World;

/// Requests a second.
pub const RATE: u32 = 200;
/// How long anything that does not wait for a bake may take.
pub const LIMIT: Duration = Duration::from_secs(30);
/// What the requests ask for.
const ORDER: &str = "/orders/42";
const PROD: &str = "prod";

/// A stage `prod` that serves orders from blue, and Terraform before it. The fields are dropped in their order: who asks
/// first, then whom it asks.
pub struct Show {
    /// What serves the stage.
    pub gateway: Gateway,
    /// Both sides.
    pub ports: Ports,
    /// Terraform, and all that lies around.
    pub stage: Stage,
    prod: StageName,
    api: String,
    _turn: MutexGuard<'static, ()>,
}

impl Show {
    /// A REST API whose port is written out.
    pub fn rest(name: &str) -> Self {
        Self::rest_at(name, &BLUE.to_string(), &[])
    }

    /// A REST API whose port is this, with these variables of the stage.
    pub fn rest_at(name: &str, port: &str, variables: &[(&str, &str)]) -> Self {
        Self::of(name, |world, ports| {
            let api = RestApi::new(world, &ports.balancer);
            api.orders(port);
            api.deploy(PROD, variables);
            (format!("rest_api_id = {:?}", api.id), api.id)
        })
    }

    /// An HTTP API.
    pub fn http(name: &str, deploys_by_itself: bool) -> Self {
        Self::of(name, |world, ports| {
            let api = HttpApi::new(world);
            api.route("ANY /orders/{proxy+}", &ports.blue_listener);
            api.stage(PROD, deploys_by_itself);
            if !deploys_by_itself {
                api.deploy(PROD);
            }
            (format!("http_api_id = {:?}", api.id), api.id)
        })
    }

    fn of(name: &str, make: impl FnOnce(&World, &Ports) -> (String, String)) -> Self {
        let turn = turn();
        let world = World::new(name);
        let ports = Ports::start(&world);
        let (api, id) = make(&world, &ports);
        let prod = StageName::new(&id, PROD);
        let mut gateway = Gateway::start(&world, &ports.site, &[&prod]);
        gateway.note_share(&prod, ORDER, &ports.green_listener);
        let stage = Stage::with(world, Workspace::new());
        let show = Self { gateway, ports, stage, prod, api, _turn: turn };
        show.wait_for(0.0);
        show
    }

    /// Starts the requests.
    pub fn load(&self) -> Load {
        self.gateway.load(&self.prod, ORDER, RATE)
    }

    /// The HCL that moves the stage to a green percent.
    pub fn hcl(&self, green_weight: f64, more: &str) -> String {
        hcl(&self.api, [&self.ports.blue_listener, &self.ports.green_listener], green_weight, more)
    }

    /// Applies, which must succeed and leave nothing to do.
    #[track_caller]
    pub fn settle(&self, green_weight: f64, more: &str) {
        self.stage.workspace.write("main.tf", &self.hcl(green_weight, more));
        self.stage.workspace.apply().expect_success();
        self.stage.workspace.assert_settled();
    }

    /// Starts to apply.
    pub fn begin(&self, green_weight: f64, more: &str) -> eksmig_tests::terraform::Running {
        self.stage.workspace.write("main.tf", &self.hcl(green_weight, more));
        self.stage.workspace.spawn_apply()
    }

    /// The time in the lab.
    pub fn now(&self) -> Duration {
        self.ports.site.journal.now()
    }

    /// The green percents that the stage was seen to follow, in order.
    pub fn asked(&self) -> Vec<f64> {
        self.ports.site.journal.asked().into_iter().map(|(_, percent)| percent).collect()
    }

    /// Waits until the stage follows a green percent; since when.
    #[track_caller]
    pub fn wait_for(&self, percent: f64) -> Duration {
        until(LIMIT, &format!("stage at {percent} %"), || {
            self.ports.site.journal.asked().last().filter(|(_, asked)| *asked == percent).map(|(at, _)| *at)
        })
    }

    /// Waits until this many requests were sent and answered from now on.
    #[track_caller]
    pub fn wait_for_requests(&self, load: &Load, count: usize) {
        let from = self.now();
        until(LIMIT, "requests", || (load.tally().within(from, self.now()).sent >= count).then_some(()));
    }

    /// Waits until all targets of a side are in this state.
    #[track_caller]
    pub fn wait_for_state(&self, fleet: &Fleet, state: &str) {
        until(LIMIT, state, || fleet.all_are(&self.stage.world, state).then_some(()));
    }

    /// The provider's writes so far.
    pub fn writes(&self) -> Vec<String> {
        self.stage.writes(0).into_iter().map(|call| call.action).collect()
    }
}

//! The data plane of API Gateway: stages are real ports on the loopback interface, in front of a site's listeners.
//!
//! ```no_run
//! # use eksmig_tests::{lab::{gateway::{Gateway, StageName}, ports::Ports}, rest_api::RestApi, world::World};
//! # let world = World::new("swap");
//! # let ports = Ports::start(&world);
//! # let prod = StageName::new("a1b2c3", "prod");
//! let gateway = Gateway::start(&world, &ports.site, &[&prod]);
//! let load = gateway.load(&prod, "/orders/42", 200);
//! let by_side = load.stop().total();
//! ```
//!
//! | file | what it holds |
//! |---|---|
//! | `told` | what the emulator says of stages and VPC links |
//! | `pattern`, `table` | which resource or route a request is for (pure) |
//! | `mapping`, `aim` | where its integration sends it, and as what (pure) |
//! | `lots`, `served` | which deployment has its turn: the stage's, or its canary's |
//! | `door`, `answer` | the port, and the requests that come through it |

mod aim;
mod answer;
mod door;
mod lots;
mod mapping;
mod pattern;
mod served;
mod table;
pub mod told;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tokio::sync::watch::{Receiver, Sender, channel};
use tokio::task::JoinHandle;

use self::aim::{Aim, Via};
use self::door::{Door, Open};
use self::served::Served;
use self::told::Told;
use super::journal::{Journal, Kind};
use super::load::{Destination, Load, Plan};
use super::pause::pause;
use super::plane::Doors;
use super::site::{PROPAGATION, Site};
use super::visit::Visit;
use crate::blocking::{beside, wait};
use crate::emulator::Emulator;
use crate::patience::until;
use crate::world::World;

/// How long one look at the control plane waits for something new.
const LOOK: Duration = Duration::from_secs(1);
/// How long anything of the data plane's may take to happen in a test.
const LIMIT: Duration = Duration::from_secs(20);
/// The seed of the lots where a test does not say.
const SEED: u64 = 20_261_122;
/// The longest that a load goes on, in seconds.
const LONGEST: usize = 120;

/// A stage of an API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageName {
    /// The API's id.
    pub api: String,
    /// The stage's name.
    pub stage: String,
}

impl StageName {
    /// A stage of an API.
    pub fn new(api: &str, stage: &str) -> Self {
        Self { api: api.to_owned(), stage: stage.to_owned() }
    }
}

/// Stages that really serve. They end with this value.
#[derive(Debug)]
pub struct Gateway {
    control: Control,
    journal: Arc<Journal>,
    told: Receiver<Arc<Told>>,
    open: Vec<Open>,
    tasks: Vec<JoinHandle<()>>,
}

impl Gateway {
    /// Serves these stages in front of a site's listeners, whether they are there yet or not. What changes is served so
    /// much later as with load balancers.
    pub fn start(world: &World, site: &Site, stages: &[&StageName]) -> Self {
        Self::start_with(world, site, stages, PROPAGATION, SEED)
    }

    /// The same with a propagation and a seed for the lots of one's own.
    pub fn start_with(world: &World, site: &Site, stages: &[&StageName], propagation: Duration, seed: u64) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new()).build(connector);
        let door = |name: &&StageName| Door::new((*name).clone(), seed, site.plane.doors(), client.clone());
        let open: Vec<Open> = stages.iter().map(|name| wait(Open::new(door(name)))).collect();
        let stages: Vec<String> = stages.iter().map(|name| format!("{}:{}", name.api, name.stage)).collect();
        let control =
            Control { emulator: world.emulator(), region: world.region().to_owned(), stages: stages.join(",") };
        let (sender, told) = channel(Arc::default());
        let doors = open.iter().map(|open| Arc::clone(&open.door)).collect();
        let tasks = vec![beside(follow(control.clone(), propagation, doors, sender))];
        let gateway = Self { control, journal: Arc::clone(&site.journal), told, open, tasks };
        gateway.catch_up();
        gateway
    }

    /// Where a stage is reached: as by a custom domain that is mapped to it, so that paths begin without its name.
    pub fn address(&self, stage: &StageName) -> SocketAddr {
        self.of(stage).address
    }

    /// A GET through a stage.
    pub fn visit(&self, stage: &StageName, path: &str) -> Visit {
        Visit::to(self.address(stage), path)
    }

    /// Starts a load of so many requests a second through a stage, for two minutes at most.
    pub fn load(&self, stage: &StageName, path: &str, rate: u32) -> Load {
        let (host, path) = ("orders.example.com".to_owned(), path.to_owned());
        let plan =
            Plan { to: Destination::Door(self.address(stage)), host, path, rate, limit: rate as usize * LONGEST };
        Load::start(plan, &self.journal)
    }

    /// Notes in the site's journal the percent of requests for a path that go to a listener, whenever it is another.
    pub fn note_share(&mut self, stage: &StageName, path: &str, green_listener: &str) {
        let door = Arc::clone(&self.of(stage).door);
        let (mut told, journal) = (self.told.clone(), Arc::clone(&self.journal));
        let (path, green) = (path.to_owned(), green_listener.to_owned());
        self.tasks.push(beside(async move {
            let mut last = None;
            loop {
                told.borrow_and_update();
                let percent = door.served().and_then(|served| {
                    served.percent(&door.name.stage, &path, |aim| leads_to(aim, &green, &door.listeners))
                });
                if let Some(percent) = percent.filter(|percent| last != Some(*percent)) {
                    journal.note(Kind::Asked(percent), format!("green {percent} %"));
                    last = Some(percent);
                }
                if told.changed().await.is_err() {
                    return;
                }
            }
        }));
    }

    /// Waits until all that the control plane knows now is served.
    #[track_caller]
    pub fn catch_up(&self) {
        let now = wait(self.control.look(None)).version;
        until(LIMIT, "stages that follow", || (self.told.borrow().version >= now).then_some(()));
    }

    #[track_caller]
    fn of(&self, stage: &StageName) -> &Open {
        let mut open = self.open.iter();
        open.find(|open| open.door.name == *stage).unwrap_or_else(|| panic!("{stage:?} is not served here"))
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

fn leads_to(aim: &Aim, listener: &str, listeners: &Doors) -> bool {
    match &aim.via {
        Via::Listener(arn) => arn == listener,
        Via::Port(balancer, port) => listeners.at(balancer, *port).is_some_and(|(arn, _)| arn == listener),
    }
}

/// Has the doors serve what the control plane knows, for as long as they are there.
async fn follow(control: Control, propagation: Duration, doors: Vec<Arc<Door>>, sender: Sender<Arc<Told>>) {
    let mut last: Option<Arc<Told>> = None;
    loop {
        let told = Arc::new(control.look(last.as_ref().map(|told| told.version)).await);
        let same = |last: &Arc<Told>| last.stages == told.stages && last.links == told.links;
        if !last.as_ref().is_some_and(same) {
            pause(propagation).await;
            let links = Arc::new(told.links.clone());
            for (door, stage) in doors.iter().zip(&told.stages) {
                door.serve(stage.as_ref().map(|stage| Served::new(stage, &links)));
            }
        }
        sender.send_replace(Arc::clone(&told));
        last = Some(told);
    }
}

/// Where stages are looked up.
#[derive(Debug, Clone)]
struct Control {
    emulator: &'static Emulator,
    region: String,
    stages: String,
}

impl Control {
    /// What is known of the stages, once it is newer than what was seen or a look's time is over.
    async fn look(&self, seen: Option<u64>) -> Told {
        let wait = seen.map(|seen| format!("&seen={seen}&wait={}", LOOK.as_millis())).unwrap_or_default();
        let what = format!("stages?region={}&stages={}{wait}", self.region, self.stages);
        serde_json::from_value(self.emulator.asked("GET", &what, &Value::Null).await).unwrap()
    }
}

//! The data plane: every listener of some load balancers is a real port on the loopback interface.

mod asked;
mod balancer;
mod cookie;
mod counted;
mod door;
mod network;
mod pattern;
pub mod routes;
mod split;
mod table;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tokio::sync::watch::{Receiver, Sender, channel};
use tokio::task::JoinHandle;

pub(super) use self::balancer::OF_A_CONNECTION;
pub use self::counted::Counted;
pub use self::door::Doors;
use self::door::Open;
use self::routes::Routes;
use self::table::{Groups, Table, groups};
use super::health::Health;
use super::pause::pause;
use crate::blocking::{beside, wait};
use crate::emulator::Emulator;
use crate::patience::until;

/// How long one look at the control plane waits for something new.
const LOOK: Duration = Duration::from_secs(1);
/// How long anything of the data plane's may take to happen in a test.
const LIMIT: Duration = Duration::from_secs(20);

/// A running data plane. It ends with this value.
#[derive(Debug)]
pub struct Plane {
    emulator: &'static Emulator,
    balancers: Vec<String>,
    routes: Receiver<Arc<Routes>>,
    doors: Doors,
    counted: Arc<Counted>,
    task: JoinHandle<()>,
}

impl Plane {
    /// Serves the listeners of these load balancers. What changes is served so much later.
    pub fn start(emulator: &'static Emulator, balancers: &[&str], health: &Arc<Health>, propagation: Duration) -> Self {
        let balancers: Vec<String> = balancers.iter().map(|&arn| arn.to_owned()).collect();
        let (sender, routes) = channel(Arc::default());
        let doors = Doors::default();
        let counted = Arc::<Counted>::default();
        let follower = Follower {
            emulator,
            balancers: balancers.clone(),
            health: Arc::clone(health),
            propagation,
            doors: doors.clone(),
            counted: Arc::clone(&counted),
            sender,
        };
        let plane = Self { emulator, balancers, routes, doors, counted, task: beside(follower.follow()) };
        plane.catch_up();
        plane
    }

    /// What is served, and every change of it.
    pub fn routes(&self) -> Receiver<Arc<Routes>> {
        self.routes.clone()
    }

    /// What it counts.
    pub fn counted(&self) -> Arc<Counted> {
        Arc::clone(&self.counted)
    }

    /// The doors of its listeners, for whoever stands in front of this one.
    pub fn doors(&self) -> Doors {
        self.doors.clone()
    }

    /// The emulator whose control plane it follows.
    pub fn emulator(&self) -> &'static Emulator {
        self.emulator
    }

    /// The load balancers that it serves, by ARN, in the order in which they were given.
    pub fn balancers(&self) -> &[String] {
        &self.balancers
    }

    /// Where a listener is reached.
    #[track_caller]
    pub fn address(&self, listener: &str) -> SocketAddr {
        until(LIMIT, "open listener", || self.doors.address(listener))
    }

    /// Waits until all that the control plane knows now is served.
    #[track_caller]
    pub fn catch_up(&self) {
        let now = wait(look(self.emulator, &self.balancers, None)).version;
        until(LIMIT, "data plane that follows", || (self.routes.borrow().version >= now).then_some(()));
    }
}

impl Drop for Plane {
    fn drop(&mut self) {
        self.task.abort();
        self.doors.lock().clear();
    }
}

struct Follower {
    emulator: &'static Emulator,
    balancers: Vec<String>,
    health: Arc<Health>,
    propagation: Duration,
    doors: Doors,
    counted: Arc<Counted>,
    sender: Sender<Arc<Routes>>,
}

impl Follower {
    async fn follow(self) {
        let client = Client::builder(TokioExecutor::new()).build_http();
        let mut known = Groups::new();
        let mut seen = None;
        loop {
            let routes = look(self.emulator, &self.balancers, seen).await;
            if seen == Some(routes.version) {
                continue;
            }
            seen = Some(routes.version);
            pause(self.propagation).await;
            known = groups(&routes, &known);
            let listens = |arn: &String| routes.listeners.iter().any(|listener| listener.arn == *arn);
            self.doors.lock().retain(|arn, _| listens(arn));
            for listener in &routes.listeners {
                let door = self.doors.lock().get(&listener.arn).map(|open| Arc::clone(&open.door));
                match door {
                    Some(door) => door.set_table(Table::of(listener, &known, &door.table())),
                    None => {
                        let table = Table::of(listener, &known, &Table::default());
                        let open = Open::new(listener, table, (&self.health, &self.counted), &client).await;
                        self.doors.lock().insert(listener.arn.clone(), open);
                    }
                }
            }
            self.sender.send_replace(Arc::new(routes));
        }
    }
}

/// What the control plane knows, once it is newer than what was seen or a look's time is over.
async fn look(emulator: &Emulator, balancers: &[String], seen: Option<u64>) -> Routes {
    let wait = seen.map(|seen| format!("&seen={seen}&wait={}", LOOK.as_millis())).unwrap_or_default();
    let what = format!("routes?balancers={}{wait}", balancers.join(","));
    serde_json::from_value(emulator.asked("GET", &what, &Value::Null).await).unwrap()
}

//! The lab: real requests through a shift. Backends that answer, health checks of them, data planes that follow the
//! emulator's control plane, name servers of its zones, a load, and a picture of it all.
//!
//! | module | what it holds |
//! |---|---|
//! | `backend`, `fleet`, `cluster` | services that answer; a target group of them; that behind a load balancer |
//! | `estate` | many services behind a few load balancers |
//! | `checks`, `health` | health checks, and what they found |
//! | `plane`, `site` | the listeners of load balancers as real ports; those with their health checks |
//! | `published` | what CloudWatch is told of them |
//! | `gateway`, `ports` | API Gateway's stages as real ports in front of a site; a site with a port for each side |
//! | `dns` | name servers of a zone, and clients that keep their answers |
//! | `load`, `visit`, `tally` | requests at a rate, one request, and what became of them |
//! | `http_port` | a port that answers HTTP requests |
//! | `journal`, `picture`, `timeline` | what happened and when; the live view, and the SVG of a whole run |
//! | `pause` | letting time go by |

pub mod backend;
pub mod checks;
pub mod cluster;
pub mod dns;
pub mod estate;
pub mod fleet;
pub mod gateway;
pub mod health;
mod http_port;
pub mod journal;
pub mod load;
pub mod pause;
pub mod picture;
pub mod plane;
pub mod ports;
mod published;
pub mod site;
pub mod tally;
pub mod timeline;
pub mod visit;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_sdk_elasticloadbalancingv2::types::ProtocolEnum;
use tokio::task::JoinHandle;

use self::fleet::Fleet;
use self::journal::{Journal, Kind};
use self::load::{Destination, Load, Plan};
use self::plane::Plane;
use self::plane::routes::Routes;
use self::site::Site;
use crate::blocking::beside;
use crate::patience::until;
use crate::service::Service;
use crate::stage::Stage;
use crate::world::{forward, path};

/// How many backends each side has.
const BACKENDS: usize = 2;
/// How long the lab may take to be ready.
const LIMIT: Duration = Duration::from_secs(20);

/// One lab at a time: two loads on one machine would tell of the machine.
static TURN: Mutex<()> = Mutex::new(());

/// The turn of whoever wants to put a load on this machine. Waits for the others of this process; it ends with the value.
pub fn turn() -> MutexGuard<'static, ()> {
    // A test that failed in its turn has left nothing that would be in the way.
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A service behind a rule, with real backends on both sides and a port that real requests can go to.
#[derive(Debug)]
pub struct Lab {
    /// The scene: AWS, Terraform, the rule and the two target groups.
    pub service: Service,
    /// Blue's backends.
    pub blue: Fleet,
    /// Green's backends.
    pub green: Fleet,
    /// What serves it.
    pub site: Site,
    follow: JoinHandle<()>,
    _turn: MutexGuard<'static, ()>,
}

impl Lab {
    /// A lab whose rule forwards all to blue, and does not name green yet. `name` has 12 characters at most. Waits for
    /// other labs of this process to end.
    pub fn start(name: &str) -> Self {
        let turn = turn();
        let stage = Stage::new(name);
        let world = &stage.world;
        let blue = Fleet::new(world, "blue", ProtocolEnum::Http, BACKENDS);
        let green = Fleet::new(world, "green", ProtocolEnum::Http, BACKENDS);
        let balancer = world.application_balancer("lb");
        let to_blue = || vec![forward(&[(&blue.group, 100)])];
        let listener = world.listener(&balancer, ProtocolEnum::Http, 80, to_blue());
        let rule = world.rule(&listener, 10, vec![path("/orders/*")], to_blue());

        let site = Site::start(world, &[&balancer]);
        let follow = follow_share(&site.plane, &site.journal, &rule, &blue.group.arn, &green.group.arn);
        let (of_blue, of_green) = (blue.group.clone(), green.group.clone());
        let service = Service { stage, balancer, listener, rule, blue: of_blue, green: of_green };
        let lab = Self { service, blue, green, site, follow, _turn: turn };
        until(LIMIT, "healthy blue", || lab.blue.all_are(&lab.service.stage.world, "healthy").then_some(()));
        lab
    }

    /// Starts a load of so many requests a second on the rule, for two minutes at most.
    pub fn load(&self, rate: u32) -> Load {
        let plan = Plan {
            to: Destination::Door(self.site.plane.address(&self.service.listener)),
            host: "orders.example.com".to_owned(),
            path: "/orders/42".to_owned(),
            rate,
            limit: rate as usize * 120,
        };
        Load::start(plan, &self.site.journal)
    }

    /// Notes that somebody does something now.
    pub fn note(&self, what: &str) {
        self.site.journal.note(Kind::Deed, what);
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.follow.abort();
    }
}

/// Notes the green percent that the data plane follows, whenever it is another.
fn follow_share(plane: &Plane, journal: &Arc<Journal>, rule: &str, blue: &str, green: &str) -> JoinHandle<()> {
    let (mut routes, journal) = (plane.routes(), Arc::clone(journal));
    let [rule, blue, green] = [rule, blue, green].map(str::to_owned);
    beside(async move {
        let mut last = None;
        loop {
            let percent = percent(&routes.borrow_and_update(), &rule, &blue, &green);
            if let Some(percent) = percent.filter(|percent| last != Some(*percent)) {
                journal.note(Kind::Asked(percent), format!("green {percent} %"));
                last = Some(percent);
            }
            if routes.changed().await.is_err() {
                return;
            }
        }
    })
}

fn percent(routes: &Routes, rule: &str, blue: &str, green: &str) -> Option<f64> {
    let mut rules = routes.listeners.iter().flat_map(|listener| &listener.rules);
    let forward = rules.find(|found| found.arn == rule)?.actions.last()?.forward_config.as_ref()?;
    let of = |arn: &str| {
        forward.target_groups.iter().find(|part| part.target_group_arn == arn).map_or(0, |part| part.weight)
    };
    let (blue, green) = (f64::from(of(blue)), f64::from(of(green)));
    (blue + green > 0.0).then(|| green * 100.0 / (blue + green))
}

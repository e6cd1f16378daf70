//! Moving what runs in a cluster from one managed node group to another: stage by stage, each a pure question of what is
//! seen, so that a migration that was cut short is gone on with wherever it stands.
//!
//! | file | what it has |
//! |---|---|
//! | `picture` | what is seen, as plain structs |
//! | `orders` | what is to be done, and what is allowed |
//! | `verdict` | what becomes of each pod on blue, and why (pure) |
//! | `backing` | whose the targets of target groups are, and how healthy (pure) |
//! | `stage` | what is done next for each stage (pure) |
//! | `act`, `original` | what is done, and what is written on an object of what it was before |
//! | `record` | what a migration keeps of itself in the cluster |
//! | `ground` | what a migration needs of the world |
//! | `live` | the world as it is: a cluster by its API, and its node groups by EKS |
//! | `mover` | the work that the engine drives |

mod act;
mod backing;
mod ground;
mod live;
mod mover;
mod names;
mod orders;
mod original;
mod picture;
mod record;
mod refusal;
mod stage;
mod standing;
mod verdict;
#[cfg(test)]
mod world;

use std::sync::Arc;
use std::time::Duration;

use tracing::Instrument;

use crate::clock::Clock;
use crate::engine::driver::Driver;
use crate::engine::gate::{self, Side, Sides};
use crate::engine::itinerary::{Itinerary, Step};
use crate::engine::outcome::Report;

pub use act::{Act, Change, GroupAct, Keys, Object};
pub use ground::{Acted, Ground, TargetGroups, Trouble};
pub use live::Live;
pub use orders::{Allowed, Backing, Batches, Green, LaunchTemplate, Orders, Strategy, Twin};
pub use picture::{Condition, Kind, Name, Picture, Sizes, Target, Targets};
pub use record::Record;
pub use refusal::Refusal;
pub use stage::Stage;
pub use standing::Standing;
pub use verdict::{Judged, Verdict};

use mover::{Goal, Mover};
use stage::Scene;

/// For how long a run asks for the lease while another one has it: a little longer than one lasts whose holder is dead.
/// Whoever still has it then is alive.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long it waits between two asks.
const PAUSE: Duration = Duration::from_secs(2);
/// How long the last call of a run may take, which gives its lease back. The run may have been told to stop.
const LAST_CALL: Duration = Duration::from_millis(300);

/// The migration of a node group, on its ground.
#[derive(Clone)]
pub struct Migration {
    ground: Arc<dyn Ground>,
    clock: Arc<dyn Clock>,
    orders: Orders,
}

/// A run that began.
#[derive(Debug, Clone)]
pub struct Moved {
    /// Where everything was seen last.
    pub known: Standing,
    /// How it went.
    pub report: Report<Standing>,
}

impl Migration {
    /// A migration by these orders.
    pub fn new(ground: Arc<dyn Ground>, clock: Arc<dyn Clock>, orders: Orders) -> Self {
        Self { ground, clock, orders }
    }

    /// Reads where it stands.
    ///
    /// # Errors
    ///
    /// [`Refusal`], where there is no such node group, or nothing could be read.
    pub async fn look(&self) -> Result<Standing, Refusal> {
        Ok(self.seen().await?.0)
    }

    async fn seen(&self) -> Result<(Standing, Option<Record>), Refusal> {
        let record = self.ground.record().await?;
        let picture = whole(self.ground.as_ref(), &self.orders).await?;
        let Orders { blue, green, .. } = &self.orders;
        if picture.blue.is_none() && picture.green.is_none() {
            return Err(Refusal::NoGroup(blue.clone()));
        }
        if picture.green.is_none() && matches!(green, Green::Adopted(_)) {
            return Err(Refusal::NoGroup(green.name().to_owned()));
        }
        let scene = Scene { picture: &picture, orders: &self.orders, record: record.as_ref(), now: self.clock.wall() };
        Ok((Standing::of(&scene), record))
    }

    /// Whether target groups are named that bring blue its traffic.
    pub fn is_backed(&self) -> bool {
        !self.orders.backing.target_groups.is_empty()
    }

    /// Whether green is healthy enough for blue to leave the load balancers: a verdict for each target group.
    ///
    /// # Errors
    ///
    /// The cluster could not be looked at.
    pub async fn backed(&self) -> Result<Vec<gate::Verdict>, Trouble> {
        let picture = whole(self.ground.as_ref(), &self.orders).await?;
        Ok(backing::judge(&picture, &self.orders))
    }

    /// Migrates, from wherever it stands.
    ///
    /// # Errors
    ///
    /// [`Refusal`], where nothing was begun and nothing written.
    pub async fn run(&self, driver: &Driver) -> Result<Moved, Refusal> {
        let (standing, record) = self.unless_stopped(driver).await?;
        if let Some(other) = record.as_ref().filter(|record| record.green != self.orders.green.name()) {
            return Err(Refusal::Another { blue: other.blue.clone(), green: other.green.clone() });
        }
        if standing.stage.is_none() && record.is_none() {
            return Ok(idle(standing, "migrated"));
        }
        let refused: Vec<Judged> = standing.refused().cloned().collect();
        if !refused.is_empty() {
            return Err(Refusal::Pods(refused));
        }
        self.alone(driver).await?;
        let steps = Stage::left(&self.orders, record.as_ref());
        Ok(self.walk(&steps, standing, record, driver).await)
    }

    /// Puts everything back as it was, which there is a way to until blue is deleted.
    ///
    /// # Errors
    ///
    /// [`Refusal`], where nothing was begun and nothing written.
    pub async fn back(&self, driver: &Driver) -> Result<Moved, Refusal> {
        let (standing, record) = self.unless_stopped(driver).await?;
        if record.is_none() {
            return Ok(idle(standing, "nothing under way"));
        }
        if standing.past_return {
            return Err(Refusal::PastReturn(self.orders.blue.clone()));
        }
        self.alone(driver).await?;
        Ok(self.walk(&Stage::BACK, standing, record, driver).await)
    }

    async fn unless_stopped(&self, driver: &Driver) -> Result<(Standing, Option<Record>), Refusal> {
        tokio::select! {
            biased;
            () = driver.stop.cancelled() => Err(Refusal::Stopped),
            seen = self.seen() => seen,
        }
    }

    /// Makes sure that nobody else migrates node groups of the cluster. Who does is waited for as long as they may be dead.
    async fn alone(&self, driver: &Driver) -> Result<(), Refusal> {
        let began = self.clock.now();
        loop {
            let held = tokio::select! {
                biased;
                () = driver.stop.cancelled() => return Err(Refusal::Stopped),
                held = self.ground.hold() => held,
            };
            match held {
                Ok(()) => return Ok(()),
                Err(Trouble::Passing(why)) if self.clock.now().since(began) >= PATIENCE => {
                    return Err(Refusal::NotAlone(why));
                }
                Err(Trouble::Passing(_)) => {}
                Err(lasting) => return Err(lasting.into()),
            }
            tokio::select! {
                biased;
                () = driver.stop.cancelled() => return Err(Refusal::Stopped),
                () = self.clock.sleep(PAUSE) => {}
            }
        }
    }

    async fn walk(&self, stages: &[Stage], standing: Standing, record: Option<Record>, driver: &Driver) -> Moved {
        let way = itinerary(stages);
        let (ground, clock) = (self.ground.as_ref(), self.clock.as_ref());
        let mover = Mover::new(ground, &self.orders, clock, driver.stop.clone(), record);
        let report = driver.run(&mover, &way).instrument(tracing::info_span!("node group migration")).await;
        // Where that fails, others wait until it ends by itself.
        tokio::select! {
            biased;
            released = self.ground.release() => {
                released.unwrap_or_else(|trouble| tracing::warn!(%trouble, "the lease was not given back"));
            }
            () = clock.sleep(LAST_CALL) => {}
        }
        Moved { known: mover.standing().unwrap_or(standing), report }
    }
}

fn idle(standing: Standing, reached: &str) -> Moved {
    Moved { known: standing.clone(), report: Report::idle(standing, reached.to_owned()) }
}

/// Looks at everything, target groups too.
async fn whole(ground: &dyn Ground, orders: &Orders) -> Result<Picture, Trouble> {
    let picture = ground.picture().await?;
    let targets = ground.targets(&orders.backing.target_groups).await;
    Ok(Picture { targets: Some(targets), ..picture })
}

/// The steps of a run. By one of them green gets more traffic: when blue's nodes leave the load balancers. Gates are asked
/// before that one; the others bring pods, and wait for them.
fn itinerary(stages: &[Stage]) -> Itinerary<Goal> {
    let step = |stage: &Stage| Step {
        goal: Goal::Stage(*stage),
        label: stage.to_string(),
        rising: if *stage == Stage::Balancers { Sides::only(Side::Green) } else { Sides::NONE },
        serving: Sides { blue: true, green: true },
        interval: Duration::ZERO,
    };
    Itinerary {
        origin: Goal::Origin,
        origin_label: "where it was".to_owned(),
        origin_serving: Sides { blue: true, green: true },
        steps: stages.iter().map(step).collect(),
    }
}

#[cfg(test)]
mod tests;

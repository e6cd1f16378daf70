//! Moving an API's integrations between two ports of one network load balancer, stage by stage.

mod batch;
mod canary;
mod desk;
mod itinerary;
mod mover;
mod settle;
mod standing;
mod swap;
mod unplaced;
mod whole;
mod writes;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tracing::Instrument;

use crate::apigateway::difference::differences;
use crate::apigateway::error::Error;
use crate::apigateway::view::{ApiId, Stage, View};
use crate::engine::driver::Driver;
use crate::engine::outcome::Report;
use crate::schedule::{Ramp, Schedule};
use crate::share::Share;

pub use desk::Desk;
use itinerary::{itinerary, schedule};
use standing::port_variables;
pub use standing::{Position, Standing};
pub use swap::{Swap, Undeployed};
pub use unplaced::Unplaced;

/// How long a step waits for swaps that share its canary, or for another canary to end.
pub const PATIENCE: Duration = Duration::from_secs(600);

/// A swap, as it is carried out through one configuration.
#[derive(Debug, Clone)]
pub struct PortSwap {
    desk: Desk,
    swap: Arc<Swap>,
}

/// What a swap is to bring about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Green's share.
    pub target: Share,
    /// How to get there.
    pub ramp: Ramp,
    /// The shares by stage that were seen when the order was reviewed. A stage that has another one now stops the swap
    /// before it begins; one that is not listed is taken as it is.
    pub reviewed: BTreeMap<String, Share>,
    /// How long a step waits for swaps that share its canary, or for another canary to end; [`PATIENCE`] as a rule.
    pub patience: Duration,
}

/// What a swap would do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Where the stages stand.
    pub now: Position,
    /// The steps.
    pub schedule: Schedule,
    /// What a deployment would ship beside the swap's own edits, by stage, in words: other people's edits, and those of
    /// other swaps that were cut short.
    pub undeployed: BTreeMap<String, Vec<String>>,
}

/// A swap that did not begin. Nothing was written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Refusal {
    /// The swap has no place on a stage.
    #[error("stage {stage} of {api} cannot be moved: {source}")]
    Unplaced {
        /// The API.
        api: ApiId,
        /// The stage.
        stage: String,
        /// Why.
        #[source]
        source: Box<Unplaced>,
    },
    /// A part of the requests was asked for where there is none to be had.
    #[error("{0} has no canary releases, so green's share of it is 0% or 100%, in one step; leave the ramp out")]
    NoParts(ApiId),
    /// A part of the requests was asked for on a stage that serves both sides.
    #[error(
        "stage {stage} of {api} serves some of the integrations from blue and some from green, so that no part of its requests can be moved; move it to 0% or to 100% first, without a ramp"
    )]
    Mixed {
        /// The API.
        api: ApiId,
        /// The stage.
        stage: String,
    },
    /// A stage was moved after the order was reviewed.
    #[error("stage {stage} of {api} had {reviewed}% when this was planned and has {live}% now; plan again")]
    Stale {
        /// The API.
        api: ApiId,
        /// The stage.
        stage: String,
        /// The share that was reviewed.
        reviewed: Share,
        /// The share that is seen.
        live: Share,
    },
    /// The API could not be read.
    #[error(transparent)]
    Unread(#[from] Error),
    /// The run was to stop while the API was being read.
    #[error("the run was stopped before it began")]
    Stopped,
}

/// A swap that began.
pub type Swapped = crate::engine::standing::Began<Position>;

impl PortSwap {
    /// A swap at this desk.
    pub fn new(desk: Desk, swap: Swap) -> Self {
        let swap = Arc::new(swap);
        desk.meet(&swap);
        Self { desk, swap }
    }

    /// A swap that only looks: the others at the desk do not hear of it, and its edits are none of a known swap.
    pub(crate) fn aside(desk: Desk, swap: Swap) -> Self {
        Self { desk, swap: Arc::new(swap) }
    }

    /// Where the stages stand, up to 15 seconds old.
    ///
    /// # Errors
    ///
    /// [`Refusal`], where the swap has no place on one of them, or they cannot be read.
    pub async fn look(&self) -> Result<Position, Refusal> {
        self.position(&self.desk.apis.look(&self.swap.api, &self.swap.stages).await?)
    }

    /// What is seen of each stage, up to 15 seconds old: where it stands, or why the swap has no place on it.
    ///
    /// # Errors
    ///
    /// The API could not be read.
    pub async fn sights(&self) -> Result<BTreeMap<String, Result<Standing, Unplaced>>, Error> {
        let view = self.desk.apis.look(&self.swap.api, &self.swap.stages).await?;
        Ok(self.swap.stages.iter().map(|stage| (stage.clone(), self.place(&view, stage))).collect())
    }

    /// Where the stages stand now.
    ///
    /// # Errors
    ///
    /// As [`PortSwap::look`].
    pub(crate) async fn look_afresh(&self) -> Result<Position, Refusal> {
        self.position(&self.desk.apis.look_afresh(&self.swap.api, &self.swap.stages).await?)
    }

    /// What the swap would do.
    ///
    /// # Errors
    ///
    /// [`Refusal`], where it cannot be done as asked.
    pub async fn plan(&self, target: Share, ramp: &Ramp) -> Result<Plan, Refusal> {
        let view = self.desk.apis.look(&self.swap.api, &self.swap.stages).await?;
        let now = self.position(&view)?;
        let schedule = schedule(&now, target, ramp);
        self.refuse_parts(&now, &schedule)?;
        let undeployed = self.undeployed_in(&view);
        Ok(Plan { now, schedule, undeployed })
    }

    /// What a deployment of the swap would ship beside its own edits, by stage, in words. A stage on which a stage
    /// variable holds every port of the swap is left out: nothing is deployed to it.
    ///
    /// # Errors
    ///
    /// [`Refusal`], where the swap has no place on a stage, or they cannot be read.
    pub async fn undeployed(&self) -> Result<BTreeMap<String, Vec<String>>, Refusal> {
        let view = self.desk.apis.look(&self.swap.api, &self.swap.stages).await?;
        self.position(&view)?;
        let mut undeployed = self.undeployed_in(&view);
        undeployed.retain(|name, _| view.stages.get(name).is_some_and(|stage| self.deploys(&view, stage)));
        Ok(undeployed)
    }

    /// Whether the swap changes an integration for this stage, and not only stage variables.
    fn deploys(&self, view: &View, stage: &Stage) -> bool {
        view.live.iter().filter(|(route, _)| self.swap.selects(route)).any(|(_, live)| {
            let ours = self.swap.side(view, &live.integration, &stage.variables).is_some();
            ours && live.integration.port_variable(&stage.variables).is_none()
        })
    }

    fn undeployed_in(&self, view: &View) -> BTreeMap<String, Vec<String>> {
        let words = |stage: &String| {
            let served = view.stages.get(stage).filter(|stage| !stage.automatic).map(|stage| &stage.served)?;
            let found = differences(&view.live, served).into_iter().filter(|one| !self.is_own(view, stage, &one.route));
            let found: Vec<String> = found.map(|one| format!("{}: {}", one.route, one.what)).collect();
            (!found.is_empty()).then(|| (stage.clone(), found))
        };
        self.swap.stages.iter().filter_map(words).collect()
    }

    /// Whether a route leads to one of the swap's ports, edited or not, so that its edit is the swap's own.
    fn is_own(&self, view: &View, stage: &str, route: &str) -> bool {
        let (Some(stage), Some(live)) = (view.stages.get(stage), view.live.get(route)) else { return false };
        let ours = |integration| self.swap.side(view, integration, &stage.variables).is_some();
        self.swap.selects(route) && ours(&live.integration) && stage.served.get(route).is_some_and(ours)
    }

    fn place(&self, view: &View, stage: &str) -> Result<Standing, Unplaced> {
        let mut variables = self.desk.variables(&self.swap.api, view, stage);
        // A swap that only looks is not known at the desk.
        variables
            .extend(view.stages.get(stage).map(|stage| port_variables(&self.swap, view, stage)).unwrap_or_default());
        standing::standing(&self.swap, view, stage, &variables)
    }

    fn position(&self, view: &View) -> Result<Position, Refusal> {
        let place = |stage: &String| {
            let unplaced = |why| {
                let (api, stage) = (self.swap.api.clone(), stage.clone());
                Refusal::Unplaced { api, stage, source: Box::new(why) }
            };
            Ok((stage.clone(), self.place(view, stage).map_err(unplaced)?))
        };
        self.swap.stages.iter().map(place).collect()
    }

    /// Refuses parts of the requests where there are none to be had.
    fn refuse_parts(&self, now: &Position, schedule: &Schedule) -> Result<(), Refusal> {
        if !schedule.steps.iter().any(|step| step.shares.iter().any(|share| share.is_split())) {
            return Ok(());
        }
        if matches!(self.swap.api, ApiId::Http(_)) {
            return Err(Refusal::NoParts(self.swap.api.clone()));
        }
        match now.iter().find(|(_, standing)| standing.base.is_none()) {
            Some((stage, _)) => Err(Refusal::Mixed { api: self.swap.api.clone(), stage: stage.clone() }),
            None => Ok(()),
        }
    }

    /// Carries out the order. Every stage is looked at before anything is written.
    ///
    /// # Errors
    ///
    /// [`Refusal`], where nothing was begun and nothing written.
    pub async fn run(&self, order: &Order, driver: &Driver) -> Result<Swapped, Refusal> {
        let before = tokio::select! {
            biased;
            () = driver.stop.cancelled() => return Err(Refusal::Stopped),
            seen = self.look_afresh() => seen?,
        };
        for (stage, reviewed) in &order.reviewed {
            if let Some(live) = before.get(stage).map(|seen| seen.share).filter(|live| live != reviewed) {
                let (api, stage) = (self.swap.api.clone(), stage.clone());
                return Err(Refusal::Stale { api, stage, reviewed: *reviewed, live });
            }
        }
        self.refuse_parts(&before, &schedule(&before, order.target, &order.ramp))?;
        let way = itinerary(&before, order.target, &order.ramp);
        if way.steps.is_empty() {
            let report = Report::idle(before.clone(), way.origin_label);
            return Ok(Swapped { known: before.clone(), before, report });
        }
        let mover = mover::Mover::new(self, before.clone(), order.patience, driver.stop.clone());
        let span = tracing::info_span!("swap", api = %self.swap.api, mark = %self.swap.mark());
        let report = driver.run(&mover, &way).instrument(span).await;
        Ok(Swapped { before, known: mover.known(), report })
    }
}

//! Moving the share of two target groups over any number of routes, all together.

mod itinerary;
mod mover;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tracing::Instrument;

use crate::elb::Error;
use crate::elb::arn::RouteArn;
use crate::elb::forward::{self, ForwardError, Idle, Pair};
use crate::elb::read::{ElbReader, Route};
use crate::elb::write::ElbWriter;
use crate::engine::driver::Driver;
use crate::engine::outcome::Report;
use crate::engine::standing;
use crate::schedule::Ramp;
use crate::share::{Share, Weights};

pub use itinerary::{Goal, Unmovable, final_position, itinerary, schedule};

/// The weights of every route of a shift.
pub type Position = standing::Position<RouteArn>;

/// What is seen of one route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sight {
    /// The route does not exist.
    Missing,
    /// It exists, and is no route of this pair.
    Foreign(ForwardError),
    /// It forwards to the pair.
    Seen(Seen),
}

/// A route that forwards to the pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its weights.
    pub weights: Weights,
    /// How long clients may be kept on the target group they met first.
    pub stickiness: Option<Duration>,
}

/// A shift between two target groups.
#[derive(Debug, Clone)]
pub struct WeightedShift {
    reader: ElbReader,
    writer: ElbWriter,
    pair: Pair,
    routes: BTreeSet<RouteArn>,
}

/// What a shift is to bring about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Green's share.
    pub target: Share,
    /// How to get there.
    pub ramp: Ramp,
    /// What becomes of a side that ends at weight 0.
    pub idle: Idle,
    /// The weights that were seen when the order was reviewed. A route that has another share now, or that would end
    /// with other weights, stops the shift before it begins. A route that is not listed was not reviewed, and is taken
    /// as it is.
    pub reviewed: Position,
}

/// A shift that did not begin. Nothing was written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Refusal {
    /// A route does not exist.
    #[error("route {0} does not exist")]
    Missing(RouteArn),
    /// A route cannot be moved as asked.
    #[error(transparent)]
    Unmovable(#[from] Unmovable),
    /// A route was moved after the order was reviewed.
    #[error("route {route} had {reviewed} when this was planned and has {live} now")]
    Stale {
        /// The route.
        route: RouteArn,
        /// The weights that were reviewed.
        reviewed: Box<Weights>,
        /// The weights that are seen.
        live: Box<Weights>,
    },
    /// The routes could not be read.
    #[error(transparent)]
    Unread(#[from] Error),
    /// The run was to stop while the routes were being read.
    #[error("the run was stopped before it began")]
    Stopped,
}

/// A shift that began.
pub type Shifted = standing::Shifted<RouteArn>;

impl WeightedShift {
    /// A shift of the pair over these routes.
    pub fn new(reader: ElbReader, writer: ElbWriter, pair: Pair, routes: BTreeSet<RouteArn>) -> Self {
        Self { reader, writer, pair, routes }
    }

    /// Reads the routes, sharing the reads with everyone who asks in the same while.
    ///
    /// # Errors
    ///
    /// What AWS answered.
    pub async fn look(&self) -> Result<BTreeMap<RouteArn, Sight>, Error> {
        Ok(self.sights(self.reader.routes(&self.routes).await?))
    }

    /// Reads the routes from AWS as they are now.
    ///
    /// # Errors
    ///
    /// What AWS answered.
    pub async fn look_afresh(&self) -> Result<BTreeMap<RouteArn, Sight>, Error> {
        Ok(self.sights(self.reader.routes_fresh(&self.routes).await?))
    }

    fn sights(&self, routes: BTreeMap<RouteArn, Option<Route>>) -> BTreeMap<RouteArn, Sight> {
        let sight = |route: &Option<Route>| match route {
            None => Sight::Missing,
            Some(route) => match forward::weights(&route.actions, &self.pair) {
                Err(error) => Sight::Foreign(error),
                Ok(weights) => Sight::Seen(Seen { weights, stickiness: forward::stickiness(&route.actions) }),
            },
        };
        routes.iter().map(|(arn, route)| (arn.clone(), sight(route))).collect()
    }

    /// Carries out the order. Every route is verified before any is written.
    ///
    /// # Errors
    ///
    /// [`Refusal`], where nothing was begun and nothing written.
    pub async fn run(&self, order: &Order, driver: &Driver) -> Result<Shifted, Refusal> {
        let seen = tokio::select! {
            biased;
            () = driver.stop.cancelled() => return Err(Refusal::Stopped),
            seen = self.look_afresh() => seen?,
        };
        let before = position(seen)?;
        self.refuse_stale(order, &before)?;
        let way = itinerary(&before, order.target, &order.ramp, order.idle)?;
        if way.steps.is_empty() {
            let report = Report::idle(before.clone(), way.origin_label);
            return Ok(Shifted { known: before.clone(), before, report });
        }
        let mover = mover::Mover::new(self, before.clone(), driver.stop.clone());
        let span = tracing::info_span!("shift", blue = self.pair.blue.name(), green = self.pair.green.name());
        let report = driver.run(&mover, &way).instrument(span).await;
        Ok(Shifted { before, known: mover.known(), report })
    }

    /// Compares what is there with what was reviewed, where it came from and where it would lead.
    fn refuse_stale(&self, order: &Order, live: &Position) -> Result<(), Refusal> {
        let ends = |position: &Position| final_position(position, order.target, &order.ramp, order.idle);
        for (route, reviewed) in &order.reviewed {
            let Some(seen) = live.get(route) else { continue };
            let only = |weights: &Weights| Position::from([(route.clone(), weights.clone())]);
            if reviewed.share() != seen.share() || ends(&only(reviewed))? != ends(&only(seen))? {
                return Err(Refusal::Stale {
                    route: route.clone(),
                    reviewed: Box::new(reviewed.clone()),
                    live: Box::new(seen.clone()),
                });
            }
        }
        Ok(())
    }
}

/// The weights of routes that were all seen.
///
/// # Errors
///
/// [`Refusal`], for the first that was not.
pub fn position(sights: BTreeMap<RouteArn, Sight>) -> Result<Position, Refusal> {
    sights
        .into_iter()
        .map(|(route, sight)| match sight {
            Sight::Seen(seen) => Ok((route, seen.weights)),
            Sight::Missing => Err(Refusal::Missing(route)),
            Sight::Foreign(source) => Err(Refusal::Unmovable(Unmovable { route, source })),
        })
        .collect()
}

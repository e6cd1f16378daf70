//! Moving the share of two target groups over any number of routes, all together.

mod mover;
mod routes;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tracing::Instrument;

use crate::elb::Error;
use crate::elb::arn::RouteArn;
use crate::elb::forward::{self, ForwardError, Pair};
use crate::elb::read::{ElbReader, Route};
use crate::elb::write::ElbWriter;
use crate::engine::driver::Driver;
use crate::engine::outcome::Report;
use crate::engine::shift::{self, Order, Stale, Unmovable};
use crate::engine::standing;
use crate::share::Weights;

pub use routes::Routes;

/// The weights of every route of a shift.
pub type Position = shift::Position<RouteArn>;

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

/// A shift that did not begin. Nothing was written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Refusal {
    /// A route does not exist.
    #[error("route {0} does not exist")]
    Missing(RouteArn),
    /// A route cannot be moved as asked.
    #[error(transparent)]
    Unmovable(#[from] Unmovable<Routes>),
    /// A route was moved after the order was reviewed.
    #[error(transparent)]
    Stale(#[from] Stale<Routes>),
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
    pub async fn run(&self, order: &Order<RouteArn>, driver: &Driver) -> Result<Shifted, Refusal> {
        let seen = tokio::select! {
            biased;
            () = driver.stop.cancelled() => return Err(Refusal::Stopped),
            seen = self.look_afresh() => seen?,
        };
        let before = position(seen)?;
        if let Some(stale) = shift::stale::<Routes>(&order.reviewed, &before, &order.aim)? {
            return Err(stale.into());
        }
        let way = shift::itinerary::<Routes>(&before, &order.aim)?;
        if way.steps.is_empty() {
            let report = Report::idle(before.clone(), way.origin_label);
            return Ok(Shifted { known: before.clone(), before, report });
        }
        let mover = mover::Mover::new(self, before.clone(), driver.stop.clone());
        let span = tracing::info_span!("shift", blue = self.pair.blue.name(), green = self.pair.green.name());
        let report = driver.run(&mover, &way).instrument(span).await;
        Ok(Shifted { before, known: mover.known(), report })
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
            Sight::Foreign(source) => Err(Refusal::Unmovable(Unmovable { at: route, source })),
        })
        .collect()
}

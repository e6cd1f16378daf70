//! A side that is to be drained: what it consists of in AWS, and how that is looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

use async_trait::async_trait;
use tokio::sync::OnceCell;

use super::cloudwatch;
use super::evidence::{Hold, Look, Untold};
use super::holds;
use super::place::Place;
use super::wait::Watch;
use crate::elb::{self, ElbReader, ListenerArn, LoadBalancerArn, LoadBalancerKind, RouteArn, TargetGroupArn, forward};

/// A side without weight.
#[derive(Debug, Default)]
pub struct IdleSide {
    /// Its target groups, each with the load balancers that sent to it.
    pub groups: BTreeMap<TargetGroupArn, BTreeSet<LoadBalancerArn>>,
    /// Load balancers that are its own as a whole.
    pub balancers: BTreeSet<LoadBalancerArn>,
    /// The routes on which its weight is zero, which may keep clients on it by a cookie.
    pub routes: BTreeSet<RouteArn>,
    /// The listeners whose flows may be open.
    pub listeners: BTreeSet<ListenerArn>,
    /// What may bring clients back besides.
    pub holds: Vec<Hold>,
    /// What of it is counted nowhere, in words.
    pub uncounted: Vec<String>,
}

/// A side, looked at through a reader.
#[derive(Debug)]
pub struct WatchedSide<'a> {
    reader: &'a ElbReader,
    side: IdleSide,
    /// What does not change while it is waited for: read once.
    found: OnceCell<(Vec<Place>, Vec<Hold>)>,
}

impl IdleSide {
    /// The side, to be looked at through this reader.
    pub fn watched(self, reader: &ElbReader) -> WatchedSide<'_> {
        WatchedSide { reader, side: self, found: OnceCell::new() }
    }
}

impl WatchedSide<'_> {
    /// What may bring clients back.
    ///
    /// # Errors
    ///
    /// What could not be read.
    pub async fn holds(&self) -> Result<&[Hold], elb::Error> {
        Ok(&self.found().await?.1)
    }

    async fn found(&self) -> Result<&(Vec<Place>, Vec<Hold>), elb::Error> {
        self.found.get_or_try_init(|| self.find()).await
    }

    async fn find(&self) -> Result<(Vec<Place>, Vec<Hold>), elb::Error> {
        let Self { reader, side, .. } = self;
        let (mut places, mut found) = (Vec::new(), side.holds.clone());
        let mut balancers = side.balancers.clone();
        let mut listeners = side.listeners.clone();
        for (group, sent_by) in &side.groups {
            match reader.group_attributes(group).await {
                // Nothing goes to a target group that is gone.
                Err(error) if error.is_not_found() => continue,
                attributes => found.extend(holds::of_group(group, &attributes?)),
            }
            places.extend(sent_by.iter().map(|balancer| Place::group(balancer, group)));
            balancers.extend(sent_by.iter().cloned());
        }
        for balancer in &side.balancers {
            let behind = reader.health_behind(balancer).await?;
            places.push(Place::balancer(balancer, &behind.into_keys().collect()));
            if balancer.kind() == LoadBalancerKind::Network {
                listeners.extend(reader.ports_of(balancer).await?.unwrap_or_default().into_keys());
            }
        }
        for (route, seen) in reader.routes_fresh(&side.routes).await? {
            let stickiness = seen.and_then(|route| forward::stickiness(&route.actions));
            found.extend(stickiness.map(|duration| holds::of_route(&route, duration)));
        }
        for balancer in balancers.iter().filter(|balancer| balancer.kind() == LoadBalancerKind::Application) {
            found.push(holds::of_balancer(balancer, &reader.balancer_attributes(balancer).await?));
        }
        for listener in &listeners {
            found.push(holds::of_listener(listener, &reader.listener_attributes(listener).await?));
        }
        Ok((places, found))
    }
}

#[async_trait]
impl Watch for WatchedSide<'_> {
    async fn look(&self, from: SystemTime) -> Look {
        let uncounted = self.side.uncounted.iter().map(|why| Untold { why: why.clone(), later: false });
        let mut untold: Vec<Untold> = uncounted.collect();
        let (places, holds) = match self.found().await {
            Ok(found) => found,
            Err(error) => {
                untold.push(Untold { why: error.to_string(), later: error.retryable() });
                return Look { untold, ..Look::default() };
            }
        };
        // The hour before shows whether anything is counted there at all.
        let from = from.checked_sub(std::time::Duration::from_secs(3600)).unwrap_or(from);
        let counters: BTreeSet<_> = places.iter().flat_map(Place::counters).collect();
        if counters.is_empty() {
            return Look { places: Vec::new(), holds: holds.clone(), untold };
        }
        let read = cloudwatch::read(self.reader.aws(), counters, from).await;
        let seen =
            |place: &Place| (place.name.clone(), read.as_ref().map(|series| place.seen(series)).map_err(Clone::clone));
        Look { places: places.iter().map(seen).collect(), holds: holds.clone(), untold }
    }
}

//! A side that is to be drained: what it consists of in AWS, and how that is looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use tokio::sync::OnceCell;

use super::cloudwatch;
use super::evidence::{Hold, Look, Untold};
use super::holds;
use super::place::Place;
use super::wait::Watch;
use crate::elb::{self, ElbReader, ListenerArn, LoadBalancerArn, LoadBalancerKind, RouteArn, TargetGroupArn, forward};

/// How much more is looked back over: whether a place was counted while it served shows whether it is counted at all.
const HISTORY: Duration = Duration::from_secs(3600);

/// A side without weight.
#[derive(Debug, Default)]
pub struct IdleSide {
    /// Its target groups, each with the load balancers that sent to it.
    pub groups: BTreeMap<TargetGroupArn, BTreeSet<LoadBalancerArn>>,
    /// Load balancers that are its own as a whole.
    pub balancers: BTreeSet<LoadBalancerArn>,
    /// DNS names of load balancers that are its own as a whole.
    pub names: BTreeSet<String>,
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
    found: OnceCell<Found>,
}

/// What a side consists of.
#[derive(Debug, Default)]
struct Found {
    places: Vec<Place>,
    holds: Vec<Hold>,
    uncounted: Vec<String>,
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
        Ok(&self.found().await?.holds)
    }

    /// What of it is counted nowhere, in words.
    ///
    /// # Errors
    ///
    /// What could not be read.
    pub async fn uncounted(&self) -> Result<&[String], elb::Error> {
        Ok(&self.found().await?.uncounted)
    }

    async fn found(&self) -> Result<&Found, elb::Error> {
        self.found.get_or_try_init(|| self.find()).await
    }

    async fn find(&self) -> Result<Found, elb::Error> {
        let Self { reader, side, .. } = self;
        let mut found = Found { holds: side.holds.clone(), uncounted: side.uncounted.clone(), ..Found::default() };
        let mut whole = side.balancers.clone();
        for name in &side.names {
            match reader.load_balancer_named(name).await? {
                Some(balancer) => drop(whole.insert(balancer)),
                None => found.uncounted.push(format!(
                    "{name} is no load balancer of this account and region, so nothing that is read here counts its requests"
                )),
            }
        }
        let mut balancers = whole.clone();
        let mut listeners = side.listeners.clone();
        for (group, sent_by) in &side.groups {
            match reader.group_attributes(group).await {
                // Nothing goes to a target group that is gone.
                Err(error) if error.is_not_found() => continue,
                attributes => found.holds.extend(holds::of_group(group, &attributes?)),
            }
            found.places.extend(sent_by.iter().map(|balancer| Place::group(balancer, group)));
            balancers.extend(sent_by.iter().cloned());
        }
        for balancer in &whole {
            let behind = reader.health_behind(balancer).await?;
            found.places.push(Place::balancer(balancer, &behind.into_keys().collect()));
            if balancer.kind() == LoadBalancerKind::Network {
                listeners.extend(reader.ports_of(balancer).await?.unwrap_or_default().into_keys());
            }
        }
        if !side.routes.is_empty() {
            for (route, seen) in reader.routes_fresh(&side.routes).await? {
                let stickiness = seen.and_then(|route| forward::stickiness(&route.actions));
                found.holds.extend(stickiness.map(|duration| holds::of_route(&route, duration)));
            }
        }
        for balancer in balancers.iter().filter(|balancer| balancer.kind() == LoadBalancerKind::Application) {
            found.holds.push(holds::of_balancer(balancer, &reader.balancer_attributes(balancer).await?));
        }
        for listener in &listeners {
            found.holds.push(holds::of_listener(listener, &reader.listener_attributes(listener).await?));
        }
        Ok(found)
    }
}

#[async_trait]
impl Watch for WatchedSide<'_> {
    async fn look(&self, from: SystemTime) -> Look {
        let Found { places, holds, uncounted } = match self.found().await {
            Ok(found) => found,
            Err(error) => {
                let untold = Untold { why: error.to_string(), later: error.retryable() };
                return Look { untold: vec![untold], ..Look::default() };
            }
        };
        let untold: Vec<Untold> = uncounted.iter().map(|why| Untold { why: why.clone(), later: false }).collect();
        let (mut seen, holds) = (Vec::new(), holds.clone());
        if !places.is_empty() {
            let counters: BTreeSet<_> = places.iter().flat_map(Place::counters).collect();
            let from = from.checked_sub(HISTORY).unwrap_or(from);
            let read = cloudwatch::read(self.reader.aws(), counters, from).await;
            let of = |place: &Place| read.as_ref().map(|series| place.seen(series)).map_err(Clone::clone);
            seen.extend(places.iter().map(|place| (place.name.clone(), of(place))));
        }
        Look { places: seen, holds, untold }
    }
}

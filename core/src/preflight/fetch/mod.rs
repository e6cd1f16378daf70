//! The reads. One that fails leaves its part of the picture out and says so in it, and the others go on.

mod alarms;
mod balancers;
mod clusters;
mod groups;
mod records;
mod swaps;

use std::collections::BTreeMap;
use std::fmt::Display;

use super::order::Order;
use super::picture::{Absent, Picture, Untold};
use crate::apigateway::port_swap::Desk;
use crate::aws::Aws;
use crate::elb::ElbReader;
use crate::kubernetes::Cluster;
use crate::route53::Route53Reader;

/// What a preflight sees with. Shared with whoever else reads in the same run.
#[derive(Debug, Clone)]
pub struct Eyes {
    /// The way to CloudWatch.
    pub aws: Aws,
    /// Reads load balancers.
    pub balancers: ElbReader,
    /// Reads records.
    pub records: Route53Reader,
    /// Where swaps of APIs meet; a preflight only looks over their shoulders.
    pub desk: Desk,
    /// The clusters, where they are to be looked at.
    pub clusters: Option<Clusters>,
}

/// The clusters that traffic is moved between.
#[derive(Debug, Clone)]
pub struct Clusters {
    /// The one that serves.
    pub blue: Cluster,
    /// The one that takes over.
    pub green: Cluster,
}

/// Everything that was ordered, as far as it can be read.
pub(crate) async fn picture(eyes: &Eyes, order: &Order) -> Picture {
    let mut picture = Picture { enough: order.enough, named: order.routes.clone(), ..Picture::default() };
    groups::read(&eyes.balancers, &order.pairs, &mut picture).await;
    balancers::read(&eyes.balancers, order, &mut picture).await;
    // What waits for no one in another service goes side by side.
    let (records, swaps, alarms, clusters) = tokio::join!(
        records::read(eyes, &order.records),
        swaps::read(eyes, &order.swaps),
        alarms::read(&eyes.aws, &order.alarms),
        clusters::read(eyes.clusters.as_ref()),
    );
    for part in [records, swaps, alarms, clusters] {
        picture.records.extend(part.records);
        picture.swaps.extend(part.swaps);
        picture.alarms.extend(part.alarms);
        picture.clusters = picture.clusters.or(part.clusters);
        picture.absent.extend(part.absent);
        picture.untold.extend(part.untold);
    }
    picture
}

impl Picture {
    /// Notes that something does not exist.
    fn lacks(&mut self, what: &'static str, object: impl ToString) {
        self.absent.push(Absent { what, object: object.to_string() });
    }

    /// Notes that something could not be read.
    fn cannot_tell(&mut self, object: impl ToString, why: &impl Display) {
        self.untold.push(Untold { object: object.to_string(), why: why.to_string() });
    }

    /// What was read; none, noted, where it was not.
    fn told<T, E: Display>(&mut self, object: impl ToString, read: Result<T, E>) -> Option<T> {
        read.map_err(|error| self.cannot_tell(object, &error)).ok()
    }
}

/// The one value that was asked for by its key.
fn only<K: Ord, V>(mut found: BTreeMap<K, Option<V>>, key: &K) -> Option<V> {
    found.remove(key).flatten()
}

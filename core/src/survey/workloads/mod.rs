//! How the services of a cluster are reached from outside, and what moves them to another.
//!
//! | file | what it has |
//! |---|---|
//! | `look`, `gateways` | reading a cluster |
//! | `fetch` | reading AWS, for what was seen there |
//! | `seen`, `balancing` | what was found in each, as plain data |
//! | `classify`, `group_paths` | how a service is reached (pure) |
//! | `controllers`, `dns` | whom an Ingress leads to; who writes its names (pure) |
//! | `external_dns` | under which owner id ExternalDNS writes them (pure) |
//! | `pair` | the same service in two clusters (pure) |
//! | `path` | the words for it |
//!
//! A guess here is dear: what an answer rests on is said with it, and what cannot be told is a blocker.

mod balancing;
mod classify;
mod controllers;
mod dns;
mod external_dns;
mod fetch;
mod gateways;
mod group_paths;
mod look;
mod pair;
mod path;
mod seen;

use std::collections::BTreeMap;

pub(crate) use external_dns::external_dns;
pub use external_dns::{ExternalDns, OwnerId};
pub(crate) use look::{bindings, programs, services};
pub use pair::Workload;
pub use path::{Kind, Mover, Owner, Path};
pub use seen::{Binding, Id};

use crate::elb::ElbReader;
use crate::kubernetes::Cluster;
use crate::survey::SurveyError;

/// How every service of these clusters is reached, and what moves it from blue to green.
///
/// # Errors
///
/// [`SurveyError`]: a cluster or AWS could not be asked. What is missing in a part would pass for not being there.
pub async fn workloads(
    reader: &ElbReader,
    blue: &Cluster,
    green: Option<&Cluster>,
) -> Result<BTreeMap<Id, Workload>, SurveyError> {
    let blues = look::look(blue).await?;
    let greens = match green {
        Some(green) => Some(look::look(green).await?),
        None => None,
    };
    let balancing = fetch::balancing(reader, [Some(&blues), greens.as_ref()].into_iter().flatten()).await?;
    let side = |seen: &seen::Seen| -> pair::Side {
        let paths = |(id, service)| (Id::clone(id), classify::paths(id, service, seen, &balancing));
        seen.services.iter().map(paths).collect()
    };
    let green = greens.as_ref().map(|seen| (seen, side(seen)));
    Ok(pair::pair((&blues, side(&blues)), green))
}

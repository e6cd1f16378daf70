//! Which APIs lead to which load balancers, over the whole account and region.
//!
//! Public integrations, by a load balancer's own name, are not looked for: they would take every integration of every REST
//! API.

use std::collections::{BTreeMap, BTreeSet};

use super::fare::Fare;
use super::{Error, http, rest};
use crate::aws::Aws;

/// What leads to load balancers and listeners, by their ARNs: VPC links of REST APIs, which lead to a network load
/// balancer, and HTTP APIs with an integration on a listener.
///
/// # Errors
///
/// A call failed, or its answer makes no sense.
pub(crate) async fn of_balancers(aws: &Aws) -> Result<BTreeMap<String, BTreeSet<String>>, Error> {
    let mut callers: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (id, link) in rest::links(aws, Fare::InLine).await? {
        for target in link.targets {
            callers.entry(target).or_default().insert(format!("VPC link {id}"));
        }
    }
    for api in http::apis(aws, Fare::InLine).await? {
        for integration in http::integrations(aws, &api, Fare::InLine).await?.into_values() {
            if integration.private && integration.uri.starts_with("arn:") {
                callers.entry(integration.uri).or_default().insert(format!("HTTP API {api}"));
            }
        }
    }
    Ok(callers)
}

//! Where an integration sends a request, and what the request is then.

#[cfg(test)]
mod tests;

use std::time::Duration;

use hyper::{HeaderMap, Uri};

use super::mapping::{Mapping, Unknown};
use super::pattern::Captures;
use super::told::{Integration, Kind, Link, Links};

/// AWS: how long a backend may take where the integration does not say.
const TIMEOUT_OF_REST: u64 = 29_000;
/// See `TIMEOUT_OF_REST`.
const TIMEOUT_OF_HTTP: u64 = 30_000;

/// A request that has found its integration.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// What its API is.
    pub kind: Kind,
    /// The stage's name.
    pub stage: &'a str,
    /// The path, without the query.
    pub path: &'a str,
    /// The query, without the question mark.
    pub query: Option<&'a str>,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// What stands for the names in the route's path.
    pub captures: &'a Captures,
}

/// Which listener takes a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// The one on this port of a load balancer.
    Port(String, u16),
    /// This one.
    Listener(String),
}

/// Where a request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aim {
    /// The listener that takes it.
    pub via: Via,
    /// The host that is asked for.
    pub host: Option<String>,
    /// The path and the query that are asked for.
    pub path: String,
    /// Headers beside the client's.
    pub headers: Vec<(String, String)>,
    /// How long the backend may take.
    pub timeout: Duration,
}

/// Why a request goes nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// AWS would log this as a configuration error.
    Configuration(String),
    /// AWS might serve it; the lab does not.
    NotPlayed(String),
}

impl From<Unknown> for Fault {
    fn from(Unknown(what): Unknown) -> Self {
        Self::NotPlayed(format!("the mapping {what}"))
    }
}

impl Aim {
    /// Where an integration sends a request.
    ///
    /// # Errors
    ///
    /// No usable VPC link, a URI that is none, or something that the lab does not play.
    pub fn of(integration: &Integration, links: &Links, asked: &Asked<'_>) -> Result<Self, Fault> {
        if integration.kind != "HTTP_PROXY" {
            return Err(Fault::NotPlayed(format!("an integration of type {}", integration.kind)));
        }
        if integration.connection_type.as_deref() != Some("VPC_LINK") {
            return Err(Fault::NotPlayed("an integration without a VPC link".to_owned()));
        }
        let name = integration.connection_id.as_deref().unwrap_or_default();
        let link = links.get(name).filter(|link| link.status == "AVAILABLE");
        let link = link.ok_or_else(|| Fault::Configuration(format!("no available VPC link {name:?}")))?;
        match asked.kind {
            Kind::Rest => of_rest(integration, link, asked),
            Kind::Http => of_http(integration, asked),
        }
    }
}

/// AWS: the URI gives port, path and host; the host is not looked up, for the VPC link leads to the load balancer.
/// Parameters in braces are those that the integration maps, and braces that stay are an illegal character. The client's
/// query goes along.
fn of_rest(integration: &Integration, link: &Link, asked: &Asked<'_>) -> Result<Aim, Fault> {
    let uri = integration.uri.as_deref().unwrap_or_default();
    let mapping = Mapping::of_rest(integration.request_parameters.as_ref(), asked)?;
    let filled =
        mapping.path.iter().fold(uri.to_owned(), |uri, (name, value)| uri.replace(&format!("{{{name}}}"), value));
    let wrong = || Fault::Configuration(format!("{filled:?} is no URI"));
    if filled.contains(['{', '}']) {
        return Err(wrong());
    }
    let parsed: Uri = filled.parse().map_err(|_| wrong())?;
    let host = parsed.authority().ok_or_else(wrong)?.host().to_owned();
    let port = match (parsed.port_u16(), parsed.scheme_str()) {
        (Some(port), _) => port,
        // The lab speaks plain HTTP on it all the same.
        (None, Some("https")) => 443,
        (None, _) => 80,
    };
    let via = match integration.integration_target.as_deref() {
        Some(target) if target.contains(":listener/") => Via::Listener(target.to_owned()),
        Some(target) => Via::Port(target.to_owned(), port),
        None => {
            let balancer = link.balancers.first();
            Via::Port(balancer.ok_or_else(|| Fault::Configuration("a VPC link to nowhere".to_owned()))?.clone(), port)
        }
    };
    let query: Vec<&str> =
        [parsed.query(), asked.query].into_iter().flatten().chain(mapping.query.iter().map(String::as_str)).collect();
    let timeout = Duration::from_millis(integration.timeout_in_millis.unwrap_or(TIMEOUT_OF_REST));
    let path = with_query(parsed.path(), &query);
    Ok(Aim { via, host: Some(host), path, headers: mapping.headers, timeout })
}

/// AWS: the URI is a listener's ARN. The path is the client's, below the stage's name unless that is `$default`, or what
/// `overwrite:path` makes of it.
fn of_http(integration: &Integration, asked: &Asked<'_>) -> Result<Aim, Fault> {
    let uri = integration.uri.as_deref().unwrap_or_default();
    if !uri.contains(":listener/") {
        return Err(Fault::NotPlayed(format!("a private integration with {uri:?}")));
    }
    let mapping = Mapping::of_http(integration.request_parameters.as_ref(), asked)?;
    let path = match mapping.path.get("path") {
        Some(path) => path.clone(),
        None if asked.stage == "$default" => asked.path.to_owned(),
        None => format!("/{}{}", asked.stage, asked.path),
    };
    let query: Vec<&str> = asked.query.into_iter().collect();
    let timeout = Duration::from_millis(integration.timeout_in_millis.unwrap_or(TIMEOUT_OF_HTTP));
    let via = Via::Listener(uri.to_owned());
    Ok(Aim { via, host: None, path: with_query(&path, &query), headers: mapping.headers, timeout })
}

fn with_query(path: &str, query: &[&str]) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

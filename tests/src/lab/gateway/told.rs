//! The control plane's stages and VPC links, as a data plane reads them.

use std::collections::BTreeMap;

use serde::Deserialize;

/// All that some stages serve.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Told {
    /// A number that grows with every call that may have changed something.
    pub version: u64,
    /// The stages, in the order in which they were asked for; none for one that is gone.
    pub stages: Vec<Option<Stage>>,
    /// The VPC links of the region, by id.
    pub links: Links,
}

/// VPC links by id.
pub type Links = BTreeMap<String, Link>;

/// A VPC link of either version.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Link {
    /// `AVAILABLE` where it can be used.
    pub status: String,
    /// The load balancers that it leads to; empty for one of the second version, whose integrations name theirs.
    pub balancers: Vec<String>,
}

/// What an API is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A REST API.
    Rest,
    /// An HTTP API.
    Http,
}

/// A stage, by its deployment.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Stage {
    /// What its API is.
    pub kind: Kind,
    /// The deployment that it serves; none before the first.
    pub deployment: Option<String>,
    /// The stage's variables. Those in an integration are in place already.
    pub variables: BTreeMap<String, String>,
    /// What the deployment has.
    pub routes: Vec<Route>,
    /// Its canary. HTTP APIs have none.
    #[serde(default)]
    pub canary: Option<Canary>,
}

/// A canary beside a stage's deployment.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Canary {
    /// Its percent of the requests, 0 to 100.
    pub percent: f64,
    /// The stage's variables with the canary's over them.
    pub variables: BTreeMap<String, String>,
    /// What the canary's deployment has.
    pub routes: Vec<Route>,
}

/// One method of one resource, or one route of an HTTP API.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Route {
    /// A resource's path.
    pub path: String,
    /// A resource's method, or `ANY`.
    pub method: String,
    /// The key of an HTTP API's route: method and path, or `$default`.
    pub key: String,
    /// Where requests go.
    pub integration: Integration,
}

/// Where requests go, with the stage's variables in place of their names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Integration {
    /// `HTTP_PROXY` is the one that is played here.
    #[serde(rename = "type", alias = "integrationType")]
    pub kind: String,
    /// A URL of a REST API's integration, a listener's ARN of an HTTP API's.
    #[serde(alias = "integrationUri")]
    pub uri: Option<String>,
    /// The method for the backend; `ANY` for the client's own.
    #[serde(rename = "httpMethod", alias = "integrationMethod")]
    pub method: Option<String>,
    /// `VPC_LINK` for a private one.
    pub connection_type: Option<String>,
    /// The VPC link.
    pub connection_id: Option<String>,
    /// The load balancer or the listener behind a VPC link of the second version.
    pub integration_target: Option<String>,
    /// Parameters of the backend's request, by where they go.
    pub request_parameters: Option<BTreeMap<String, String>>,
    /// How long the backend may take.
    pub timeout_in_millis: Option<u64>,
}

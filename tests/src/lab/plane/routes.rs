//! The control plane's load balancers, as a data plane reads them.

use std::collections::BTreeMap;

use serde::Deserialize;

/// All that some load balancers serve.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Routes {
    /// A number that grows with every change.
    pub version: u64,
    /// The load balancers that there are.
    pub balancers: Vec<Balancer>,
    /// The listeners.
    pub listeners: Vec<Listener>,
    /// The target groups that their actions name, by ARN.
    pub groups: BTreeMap<String, Group>,
}

/// A load balancer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Balancer {
    /// Its ARN.
    pub arn: String,
    /// Its name in DNS, which an alias record names.
    pub dns_name: String,
}

/// A listener.
#[derive(Debug, Clone, Deserialize)]
pub struct Listener {
    /// The ARN of its load balancer.
    pub balancer: String,
    /// Its ARN.
    pub arn: String,
    /// HTTP and HTTPS are served as HTTP, all else as TCP.
    pub protocol: String,
    /// The port that it has in AWS.
    pub port: u16,
    /// Its rules, in the order in which they are tried.
    pub rules: Vec<Rule>,
}

/// A listener's rule.
#[derive(Debug, Clone, Deserialize)]
pub struct Rule {
    /// Its ARN.
    pub arn: String,
    /// What a request has to be like, all of it.
    pub conditions: Vec<Condition>,
    /// What is done, the routing action last.
    pub actions: Vec<Action>,
}

/// A target group.
#[derive(Debug, Clone, Deserialize)]
pub struct Group {
    /// How its targets' health is checked.
    pub check: Check,
    /// Its targets.
    pub targets: Vec<Target>,
}

/// A target group's health check.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
pub struct Check {
    /// Whether there is one.
    pub enabled: bool,
    /// HTTP and HTTPS ask for the path, all else only connects.
    pub protocol: String,
    /// A port, or `traffic-port`.
    pub port: String,
    /// What is asked for.
    pub path: String,
    /// Seconds between two checks.
    pub interval: u32,
    /// Seconds until an answer is late.
    pub timeout: u32,
    /// How many good ones in a row make an unhealthy target healthy.
    pub healthy: u32,
    /// How many bad ones in a row make a target unhealthy.
    pub unhealthy: u32,
    /// The status codes of a good one: numbers and ranges, with commas.
    pub codes: String,
}

/// A target.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub struct Target {
    /// Its address.
    pub id: String,
    /// Its port.
    pub port: u16,
}

impl Target {
    /// Address and port.
    pub fn authority(&self) -> String {
        format!("{}:{}", self.id, self.port)
    }
}

/// A condition, in either of the forms that AWS takes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Condition {
    /// What it is about.
    pub field: String,
    /// The short form of hosts and paths.
    pub values: Vec<String>,
    /// Of `host-header`.
    pub host_header_config: Option<Patterns>,
    /// Of `path-pattern`.
    pub path_pattern_config: Option<Patterns>,
    /// Of `http-request-method`.
    pub http_request_method_config: Option<Patterns>,
    /// Of `source-ip`.
    pub source_ip_config: Option<Patterns>,
    /// Of `http-header`.
    pub http_header_config: Option<HeaderPatterns>,
    /// Of `query-string`.
    pub query_string_config: Option<QueryPatterns>,
}

/// Values of which one has to match.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Patterns {
    /// The values.
    pub values: Vec<String>,
}

/// Values of a header.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct HeaderPatterns {
    /// The header.
    pub http_header_name: String,
    /// The values.
    pub values: Vec<String>,
}

/// Pairs of a query string.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct QueryPatterns {
    /// The pairs.
    pub values: Vec<QueryPattern>,
}

/// A pair of a query string.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct QueryPattern {
    /// The key; any where there is none.
    pub key: Option<String>,
    /// The value.
    pub value: String,
}

/// An action. Those that sign users in are passed over: nobody signs in here.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Action {
    /// Of `forward`.
    pub forward_config: Option<Forward>,
    /// Of `redirect`.
    pub redirect_config: Option<Redirect>,
    /// Of `fixed-response`.
    pub fixed_response_config: Option<FixedResponse>,
}

/// Where requests go.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Forward {
    /// Target groups and their weights.
    pub target_groups: Vec<Part>,
    /// Whether a client stays with its target group.
    pub target_group_stickiness_config: Stickiness,
}

/// A target group's part of the requests.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Part {
    /// The target group.
    pub target_group_arn: String,
    /// Its weight.
    pub weight: u32,
}

/// Whether a client stays with its target group, and for how long.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Stickiness {
    /// Whether.
    pub enabled: bool,
    /// For how many seconds.
    pub duration_seconds: Option<u64>,
}

/// Where a client is sent instead.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Redirect {
    /// `HTTP_301` or `HTTP_302`.
    pub status_code: String,
    /// The parts of the new URL; those left out stay.
    pub protocol: Option<String>,
    /// See `protocol`.
    pub host: Option<String>,
    /// See `protocol`.
    pub port: Option<String>,
    /// See `protocol`.
    pub path: Option<String>,
    /// See `protocol`.
    pub query: Option<String>,
}

/// An answer that needs no target.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct FixedResponse {
    /// Its status.
    pub status_code: String,
    /// The type of its body.
    pub content_type: Option<String>,
    /// Its body.
    pub message_body: Option<String>,
}

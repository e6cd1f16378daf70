//! A target of a target group.

use std::fmt;

/// How a target is, as far as a migration has to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// It passes its health checks.
    Healthy,
    /// It is registered, and how it is has still to be found out.
    Undecided,
    /// It is registered, and not healthy.
    Unhealthy,
    /// It was deregistered and finishes what it had.
    Draining,
    /// No load balancer sends it anything.
    Unused,
}

/// A target of a target group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// An instance id or an IP address.
    pub id: String,
    /// The port.
    pub port: Option<i32>,
    /// How it is.
    pub condition: Condition,
    /// The same in AWS's words: its state, with the reason.
    pub told: String,
}

impl Target {
    /// Whether it is meant to take traffic.
    pub fn is_registered(&self) -> bool {
        matches!(self.condition, Condition::Healthy | Condition::Undecided | Condition::Unhealthy)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => write!(f, "{}:{port}", self.id),
            None => f.write_str(&self.id),
        }
    }
}

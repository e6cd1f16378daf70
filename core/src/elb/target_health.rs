//! How the targets of a target group are.

use std::collections::BTreeMap;
use std::fmt;

/// A target's state, as the load balancer sees it. (Elastic Load Balancing API, TargetHealth.)
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum TargetState {
    /// It passes its health checks.
    Healthy,
    /// It is being registered, or its first health checks are not in yet.
    Initial,
    /// It fails its health checks.
    Unhealthy,
    /// It fails its health checks, and the network load balancer is closing its connections.
    UnhealthyDraining,
    /// No load balancer sends it anything.
    Unused,
    /// It has been deregistered and is finishing what it had.
    Draining,
    /// Its health is not known.
    Unavailable,
    /// A state that this program does not know, or none.
    Unknown(String),
}

impl TargetState {
    /// The state of this name.
    pub(crate) fn read(text: &str) -> Self {
        match text {
            "healthy" => TargetState::Healthy,
            "initial" => TargetState::Initial,
            "unhealthy" => TargetState::Unhealthy,
            "unhealthy.draining" => TargetState::UnhealthyDraining,
            "unused" => TargetState::Unused,
            "draining" => TargetState::Draining,
            "unavailable" => TargetState::Unavailable,
            other => TargetState::Unknown(other.to_owned()),
        }
    }

    /// The state's name, as AWS writes it.
    pub fn as_str(&self) -> &str {
        match self {
            TargetState::Healthy => "healthy",
            TargetState::Initial => "initial",
            TargetState::Unhealthy => "unhealthy",
            TargetState::UnhealthyDraining => "unhealthy.draining",
            TargetState::Unused => "unused",
            TargetState::Draining => "draining",
            TargetState::Unavailable => "unavailable",
            TargetState::Unknown(text) if text.is_empty() => "without a state",
            TargetState::Unknown(text) => text,
        }
    }
}

impl fmt::Display for TargetState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One target of a target group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// An instance id, an IP address, or an ARN.
    pub id: String,
    /// The port; `None` for a Lambda function.
    pub port: Option<i32>,
    /// The availability zone, or `all`; `None` where AWS does not say.
    pub zone: Option<String>,
    /// How it is.
    pub state: TargetState,
    /// AWS's code for why it is not healthy.
    pub reason: Option<String>,
    /// AWS's words for why it is not healthy.
    pub description: Option<String>,
}

impl Target {
    /// Whether it is meant to take traffic: not one that has been deregistered.
    pub(crate) fn is_registered(&self) -> bool {
        let left = matches!(self.reason.as_deref(), Some("Target.NotRegistered" | "Target.DeregistrationInProgress"));
        self.state != TargetState::Draining && !(self.state == TargetState::Unused && left)
    }

    /// Whether it may become healthy by itself: its first checks are not in yet, no load balancer has looked at it
    /// yet, or the load balancer cannot say.
    pub(crate) fn is_undecided(&self) -> bool {
        match self.state {
            TargetState::Initial => true,
            TargetState::Unused => self.reason.as_deref() == Some("Target.NotInUse"),
            // A target whose checks are switched off stays without a state for ever.
            TargetState::Unavailable => self.reason.as_deref() != Some("Target.HealthCheckDisabled"),
            _ => false,
        }
    }
}

/// How the targets of one target group are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TargetHealth {
    /// Every target that AWS lists, those on their way out too.
    pub targets: Vec<Target>,
}

impl TargetHealth {
    /// How many targets are healthy.
    pub fn healthy(&self) -> usize {
        self.targets.iter().filter(|target| target.state == TargetState::Healthy).count()
    }

    /// How many targets are meant to take traffic.
    pub fn registered(&self) -> usize {
        self.targets.iter().filter(|target| target.is_registered()).count()
    }

    /// How many targets may become healthy by themselves.
    pub fn undecided(&self) -> usize {
        self.targets.iter().filter(|target| target.is_undecided()).count()
    }

    /// How many targets there are in each state, by AWS's name for it.
    pub fn by_state(&self) -> BTreeMap<&str, usize> {
        count(self.targets.iter().map(|target| target.state.as_str()))
    }

    /// For how many targets AWS gives each reason, by its code.
    pub fn by_reason(&self) -> BTreeMap<&str, usize> {
        count(self.targets.iter().filter_map(|target| target.reason.as_deref()))
    }

    /// The targets of each availability zone; under `None` those whose zone AWS does not say.
    pub fn by_zone(&self) -> BTreeMap<Option<&str>, TargetHealth> {
        let mut zones: BTreeMap<Option<&str>, TargetHealth> = BTreeMap::new();
        for target in &self.targets {
            zones.entry(target.zone.as_deref()).or_default().targets.push(target.clone());
        }
        zones
    }

    /// In one line: how many of the registered targets are healthy, and how the others are and why, for example
    /// `3 of 4 healthy; 1 unhealthy (Target.Timeout: Request timed out)`.
    pub fn summary(&self) -> String {
        let mut line = match self.registered() {
            0 => "no registered target".to_owned(),
            registered => format!("{} of {registered} healthy", self.healthy()),
        };
        let mut others: BTreeMap<_, Vec<&Target>> = BTreeMap::new();
        for target in self.targets.iter().filter(|target| target.state != TargetState::Healthy) {
            others.entry((&target.state, target.reason.as_deref())).or_default().push(target);
        }
        for ((state, reason), targets) in others {
            let count = targets.len();
            let description = targets.iter().find_map(|target| target.description.as_deref());
            line.push_str(&format!("; {count} {state}"));
            match (reason, description) {
                (Some(reason), Some(description)) => line.push_str(&format!(" ({reason}: {description})")),
                (Some(text), None) | (None, Some(text)) => line.push_str(&format!(" ({text})")),
                (None, None) => {}
            }
        }
        line
    }
}

fn count<'a>(words: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    for word in words {
        *counts.entry(word).or_default() += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(state: &str, reason: &str, description: &str) -> Target {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Target {
            id: "i-1".into(),
            port: Some(80),
            zone: None,
            state: TargetState::read(state),
            reason: some(reason),
            description: some(description),
        }
    }

    #[test]
    fn the_summary_counts_by_state_and_reason() {
        let health = TargetHealth {
            targets: vec![
                target("healthy", "", ""),
                target("unhealthy", "Target.Timeout", "Request timed out"),
                target("healthy", "", ""),
                target("unhealthy", "Target.Timeout", "Request timed out"),
                target("initial", "Elb.RegistrationInProgress", ""),
                target("draining", "Target.DeregistrationInProgress", "Target deregistration is in progress"),
                target("unused", "Target.NotRegistered", ""),
                target("dancing", "", "for joy"),
            ],
        };
        assert_eq!((health.healthy(), health.registered(), health.undecided()), (2, 6, 1));
        expect_test::expect!["2 of 6 healthy; 1 initial (Elb.RegistrationInProgress); 2 unhealthy (Target.Timeout: Request timed out); 1 unused (Target.NotRegistered); 1 draining (Target.DeregistrationInProgress: Target deregistration is in progress); 1 dancing (for joy)"].assert_eq(&health.summary());
    }

    #[test]
    fn targets_are_counted_by_state_reason_and_zone() {
        let at = |zone: Option<&str>, target: Target| Target { zone: zone.map(str::to_owned), ..target };
        let health = TargetHealth {
            targets: vec![
                at(Some("a"), target("healthy", "", "")),
                at(Some("a"), target("unhealthy", "Target.Timeout", "Request timed out")),
                at(Some("b"), target("healthy", "", "")),
                at(None, target("draining", "Target.DeregistrationInProgress", "")),
            ],
        };
        assert_eq!(health.by_state(), BTreeMap::from([("draining", 1), ("healthy", 2), ("unhealthy", 1)]));
        assert_eq!(health.by_reason(), BTreeMap::from([("Target.DeregistrationInProgress", 1), ("Target.Timeout", 1)]));
        let zones = health.by_zone();
        let counts: Vec<_> =
            zones.iter().map(|(zone, health)| (*zone, health.registered(), health.healthy())).collect();
        assert_eq!(counts, [(None, 0, 0), (Some("a"), 2, 1), (Some("b"), 1, 1)]);
        assert!(TargetHealth::default().by_zone().is_empty());
    }

    #[test]
    fn an_empty_target_group_says_so() {
        let health = TargetHealth::default();
        assert_eq!((health.healthy(), health.registered(), health.undecided()), (0, 0, 0));
        assert_eq!(health.summary(), "no registered target");
    }

    #[test]
    fn only_what_may_become_healthy_by_itself_is_undecided() {
        let check = |state, reason, expect| {
            assert_eq!(target(state, reason, "").is_undecided(), expect, "{state} {reason}");
        };
        check("initial", "Elb.InitialHealthChecking", true);
        check("unused", "Target.NotInUse", true);
        check("unused", "Target.InvalidState", false);
        check("unused", "Target.IpUnusable", false);
        check("unused", "", false);
        check("unavailable", "Elb.InternalError", true);
        check("unavailable", "Target.HealthCheckDisabled", false);
        check("unhealthy", "Target.Timeout", false);
        check("unhealthy.draining", "", false);
        check("draining", "Target.DeregistrationInProgress", false);
        check("healthy", "", false);
        check("dancing", "", false);
    }

    #[test]
    fn every_state_reads_back() {
        for text in ["healthy", "initial", "unhealthy", "unhealthy.draining", "unused", "draining", "unavailable"] {
            let state = TargetState::read(text);
            assert!(!matches!(state, TargetState::Unknown(_)), "{text}");
            assert_eq!(state.as_str(), text);
        }
    }
}

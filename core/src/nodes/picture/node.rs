//! A node.

use super::Labels;
use crate::nodes::names::{NODE_GROUP, TAINT, ZONE};

/// What a taint does to pods that do not tolerate it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// They are not scheduled.
    NoSchedule,
    /// They are scheduled elsewhere if they can be.
    PreferNoSchedule,
    /// They are not scheduled, and those that run have to go.
    NoExecute,
}

impl Effect {
    /// The effect as Kubernetes writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Effect::NoSchedule => "NoSchedule",
            Effect::PreferNoSchedule => "PreferNoSchedule",
            Effect::NoExecute => "NoExecute",
        }
    }

    /// The effect that Kubernetes writes so.
    pub fn parse(text: &str) -> Option<Self> {
        [Effect::NoSchedule, Effect::PreferNoSchedule, Effect::NoExecute].into_iter().find(|it| it.as_str() == text)
    }
}

/// A taint of a node.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Taint {
    /// Its key.
    pub key: String,
    /// Its value, empty for none.
    pub value: String,
    /// What it does.
    pub effect: Effect,
}

impl Taint {
    /// The taint of a migration.
    pub fn of(migration: &str) -> Self {
        Self { key: TAINT.to_owned(), value: migration.to_owned(), effect: Effect::NoSchedule }
    }
}

/// A node.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// The version of the object that was seen.
    pub version: String,
    /// Where the cloud knows it: `aws:///eu-west-1a/i-0123`.
    pub provider_id: String,
    /// Its own IP addresses.
    pub addresses: Vec<String>,
    /// Whether it is ready.
    pub ready: bool,
    /// Whether it is cordoned.
    pub unschedulable: bool,
    /// Its labels.
    pub labels: Labels,
    /// Its annotations.
    pub annotations: Labels,
    /// Its taints.
    pub taints: Vec<Taint>,
}

impl Node {
    /// The managed node group that it is of.
    pub fn group(&self) -> Option<&str> {
        self.labels.get(NODE_GROUP).map(String::as_str)
    }

    /// The id of its instance, the end of where the cloud knows it.
    pub fn instance(&self) -> Option<&str> {
        self.provider_id.rsplit('/').next().filter(|id| !id.is_empty())
    }

    /// Its zone.
    pub fn zone(&self) -> Option<&str> {
        self.labels.get(ZONE).map(String::as_str)
    }

    /// Whether it has the taint of a migration.
    pub fn is_tainted(&self) -> bool {
        self.taints.iter().any(|taint| taint.key == TAINT)
    }
}

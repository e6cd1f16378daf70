//! What is to be done, and what is allowed on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::picture::{Name, Sizes};

/// How the pods of a deployment get to green.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strategy {
    /// As many again are started on green, and blue's go when those are ready.
    #[default]
    Surge,
    /// They are evicted one by one, and made again on green.
    Evict,
}

impl Strategy {
    /// The strategy as users write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Strategy::Surge => "surge",
            Strategy::Evict => "evict",
        }
    }

    /// The strategy that users write so.
    pub fn parse(text: &str) -> Option<Self> {
        [Strategy::Surge, Strategy::Evict].into_iter().find(|strategy| strategy.as_str() == text)
    }
}

/// A launch template, as EKS takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaunchTemplate {
    /// Its id.
    pub id: String,
    /// Its version; none for its default one.
    pub version: Option<String>,
}

/// A node group that is made after blue, and where it differs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Twin {
    /// Its name.
    pub name: String,
    /// Its launch template; blue's for none.
    pub launch_template: Option<LaunchTemplate>,
    /// Its instance types; blue's for none.
    pub instance_types: Option<Vec<String>>,
    /// Its sizes; blue's for none.
    pub sizes: Option<Sizes>,
}

/// The node group that takes over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Green {
    /// One that is there.
    Adopted(String),
    /// One that is made after blue.
    Twin(Twin),
}

impl Green {
    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Green::Adopted(name) => name,
            Green::Twin(twin) => &twin.name,
        }
    }
}

/// What is allowed, and for whom. Nothing is allowed that is not named.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Allowed {
    /// Pods that nobody makes again and that may go.
    pub bare_pod_loss: BTreeSet<Name>,
    /// Pods whose data on their node may go: `hostPath` and local volumes.
    pub local_data_loss: BTreeSet<Name>,
    /// Jobs whose pods may be evicted before they are done.
    pub job_eviction: BTreeSet<Name>,
    /// Pods that ask not to be disrupted and may be.
    pub disruption: BTreeSet<Name>,
    /// Pods of controllers of kinds that are not known, and that may be evicted.
    pub unknown_controllers: BTreeSet<Name>,
}

/// How much is done at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batches {
    /// Deployments whose surge is under way at a time, at least 1.
    pub surge: usize,
    /// Pods whose eviction is under way at a time, at least 1, and never two of one workload.
    pub evict: usize,
}

impl Default for Batches {
    fn default() -> Self {
        Self { surge: 5, evict: 5 }
    }
}

/// The target groups that bring blue its traffic, and how healthy green has to be in each before blue leaves them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Backing {
    /// Their ARNs; none where nobody named any, and then nothing is asked of them.
    pub target_groups: BTreeSet<String>,
    /// The fewest healthy targets on green in each; 0 counts as 1.
    pub at_least: u32,
    /// The smallest share of green's registered targets in each that is healthy, in percent, 0 to 100.
    pub percent: u8,
}

impl Backing {
    /// How many of so many registered targets have to be healthy.
    pub fn enough(&self, registered: usize) -> usize {
        let share = (registered * usize::from(self.percent.min(100))).div_ceil(100);
        usize::try_from(self.at_least).unwrap_or(usize::MAX).max(share).max(1)
    }
}

/// What a migration is to bring about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Orders {
    /// The group that is left.
    pub blue: String,
    /// The group that takes over.
    pub green: Green,
    /// How deployments move, unless said otherwise.
    pub strategy: Strategy,
    /// How some of them move.
    pub strategies: BTreeMap<Name, Strategy>,
    /// What is allowed.
    pub allowed: Allowed,
    /// How much is done at once.
    pub batches: Batches,
    /// What green has to show before blue leaves the load balancers.
    pub backing: Backing,
    /// How long blue's nodes go on serving once they are out of the load balancers, on top of what target groups show.
    pub drain: Duration,
    /// How long one stage may take.
    pub stage_timeout: Duration,
    /// Whether blue is deleted once it is empty.
    pub delete_blue: bool,
}

impl Orders {
    /// The name of the migration. It comes from the configuration alone, so that a run whose state was lost is found.
    pub fn name(&self) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        format!("eksmig-{}", self.blue.chars().map(plain).collect::<String>().trim_matches('-'))
    }

    /// How a deployment moves.
    pub fn strategy_of(&self, deployment: &Name) -> Strategy {
        self.strategies.get(deployment).copied().unwrap_or(self.strategy)
    }
}

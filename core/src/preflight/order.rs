//! What a preflight is to look at.

use std::collections::{BTreeMap, BTreeSet};

use crate::apigateway::ApiId;
use crate::elb::{ListenerArn, RouteArn, TargetGroupArn};
use crate::route53::record_shift::Records;

/// What a preflight is to look at. The names in the maps are the user's own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Order {
    /// How healthy green has to be.
    pub enough: Enough,
    /// Pairs of target groups.
    pub pairs: BTreeMap<String, PairOrder>,
    /// The routes that are to be shifted; all that forward to a side of a pair for none.
    pub routes: BTreeSet<RouteArn>,
    /// Pairs of records.
    pub records: BTreeMap<String, Records>,
    /// Swaps of ports.
    pub swaps: BTreeMap<String, SwapOrder>,
    /// CloudWatch alarms, metric or composite.
    pub alarms: BTreeSet<String>,
}

/// How many healthy targets are enough: what a gate of the same words asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enough {
    /// The fewest. 0 counts as 1.
    pub targets: u32,
    /// The smallest part of the registered ones, in percent, 0 to 100; more counts as 100.
    pub percent: u8,
}

impl Default for Enough {
    fn default() -> Self {
        Self { targets: 1, percent: 0 }
    }
}

impl Enough {
    /// How many of so many registered targets have to be healthy.
    pub(crate) fn of(self, registered: usize) -> usize {
        let part = (registered * usize::from(self.percent.min(100))).div_ceil(100);
        usize::try_from(self.targets).unwrap_or(usize::MAX).max(1).max(part)
    }
}

/// The target group that serves, and the one that takes over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairOrder {
    /// Blue's.
    pub blue: TargetGroupArn,
    /// Green's.
    pub green: TargetGroupArn,
}

/// An API that is to be moved between two ports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SwapOrder {
    /// The API.
    pub api: ApiId,
    /// Its stages.
    pub stages: BTreeSet<String>,
    /// The listener with blue's port.
    pub blue: ListenerArn,
    /// The listener with green's.
    pub green: ListenerArn,
    /// The routes, as users write them; every integration on either port for none.
    pub routes: BTreeSet<String>,
}

//! What a preflight is to look at.

use std::collections::{BTreeMap, BTreeSet};

use crate::apigateway::ApiId;
use crate::elb::{Enough, ListenerArn, RouteArn, TargetGroupArn};
use crate::route53::record_shift::Records;

/// What a preflight is to look at. The names in the maps are the user's own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Order {
    /// How healthy green has to be: what a gate of the same words asks for.
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

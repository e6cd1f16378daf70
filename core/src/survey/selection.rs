//! What a survey looks at.

use std::collections::{BTreeMap, BTreeSet};

use crate::elb::{LoadBalancerArn, TargetGroupArn};

/// Which load balancers or target groups a survey looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// These load balancers.
    LoadBalancers(BTreeSet<LoadBalancerArn>),
    /// The load balancers of these names, in the account and region.
    Names(BTreeSet<String>),
    /// The load balancers that have all of these tags, in the account and region.
    Tagged(BTreeMap<String, String>),
    /// These target groups, wherever they are used.
    TargetGroups(BTreeSet<TargetGroupArn>),
}

//! What a survey of routes found.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::{Manager, Tags};
use crate::elb::{RouteArn, TargetGroupArn, TargetGroupInfo};

/// The routes and target groups that a survey looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Routes {
    /// The routes by a name that a person can read and that lasts: `edge:443` for a listener, and for a rule the same with
    /// its conditions, `edge:443 host=orders.example.com path=/orders/*`. A rule's priority is not in it, for those who
    /// add rules renumber the others.
    pub routes: BTreeMap<String, SurveyedRoute>,
    /// The target groups by name. Looked for by load balancer, a twin is none of them: it counts as the other side of
    /// its source, which is here as long as the routes name either.
    pub target_groups: BTreeMap<String, SurveyedGroup>,
}

/// A listener's default action, or a listener rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SurveyedRoute {
    /// The listener or rule.
    pub arn: RouteArn,
    /// The listener's port; none for a listener of a gateway load balancer.
    pub port: Option<i32>,
    /// The listener's protocol, `HTTPS` for example.
    pub protocol: Option<String>,
    /// A rule's priority, 1 to 50000; none for a listener.
    pub priority: Option<i64>,
    /// A rule's conditions in short; none for a listener.
    pub conditions: Vec<String>,
    /// What it does in the end, in AWS's word: `forward`, `redirect`, `fixed-response`.
    pub action: String,
    /// The target groups that it forwards to, in AWS's order.
    pub portions: Vec<Portion>,
    /// How long it may keep a client on the target group it met first; none where it does not.
    pub stickiness: Option<Duration>,
    /// Who manages it: by its own tags, or by those of its listener or load balancer.
    pub manager: Option<Manager>,
}

/// A target group's part in a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portion {
    /// The target group.
    pub target_group: TargetGroupArn,
    /// Its weight, 0 to 999.
    pub weight: i32,
}

/// A target group, and who points at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SurveyedGroup {
    /// What it is; little more than its name where it is deleted.
    pub info: TargetGroupInfo,
    /// Whether it is there. A source whose twin is in a route may be deleted.
    pub exists: bool,
    /// Its tags.
    pub tags: Tags,
    /// The routes that forward to it, by their names, whichever load balancer they are of.
    pub routes: BTreeMap<String, Use>,
    /// Its twins that routes forward to; none where target groups were asked for, for then twins were not.
    pub twins: Option<BTreeSet<TargetGroupArn>>,
    /// The routes that forward to it or to one of these twins: the same before a shift and after it, also once it is
    /// taken out of them.
    pub shared_routes: BTreeSet<RouteArn>,
    /// Who manages it, by its own tags.
    pub manager: Option<Manager>,
}

/// How a route uses a target group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// The route.
    pub arn: RouteArn,
    /// The target group's weight in it.
    pub weight: i32,
    /// The route's conditions in short.
    pub conditions: Vec<String>,
}

impl SurveyedGroup {
    /// Whether a route sends it a share of new requests or flows: one with a weight above 0.
    pub fn serves(&self) -> bool {
        self.routes.values().any(|used| used.weight > 0)
    }

    /// Whether nothing points at it, so that AWS lets it be deleted: no route was found that names it, and AWS itself
    /// lists no load balancer for it.
    pub fn deletable(&self) -> bool {
        self.routes.is_empty() && self.info.load_balancer_arns.is_empty()
    }
}

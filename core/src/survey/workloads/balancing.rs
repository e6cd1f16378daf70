//! What was seen of AWS, as far as it says how a service is reached. Plain data.

use std::collections::{BTreeMap, BTreeSet};

use crate::elb::{LoadBalancerArn, LoadBalancerKind, Target, TargetGroupArn};
use crate::survey::{Manager, Routes, SurveyedGroup, SurveyedRoute};

/// The target groups that matter, and what sends to them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Balancing {
    /// The routes to them, and they.
    pub routes: Routes,
    /// The names of all target groups of the account and region.
    pub names: BTreeMap<String, TargetGroupArn>,
    /// The targets of those that have some.
    pub targets: BTreeMap<TargetGroupArn, Vec<Target>>,
    /// The APIs and VPC links that lead to a load balancer or a listener, by its ARN.
    pub apis: BTreeMap<String, BTreeSet<String>>,
}

impl Balancing {
    /// A target group, if it exists.
    pub(crate) fn group(&self, arn: &TargetGroupArn) -> Option<&SurveyedGroup> {
        self.routes.target_groups.values().find(|group| group.info.arn == *arn)
    }

    /// The routes to a target group, with their names.
    pub(crate) fn routes_to<'a>(
        &'a self,
        group: &'a SurveyedGroup,
    ) -> impl Iterator<Item = (&'a str, &'a SurveyedRoute)> {
        group.routes.keys().filter_map(|name| Some((name.as_str(), self.routes.routes.get(name)?)))
    }

    /// Who manages a route to a target group, with that route's name.
    pub(crate) fn manager<'a>(&'a self, group: &'a SurveyedGroup) -> Option<(&'a str, &'a Manager)> {
        self.routes_to(group).find_map(|(name, route)| Some((name, route.manager.as_ref()?)))
    }

    /// The APIs that lead to a target group, by what AWS calls them.
    pub(crate) fn apis_to(&self, group: &SurveyedGroup) -> BTreeSet<String> {
        let listeners = self.routes_to(group).map(|(_, route)| route.arn.listener_arn().to_string());
        let arns = listeners.chain(group.info.load_balancer_arns.iter().cloned());
        arns.filter_map(|arn| self.apis.get(&arn)).flatten().cloned().collect()
    }
}

/// The kind of the load balancers that send to a target group; none where nothing does, or where it cannot be told.
pub(crate) fn kind(group: &SurveyedGroup) -> Option<LoadBalancerKind> {
    let mut kinds =
        group.info.load_balancer_arns.iter().map(|arn| LoadBalancerArn::parse(arn).ok().map(|arn| arn.kind()));
    kinds.next().flatten()
}

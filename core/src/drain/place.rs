//! Where requests or flows are counted, and which metrics say what of it. Pure.
//!
//! Application load balancers count the requests of a target group, and leave a count of zero out (Application Load
//! Balancer user guide, CloudWatch metrics). That CloudWatch publishes something else of the same minute, the target
//! group's healthy targets or the load balancer's own requests, says that a missing count is zero.
//!
//! Network load balancers always publish the flows of the whole load balancer; those of a target group are not among the
//! documented dimensions (Network Load Balancer user guide, CloudWatch metrics). So a missing count is zero only where
//! the target group was counted before, or the whole load balancer had no flow.

use std::collections::{BTreeMap, BTreeSet};

use super::evidence::Seen;
use crate::elb::{LoadBalancerArn, LoadBalancerKind, TargetGroupArn};

/// A metric of a load balancer, or of one of its target groups.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Counter {
    /// `AWS/ApplicationELB` or `AWS/NetworkELB`.
    pub namespace: &'static str,
    /// `RequestCount`, for example.
    pub metric: &'static str,
    /// How the minute is summed up.
    pub statistic: &'static str,
    /// The `LoadBalancer` dimension.
    pub balancer: String,
    /// The `TargetGroup` dimension; none for the whole load balancer.
    pub target_group: Option<String>,
}

/// A place where requests or flows are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// What it is, in words.
    pub name: String,
    /// What counts: anything above zero is traffic.
    pub counts: Vec<Counter>,
    /// What tells, by being published, that a missing count is zero.
    pub witnesses: Vec<Counter>,
    /// What tells the same by being zero.
    pub empties: Vec<Counter>,
    /// Whether the witnesses say anything only where there was a count at some time.
    pub needs_history: bool,
}

/// The values of a counter by the minute in which they begin.
pub(crate) type Series = BTreeMap<u64, f64>;

impl Place {
    /// A target group behind a load balancer.
    pub(crate) fn group(balancer: &LoadBalancerArn, group: &TargetGroupArn) -> Self {
        let name = format!("target group {group}");
        let of_group = |metric, statistic| counter(balancer, Some(group), metric, statistic);
        let witnesses = vec![of_group("HealthyHostCount", "Maximum")];
        if is_network(balancer) {
            return Self {
                name,
                counts: vec![of_group("ActiveFlowCount", "Maximum"), of_group("ProcessedBytes", "Sum")],
                witnesses,
                empties: vec![counter(balancer, None, "ActiveFlowCount", "Maximum")],
                needs_history: true,
            };
        }
        let requests = counter(balancer, None, "RequestCount", "Sum");
        Self {
            name,
            counts: vec![of_group("RequestCount", "Sum")],
            witnesses: witnesses.into_iter().chain([requests]).collect(),
            empties: Vec::new(),
            needs_history: false,
        }
    }

    /// A whole load balancer with these target groups behind it.
    pub(crate) fn balancer(balancer: &LoadBalancerArn, groups: &BTreeSet<TargetGroupArn>) -> Self {
        let healthy = |group| counter(balancer, Some(group), "HealthyHostCount", "Maximum");
        let whole = |metric, statistic| counter(balancer, None, metric, statistic);
        let (counts, witnesses) = if is_network(balancer) {
            // The flows are always published: a minute without them is one that is not published.
            (vec![whole("ActiveFlowCount", "Maximum")], Vec::new())
        } else {
            (vec![whole("RequestCount", "Sum")], groups.iter().map(healthy).collect())
        };
        let name = format!("load balancer {balancer}");
        Self { name, counts, witnesses, empties: Vec::new(), needs_history: false }
    }

    /// Every counter that has to be read.
    pub(crate) fn counters(&self) -> impl Iterator<Item = &Counter> {
        self.counts.iter().chain(&self.witnesses).chain(&self.empties)
    }

    /// What these series say of the place. A counter that is not among them was not published.
    pub(crate) fn seen(&self, series: &BTreeMap<Counter, Series>) -> Seen {
        let of = |counters: &[Counter]| {
            let values = counters.iter().filter_map(|counter| series.get(counter)).flatten();
            values.map(|(minute, value)| (*minute, *value)).collect::<Vec<_>>()
        };
        let mut counts = Series::new();
        for (minute, value) in of(&self.counts) {
            let count = counts.entry(minute).or_default();
            *count = value.max(*count);
        }
        let trusted = !self.needs_history || !counts.is_empty();
        let witnessed = of(&self.witnesses).into_iter().filter(|_| trusted);
        let empty = of(&self.empties).into_iter().filter(|(_, value)| *value <= 0.0);
        let told = witnessed.chain(empty).map(|(minute, _)| minute).collect();
        Seen { counts, told }
    }
}

fn is_network(balancer: &LoadBalancerArn) -> bool {
    balancer.kind() == LoadBalancerKind::Network
}

fn counter(
    balancer: &LoadBalancerArn,
    group: Option<&TargetGroupArn>,
    metric: &'static str,
    statistic: &'static str,
) -> Counter {
    Counter {
        namespace: if is_network(balancer) { "AWS/NetworkELB" } else { "AWS/ApplicationELB" },
        metric,
        statistic,
        balancer: balancer.dimension(),
        target_group: group.map(TargetGroupArn::dimension),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn balancer(kind: &str) -> LoadBalancerArn {
        LoadBalancerArn::parse(&format!(
            "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/{kind}/edge/0123456789abcdef"
        ))
        .unwrap()
    }

    fn group() -> TargetGroupArn {
        TargetGroupArn::parse("arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blue/73e2").unwrap()
    }

    /// Which minutes are counted, and which are told, where these metrics have these values; `group.` or `whole.` begins
    /// each.
    #[track_caller]
    fn check(place: &Place, published: &[(&str, &[(u64, f64)])], counts: &[(u64, f64)], told: &[u64]) {
        let named = |counter: &Counter, name: &str| {
            let of = if counter.target_group.is_some() { "group." } else { "whole." };
            name.strip_prefix(of) == Some(counter.metric)
        };
        let mut series = BTreeMap::new();
        for counter in place.counters() {
            let found = published.iter().find(|(name, _)| named(counter, name));
            series.extend(found.map(|(_, values)| (counter.clone(), values.iter().copied().collect())));
        }
        let seen = place.seen(&series);
        assert_eq!(seen.counts, counts.iter().copied().collect());
        assert_eq!(seen.told, told.iter().copied().collect());
    }

    #[test]
    fn a_missing_count_of_requests_is_zero_where_something_else_is_published() {
        let place = Place::group(&balancer("app"), &group());
        check(&place, &[], &[], &[]);
        check(&place, &[("group.RequestCount", &[(60, 3.0)])], &[(60, 3.0)], &[]);
        check(&place, &[("group.HealthyHostCount", &[(60, 0.0)])], &[], &[60]);
        check(&place, &[("whole.RequestCount", &[(60, 9.0), (120, 9.0)])], &[], &[60, 120]);
    }

    #[test]
    fn a_missing_count_of_flows_is_zero_only_where_the_group_was_counted_or_nothing_flows() {
        let place = Place::group(&balancer("net"), &group());
        let healthy = ("group.HealthyHostCount", [(120, 1.0)]);
        check(&place, &[(healthy.0, &healthy.1)], &[], &[]);
        check(&place, &[(healthy.0, &healthy.1), ("whole.ActiveFlowCount", &[(120, 7.0)])], &[], &[]);
        check(&place, &[("whole.ActiveFlowCount", &[(120, 0.0)])], &[], &[120]);
        let counted: (&str, &[(u64, f64)]) = ("group.ActiveFlowCount", &[(60, 2.0)]);
        check(&place, &[counted, (healthy.0, &healthy.1)], &[(60, 2.0)], &[120]);
        check(
            &place,
            &[("group.ActiveFlowCount", &[(60, 0.0)]), ("group.ProcessedBytes", &[(60, 9.0)])],
            &[(60, 9.0)],
            &[],
        );
    }

    #[test]
    fn a_whole_load_balancer_is_told_by_its_target_groups_or_by_itself() {
        let groups = BTreeSet::from([group()]);
        let application = Place::balancer(&balancer("app"), &groups);
        check(&application, &[("group.HealthyHostCount", &[(60, 1.0)])], &[], &[60]);
        let network = Place::balancer(&balancer("net"), &groups);
        check(&network, &[("whole.ActiveFlowCount", &[(60, 0.0)])], &[(60, 0.0)], &[]);
        assert!(network.witnesses.is_empty());
    }
}

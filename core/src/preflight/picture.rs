//! What the reads found. A part that could not be read is left out here and listed in `untold` or `absent`, so that every
//! check looks at what is known, and what is not known is told once.

use std::collections::{BTreeMap, BTreeSet};

use crate::elb::twin::Group;
use crate::elb::{Behind, Enough, LoadBalancerArn, LoadBalancerInfo, RouteArn, TargetGroupArn, TargetHealth};
use crate::engine::gate;
use crate::gates::Alarm;
use crate::route53::RecordType;
use crate::route53::external_dns::Owner;
use crate::route53::record_shift::Sight;
use crate::survey::workloads::{Binding, ExternalDns, Id};
use crate::survey::{Routes, SurveyedRoute};

/// All that the checks look at.
#[derive(Debug, Clone, Default)]
pub(crate) struct Picture {
    /// How healthy green has to be.
    pub enough: Enough,
    /// The pairs of target groups.
    pub pairs: Vec<Pair>,
    /// The routes that were named; none where all that forward to a side are meant.
    pub named: BTreeSet<RouteArn>,
    /// The load balancers of the routes and of the target groups.
    pub balancers: BTreeMap<LoadBalancerArn, Balancer>,
    /// The pairs of records.
    pub records: Vec<Records>,
    /// The swaps of ports.
    pub swaps: Vec<Swap>,
    /// The alarms, by name; none for one that does not exist.
    pub alarms: BTreeMap<String, Option<Alarm>>,
    /// The clusters, where they are looked at.
    pub clusters: Option<Clusters>,
    /// What does not exist.
    pub absent: Vec<Absent>,
    /// What could not be read.
    pub untold: Vec<Untold>,
}

/// Something that was named and does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Absent {
    /// In a word or two.
    pub what: &'static str,
    /// Its ARN, id or name.
    pub object: String,
}

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Untold {
    /// Its ARN, id or name.
    pub object: String,
    /// What was tried, and what came back.
    pub why: String,
}

/// Two target groups.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    /// The user's name for it.
    pub name: String,
    /// The side that serves.
    pub blue: Side,
    /// The side that takes over.
    pub green: Side,
}

/// A target group.
#[derive(Debug, Clone)]
pub(crate) struct Side {
    /// Its ARN.
    pub arn: TargetGroupArn,
    /// What it is, as far as that could be read.
    pub group: Option<Group>,
    /// How its targets are, as far as that could be read.
    pub health: Option<TargetHealth>,
    /// The load balancers that AWS lists for it.
    pub balancers: BTreeSet<LoadBalancerArn>,
}

/// A load balancer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Balancer {
    /// What it is, as far as that could be read.
    pub info: Option<LoadBalancerInfo>,
    /// Whether it sends from every zone to every zone, as far as that could be read.
    pub crosses_zones: Option<bool>,
    /// All of its routes, as far as they could be read.
    pub routes: Option<Routes>,
}

/// Two records of one name.
#[derive(Debug, Clone)]
pub(crate) struct Records {
    /// The name in DNS.
    pub dns_name: String,
    /// What is seen of them by type; nothing where they could not be read.
    pub sights: BTreeMap<RecordType, Sight>,
    /// Whom ExternalDNS names as their owner.
    pub owner: Option<Owner>,
    /// The load balancers that they are aliases of, where they evaluate the targets' health.
    pub aliases: Vec<Alias>,
    /// The names of load balancers that they are aliases of in the same way, and that are not in this account and region.
    pub elsewhere: Vec<String>,
}

/// A record that is an alias of a load balancer.
#[derive(Debug, Clone)]
pub(crate) struct Alias {
    /// Whose record it is.
    pub side: gate::Side,
    /// Its type.
    pub kind: RecordType,
    /// The load balancer.
    pub balancer: LoadBalancerArn,
    /// How the targets behind it are, as far as that could be read.
    pub behind: Option<Behind>,
}

/// An API between two ports.
#[derive(Debug, Clone)]
pub(crate) struct Swap {
    /// The user's name for it.
    pub name: String,
    /// The API, in words.
    pub api: String,
    /// What a deployment would ship beside the swap by stage, or why there can be no swap; none where that could not be
    /// read.
    pub undeployed: Option<Result<BTreeMap<String, Vec<String>>, String>>,
}

/// The clusters that traffic is moved between.
#[derive(Debug, Clone, Default)]
pub(crate) struct Clusters {
    /// The one that serves.
    pub blue: Inside,
    /// The one that takes over.
    pub green: Inside,
}

/// What is in a cluster, each part as far as it could be read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Inside {
    /// Its services, but for those of Kubernetes's own namespaces.
    pub services: Option<BTreeSet<Id>>,
    /// Its bindings of target groups.
    pub bindings: Option<Vec<Binding>>,
    /// Every ExternalDNS in it.
    pub external_dns: Option<Vec<ExternalDns>>,
}

impl Clusters {
    /// A part of both, where both are known.
    pub(crate) fn both<T>(&self, part: fn(&Inside) -> Option<&T>) -> Option<(&T, &T)> {
        part(&self.blue).zip(part(&self.green))
    }
}

impl Picture {
    /// The routes that are looked at, under their names: those that were named, or else all that forward to a side.
    pub(crate) fn routes(&self) -> Vec<(&str, &SurveyedRoute)> {
        let wanted = |route: &SurveyedRoute| match self.named.is_empty() {
            true => self.pairs.iter().any(|pair| pair.is_in(route)),
            false => self.named.contains(&route.arn),
        };
        self.all_routes().filter(|(_, route)| wanted(route)).collect()
    }

    /// All routes of all load balancers, under their names.
    pub(crate) fn all_routes(&self) -> impl Iterator<Item = (&str, &SurveyedRoute)> {
        let surveys = self.balancers.values().filter_map(|balancer| balancer.routes.as_ref());
        surveys.flat_map(|survey| survey.routes.iter().map(|(name, route)| (name.as_str(), route)))
    }

    /// The routes that are looked at and forward to a side of this pair.
    pub(crate) fn routes_of(&self, pair: &Pair) -> Vec<(&str, &SurveyedRoute)> {
        self.routes().into_iter().filter(|(_, route)| pair.is_in(route)).collect()
    }

    /// The load balancers in front of a pair: those that AWS lists for a side, and those of its routes.
    pub(crate) fn balancers_of(&self, pair: &Pair) -> BTreeMap<LoadBalancerArn, &Balancer> {
        let routes = self.routes_of(pair).into_iter().map(|(_, route)| route.arn.load_balancer_arn());
        let listed = pair.blue.balancers.iter().chain(&pair.green.balancers).cloned();
        routes.chain(listed).filter_map(|arn| Some((arn.clone(), self.balancers.get(&arn)?))).collect()
    }

    /// A side of each pair with how its targets are, where that is known.
    pub(crate) fn healths(&self, side: fn(&Pair) -> &Side) -> impl Iterator<Item = (&Side, &TargetHealth)> {
        self.pairs.iter().map(side).filter_map(|side| Some((side, side.health.as_ref()?)))
    }
}

impl Pair {
    /// Whether a route forwards to a side, at any weight.
    pub(crate) fn is_in(&self, route: &SurveyedRoute) -> bool {
        self.blue.is_in(route) || self.green.is_in(route)
    }

    /// What both sides are, where both are known.
    pub(crate) fn groups(&self) -> Option<(&Group, &Group)> {
        self.blue.group.as_ref().zip(self.green.group.as_ref())
    }
}

impl Side {
    /// Whether a route forwards to it, at any weight.
    pub(crate) fn is_in(&self, route: &SurveyedRoute) -> bool {
        route.portions.iter().any(|portion| portion.target_group == self.arn)
    }

    /// An attribute of the target group; none where it has none of this key or is not known.
    pub(crate) fn attribute(&self, key: &str) -> Option<&str> {
        self.group.as_ref()?.attributes.get(key).map(String::as_str)
    }
}

//! A listener's rules, ready to be asked for every request.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::asked::Asked;
use super::routes::{Action, Condition, FixedResponse, Listener, Redirect, Routes, Target};
use super::split::Split;
use crate::lab::health::Health;

/// A listener's rules, in order.
#[derive(Debug, Default)]
pub struct Table {
    rules: Vec<Rule>,
}

/// A rule.
#[derive(Debug)]
struct Rule {
    arn: String,
    conditions: Vec<Condition>,
    act: Option<Act>,
}

/// What is done with a request.
#[derive(Debug)]
pub enum Act {
    /// It goes to one of these target groups.
    Forward(Forward),
    /// The client is sent elsewhere.
    Redirect(Redirect),
    /// It is answered at once.
    Fixed(FixedResponse),
}

/// Target groups that share requests.
#[derive(Debug)]
pub struct Forward {
    groups: Vec<Arc<Group>>,
    split: Arc<Split>,
    /// For how long a client stays with its target group, if it does.
    pub stickiness: Option<Duration>,
}

/// A target group and whose turn it is in it.
#[derive(Debug)]
pub struct Group {
    /// Its ARN.
    pub arn: String,
    targets: Vec<Target>,
    turn: AtomicUsize,
}

/// Target groups by ARN.
pub type Groups = HashMap<String, Arc<Group>>;

/// The target groups as they are now; those that have not changed go on where they were.
pub fn groups(routes: &Routes, before: &Groups) -> Groups {
    let group = |arn: &String, targets: &Vec<Target>| match before.get(arn) {
        Some(group) if group.targets == *targets => Arc::clone(group),
        _ => Arc::new(Group { arn: arn.clone(), targets: targets.clone(), turn: AtomicUsize::new(0) }),
    };
    routes.groups.iter().map(|(arn, found)| (arn.clone(), group(arn, &found.targets))).collect()
}

impl Table {
    /// A listener's rules as they are now; splits that have not changed go on where they were.
    pub fn of(listener: &Listener, groups: &Groups, before: &Table) -> Self {
        let rules = listener.rules.iter().map(|rule| {
            let old = before.rules.iter().find(|old| old.arn == rule.arn).and_then(|old| old.act.as_ref());
            let act = rule.actions.last().and_then(|action| Act::of(action, groups, old));
            Rule { arn: rule.arn.clone(), conditions: rule.conditions.clone(), act }
        });
        Self { rules: rules.collect() }
    }

    /// What is done with a request.
    pub fn act(&self, asked: &Asked<'_>) -> Option<&Act> {
        self.rules.iter().find(|rule| asked.meets(&rule.conditions))?.act.as_ref()
    }

    /// What is done with a connection: the default action, for a network load balancer has no rules.
    pub fn default_act(&self) -> Option<&Act> {
        self.rules.last()?.act.as_ref()
    }
}

impl Act {
    fn of(action: &Action, groups: &Groups, before: Option<&Act>) -> Option<Self> {
        if let Some(redirect) = &action.redirect_config {
            return Some(Self::Redirect(redirect.clone()));
        }
        if let Some(fixed) = &action.fixed_response_config {
            return Some(Self::Fixed(fixed.clone()));
        }
        let config = action.forward_config.as_ref()?;
        let parts: Vec<_> =
            config.target_groups.iter().filter(|part| groups.contains_key(&part.target_group_arn)).collect();
        let found: Vec<_> = parts.iter().map(|part| Arc::clone(&groups[&part.target_group_arn])).collect();
        let weights: Vec<u32> = parts.iter().map(|part| part.weight).collect();
        let split = match before {
            Some(Self::Forward(old)) if old.split.weights() == weights && old.has(&found) => Arc::clone(&old.split),
            _ => Arc::new(Split::new(weights)),
        };
        let sticky = &config.target_group_stickiness_config;
        let stickiness = sticky.duration_seconds.filter(|_| sticky.enabled).map(Duration::from_secs);
        Some(Self::Forward(Forward { groups: found, split, stickiness }))
    }
}

impl Forward {
    fn has(&self, groups: &[Arc<Group>]) -> bool {
        self.groups.len() == groups.len() && self.groups.iter().zip(groups).all(|(a, b)| a.arn == b.arn)
    }

    /// The target group whose turn it is by weight.
    pub fn next(&self) -> Option<&Arc<Group>> {
        self.groups.get(self.split.next()?)
    }

    /// One of its target groups, whatever its weight.
    pub fn named(&self, arn: &str) -> Option<&Arc<Group>> {
        self.groups.iter().find(|group| group.arn == arn)
    }
}

impl Group {
    /// The target whose turn it is; none in an empty target group.
    pub fn next(&self, health: &Health) -> Option<&Target> {
        let fit = health.fit(&self.arn, &self.targets);
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        self.targets.get(*fit.get(turn % fit.len().max(1))?)
    }
}

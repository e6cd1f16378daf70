//! A listener or a rule as AWS describes it, and what two looks at it have in common.

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::Client;
use aws_sdk_elasticloadbalancingv2::types::{Action, Listener, Rule};

use crate::blocking::wait;

/// A route at one moment.
#[derive(Debug, Clone, PartialEq)]
pub enum Route {
    /// A listener, for its default actions.
    Listener(Box<Listener>),
    /// A listener rule.
    Rule(Box<Rule>),
}

impl Route {
    /// Reads a route.
    pub fn read(client: &Client, arn: &str) -> Self {
        if arn.contains(":listener-rule/") {
            let found = wait(client.describe_rules().rule_arns(arn).send()).unwrap();
            Self::Rule(Box::new(found.rules()[0].clone()))
        } else {
            let found = wait(client.describe_listeners().listener_arns(arn).send()).unwrap();
            Self::Listener(Box::new(found.listeners()[0].clone()))
        }
    }

    /// Its actions.
    pub fn actions(&self) -> &[Action] {
        match self {
            Self::Listener(listener) => listener.default_actions(),
            Self::Rule(rule) => rule.actions(),
        }
    }

    /// The weights of its forward action, by target group.
    pub fn weights(&self) -> BTreeMap<String, i32> {
        let forward = self.actions().iter().find_map(Action::forward_config).unwrap();
        let tuples = forward.target_groups().iter();
        tuples.map(|tuple| (tuple.target_group_arn().unwrap().to_owned(), tuple.weight().unwrap())).collect()
    }

    /// Green's percent of what blue and green share.
    pub fn green_percent(&self, blue: &str, green: &str) -> f64 {
        let weights = self.weights();
        let of = |arn| f64::from(weights.get(arn).copied().unwrap_or(0));
        of(green) * 100.0 / (of(blue) + of(green))
    }

    /// A target group's part of the whole, as an exact fraction: its weight and the sum of all weights, shortened.
    pub fn part(&self, target_group: &str) -> (i32, i32) {
        let weights = self.weights();
        let (part, whole) = (weights[target_group], weights.values().sum::<i32>());
        let by = greatest_common_divisor(part, whole);
        (part / by, whole / by)
    }

    /// The route without any weight: what a shift must leave as it was.
    pub fn without_weights(&self) -> Self {
        let mut bare = self.clone();
        let actions = match &mut bare {
            Self::Listener(listener) => listener.default_actions.as_mut(),
            Self::Rule(rule) => rule.actions.as_mut(),
        };
        for action in actions.into_iter().flatten() {
            for tuple in action.forward_config.iter_mut().flat_map(|config| config.target_groups.iter_mut().flatten()) {
                tuple.weight = None;
            }
        }
        bare
    }
}

fn greatest_common_divisor(a: i32, b: i32) -> i32 {
    if b == 0 { a.max(1) } else { greatest_common_divisor(b, a % b) }
}

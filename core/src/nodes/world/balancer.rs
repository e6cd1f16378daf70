//! A target group of the small cluster: its nodes are the targets, as a load balancer's controller has it.

use std::collections::{BTreeMap, BTreeSet};

use crate::nodes::ground::Trouble;
use crate::nodes::names::EXCLUDE;
use crate::nodes::picture::{Condition, Picture, Target};

/// How many looks a target drains for.
const DRAINS: u32 = 200;

/// The target group.
#[derive(Default)]
pub struct Balancer {
    targets: BTreeMap<String, (Condition, u32)>,
    /// Nodes, by name, that fail their health checks.
    pub ill: BTreeSet<String>,
    /// Whether nobody takes nodes out that have the label.
    pub stubborn: bool,
    /// Why it cannot be read.
    pub unread: Option<Trouble>,
    /// The fewest healthy targets at any look since there was one.
    pub least: Option<usize>,
    /// Whether a node went that was still a target.
    pub torn: bool,
}

impl Balancer {
    /// The controller and the health checks, each once.
    pub fn step(&mut self, picture: &Picture) {
        let wanted: BTreeMap<String, &str> = picture
            .nodes
            .iter()
            .filter(|node| self.stubborn || !node.labels.contains_key(EXCLUDE))
            .filter_map(|node| Some((node.instance()?.to_owned(), node.name.as_str())))
            .collect();
        let there: BTreeSet<&str> = picture.nodes.iter().filter_map(|node| node.instance()).collect();
        self.torn |= self.targets.keys().any(|id| !there.contains(id.as_str()));
        for (id, (condition, since)) in &mut self.targets {
            *since += 1;
            *condition = match (wanted.get(id), *condition) {
                (Some(node), _) if self.ill.contains(*node) => Condition::Unhealthy,
                (Some(_), _) => Condition::Healthy,
                (None, Condition::Draining) => Condition::Draining,
                (None, _) => {
                    *since = 0;
                    Condition::Draining
                }
            };
        }
        self.targets.retain(|_, (condition, since)| *condition != Condition::Draining || *since < DRAINS);
        for id in wanted.into_keys() {
            self.targets.entry(id).or_insert((Condition::Undecided, 0));
        }
        let healthy = self.targets.values().filter(|(condition, _)| *condition == Condition::Healthy).count();
        if self.least.is_some() || healthy > 0 {
            self.least = Some(self.least.map_or(healthy, |least| least.min(healthy)));
        }
    }

    /// What is seen of it.
    pub fn seen(&self) -> Result<Vec<Target>, Trouble> {
        let target = |(id, (condition, _)): (&String, &(Condition, u32))| Target {
            id: id.clone(),
            port: Some(30080),
            condition: *condition,
            told: format!("{condition:?}").to_lowercase(),
        };
        self.unread.clone().map_or_else(|| Ok(self.targets.iter().map(target).collect()), Err)
    }
}

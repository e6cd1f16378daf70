//! The stages of a migration. Each is a pure question: with things as they are seen, is it done, what is to be done next,
//! or what is waited for? No stage relies on the one before it having run: all that counts is what is seen.

mod autoscalers;
mod back;
mod balancers;
mod cost;
mod delete;
mod evict;
mod freeze;
mod green;
mod restore;
mod scale_back;
mod surge;
mod taint;

use std::fmt;
use std::time::SystemTime;

use super::act::Act;
use super::orders::Orders;
use super::picture::{Name, Picture, Workload};
use super::record::Record;

pub use evict::is_leftover;

/// A stage, in the order in which they come. Those after [`Stage::Restore`] are the way back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Blue's size is pinned.
    Freeze,
    /// Green is there, and its nodes are ready.
    Green,
    /// No new pod comes to blue.
    Taint,
    /// The autoscalers of what is surged are pinned.
    Autoscalers,
    /// What the cluster itself needs has as many pods again, on green.
    SurgeSystem,
    /// Everything else has.
    SurgeUser,
    /// Blue's nodes are out of the load balancers.
    Balancers,
    /// Blue's pods are those that are deleted first.
    Cost,
    /// What was surged has as many pods as before.
    ScaleBack,
    /// What else is on blue is evicted.
    Evict,
    /// Blue is deleted.
    Delete,
    /// Autoscalers, annotations and nodes are as they were.
    Restore,
    /// On the way back: blue's pods cost as much as before.
    BackCost,
    /// On the way back: blue's nodes are in the load balancers.
    BackBalancers,
    /// On the way back: what was surged has as many pods as before.
    BackScale,
    /// On the way back: the autoscalers are as they were.
    BackAutoscalers,
    /// On the way back: pods may come to blue.
    BackTaint,
    /// On the way back: blue's size is free.
    BackFreeze,
}

impl Stage {
    /// The way there.
    pub const FORTH: [Stage; 12] = [
        Stage::Freeze,
        Stage::Green,
        Stage::Taint,
        Stage::Autoscalers,
        Stage::SurgeSystem,
        Stage::SurgeUser,
        Stage::Balancers,
        Stage::Cost,
        Stage::ScaleBack,
        Stage::Evict,
        Stage::Delete,
        Stage::Restore,
    ];
    /// The way back.
    pub const BACK: [Stage; 6] = [
        Stage::BackCost,
        Stage::BackBalancers,
        Stage::BackScale,
        Stage::BackAutoscalers,
        Stage::BackTaint,
        Stage::BackFreeze,
    ];

    /// The stage as users read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Freeze => "freeze_blue",
            Stage::Green => "green_ready",
            Stage::Taint => "taint_blue",
            Stage::Autoscalers => "freeze_autoscalers",
            Stage::SurgeSystem => "surge_system",
            Stage::SurgeUser => "surge_user",
            Stage::Balancers => "leave_load_balancers",
            Stage::Cost => "deletion_cost",
            Stage::ScaleBack => "scale_back",
            Stage::Evict => "evict",
            Stage::Delete => "delete_blue",
            Stage::Restore => "restore",
            Stage::BackCost => "restore_deletion_cost",
            Stage::BackBalancers => "rejoin_load_balancers",
            Stage::BackScale => "undo_surge",
            Stage::BackAutoscalers => "restore_autoscalers",
            Stage::BackTaint => "untaint_blue",
            Stage::BackFreeze => "unfreeze_blue",
        }
    }

    /// The stage that users read so.
    pub fn parse(text: &str) -> Option<Self> {
        Self::FORTH.into_iter().chain(Self::BACK).find(|stage| stage.as_str() == text)
    }

    /// The stages of a migration by these orders.
    pub fn of(orders: &Orders) -> Vec<Stage> {
        Self::FORTH.into_iter().filter(|stage| orders.delete_blue || *stage != Stage::Delete).collect()
    }

    /// The stages that are still to be gone through. What was begun to be put back in the end is not taken again.
    pub fn left(orders: &Orders, record: Option<&Record>) -> Vec<Stage> {
        match record.and_then(|record| record.stage) {
            Some(Stage::Restore) => vec![Stage::Restore],
            _ => Self::of(orders),
        }
    }

    /// Whether it is one of the way back.
    pub fn is_back(self) -> bool {
        Self::BACK.contains(&self)
    }

    /// What is to be done for it, as things are seen.
    pub fn decide(self, scene: &Scene<'_>) -> Decision {
        match self {
            Stage::Freeze => freeze::decide(scene),
            Stage::Green => green::decide(scene),
            Stage::Taint => taint::decide(scene),
            Stage::Autoscalers => autoscalers::decide(scene),
            Stage::SurgeSystem => surge::decide(scene, true),
            Stage::SurgeUser => surge::decide(scene, false),
            Stage::Balancers => balancers::decide(scene),
            Stage::Cost => cost::decide(scene),
            Stage::ScaleBack => scale_back::decide(scene),
            Stage::Evict => evict::decide(scene),
            Stage::Delete => delete::decide(scene),
            Stage::Restore => restore::decide(scene),
            Stage::BackCost => back::cost(scene),
            Stage::BackBalancers => back::balancers(scene),
            Stage::BackScale => scale_back::decide_back(scene),
            Stage::BackAutoscalers => back::autoscalers(scene),
            Stage::BackTaint => back::taint(scene),
            Stage::BackFreeze => back::freeze(scene),
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a stage decides from.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// What is seen.
    pub picture: &'a Picture,
    /// What is to be done.
    pub orders: &'a Orders,
    /// What was noted; none where no migration is under way.
    pub record: Option<&'a Record>,
    /// The time of day.
    pub now: SystemTime,
}

/// What is to be done for a stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Nothing: it is done.
    Met,
    /// These calls, and then another look. The text says what they are for.
    Act(Vec<Act>, String),
    /// To look again: what was asked for is not seen yet. The text says what is seen.
    Wait(String),
    /// Nothing helps but a person. The text says what stands in the way.
    Blocked(String),
}

impl Decision {
    /// To act where there is something to do, else that it is met.
    fn of(acts: Vec<Act>, why: &str) -> Self {
        if acts.is_empty() { Decision::Met } else { Decision::Act(acts, why.to_owned()) }
    }
}

impl Scene<'_> {
    /// How many pods of a workload serve elsewhere than on blue.
    fn serving_elsewhere(&self, workload: &Workload) -> u32 {
        let elsewhere = self.picture.pods_of(workload).filter(|pod| pod.serves() && !self.is_on_blue(pod));
        u32::try_from(elsewhere.count()).unwrap_or(u32::MAX)
    }

    /// How many pods of a workload serve.
    fn serving(&self, workload: &Workload) -> u32 {
        u32::try_from(self.picture.pods_of(workload).filter(|pod| pod.serves()).count()).unwrap_or(u32::MAX)
    }

    /// How many pods of a workload live on blue.
    fn on_blue(&self, workload: &Workload) -> u32 {
        let there = self.picture.pods_of(workload).filter(|pod| self.is_on_blue(pod));
        u32::try_from(there.count()).unwrap_or(u32::MAX)
    }

    fn is_on_blue(&self, pod: &super::picture::Pod) -> bool {
        self.picture.is_on(pod, &self.orders.blue)
    }

    /// The names of the pods of a workload that do not serve, with why not as far as that is seen.
    fn unready(&self, workload: &Workload) -> String {
        let unready = self.picture.pods_of(workload).filter(|pod| !pod.ready).map(|pod| match &pod.node {
            Some(node) => format!("Pod {} on {node} is not ready", pod.name),
            None => format!("Pod {} has no node yet", pod.name),
        });
        unready.take(3).collect::<Vec<_>>().join(", ")
    }
}

/// A few names for a text, and how many more there are.
fn some<'a>(names: impl Iterator<Item = &'a Name>) -> String {
    let names: Vec<String> = names.map(Name::to_string).collect();
    let shown = names.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > 5 { format!("{shown} and {} more", names.len() - 5) } else { shown }
}

#[cfg(test)]
mod tests;

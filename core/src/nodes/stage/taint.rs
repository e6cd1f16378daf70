//! No new pod comes to blue: neither to its nodes nor to those that it may still launch.

use super::{Decision, Scene};
use crate::nodes::act::{Act, GroupAct};
use crate::nodes::picture::{GroupStatus, Node, Taint};

pub(super) fn decide(scene: &Scene<'_>) -> Decision {
    let Some(blue) = scene.picture.blue.as_ref().filter(|blue| blue.status != GroupStatus::Deleting) else {
        return Decision::Met;
    };
    let taint = Taint::of(&scene.orders.name());
    // The nodes as well: EKS gives a group's new taint to nodes that are there only after a while.
    let bare = scene.picture.nodes_of(&blue.name).filter(|node| !node.is_tainted());
    let mut acts: Vec<Act> =
        bare.map(|node| taints(node, node.taints.iter().cloned().chain([taint.clone()]).collect())).collect();
    if !blue.taints.contains(&taint) {
        match &blue.status {
            GroupStatus::Busy(status) if acts.is_empty() => {
                return Decision::Wait(format!("node group {} is {status}", blue.name));
            }
            GroupStatus::Failed(why) => return Decision::Blocked(format!("node group {}: {why}", blue.name)),
            GroupStatus::Active => {
                acts.push(Act::Group(GroupAct::Taint { group: blue.name.clone(), taint, add: true }));
            }
            _ => {}
        }
    }
    Decision::of(acts, "keep new pods off blue")
}

pub(super) fn taints(node: &Node, taints: Vec<Taint>) -> Act {
    Act::Taints { node: node.name.clone(), version: node.version.clone(), taints }
}

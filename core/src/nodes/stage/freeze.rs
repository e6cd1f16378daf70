//! Blue's size is pinned, so that nobody adds nodes to it or takes some away meanwhile.

use super::{Decision, Scene};
use crate::nodes::act::{Act, Change, GroupAct, Object};
use crate::nodes::names::{KEPT, NO_SCALE_DOWN, SIZES_TAG};
use crate::nodes::original::Original;
use crate::nodes::picture::{Group, GroupStatus, Node, Sizes};

pub(super) fn decide(scene: &Scene<'_>) -> Decision {
    let Some(blue) = scene.picture.blue.as_ref().filter(|blue| blue.status != GroupStatus::Deleting) else {
        return Decision::Met;
    };
    // Nodes first: the cluster autoscaler may act at any time.
    let kept = keep(scene.picture.nodes_of(&blue.name));
    if !kept.is_empty() {
        return Decision::Act(kept, "keep the cluster autoscaler from blue's nodes".to_owned());
    }
    let pinned = pinned(blue.sizes);
    if blue.sizes == pinned && blue.status == GroupStatus::Active {
        return Decision::Met;
    }
    // Two calls of EKS: what stood before is noted first, and never again.
    if !blue.tags.contains_key(SIZES_TAG) {
        let (arn, value) = (blue.arn.clone(), Original::of_sizes(blue.sizes).to_string());
        let tag = Act::Group(GroupAct::Tag { arn, key: SIZES_TAG, value });
        return Decision::Act(vec![tag], "note blue's sizes".to_owned());
    }
    resized(blue, pinned)
}

/// The sizes that let a group neither grow nor shrink. EKS wants a maximum of at least 1.
fn pinned(sizes: Sizes) -> Sizes {
    Sizes { min: sizes.desired, max: sizes.desired.max(1), desired: sizes.desired }
}

/// Sets a group's sizes once EKS takes a change of it: one at a time.
pub(super) fn resized(group: &Group, sizes: Sizes) -> Decision {
    match &group.status {
        GroupStatus::Active if group.sizes == sizes => Decision::Met,
        GroupStatus::Active => {
            let act = Act::Group(GroupAct::Resize { group: group.name.clone(), sizes });
            Decision::Act(vec![act], format!("set the sizes of node group {}", group.name))
        }
        GroupStatus::Busy(status) => Decision::Wait(format!("node group {} is {status}", group.name)),
        GroupStatus::Failed(why) => Decision::Blocked(format!("node group {}: {why}", group.name)),
        GroupStatus::Deleting => Decision::Blocked(format!("node group {} is being deleted", group.name)),
    }
}

/// Keeps the cluster autoscaler from nodes. Where a user did that, it is left as it is.
pub(super) fn keep<'a>(nodes: impl Iterator<Item = &'a Node>) -> Vec<Act> {
    let free = nodes.filter(|node| !node.annotations.contains_key(NO_SCALE_DOWN));
    free.map(|node| {
        let change = Change::of(Object::Node(node.name.clone()), &node.version);
        Act::Change(change.note(NO_SCALE_DOWN, "true").note(KEPT, "true"))
    })
    .collect()
}

/// Gives nodes back to the cluster autoscaler that were kept from it.
pub(super) fn release<'a>(nodes: impl Iterator<Item = &'a Node>) -> Vec<Act> {
    let kept = nodes.filter(|node| node.annotations.contains_key(KEPT));
    kept.map(|node| {
        let change = Change::of(Object::Node(node.name.clone()), &node.version);
        Act::Change(change.unnote(NO_SCALE_DOWN).unnote(KEPT))
    })
    .collect()
}

//! Green is there, its nodes are ready, and they stay although nothing runs on them yet.

use super::{Decision, Scene, freeze};
use crate::nodes::act::{Act, GroupAct};
use crate::nodes::names::{MADE_TAG, SIZES_TAG};
use crate::nodes::orders::Green;
use crate::nodes::original::Original;
use crate::nodes::picture::GroupStatus;

pub(super) fn decide(scene: &Scene<'_>) -> Decision {
    let name = scene.orders.green.name();
    let Some(green) = &scene.picture.green else {
        return match (&scene.orders.green, &scene.picture.blue) {
            (Green::Adopted(name), _) => Decision::Blocked(format!("there is no node group {name}")),
            (Green::Twin(twin), Some(blue)) => {
                let before = Original::in_(&blue.tags, SIZES_TAG).and_then(|original| original.sizes());
                let sizes = twin.sizes.or(before).unwrap_or(blue.sizes);
                let act = GroupAct::Clone { of: blue.name.clone(), clone: twin.clone(), sizes };
                Decision::Act(vec![Act::Group(act)], format!("make node group {name}"))
            }
            (Green::Twin(_), None) => Decision::Blocked(format!(
                "there is neither node group {name} nor {} to make it after",
                scene.orders.blue
            )),
        };
    };
    if matches!(scene.orders.green, Green::Twin(_)) && green.tags.get(MADE_TAG) != Some(&scene.orders.name()) {
        return Decision::Blocked(format!(
            "there is a node group {name} that this migration did not make (it has no tag {MADE_TAG}={}); to use it, set \
             green.node_group",
            scene.orders.name()
        ));
    }
    match &green.status {
        GroupStatus::Active => {}
        GroupStatus::Busy(status) => return Decision::Wait(format!("node group {name} is {status}")),
        GroupStatus::Failed(why) => return Decision::Blocked(format!("node group {name}: {why}")),
        GroupStatus::Deleting => return Decision::Blocked(format!("node group {name} is being deleted")),
    }
    let kept = freeze::keep(scene.picture.nodes_of(name));
    if !kept.is_empty() {
        return Decision::Act(kept, format!("keep the cluster autoscaler from the nodes of {name}"));
    }
    let ready = scene.picture.nodes_of(name).filter(|node| node.ready && !node.unschedulable).count();
    let wanted = usize::try_from(green.sizes.desired.max(1)).unwrap_or(usize::MAX);
    if ready >= wanted {
        return Decision::Met;
    }
    let unready: Vec<&str> =
        scene.picture.nodes_of(name).filter(|node| !node.ready).map(|node| node.name.as_str()).collect();
    let unready = if unready.is_empty() { String::new() } else { format!("; not ready: {}", unready.join(", ")) };
    Decision::Wait(format!("{ready} of {wanted} nodes of {name} are ready{unready}"))
}

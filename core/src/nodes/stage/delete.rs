//! Blue is deleted, empty as it is. EKS gives the pods of a group that it deletes some minutes, and then none of its
//! budgets count.

use super::{Decision, Scene, evict};
use crate::nodes::act::{Act, GroupAct};
use crate::nodes::picture::GroupStatus;

pub(super) fn decide(scene: &Scene<'_>) -> Decision {
    let name = &scene.orders.blue;
    let Some(blue) = &scene.picture.blue else {
        let nodes: Vec<&str> = scene.picture.nodes_of(name).map(|node| node.name.as_str()).collect();
        if nodes.is_empty() {
            return Decision::Met;
        }
        return Decision::Wait(format!("node group {name} is gone, and its nodes are not yet: {}", nodes.join(", ")));
    };
    match &blue.status {
        GroupStatus::Deleting => return Decision::Wait(format!("node group {name} is being deleted")),
        GroupStatus::Busy(status) => return Decision::Wait(format!("node group {name} is {status}")),
        GroupStatus::Failed(why) => return Decision::Blocked(format!("node group {name}: {why}")),
        GroupStatus::Active => {}
    }
    let left: Vec<_> = scene.picture.pods_on(name).filter(|pod| evict::is_leftover(pod)).map(|pod| &pod.name).collect();
    if !left.is_empty() {
        return Decision::Blocked(format!("node group {name} is not empty: {}", super::some(left.into_iter())));
    }
    let act = Act::Group(GroupAct::Delete { group: name.clone() });
    Decision::Act(vec![act], format!("delete node group {name}"))
}

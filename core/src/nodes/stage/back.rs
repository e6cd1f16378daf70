//! The way back, before blue is deleted: what was changed last is put back first.

use super::{Decision, Scene, freeze, restore, taint};
use crate::nodes::act::{Act, Change, GroupAct, Object};
use crate::nodes::names::{COST, EXCLUDE, EXCLUDED, ORIGINAL, SIZES_TAG, TAINT};
use crate::nodes::original::Original;
use crate::nodes::picture::{Group, GroupStatus, Taint};

pub(super) fn cost(scene: &Scene<'_>) -> Decision {
    let noted = scene.picture.pods.iter().filter(|pod| pod.lives());
    let acts = noted.filter_map(|pod| {
        let original = Original::in_(&pod.annotations, ORIGINAL)?;
        let change = Change::of(Object::Pod(pod.name.clone()), &pod.version).unnote(ORIGINAL);
        Some(Act::Change(match original.word("cost") {
            Some(cost) => change.note(COST, cost),
            None => change.unnote(COST),
        }))
    });
    Decision::of(acts.collect(), "have blue's pods cost what they did")
}

pub(super) fn balancers(scene: &Scene<'_>) -> Decision {
    let out = scene.picture.nodes.iter().filter(|node| node.annotations.contains_key(EXCLUDED));
    let acts = out.map(|node| {
        let change = Change::of(Object::Node(node.name.clone()), &node.version);
        Act::Change(change.unlabel(EXCLUDE).unnote(EXCLUDED))
    });
    Decision::of(acts.collect(), "bring blue's nodes back into the load balancers")
}

pub(super) fn autoscalers(scene: &Scene<'_>) -> Decision {
    let mut acts = restore::autoscalers(scene);
    acts.extend(restore::workloads(scene));
    Decision::of(acts, "give the autoscalers their bounds back")
}

pub(super) fn taint(scene: &Scene<'_>) -> Decision {
    let own = |taint: &Taint| taint.key == TAINT;
    let tainted = scene.picture.nodes_of(&scene.orders.blue).filter(|node| node.is_tainted());
    let mut acts: Vec<Act> = tainted
        .map(|node| taint::taints(node, node.taints.iter().filter(|taint| !own(taint)).cloned().collect()))
        .collect();
    if let Some(blue) = &scene.picture.blue
        && let Some(ours) = blue.taints.iter().find(|taint| own(taint))
    {
        match &blue.status {
            GroupStatus::Busy(status) if acts.is_empty() => {
                return Decision::Wait(format!("node group {} is {status}", blue.name));
            }
            GroupStatus::Busy(_) => {}
            _ => acts.push(Act::Group(GroupAct::Taint { group: blue.name.clone(), taint: ours.clone(), add: false })),
        }
    }
    Decision::of(acts, "let pods come to blue")
}

pub(super) fn freeze(scene: &Scene<'_>) -> Decision {
    let acts = freeze::release(scene.picture.nodes.iter());
    if !acts.is_empty() {
        return Decision::Act(acts, "give the nodes back to the cluster autoscaler".to_owned());
    }
    if let Some(blue) = &scene.picture.blue
        && let Some(sizes) = Original::in_(&blue.tags, SIZES_TAG).and_then(|original| original.sizes())
    {
        return match freeze::resized(blue, sizes) {
            Decision::Met => untag(blue),
            other => other,
        };
    }
    if scene.record.is_some() {
        return Decision::Act(vec![Act::Forget], "forget the migration".to_owned());
    }
    Decision::Met
}

/// Takes the note of a group's sizes off it, once it has them.
pub(super) fn untag(group: &Group) -> Decision {
    let act = Act::Group(GroupAct::Untag { arn: group.arn.clone(), key: SIZES_TAG });
    Decision::Act(vec![act], format!("take the note off node group {}", group.name))
}

//! Everything that was changed and is still there is as it was.

use super::{Decision, Scene, freeze};
use crate::nodes::act::{Act, Change, Object};
use crate::nodes::names::{ORIGINAL, SIZES_TAG};
use crate::nodes::original::Original;

pub(super) fn decide(scene: &Scene<'_>) -> Decision {
    let mut acts = autoscalers(scene);
    acts.extend(workloads(scene));
    acts.extend(freeze::release(scene.picture.nodes.iter()));
    if !acts.is_empty() {
        return Decision::Act(acts, "put back what was changed".to_owned());
    }
    // Where blue is kept, empty, whoever sizes groups may take it down.
    if let Some(blue) = scene.picture.blue.as_ref().filter(|_| !scene.orders.delete_blue)
        && let Some(sizes) = Original::in_(&blue.tags, SIZES_TAG).and_then(|original| original.sizes())
    {
        return match freeze::resized(blue, sizes) {
            Decision::Met => super::back::untag(blue),
            other => other,
        };
    }
    if scene.record.is_some() {
        return Decision::Act(vec![Act::Forget], "forget the migration".to_owned());
    }
    Decision::Met
}

/// Gives the autoscalers their bounds back.
pub(super) fn autoscalers(scene: &Scene<'_>) -> Vec<Act> {
    let pinned = |it: &crate::nodes::picture::Autoscaler| {
        let original = Original::in_(&it.annotations, ORIGINAL)?;
        let change = Change::of(Object::Autoscaler(it.name.clone()), &it.version).unnote(ORIGINAL);
        // What cannot be read any more is no bound: the note is left where a person finds it.
        Some(Act::Change(change.bounds(original.number("min")?, original.number("max")?)))
    };
    scene.picture.autoscalers.iter().filter_map(pinned).collect()
}

/// Takes the notes off the workloads, which have as many pods as before by now.
pub(super) fn workloads(scene: &Scene<'_>) -> Vec<Act> {
    let noted = scene.picture.workloads.iter().filter(|workload| workload.annotations.contains_key(ORIGINAL));
    noted
        .map(|workload| {
            let object = Object::Workload(workload.kind, workload.name.clone());
            Act::Change(Change::of(object, &workload.version).unnote(ORIGINAL))
        })
        .collect()
}

//! What was surged has as many pods as before: blue's go, for they cost the least.

use super::{Decision, Scene, surge};
use crate::nodes::names::ORIGINAL;
use crate::nodes::picture::Workload;

/// What was surged: it says what it was before, or its autoscaler does.
fn surged<'a>(scene: &Scene<'a>) -> impl Iterator<Item = &'a Workload> {
    let picture = scene.picture;
    picture.workloads.iter().filter(move |workload| {
        let pinned = picture.autoscaler_of(workload).is_some_and(|it| it.annotations.contains_key(ORIGINAL));
        pinned || workload.annotations.contains_key(ORIGINAL)
    })
}

pub(super) fn decide(scene: &Scene<'_>) -> Decision {
    scaled(scene, |workload| scene.serving_elsewhere(workload), "off blue")
}

/// On the way back, blue's pods count as well.
pub(super) fn decide_back(scene: &Scene<'_>) -> Decision {
    scaled(scene, |workload| scene.serving(workload), "")
}

fn scaled(scene: &Scene<'_>, serving: impl Fn(&Workload) -> u32, place: &str) -> Decision {
    let (mut acts, mut names, mut waiting) = (Vec::new(), Vec::new(), Vec::new());
    for workload in surged(scene) {
        let (wanted, there) = (surge::before(scene, workload), serving(workload));
        let pods = u32::try_from(scene.picture.pods_of(workload).count()).unwrap_or(u32::MAX);
        if surge::asked(scene, workload) != wanted {
            // Cost ranks within one replica set only, so a rollout would have others deleted.
            if workload.rolling {
                return Decision::Blocked(format!("a rollout of {workload} is under way; wait for its end"));
            }
            if there < wanted {
                let unready = scene.unready(workload);
                waiting.push(format!("{workload} has {there} of {wanted} ready {place} ({unready})"));
            } else {
                acts.push(surge::scale(scene, workload, wanted));
                names.push(&workload.name);
            }
        } else if pods > wanted || workload.replicas != wanted {
            waiting.push(format!("{workload} has {pods} pods, {wanted} are to stay"));
        }
    }
    acts.truncate(scene.orders.batches.surge.max(1).saturating_sub(waiting.len()));
    match (acts.is_empty(), waiting.is_empty()) {
        (true, true) => Decision::Met,
        (true, false) => Decision::Wait(waiting.join("; ")),
        (false, _) => {
            let why = format!("scale back {}", super::some(names.into_iter().take(acts.len())));
            Decision::Act(acts, why)
        }
    }
}

//! What is surged has as many ready pods elsewhere as it had before, while blue's still serve.

use std::collections::BTreeSet;

use super::{Decision, Scene};
use crate::nodes::act::{Act, Change, Object};
use crate::nodes::names::ORIGINAL;
use crate::nodes::original::Original;
use crate::nodes::picture::{Kind, Workload};
use crate::nodes::verdict::{self, Verdict};

/// Where the pods live that the cluster itself needs.
const SYSTEM: &str = "kube-system";

fn is_system(workload: &Workload) -> bool {
    workload.name.namespace == SYSTEM
}

/// The deployments that have pods on blue and are surged.
pub(super) fn members<'a>(scene: &Scene<'a>) -> Vec<&'a Workload> {
    let surged = |pod: &&crate::nodes::picture::Pod| {
        pod.lives() && verdict::path(scene.picture, scene.orders, pod).0 == Verdict::Surge
    };
    let pods = scene.picture.pods_on(&scene.orders.blue).filter(surged);
    let names: BTreeSet<_> = pods.filter_map(|pod| scene.picture.workload_of(pod)).map(|it| &it.name).collect();
    names.into_iter().filter_map(|name| scene.picture.workload(Kind::Deployment, name)).collect()
}

/// How many pods a workload had before it was touched.
pub(super) fn before(scene: &Scene<'_>, workload: &Workload) -> u32 {
    let own = Original::in_(&workload.annotations, ORIGINAL);
    let scaled = scene.picture.autoscaler_of(workload).and_then(|it| Original::in_(&it.annotations, ORIGINAL));
    scaled.or(own).and_then(|original| original.number("replicas")).unwrap_or(workload.replicas)
}

/// How many pods a workload is asked to have: by its autoscaler, if that was pinned.
pub(super) fn asked(scene: &Scene<'_>, workload: &Workload) -> u32 {
    let pinned = scene.picture.autoscaler_of(workload).filter(|it| it.annotations.contains_key(ORIGINAL));
    pinned.map_or(workload.replicas, |autoscaler| autoscaler.max)
}

/// Asks for so many pods, through the autoscaler where there is one, and notes what stood before.
pub(super) fn scale(scene: &Scene<'_>, workload: &Workload, to: u32) -> Act {
    if let Some(pinned) = scene.picture.autoscaler_of(workload).filter(|it| it.annotations.contains_key(ORIGINAL)) {
        let change = Change::of(Object::Autoscaler(pinned.name.clone()), &pinned.version);
        return Act::Change(change.bounds(to, to));
    }
    let change = Change::of(Object::Workload(workload.kind, workload.name.clone()), &workload.version).replicas(to);
    let change = match workload.annotations.contains_key(ORIGINAL) {
        true => change,
        false => change.note(ORIGINAL, Original::default().with("replicas", workload.replicas)),
    };
    Act::Change(change)
}

pub(super) fn decide(scene: &Scene<'_>, system: bool) -> Decision {
    let (mut acts, mut names, mut waiting) = (Vec::new(), Vec::new(), Vec::new());
    let batch = scene.orders.batches.surge.max(1);
    for workload in members(scene).into_iter().filter(|workload| is_system(workload) == system) {
        let (wanted, there) = (before(scene, workload), scene.serving_elsewhere(workload));
        if there >= wanted {
            continue;
        }
        let total = wanted.saturating_add(scene.on_blue(workload));
        if asked(scene, workload) < total {
            acts.push(scale(scene, workload, total));
            names.push(&workload.name);
        } else {
            let unready = scene.unready(workload);
            waiting.push(format!("{workload} has {there} of {wanted} ready off blue ({unready})"));
        }
    }
    acts.truncate(batch.saturating_sub(waiting.len()));
    match (acts.is_empty(), waiting.is_empty()) {
        (true, true) => Decision::Met,
        (true, false) => Decision::Wait(waiting.join("; ")),
        (false, _) => {
            let why = format!("surge {}", super::some(names.into_iter().take(acts.len())));
            Decision::Act(acts, why)
        }
    }
}

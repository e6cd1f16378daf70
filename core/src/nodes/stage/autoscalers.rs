//! The autoscalers of what is surged are pinned to the number of pods there is: an autoscaler that follows a metric would
//! fight the surge.

use super::{Decision, Scene, surge};
use crate::nodes::act::{Act, Change, Object};
use crate::nodes::names::ORIGINAL;
use crate::nodes::original::Original;
use crate::nodes::picture::{Autoscaler, Workload};

pub(super) fn decide(scene: &Scene<'_>) -> Decision {
    let mut acts = Vec::new();
    for workload in surge::members(scene) {
        // At zero pods an autoscaler is switched off. (Kubernetes, horizontal.go.)
        let free = scene.picture.autoscaler_of(workload).filter(|_| workload.replicas > 0);
        let free = free.filter(|autoscaler| !autoscaler.annotations.contains_key(ORIGINAL));
        acts.extend(free.map(|autoscaler| pin(autoscaler, workload)));
    }
    Decision::of(acts, "pin autoscalers")
}

fn pin(autoscaler: &Autoscaler, workload: &Workload) -> Act {
    let Autoscaler { name, version, min, max, .. } = autoscaler;
    let original = Original::default().with("min", min).with("max", max).with("replicas", workload.replicas);
    let change = Change::of(Object::Autoscaler(name.clone()), version).note(ORIGINAL, original);
    Act::Change(change.bounds(workload.replicas, workload.replicas))
}

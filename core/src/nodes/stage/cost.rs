//! Blue's pods are those that are deleted first, once there are too many.

use super::{Decision, Scene};
use crate::nodes::act::{Act, Change, Object};
use crate::nodes::names::{COST, ORIGINAL};
use crate::nodes::original::Original;
use crate::nodes::picture::Pod;
use crate::nodes::verdict::{self, Verdict};

/// Below that of any pod that has none, which is 0. (Kubernetes, ReplicaSet.)
const CHEAP: &str = "-1000";

pub(super) fn decide(scene: &Scene<'_>) -> Decision {
    let pods = scene.picture.pods_on(&scene.orders.blue).filter(|pod| pod.lives() && pod.cost() != Some(CHEAP));
    let surged = pods.filter(|pod| verdict::path(scene.picture, scene.orders, pod).0 == Verdict::Surge);
    Decision::of(surged.map(cheapen).collect(), "have blue's pods deleted first")
}

fn cheapen(pod: &Pod) -> Act {
    let change = Change::of(Object::Pod(pod.name.clone()), &pod.version).note(COST, CHEAP);
    let original = pod.cost().map_or(Original::default(), |cost| Original::default().with("cost", cost));
    Act::Change(change.note(ORIGINAL, original))
}

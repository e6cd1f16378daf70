//! Blue's nodes are out of the load balancers, and what was on its way through them has come to its end.

use super::{Decision, Scene};
use crate::nodes::act::{Act, Change, Object};
use crate::nodes::backing;
use crate::nodes::names::{EXCLUDE, EXCLUDED};
use crate::nodes::picture::Node;
use crate::nodes::record::seconds;

pub(super) fn decide(scene: &Scene<'_>) -> Decision {
    let now = seconds(scene.now);
    let inside = scene.picture.nodes_of(&scene.orders.blue).filter(|node| !node.labels.contains_key(EXCLUDE));
    let acts: Vec<Act> = inside
        .map(|node| {
            let change = Change::of(Object::Node(node.name.clone()), &node.version);
            Act::Change(change.label(EXCLUDE, "true").note(EXCLUDED, now))
        })
        .collect();
    if !acts.is_empty() {
        return Decision::Act(acts, "take blue's nodes out of the load balancers".to_owned());
    }
    match backing::left(scene) {
        Decision::Met => {}
        other => return other,
    }
    // When the last one left. Whoever goes on after a crash does not wait from the beginning.
    let left = |node: &Node| node.annotations.get(EXCLUDED).and_then(|text| text.parse::<u64>().ok());
    let last = scene.picture.nodes_of(&scene.orders.blue).filter_map(left).max();
    let over = last.map_or(0, |last| last.saturating_add(scene.orders.drain.as_secs()));
    if over > now {
        return Decision::Wait(format!("connections through blue's nodes have another {} s to end", over - now));
    }
    Decision::Met
}

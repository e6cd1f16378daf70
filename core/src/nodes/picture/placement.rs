//! Whether a pod may run on a node.

use super::{Effect, Labels, Node, Operator, Pod, Term};
use crate::nodes::names::TAINT;

/// Terms that have to hold together: one of the alternatives of a required node affinity.
pub type Requirement = Vec<Term>;

/// What a pod puts up with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Toleration {
    /// The key of the taints; none for those of all keys.
    pub key: Option<String>,
    /// Their value; none for all values.
    pub value: Option<String>,
    /// What they do; none for all effects.
    pub effect: Option<Effect>,
}

impl Toleration {
    /// Whether it tolerates every taint that keeps pods off a node.
    pub fn is_of_everything(&self) -> bool {
        self.key.is_none() && self.effect.is_none_or(|effect| effect == Effect::NoSchedule)
    }

    fn covers(&self, key: &str, value: &str, effect: Effect) -> bool {
        self.key.as_deref().is_none_or(|own| own == key)
            && self.value.as_deref().is_none_or(|own| own == value)
            && self.effect.is_none_or(|own| own == effect)
    }
}

/// Why a pod cannot run on a node, in words; none where it can. Our own taint does not count, nor what is full.
pub fn misfit(pod: &Pod, node: &Node) -> Option<String> {
    let selects = |labels: &Labels| pod.node_selector.iter().find(|(key, value)| labels.get(*key) != Some(*value));
    if let Some((key, value)) = selects(&node.labels) {
        return Some(format!("its nodeSelector asks for {key}={value}"));
    }
    let holds = |requirement: &Requirement| requirement.iter().all(|term| of_node(term, node));
    if !pod.affinity.is_empty() && !pod.affinity.iter().any(holds) {
        let asked: Vec<String> = pod.affinity.iter().flatten().map(Term::to_string).collect();
        return Some(format!("its node affinity asks for {}", asked.join(", ")));
    }
    let bars = |effect| matches!(effect, Effect::NoSchedule | Effect::NoExecute);
    let taints = node.taints.iter().filter(|taint| taint.key != TAINT && bars(taint.effect));
    let untolerated = |taint: &&super::Taint| {
        !pod.tolerations.iter().any(|toleration| toleration.covers(&taint.key, &taint.value, taint.effect))
    };
    taints
        .into_iter()
        .find(untolerated)
        .map(|taint| format!("it does not tolerate the taint {}={}:{}", taint.key, taint.value, taint.effect.as_str()))
}

/// Terms over `metadata.name` are those over fields, of which there is only this one.
fn of_node(term: &Term, node: &Node) -> bool {
    if term.key != "metadata.name" {
        return term.matches(&node.labels);
    }
    match term.operator {
        Operator::In => term.values.contains(&node.name),
        Operator::NotIn => !term.values.contains(&node.name),
        _ => false,
    }
}

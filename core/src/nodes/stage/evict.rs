//! What else is on blue is evicted: pod by pod, and never two of one workload at a time.

use std::collections::BTreeSet;

use super::{Decision, Scene};
use crate::nodes::act::Act;
use crate::nodes::picture::{Kind, Owner, Phase, Pod};
use crate::nodes::verdict::{Verdict, judge};

/// Whether a pod has to be gone before its node goes.
pub fn is_leftover(pod: &Pod) -> bool {
    let stays = matches!(pod.owner, Owner::Kubelet | Owner::Workload(Kind::DaemonSet, _));
    pod.phase != Phase::Finished && !stays
}

pub(super) fn decide(scene: &Scene<'_>) -> Decision {
    let mut pods: Vec<&Pod> = scene.picture.pods_on(&scene.orders.blue).filter(|pod| is_leftover(pod)).collect();
    // A stateful set takes its highest ordinal first.
    pods.sort_by(|one, other| other.name.cmp(&one.name));
    let (mut acts, mut names, mut waiting, mut refused) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut busy: BTreeSet<String> = BTreeSet::new();
    for pod in pods {
        if pod.deleting {
            waiting.push(format!("Pod {} is being deleted", pod.name));
            continue;
        }
        let judged = judge(scene.picture, scene.orders, pod);
        match judged.verdict {
            Verdict::Refuse => refused.push(format!("Pod {} on {}: {}", pod.name, judged.node, judged.why)),
            Verdict::Await => waiting.push(format!("Pod {} on {}: {}", pod.name, judged.node, judged.why)),
            Verdict::Ignore | Verdict::Stay => {}
            Verdict::Surge | Verdict::Evict => {
                let workload = scene.picture.workload_of(pod);
                let owner = workload.map_or_else(|| pod.name.to_string(), ToString::to_string);
                let whole = workload.is_none_or(|workload| scene.serving(workload) >= workload.replicas);
                // One that does not serve takes nothing away by going.
                if (whole || !pod.ready) && busy.insert(owner.clone()) {
                    acts.push(Act::Evict { pod: pod.name.clone(), uid: pod.uid.clone() });
                    names.push(&pod.name);
                } else {
                    waiting.push(format!("Pod {} waits for the others of {owner} to be ready", pod.name));
                }
            }
        }
    }
    let under_way = scene.picture.pods_on(&scene.orders.blue).filter(|pod| pod.deleting).count();
    acts.truncate(scene.orders.batches.evict.max(1).saturating_sub(under_way));
    if !acts.is_empty() {
        let why = format!("evict {}", super::some(names.into_iter().take(acts.len())));
        return Decision::Act(acts, why);
    }
    match (refused.is_empty(), waiting.is_empty()) {
        (false, _) => Decision::Blocked(refused.join("; ")),
        (true, false) => Decision::Wait(waiting.join("; ")),
        (true, true) => Decision::Met,
    }
}

//! What becomes of a pod on blue, and why: pure, and the same in the plan and on the way.

use super::names::{DO_NOT_DISRUPT, HOST, NODE_GROUP, SAFE_TO_EVICT};
use super::orders::{Green, Orders, Strategy};
use super::picture::{Kind, Name, Node, Owner, Phase, Picture, Pod, Term, misfit};

/// What becomes of a pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It is gone, or goes by itself.
    Ignore,
    /// It goes with its node, and the one on green is there already.
    Stay,
    /// Another one is ready on green before it is deleted.
    Surge,
    /// It is evicted, and made again on green.
    Evict,
    /// It is waited for until it is done.
    Await,
    /// It stands in the way, and a person has to say what is to become of it.
    Refuse,
}

impl Verdict {
    /// The verdict as users read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Ignore => "ignore",
            Verdict::Stay => "stay",
            Verdict::Surge => "surge",
            Verdict::Evict => "evict",
            Verdict::Await => "await",
            Verdict::Refuse => "refuse",
        }
    }
}

/// What becomes of one pod, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The pod.
    pub pod: Name,
    /// The node that it is on.
    pub node: String,
    /// What becomes of it.
    pub verdict: Verdict,
    /// Why.
    pub why: String,
    /// What is worth knowing before.
    pub warnings: Vec<String>,
}

/// What becomes of every pod on blue.
pub fn verdicts(picture: &Picture, orders: &Orders) -> Vec<Judged> {
    picture.pods_on(&orders.blue).map(|pod| judge(picture, orders, pod)).collect()
}

/// What becomes of a pod on blue.
pub fn judge(picture: &Picture, orders: &Orders, pod: &Pod) -> Judged {
    let (path, why) = path(picture, orders, pod);
    let refusals = match path {
        Verdict::Ignore | Verdict::Stay => Vec::new(),
        _ => refusals(picture, orders, pod, path),
    };
    let warnings = match path {
        Verdict::Ignore => Vec::new(),
        _ => warnings(picture, orders, pod, path),
    };
    let (verdict, why) = if refusals.is_empty() { (path, why) } else { (Verdict::Refuse, refusals.join("; ")) };
    Judged { pod: pod.name.clone(), node: pod.node.clone().unwrap_or_default(), verdict, why, warnings }
}

/// The way that a pod takes if nothing stands in it, and why that one.
pub fn path(picture: &Picture, orders: &Orders, pod: &Pod) -> (Verdict, String) {
    let said = |verdict, why: &str| (verdict, why.to_owned());
    if pod.phase == Phase::Finished {
        return said(Verdict::Ignore, "it is over");
    }
    if pod.deleting {
        return said(Verdict::Ignore, "its deletion has begun");
    }
    match &pod.owner {
        Owner::Kubelet => said(Verdict::Ignore, "its node's kubelet runs it"),
        Owner::Nobody => said(Verdict::Evict, "nobody makes it again"),
        Owner::Other(kind, name) => (Verdict::Evict, format!("{kind} {name} makes it again")),
        Owner::Workload(Kind::DaemonSet, name) => {
            (Verdict::Stay, format!("DaemonSet {name} has a pod of its own on every node"))
        }
        Owner::Workload(Kind::Job, name) => {
            if orders.allowed.job_eviction.contains(&Name::new(&pod.name.namespace, name)) {
                (Verdict::Evict, format!("Job {name} makes it again, from its beginning"))
            } else {
                (Verdict::Await, format!("Job {name} is waited for"))
            }
        }
        Owner::Workload(Kind::StatefulSet, name) => {
            (Verdict::Evict, format!("StatefulSet {name} has one of each name"))
        }
        Owner::Workload(Kind::ReplicaSet, name) => (Verdict::Evict, format!("ReplicaSet {name} has no deployment")),
        Owner::Workload(Kind::Deployment, name) => deployed(picture, orders, pod, name),
    }
}

fn deployed(picture: &Picture, orders: &Orders, pod: &Pod, name: &str) -> (Verdict, String) {
    let evict = |why: String| (Verdict::Evict, format!("Deployment {name} {why}"));
    let full = Name::new(&pod.name.namespace, name);
    let Some(workload) = picture.workload(Kind::Deployment, &full) else {
        return evict("is not there any more".to_owned());
    };
    if orders.strategy_of(&full) == Strategy::Evict {
        return evict("is to be evicted".to_owned());
    }
    if workload.recreates {
        return evict("recreates its pods, and has no two generations of them".to_owned());
    }
    if let Some(claim) = single_mounts(picture, pod).next() {
        return evict(format!("mounts {claim}, which one node at a time can mount"));
    }
    if let Some(master) = picture.autoscaler_of(workload).and_then(|autoscaler| autoscaler.master.as_ref()) {
        return evict(format!("is scaled by {master}, which would undo a surge"));
    }
    (Verdict::Surge, format!("Deployment {name} has another one ready on green first"))
}

/// The claims of a pod that pods on two nodes cannot mount.
fn single_mounts<'a>(picture: &'a Picture, pod: &'a Pod) -> impl Iterator<Item = &'a Name> {
    let claims = picture.claims.iter().filter(|claim| {
        claim.name.namespace == pod.name.namespace && pod.claims.contains(&claim.name.name) && !claim.many_nodes
    });
    claims.map(|claim| &claim.name)
}

/// What stands in a pod's way.
fn refusals(picture: &Picture, orders: &Orders, pod: &Pod, path: Verdict) -> Vec<String> {
    let allowed = &orders.allowed;
    let mut found = Vec::new();
    match &pod.owner {
        Owner::Nobody if !allowed.bare_pod_loss.contains(&pod.name) => {
            found.push("no controller makes it again; name it in allow_bare_pod_loss if it may go".to_owned());
        }
        Owner::Other(kind, name) if !allowed.unknown_controllers.contains(&pod.name) => found.push(format!(
            "how {kind} {name} makes it again is not known; name it in allow_unknown_controllers if it may be evicted"
        )),
        _ => {}
    }
    if !allowed.local_data_loss.contains(&pod.name) {
        let local = picture.claims.iter().filter(|claim| {
            claim.local && claim.name.namespace == pod.name.namespace && pod.claims.contains(&claim.name.name)
        });
        let disks = local.map(|claim| format!("the local volume of {}", claim.name));
        let folders = pod.host_paths.iter().map(|volume| format!("the hostPath volume {volume}"));
        found.extend(disks.chain(folders).map(|what| {
            format!("its data in {what} stays on its node; name it in allow_local_data_loss if that may be lost")
        }));
    }
    found.extend(nowhere(picture, orders, pod));
    found.extend(budgets(picture, pod, path));
    let asks = |key: &str, value: &str| pod.annotations.get(key).is_some_and(|set| set == value);
    if (asks(DO_NOT_DISRUPT, "true") || asks(SAFE_TO_EVICT, "false")) && !allowed.disruption.contains(&pod.name) {
        let key = if asks(DO_NOT_DISRUPT, "true") { DO_NOT_DISRUPT } else { SAFE_TO_EVICT };
        found.push(format!("its annotation {key} asks not to disrupt it; name it in allow_disruption if it may be"));
    }
    if let Some(workload) = picture.workload_of(pod).filter(|workload| workload.kind == Kind::Deployment) {
        if workload.paused {
            found.push(format!("{workload} is paused"));
        } else if workload.rolling {
            found.push(format!("a rollout of {workload} is under way; wait for its end"));
        }
    }
    found
}

/// Why budgets never let a pod go.
fn budgets(picture: &Picture, pod: &Pod, path: Verdict) -> Option<String> {
    let budgets: Vec<_> = picture.budgets_of(pod).collect();
    match budgets.as_slice() {
        [] => None,
        [budget] => {
            // A surge brings more pods than there are now, and deletes those on blue once the others are ready.
            let pods = picture.workload_of(pod).map_or(1, |workload| workload.replicas);
            let tight = if path == Verdict::Evict { budget.is_too_tight_for(pods) } else { budget.allows_nothing() };
            tight.map(|why| format!("PodDisruptionBudget {} never lets it go: {why}", budget.name))
        }
        several => {
            let names: Vec<String> = several.iter().map(|budget| budget.name.to_string()).collect();
            // The eviction subresource answers 500 to that. (Kubernetes, eviction.go.)
            Some(format!(
                "it counts in several PodDisruptionBudgets, {}; no eviction is answered then",
                names.join(" and ")
            ))
        }
    }
}

/// Green's nodes, or what they will be like.
fn candidates(picture: &Picture, orders: &Orders) -> Vec<Node> {
    let there: Vec<Node> = picture.nodes_of(orders.green.name()).cloned().collect();
    if !there.is_empty() {
        return there;
    }
    let Green::Twin(twin) = &orders.green else { return there };
    let like = |node: &Node| {
        let mut node = node.clone();
        node.name = format!("{} (to come)", twin.name);
        node.labels.insert(NODE_GROUP.to_owned(), twin.name.clone());
        node.labels.insert(HOST.to_owned(), node.name.clone());
        if let Some(kind) = twin.instance_types.as_ref().and_then(|kinds| kinds.first()) {
            node.labels.insert("node.kubernetes.io/instance-type".to_owned(), kind.clone());
        }
        node.ready = true;
        node
    };
    picture.nodes_of(&orders.blue).map(like).collect()
}

/// Why no node of green will take a pod.
fn nowhere(picture: &Picture, orders: &Orders, pod: &Pod) -> Option<String> {
    let nodes = candidates(picture, orders);
    if nodes.is_empty() {
        return Some(format!("node group {} has no nodes to take it", orders.green.name()));
    }
    let misfits: Vec<Option<String>> = nodes.iter().map(|node| misfit(pod, node)).collect();
    if let Some(Some(why)) = misfits.iter().all(Option::is_some).then(|| misfits.first().cloned().flatten()) {
        return Some(format!("no node of {} will take it: {why}", orders.green.name()));
    }
    let fitting: Vec<&Node> =
        nodes.iter().zip(&misfits).filter(|(_, why)| why.is_none()).map(|(node, _)| node).collect();
    let claims = picture.claims.iter().filter(|claim| {
        claim.name.namespace == pod.name.namespace && pod.claims.contains(&claim.name.name) && !claim.zones.is_empty()
    });
    let zones = |nodes: &[&Node]| {
        let zones: std::collections::BTreeSet<&str> = nodes.iter().filter_map(|node| node.zone()).collect();
        zones.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    for claim in claims {
        if !fitting.iter().any(|node| node.zone().is_some_and(|zone| claim.zones.contains(zone))) {
            let wanted: Vec<&str> = claim.zones.iter().map(String::as_str).collect();
            let (wanted, there) = (wanted.join(", "), zones(&fitting).join(", "));
            return Some(format!(
                "the volume of {} is in {wanted}, and the nodes of {} that could take it are in {there}",
                claim.name,
                orders.green.name()
            ));
        }
    }
    None
}

/// What is worth knowing of a pod before.
fn warnings(picture: &Picture, orders: &Orders, pod: &Pod, path: Verdict) -> Vec<String> {
    let mut found = Vec::new();
    if path == Verdict::Stay {
        // The pod of a daemon set asks for its own node by name.
        let mut anywhere = pod.clone();
        let own = |term: &Term| term.key == "metadata.name";
        anywhere.affinity.iter_mut().for_each(|requirement| requirement.retain(|term| !own(term)));
        let nodes = candidates(picture, orders);
        let misfits: Vec<String> = nodes.iter().filter_map(|node| misfit(&anywhere, node)).collect();
        if let Some(why) = misfits.first().filter(|_| misfits.len() == nodes.len()) {
            found.push(format!("it will not run on {}: {why}", orders.green.name()));
        }
        return found;
    }
    if !pod.empty_dirs.is_empty() {
        found.push(format!("what is in its emptyDir volumes is lost: {}", pod.empty_dirs.join(", ")));
    }
    if pod.tolerations.iter().any(super::picture::Toleration::is_of_everything) {
        found.push("it tolerates every taint, so that the next one may come up on blue as well".to_owned());
    }
    if pod.strictly_spread {
        found.push("it is spread with DoNotSchedule, and blue's nodes count for that until they are gone".to_owned());
    }
    let alone = picture.workload_of(pod).is_some_and(|workload| workload.replicas <= 1);
    if path == Verdict::Evict && alone {
        found.push("it is the only one: it serves nothing from its eviction until the next one is ready".to_owned());
    }
    found
}

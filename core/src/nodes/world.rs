//! A small cluster for unit tests: a picture, what is done to it, and the controllers that answer, one step a look.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;

use super::act::{Act, Change, GroupAct, Object};
use super::ground::{Acted, Ground, Trouble};
use super::names::{COST, NODE_GROUP, ZONE};
use super::orders::{Green, Orders, Strategy, Twin};
use super::picture::*;
use super::record::Record;

mod balancer;

use balancer::Balancer;

/// Orders to clone `blue` as `green`, with everything at its default.
pub(super) fn orders() -> Orders {
    Orders {
        blue: "blue".to_owned(),
        green: Green::Twin(Twin { name: "green".to_owned(), ..Twin::default() }),
        strategy: Strategy::Surge,
        strategies: BTreeMap::new(),
        allowed: super::Allowed::default(),
        batches: super::Batches::default(),
        backing: super::Backing::default(),
        drain: std::time::Duration::from_secs(300),
        stage_timeout: std::time::Duration::from_secs(1800),
        delete_blue: true,
    }
}

pub(super) fn group(name: &str, nodes: u32) -> Group {
    let sizes = Sizes { min: 1, max: nodes + 3, desired: nodes };
    Group { name: name.to_owned(), arn: format!("arn:{name}"), sizes, ..Group::default() }
}

pub(super) fn node(group: &str, nth: u32) -> Node {
    let zone = format!("eu-west-1{}", ["a", "b"][nth as usize % 2]);
    let labels = [(NODE_GROUP, group), (ZONE, &zone)].map(|(key, value)| (key.to_owned(), value.to_owned()));
    let name = format!("{group}-{nth}");
    let provider_id = format!("aws:///{zone}/i-{name}");
    Node { name, version: "1".to_owned(), provider_id, ready: true, labels: labels.into(), ..Node::default() }
}

pub(super) fn workload(kind: Kind, name: &str, replicas: u32) -> Workload {
    let name = Name::new("shop", name);
    let version = "1".to_owned();
    let (rolling, paused, recreates) = (false, false, false);
    Workload { kind, name, version, replicas, rolling, paused, recreates, annotations: Labels::new() }
}

pub(super) fn autoscaler(target: &str, min: u32, max: u32) -> Autoscaler {
    let target = (Kind::Deployment, target.to_owned());
    let (name, version) = (Name::new("shop", &target.1), "1".to_owned());
    Autoscaler { name, version, target, min, max, master: None, annotations: Labels::new() }
}

pub(super) fn budget(name: &str, app: &str) -> Budget {
    let term = Term { key: "app".to_owned(), operator: Operator::In, values: vec![app.to_owned()] };
    let max_unavailable = Some(Allowance::Pods(1));
    Budget {
        name: Name::new("shop", name),
        selector: Selector { terms: vec![term] },
        max_unavailable,
        ..Budget::default()
    }
}

/// A ready pod of a workload on a node.
pub(super) fn pod(owner: &Workload, nth: u32, node: &str) -> Pod {
    let name = Name::new(&owner.name.namespace, &format!("{}-{nth}", owner.name.name));
    let labels = [("app".to_owned(), owner.name.name.clone())].into();
    let uid = format!("uid-{name}-{nth}");
    let (version, node) = ("1".to_owned(), Some(node.to_owned()));
    let owner = Owner::Workload(owner.kind, owner.name.name.clone());
    Pod { name, uid, version, node, ready: true, owner, labels, ..Pod::default() }
}

/// A cluster with a blue group of this many nodes, and nothing else.
pub(super) fn cluster(nodes: u32) -> Picture {
    let nodes: Vec<Node> = (0..nodes).map(|nth| node("blue", nth)).collect();
    let count = u32::try_from(nodes.len()).unwrap();
    Picture { blue: Some(group("blue", count)), nodes, ..Picture::default() }
}

/// Adds a workload with all its pods on blue.
pub(super) fn add(picture: &mut Picture, workload: Workload) {
    let nodes = picture.nodes.len();
    let on = |nth: u32| picture.nodes[nth as usize % nodes].name.clone();
    let pods: Vec<Pod> = (0..workload.replicas).map(|nth| pod(&workload, nth, &on(nth))).collect();
    picture.pods.extend(pods);
    picture.workloads.push(workload);
}

/// The world of one test.
pub(super) struct World {
    inner: Mutex<Inner>,
}

struct Inner {
    picture: Picture,
    record: Option<Record>,
    made: u32,
    /// How many pods of each workload served at least, at any look.
    least: BTreeMap<Name, u32>,
    /// Calls that wrote.
    acts: Vec<String>,
    /// The target group of its nodes, whatever it is called.
    balancer: Balancer,
    /// How many more calls that write go through before the run dies.
    dies_in: Option<usize>,
    dead: bool,
}

impl World {
    pub(super) fn new(picture: Picture) -> Self {
        let (record, made, dead) = (None, 100, false);
        let (least, acts, balancer, dies_in) = (BTreeMap::new(), Vec::new(), Balancer::default(), None);
        Self { inner: Mutex::new(Inner { picture, record, made, least, acts, balancer, dies_in, dead }) }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }

    pub(super) fn see(&self) -> Picture {
        self.inner().picture.clone()
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut Picture)) {
        change(&mut self.inner().picture);
    }

    pub(super) fn balance(&self, change: impl FnOnce(&mut Balancer)) {
        change(&mut self.inner().balancer);
    }

    pub(super) fn acts(&self) -> Vec<String> {
        self.inner().acts.clone()
    }

    pub(super) fn has_record(&self) -> bool {
        self.inner().record.is_some()
    }

    pub(super) fn least(&self) -> BTreeMap<Name, u32> {
        self.inner().least.clone()
    }

    /// Lets the run die after so many more calls that write; nobody dies for none.
    pub(super) fn dies_in(&self, calls: Option<usize>) {
        let mut inner = self.inner();
        (inner.dies_in, inner.dead) = (calls, false);
    }
}

impl Inner {
    fn alive(&self) -> Result<(), Trouble> {
        if self.dead { Err(Trouble::Lasting("killed".to_owned())) } else { Ok(()) }
    }

    fn wrote(&mut self, what: String) {
        self.acts.push(what);
        if let Some(left) = &mut self.dies_in {
            *left = left.saturating_sub(1);
            self.dead = *left == 0;
        }
    }

    /// The controllers, each once.
    fn step(&mut self) {
        self.eks();
        self.autoscale();
        self.kubelets();
        self.replicate();
        self.schedule();
        self.balancer.step(&self.picture);
        let Inner { picture, least, .. } = self;
        for workload in &picture.workloads {
            let serving = picture.pods_of(workload).filter(|pod| pod.ready).count();
            let serving = u32::try_from(serving).unwrap();
            let least = least.entry(workload.name.clone()).or_insert(serving);
            *least = serving.min(*least);
        }
    }

    fn eks(&mut self) {
        let picture = &mut self.picture;
        if picture.blue.as_ref().is_some_and(|blue| blue.status == GroupStatus::Deleting) {
            picture.blue = None;
            let gone: BTreeSet<String> = picture.nodes_of("blue").map(|node| node.name.clone()).collect();
            picture.nodes.retain(|node| !gone.contains(&node.name));
            picture.pods.retain(|pod| pod.node.as_ref().is_none_or(|node| !gone.contains(node)));
        }
        for group in [&mut picture.blue, &mut picture.green].into_iter().flatten() {
            if matches!(group.status, GroupStatus::Busy(_)) {
                group.status = GroupStatus::Active;
            }
        }
        if let Some(green) = &picture.green
            && picture.nodes_of("green").count() == 0
        {
            picture.nodes.extend((0..green.sizes.desired).map(|nth| node("green", nth)));
        }
    }

    fn autoscale(&mut self) {
        for autoscaler in self.picture.autoscalers.clone() {
            let (kind, target) = &autoscaler.target;
            let scaled = self.picture.workloads.iter_mut().find(|it| it.kind == *kind && it.name.name == *target);
            let scaled = scaled.unwrap();
            if scaled.replicas > 0 {
                scaled.replicas = scaled.replicas.clamp(autoscaler.min, autoscaler.max);
            }
        }
    }

    fn kubelets(&mut self) {
        self.picture.pods.retain(|pod| !pod.deleting);
        for pod in self.picture.pods.iter_mut().filter(|pod| pod.node.is_some()) {
            match pod.phase {
                Phase::Pending => pod.phase = Phase::Running,
                Phase::Running => pod.ready = true,
                Phase::Finished => {}
            }
        }
    }

    fn replicate(&mut self) {
        for workload in self.picture.workloads.clone() {
            let wanted = workload.replicas as usize;
            let mut living: Vec<Pod> = self.picture.pods_of(&workload).cloned().collect();
            for _ in living.len()..wanted {
                self.made += 1;
                let mut made = pod(&workload, self.made, "");
                (made.node, made.phase, made.ready) = (None, Phase::Pending, false);
                self.picture.pods.push(made);
            }
            // The order in which a replica set picks those that go: controller_utils.go, as far as it matters here.
            let cost = |pod: &Pod| pod.annotations.get(COST).map_or(0, |cost| cost.parse::<i32>().unwrap());
            living.sort_by_key(|pod| (pod.node.is_some(), pod.phase != Phase::Pending, pod.ready, cost(pod)));
            for gone in living.iter().take(living.len().saturating_sub(wanted)) {
                let gone = self.picture.pods.iter_mut().find(|pod| pod.uid == gone.uid).unwrap();
                gone.deleting = true;
            }
        }
    }

    fn schedule(&mut self) {
        let picture = &mut self.picture;
        let mut load: BTreeMap<String, usize> = BTreeMap::new();
        for node in picture.pods.iter().filter_map(|pod| pod.node.clone()) {
            *load.entry(node).or_default() += 1;
        }
        for pod in picture.pods.iter_mut().filter(|pod| pod.node.is_none()) {
            let takes = |node: &&Node| node.ready && !node.is_tainted() && misfit(pod, node).is_none();
            let free = picture.nodes.iter().filter(takes);
            pod.node =
                free.min_by_key(|node| load.get(&node.name).copied().unwrap_or_default()).map(|it| it.name.clone());
            if let Some(node) = &pod.node {
                *load.entry(node.clone()).or_default() += 1;
            }
        }
    }

    fn change(&mut self, change: &Change) -> Acted {
        let picture = &mut self.picture;
        let stale = |version: &mut String| {
            let stale = *version != change.version;
            *version = (version.parse::<u32>().unwrap() + 1).to_string();
            stale
        };
        let patch = |labels: &mut Labels, keys: &super::Keys| {
            for (key, value) in keys {
                match value {
                    Some(value) => labels.insert((*key).to_owned(), value.clone()),
                    None => labels.remove(*key),
                };
            }
        };
        let late = match &change.object {
            Object::Node(name) => {
                let node = picture.nodes.iter_mut().find(|node| node.name == *name).unwrap();
                patch(&mut node.labels, &change.labels);
                patch(&mut node.annotations, &change.annotations);
                stale(&mut node.version)
            }
            Object::Pod(name) => {
                let pod = picture.pods.iter_mut().find(|pod| pod.name == *name).unwrap();
                patch(&mut pod.annotations, &change.annotations);
                stale(&mut pod.version)
            }
            Object::Workload(kind, name) => {
                let it = picture.workloads.iter_mut().find(|it| it.kind == *kind && it.name == *name).unwrap();
                patch(&mut it.annotations, &change.annotations);
                it.replicas = change.replicas.unwrap_or(it.replicas);
                stale(&mut it.version)
            }
            Object::Autoscaler(name) => {
                let it = picture.autoscalers.iter_mut().find(|it| it.name == *name).unwrap();
                patch(&mut it.annotations, &change.annotations);
                (it.min, it.max) = change.bounds.unwrap_or((it.min, it.max));
                stale(&mut it.version)
            }
        };
        assert!(!late, "what is changed is what was seen: {change:?}");
        Acted::Done
    }

    /// An eviction by the rules of budgets.
    fn evict(&mut self, name: &Name, uid: &str) -> Acted {
        let Some(pod) = self.picture.pods.iter().find(|pod| pod.name == *name && pod.uid == uid) else {
            return Acted::Done;
        };
        for budget in self.picture.budgets_of(pod) {
            let counted = || self.picture.pods.iter().filter(|pod| pod.lives() && budget.selector.matches(&pod.labels));
            let unready = counted().filter(|pod| !pod.ready).count();
            let ready = counted().count() - unready;
            let allowed = match (budget.min_available, budget.max_unavailable) {
                (Some(Allowance::Pods(min)), _) => ready > min as usize,
                (_, Some(Allowance::Pods(max))) => unready < max as usize,
                _ => true,
            };
            if !allowed {
                return Acted::NotNow(format!("PodDisruptionBudget {} holds Pod {name} back", budget.name));
            }
        }
        self.picture.pods.iter_mut().find(|pod| pod.name == *name).unwrap().deleting = true;
        Acted::Done
    }

    fn group(&mut self, act: &GroupAct) {
        let picture = &mut self.picture;
        let groups = [&mut picture.blue, &mut picture.green];
        let of = |name: &str| groups.into_iter().flatten().find(|it| it.name == name || it.arn == name).unwrap();
        match act {
            GroupAct::Tag { arn, key, value } => {
                of(arn).tags.insert((*key).to_owned(), value.clone());
            }
            GroupAct::Untag { arn, key } => {
                of(arn).tags.remove(*key);
            }
            GroupAct::Resize { group, sizes } => {
                let group = of(group);
                (group.sizes, group.status) = (*sizes, GroupStatus::Busy("UPDATING".to_owned()));
            }
            GroupAct::Taint { group, taint, add } => {
                let group = of(group);
                group.taints.retain(|it| it != taint);
                group.taints.extend(add.then(|| taint.clone()));
                group.status = GroupStatus::Busy("UPDATING".to_owned());
            }
            GroupAct::Clone { clone, sizes, .. } => {
                let mut made = group(&clone.name, 0);
                (made.sizes, made.status) = (*sizes, GroupStatus::Busy("CREATING".to_owned()));
                made.tags.insert(super::names::MADE_TAG.to_owned(), orders().name());
                picture.green = Some(made);
            }
            GroupAct::Delete { group } => of(group).status = GroupStatus::Deleting,
        }
    }
}

#[async_trait]
impl Ground for World {
    async fn picture(&self) -> Result<Picture, Trouble> {
        let mut inner = self.inner();
        inner.alive()?;
        inner.step();
        Ok(inner.picture.clone())
    }

    async fn targets(&self, arns: &BTreeSet<String>) -> Targets {
        let inner = self.inner();
        arns.iter().map(|arn| (arn.clone(), inner.balancer.seen())).collect()
    }

    async fn act(&self, act: &Act) -> Result<Acted, Trouble> {
        let mut inner = self.inner();
        inner.alive()?;
        let acted = match act {
            Act::Change(change) => inner.change(change),
            Act::Taints { node, taints, .. } => {
                let node = inner.picture.nodes.iter_mut().find(|it| it.name == *node).unwrap();
                node.taints.clone_from(taints);
                Acted::Done
            }
            Act::Evict { pod, uid } => inner.evict(pod, uid),
            Act::Group(act) => {
                inner.group(act);
                Acted::Done
            }
            Act::Forget => {
                inner.record = None;
                Acted::Done
            }
        };
        inner.wrote(act.to_string());
        Ok(acted)
    }

    async fn record(&self) -> Result<Option<Record>, Trouble> {
        let inner = self.inner();
        inner.alive()?;
        Ok(inner.record.clone())
    }

    async fn note(&self, record: &Record) -> Result<(), Trouble> {
        let mut inner = self.inner();
        inner.alive()?;
        inner.record = Some(record.clone());
        inner.wrote(format!("note {}", record.stage.unwrap()));
        Ok(())
    }

    async fn hold(&self) -> Result<(), Trouble> {
        self.inner().alive()
    }

    async fn release(&self) -> Result<(), Trouble> {
        Ok(())
    }
}

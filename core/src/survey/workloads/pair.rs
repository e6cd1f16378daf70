//! The same service in two clusters: what is moved between them, and what stands in the way. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::classify::listed;
use super::path::{Kind, Mover, Path};
use super::seen::{Id, Seen};

/// How a service is reached in each of the clusters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Workload {
    /// In blue; none where blue has no such service.
    pub blue: Option<Vec<Path>>,
    /// In green; none where green has no such service, or was not looked at.
    pub green: Option<Vec<Path>>,
    /// What stands in the way of moving it, in sentences.
    pub blockers: Vec<String>,
}

impl Workload {
    /// The side that serves now, as far as the clusters tell.
    fn serving(&self) -> &[Path] {
        self.blue.as_deref().or(self.green.as_deref()).unwrap_or_default()
    }

    /// The kinds of ways on which blue is reached, or where there is only green, green.
    pub fn kinds(&self) -> BTreeSet<Kind> {
        self.serving().iter().map(|path| path.kind).collect()
    }

    /// The resources that move it from blue; none where there is only green.
    pub fn moved_by(&self) -> BTreeSet<Mover> {
        self.blue.iter().flatten().filter_map(|path| path.moved_by).collect()
    }
}

/// How every service is reached in one cluster.
pub(crate) type Side = BTreeMap<Id, Vec<Path>>;

/// Puts the services of two clusters together, by namespace and name. Without green, blue's alone.
pub(crate) fn pair(blue: (&Seen, Side), green: Option<(&Seen, Side)>) -> BTreeMap<Id, Workload> {
    let (blues, mut workloads) = (blue.0, BTreeMap::<Id, Workload>::new());
    let looked = green.is_some();
    for (id, paths) in blue.1 {
        workloads.entry(id).or_default().blue = Some(paths);
    }
    let (greens, paths) = green.unzip();
    for (id, paths) in paths.into_iter().flatten() {
        workloads.entry(id).or_default().green = Some(paths);
    }
    for (id, workload) in &mut workloads {
        awaited(workload);
        let mut blockers = Vec::new();
        for path in workload.blue.iter().flatten() {
            blockers.extend(path.blockers.iter().map(|blocker| format!("Blue: {blocker}")));
            if path.is_idle && path.moved_by.is_some() {
                blockers.push("Blue: nothing sends to it now.".to_owned());
            }
        }
        for path in workload.green.iter().flatten() {
            blockers.extend(path.blockers.iter().map(|blocker| format!("Green: {blocker}")));
        }
        if looked {
            blockers.extend(mismatch(workload));
        }
        if let Some(greens) = greens {
            blockers.extend(fights(id, blues, greens));
        }
        workload.blockers = blockers;
    }
    workloads
}

/// Green's node port is registered nowhere before a cut-over from blue's: that is what the cut-over is for.
fn awaited(workload: &mut Workload) {
    if !workload.moved_by().contains(&Mover::TargetCutover) {
        return;
    }
    let unused = |path: &&mut Path| path.kind == Kind::Unknown && !path.node_ports.is_empty();
    for path in workload.green.iter_mut().flatten().filter(unused) {
        (path.kind, path.is_idle) = (Kind::NodePort, true);
        path.blockers.clear();
    }
}

/// What is not the same in both.
fn mismatch(workload: &Workload) -> Vec<String> {
    let (Some(blue), Some(green)) = (&workload.blue, &workload.green) else {
        let missing = if workload.blue.is_none() { "blue" } else { "green" };
        return vec![format!("There is no such service in {missing}.")];
    };
    let kinds = |paths: &[Path]| paths.iter().map(|path| path.kind).collect::<BTreeSet<_>>();
    let names = |kinds: &BTreeSet<Kind>| listed(kinds.iter().map(|kind| kind.as_str()));
    let (blues, greens) = (kinds(blue), kinds(green));
    let mut found = Vec::new();
    if blues != greens {
        found.push(format!("It is reached as {} in blue, and as {} in green.", names(&blues), names(&greens)));
    }
    let ports = |paths: &[Path]| {
        let cut = paths.iter().filter(|path| path.moved_by == Some(Mover::TargetCutover));
        cut.flat_map(|path| path.node_ports.iter().copied()).collect::<BTreeSet<_>>()
    };
    let (blues, greens) = (ports(blue), green.iter().flat_map(|path| path.node_ports.iter().copied()).collect());
    if !blues.is_empty() && blues != greens {
        found.push(format!(
            "Its node ports are {} in blue, and {} in green: make them the same, or name green's targets with their port.",
            listed(&blues),
            if greens.is_empty() { "none".to_owned() } else { listed(&greens) }
        ));
    }
    found
}

/// Target groups that both clusters' controllers would deregister each other's targets from.
fn fights(id: &Id, blue: &Seen, green: &Seen) -> Vec<String> {
    let mut found = Vec::new();
    for ours in &blue.bindings {
        let theirs = green.bindings.iter().filter(|theirs| ours.service == *id || theirs.service == *id);
        found.extend(theirs.filter(|theirs| ours.fights(theirs)).map(|_| {
            format!(
                "Both clusters bind target group {}, and not both with multiClusterTargetGroup: each controller takes the \
                 other's targets out as soon as its own change.",
                ours.group().unwrap_or_default()
            )
        }));
    }
    found
}

#[cfg(test)]
mod tests;

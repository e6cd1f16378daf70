//! Which targets of a target group are blue's and which are green's, whether green's are healthy enough, and whether blue's
//! are gone. Pure.

use std::collections::BTreeMap;

use super::ground::Trouble;
use super::orders::Orders;
use super::picture::{Condition, Picture, Target};
use super::record::Record;
use super::stage::{Decision, Scene};
use crate::engine::gate::Verdict;

/// How many targets a text names.
const NAMED: usize = 5;

/// Node groups' nodes by what target groups know them by: ids of instances, and addresses.
type Places<'a> = BTreeMap<&'a str, &'a str>;

/// The nodes of a group.
fn nodes<'a>(picture: &'a Picture, group: &'a str) -> Places<'a> {
    let known_by =
        |node: &'a super::picture::Node| node.instance().into_iter().chain(node.addresses.iter().map(String::as_str));
    picture.nodes_of(group).flat_map(|node| known_by(node).map(|id| (id, node.name.as_str()))).collect()
}

/// The nodes of a group, and the pods on them.
fn nodes_and_pods<'a>(picture: &'a Picture, group: &'a str) -> Places<'a> {
    let pods = picture.pods_on(group).filter_map(|pod| Some((pod.address.as_deref()?, pod.node.as_deref()?)));
    pods.chain(nodes(picture, group)).collect()
}

/// Blue's nodes, those too that were there when the migration began.
fn blue<'a>(picture: &'a Picture, orders: &'a Orders, record: Option<&'a Record>) -> Places<'a> {
    let noted = record.into_iter().flat_map(|record| &record.nodes);
    let mut places: Places<'a> = noted.filter_map(|(name, id)| Some((id.rsplit('/').next()?, name.as_str()))).collect();
    places.extend(nodes(picture, &orders.blue));
    places
}

/// The targets that are at these places, each with its node.
fn at<'a>(targets: &'a [Target], places: &Places<'a>) -> Vec<(&'a Target, &'a str)> {
    targets.iter().filter_map(|target| Some((target, *places.get(target.id.as_str())?))).collect()
}

/// Targets for a text: `i-0123:30080 on node ip-10-0-0-1 is unhealthy (Target.Timeout)`.
fn told(targets: &[(&Target, &str)]) -> String {
    let one = |(target, node): &(&Target, &str)| format!("{target} on node {node} is {}", target.told);
    let named = targets.iter().take(NAMED).map(one).collect::<Vec<_>>().join(", ");
    if targets.len() > NAMED { format!("{named} and {} more", targets.len() - NAMED) } else { named }
}

fn healthy(targets: &[(&Target, &str)]) -> usize {
    targets.iter().filter(|(target, _)| target.condition == Condition::Healthy).count()
}

/// How healthy a side is: `1 of 2 healthy`.
fn summary(targets: &[(&Target, &str)]) -> String {
    match targets.iter().filter(|(target, _)| target.is_registered()).count() {
        0 => "no target".to_owned(),
        registered => format!("{} of {registered} healthy", healthy(targets)),
    }
}

/// Whether green is healthy enough in each target group for blue to leave it.
pub(super) fn judge(picture: &Picture, orders: &Orders) -> Vec<Verdict> {
    let places = nodes_and_pods(picture, orders.green.name());
    let judged = |arn: &String| match picture.targets.as_ref().and_then(|targets| targets.get(arn)) {
        Some(Ok(targets)) => judge_one(arn, &at(targets, &places), orders),
        Some(Err(Trouble::Passing(why))) => Verdict::Inconclusive(why.clone()),
        Some(Err(Trouble::Lasting(why))) => Verdict::Unanswerable(why.clone()),
        None => Verdict::Inconclusive(format!("target group {arn} was not looked at")),
    };
    orders.backing.target_groups.iter().map(judged).collect()
}

fn judge_one(arn: &str, green: &[(&Target, &str)], orders: &Orders) -> Verdict {
    let count = |condition| green.iter().filter(|(target, _)| target.condition == condition).count();
    let registered = green.iter().filter(|(target, _)| target.is_registered()).count();
    let (healthy, enough) = (count(Condition::Healthy), orders.backing.enough(registered));
    if healthy >= enough {
        return Verdict::Pass;
    }
    let name = orders.green.name();
    let ill: Vec<_> = green.iter().filter(|(target, _)| target.condition != Condition::Healthy).copied().collect();
    let ill = if ill.is_empty() { String::new() } else { format!(": {}", told(&ill)) };
    let text = format!("{name} in target group {arn}: {}, wanted at least {enough} healthy{ill}", summary(green));
    if healthy + count(Condition::Undecided) >= enough { Verdict::Inconclusive(text) } else { Verdict::Fail(text) }
}

/// Whether blue's nodes are gone from the target groups: a text of those that are not.
///
/// The pods on blue may still be targets, where a group has pods for targets: they leave with their pods.
pub(super) fn left(scene: &Scene<'_>) -> Decision {
    let Scene { picture, orders, record, .. } = scene;
    let places = blue(picture, orders, *record);
    let mut waiting = Vec::new();
    for arn in &orders.backing.target_groups {
        match picture.targets.as_ref().and_then(|targets| targets.get(arn)) {
            Some(Ok(targets)) => {
                let mut there = at(targets, &places);
                there.retain(|(target, _)| target.condition != Condition::Unused);
                if !there.is_empty() {
                    waiting.push(format!("{} is still in target group {arn}: {}", orders.blue, told(&there)));
                }
            }
            Some(Err(Trouble::Passing(why))) => waiting.push(why.clone()),
            Some(Err(Trouble::Lasting(why))) => return Decision::Blocked(why.clone()),
            None => waiting.push(format!("target group {arn} was not looked at")),
        }
    }
    if waiting.is_empty() { Decision::Met } else { Decision::Wait(waiting.join("; ")) }
}

/// How both sides are in each target group, for a reviewer; and what could not be read.
pub(super) fn foreseen(picture: &Picture, orders: &Orders) -> Vec<Result<String, Trouble>> {
    let places = [&orders.blue[..], orders.green.name()].map(|group| nodes_and_pods(picture, group));
    let seen = picture.targets.iter().flatten();
    seen.map(|(arn, targets)| {
        let targets = targets.as_ref().map_err(Trouble::clone)?;
        let [blue, green] = places.each_ref().map(|places| summary(&at(targets, places)));
        Ok(format!("{arn}: {} has {blue}; {} has {green}", orders.blue, orders.green.name()))
    })
    .collect()
}

#[cfg(test)]
mod tests;

use std::time::{Duration, SystemTime};

use super::*;
use crate::nodes::act::{Change, GroupAct};
use crate::nodes::names::{EXCLUDED, MADE_TAG, ORIGINAL};
use crate::nodes::picture::{GroupStatus, Kind, Owner, Taint};
use crate::nodes::world::{add, autoscaler, cluster, group, node, orders, pod, workload};

/// Two nodes on each side, and a deployment of two pods on blue.
fn picture() -> Picture {
    let mut picture = cluster(2);
    add(&mut picture, workload(Kind::Deployment, "web", 2));
    picture.nodes.extend([node("green", 0), node("green", 1)]);
    let mut green = group("green", 2);
    green.tags.insert(MADE_TAG.to_owned(), orders().name());
    picture.green = Some(green);
    picture
}

/// The same once it is surged, with so many of green's pods ready.
fn surged(ready: usize) -> Picture {
    let mut picture = picture();
    let web = &mut picture.workloads[0];
    web.replicas = 4;
    web.annotations.insert(ORIGINAL.to_owned(), "replicas=2".to_owned());
    let more = [pod(web, 2, "green-0"), pod(web, 3, "green-1")];
    picture.pods.extend(more);
    for pod in picture.pods.iter_mut().skip(2 + ready) {
        pod.ready = false;
    }
    picture
}

fn decided(stage: Stage, picture: &Picture) -> Decision {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1000);
    stage.decide(&Scene { picture, orders: &orders(), record: None, now })
}

/// The one change that a stage asks for.
#[track_caller]
fn change(stage: Stage, picture: &Picture) -> Change {
    match decided(stage, picture) {
        Decision::Act(acts, _) => match acts.as_slice() {
            [Act::Change(change)] => change.clone(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

/// What a stage waits for, or what blocks it.
#[track_caller]
fn check(stage: Stage, picture: &Picture, blocked: bool, says: &str) {
    let text = match decided(stage, picture) {
        Decision::Wait(text) if !blocked => text,
        Decision::Blocked(text) if blocked => text,
        other => panic!("{other:?}"),
    };
    assert!(text.contains(says), "{text}");
}

#[test]
fn what_stood_before_is_noted_with_the_change_and_never_again() {
    let mut picture = picture();
    let first = change(Stage::SurgeUser, &picture);
    assert_eq!(first.replicas, Some(4));
    assert_eq!(first.annotations.get(ORIGINAL), Some(&Some("replicas=2".to_owned())));
    // Somebody took one of the new pods away: it is asked for again, and what is noted stays.
    let web = &mut picture.workloads[0];
    (web.replicas, web.annotations) = (3, [(ORIGINAL.to_owned(), "replicas=2".to_owned())].into());
    let again = change(Stage::SurgeUser, &picture);
    assert_eq!((again.replicas, again.annotations.get(ORIGINAL)), (Some(4), None));
}

#[test]
fn an_autoscaler_is_pinned_once() {
    let mut picture = picture();
    picture.autoscalers.push(autoscaler("web", 1, 6));
    let pinned = change(Stage::Autoscalers, &picture);
    assert_eq!(pinned.bounds, Some((2, 2)));
    assert_eq!(pinned.annotations.get(ORIGINAL), Some(&Some("max=6 min=1 replicas=2".to_owned())));
    let it = &mut picture.autoscalers[0];
    (it.min, it.max) = (4, 4);
    it.annotations.insert(ORIGINAL.to_owned(), "max=6 min=1 replicas=2".to_owned());
    assert_eq!(decided(Stage::Autoscalers, &picture), Decision::Met);
    // Nor once somebody gave it other bounds: what is noted is what stood before the migration.
    picture.autoscalers[0].min = 1;
    assert_eq!(decided(Stage::Autoscalers, &picture), Decision::Met);
    // From here on it is the one that scales.
    assert_eq!(change(Stage::Restore, &picture).bounds, Some((1, 6)));
    picture.autoscalers[0].max = 2;
    assert_eq!(change(Stage::SurgeUser, &picture).bounds, Some((4, 4)));
}

#[test]
fn nothing_is_scaled_back_before_as_many_are_ready_off_blue() {
    assert_eq!(change(Stage::ScaleBack, &surged(2)).replicas, Some(2));
    check(
        Stage::ScaleBack,
        &surged(1),
        false,
        "Deployment shop/web has 1 of 2 ready off blue (Pod shop/web-3 on green-1",
    );
    let mut rolling = surged(2);
    rolling.workloads[0].rolling = true;
    check(Stage::ScaleBack, &rolling, true, "a rollout of Deployment shop/web is under way");
}

#[test]
fn blue_is_deleted_empty_or_not_at_all() {
    check(Stage::Delete, &picture(), true, "node group blue is not empty: shop/web-0, shop/web-1");
    let mut empty = picture();
    empty.pods.clear();
    let Decision::Act(acts, _) = decided(Stage::Delete, &empty) else { panic!("it is deleted") };
    assert_eq!(acts, [Act::Group(GroupAct::Delete { group: "blue".to_owned() })]);
    empty.blue.as_mut().unwrap().status = GroupStatus::Deleting;
    check(Stage::Delete, &empty, false, "is being deleted");
    empty.blue = None;
    check(Stage::Delete, &empty, false, "its nodes are not yet: blue-0, blue-1");
}

#[test]
fn one_of_a_workload_is_evicted_at_a_time_and_only_while_the_others_serve() {
    let mut picture = picture();
    picture.pods[0].owner = Owner::Workload(Kind::StatefulSet, "db".to_owned());
    picture.pods[1].owner = Owner::Workload(Kind::StatefulSet, "db".to_owned());
    picture.workloads = vec![workload(Kind::StatefulSet, "db", 2)];
    let Decision::Act(acts, why) = decided(Stage::Evict, &picture) else { panic!("one is evicted") };
    assert_eq!((acts.len(), why.as_str()), (1, "evict shop/web-1"));
    picture.pods[0].deleting = true;
    check(Stage::Evict, &picture, false, "Pod shop/web-1 waits for the others of StatefulSet shop/db");
    picture.pods.remove(0);
    picture.pods[0].owner = Owner::Nobody;
    check(Stage::Evict, &picture, true, "Pod shop/web-1 on blue-1: no controller makes it again");
}

#[test]
fn a_node_that_joins_late_is_tainted_too() {
    let mut picture = picture();
    let taint = Taint::of(&orders().name());
    picture.blue.as_mut().unwrap().taints.push(taint.clone());
    picture.nodes[0].taints.push(taint.clone());
    let Decision::Act(acts, _) = decided(Stage::Taint, &picture) else { panic!("one is not tainted") };
    assert_eq!(acts, [Act::Taints { node: "blue-1".to_owned(), version: "1".to_owned(), taints: vec![taint.clone()] }]);
    picture.nodes[1].taints.push(taint);
    assert_eq!(decided(Stage::Taint, &picture), Decision::Met);
}

#[test]
fn connections_have_their_time_to_end_and_no_more_after_a_crash() {
    let mut picture = picture();
    let mut left = |at: &str| {
        for node in &mut picture.nodes[..2] {
            node.labels.insert(crate::nodes::names::EXCLUDE.to_owned(), "true".to_owned());
            node.annotations.insert(EXCLUDED.to_owned(), at.to_owned());
        }
        picture.clone()
    };
    check(Stage::Balancers, &left("900"), false, "have another 200 s to end");
    assert_eq!(decided(Stage::Balancers, &left("700")), Decision::Met);
}

#[test]
fn a_group_of_green_s_name_that_somebody_else_made_is_left_alone() {
    let mut picture = picture();
    picture.green.as_mut().unwrap().tags.clear();
    check(Stage::Green, &picture, true, "there is a node group green that this migration did not make");
}

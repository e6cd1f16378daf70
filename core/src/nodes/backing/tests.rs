use std::time::{Duration, SystemTime};

use super::*;
use crate::nodes::orders::Backing;
use crate::nodes::world::{cluster, node, orders, pod, workload};
use crate::nodes::{Kind, Targets};

const GROUP: &str = "arn:web";

fn target(id: &str, condition: Condition) -> Target {
    Target { id: id.to_owned(), port: Some(30080), condition, told: format!("{condition:?}").to_lowercase() }
}

/// Two nodes on each side, and one target group with these targets.
fn picture(seen: Result<Vec<Target>, Trouble>) -> Picture {
    let mut picture = cluster(2);
    picture.nodes.extend([node("green", 0), node("green", 1)]);
    picture.targets = Some(Targets::from([(GROUP.to_owned(), seen)]));
    picture
}

fn asking(at_least: u32, percent: u8) -> Orders {
    Orders { backing: Backing { target_groups: [GROUP.to_owned()].into(), at_least, percent }, ..orders() }
}

/// What is judged of green's targets, with at least so many and so many percent healthy.
#[track_caller]
fn check(targets: &[(&str, Condition)], (at_least, percent): (u32, u8), expect: &str) {
    let targets = targets.iter().map(|(id, condition)| target(id, *condition)).collect();
    let verdicts = judge(&picture(Ok(targets)), &asking(at_least, percent));
    let is = match verdicts.as_slice() {
        [Verdict::Pass] => "pass".to_owned(),
        [Verdict::Fail(why)] => format!("fail: {why}"),
        [Verdict::Inconclusive(why)] => format!("inconclusive: {why}"),
        other => panic!("{other:?}"),
    };
    assert_eq!(is, expect);
}

#[test]
fn only_greens_healthy_targets_count() {
    use Condition::*;
    check(&[("i-green-0", Healthy)], (1, 0), "pass");
    check(
        &[("i-blue-0", Healthy)],
        (1, 0),
        "fail: green in target group arn:web: no target, wanted at least 1 healthy",
    );
    check(
        &[("i-blue-0", Healthy), ("i-green-0", Unhealthy), ("i-green-1", Healthy)],
        (2, 0),
        "fail: green in target group arn:web: 1 of 2 healthy, wanted at least 2 healthy: i-green-0:30080 on node green-0 is \
         unhealthy",
    );
    check(
        &[("i-green-0", Undecided), ("i-green-1", Healthy)],
        (1, 100),
        "inconclusive: green in target group arn:web: 1 of 2 healthy, wanted at least 2 healthy: i-green-0:30080 on node \
         green-0 is undecided",
    );
    check(&[("i-green-0", Unhealthy), ("i-green-1", Healthy)], (1, 50), "pass");
    check(
        &[("i-green-0", Unused)],
        (0, 0),
        "fail: green in target group arn:web: no target, wanted at least 1 healthy: i-green-0:30080 on node green-0 is unused",
    );
    check(
        &[("i-green-0", Draining)],
        (0, 100),
        "fail: green in target group arn:web: no target, wanted at least 1 healthy: i-green-0:30080 on node green-0 is \
         draining",
    );
}

#[test]
fn what_could_not_be_read_is_never_a_pass() {
    let judged = |seen| judge(&picture(seen), &asking(1, 0));
    assert_eq!(judged(Err(Trouble::Passing("slower".into()))), [Verdict::Inconclusive("slower".into())]);
    assert_eq!(judged(Err(Trouble::Lasting("denied".into()))), [Verdict::Unanswerable("denied".into())]);
    let unseen = Picture { targets: None, ..picture(Ok(Vec::new())) };
    let expect = "target group arn:web was not looked at";
    assert_eq!(judge(&unseen, &asking(1, 0)), [Verdict::Inconclusive(expect.into())]);
    assert_eq!(remaining(&unseen), Decision::Wait(expect.into()));
}

#[test]
fn pods_and_nodes_addresses_are_greens_too() {
    let mut picture = picture(Ok(vec![target("10.1.0.9", Condition::Healthy), target("10.0.0.7", Condition::Healthy)]));
    picture.pods.push(pod(&workload(Kind::Deployment, "web", 1), 0, "green-1"));
    assert!(matches!(judge(&picture, &asking(1, 0)).as_slice(), [Verdict::Fail(_)]));
    picture.pods[0].address = Some("10.1.0.9".to_owned());
    assert_eq!(judge(&picture, &asking(1, 0)), [Verdict::Pass]);
    picture.nodes[2].addresses = vec!["10.0.0.7".to_owned()];
    assert_eq!(judge(&picture, &asking(2, 0)), [Verdict::Pass]);
}

/// What is left of blue.
fn remaining(picture: &Picture) -> Decision {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1000);
    let mut record = Record::default();
    record.nodes.insert("blue-9".to_owned(), "aws:///eu-west-1a/i-blue-9".to_owned());
    left(&Scene { picture, orders: &asking(1, 0), record: Some(&record), now })
}

#[test]
fn blue_is_gone_once_nothing_of_its_nodes_takes_anything() {
    use Condition::*;
    let of = |targets: &[(&str, Condition)]| {
        remaining(&picture(Ok(targets.iter().map(|(id, condition)| target(id, *condition)).collect())))
    };
    assert_eq!(of(&[("i-green-0", Healthy), ("i-stranger", Healthy), ("i-blue-0", Unused)]), Decision::Met);
    for condition in [Healthy, Unhealthy, Undecided, Draining] {
        let Decision::Wait(why) = of(&[("i-blue-1", condition)]) else { panic!("{condition:?}") };
        let expect = format!(
            "blue is still in target group arn:web: i-blue-1:30080 on node blue-1 is {}",
            format!("{condition:?}").to_lowercase()
        );
        assert_eq!(why, expect);
    }
    // A node that has gone in the meantime, its target not.
    assert!(matches!(of(&[("i-blue-9", Draining)]), Decision::Wait(why) if why.contains("on node blue-9")));
    assert!(
        matches!(remaining(&picture(Err(Trouble::Lasting("denied".into())))), Decision::Blocked(why) if why == "denied")
    );
    assert!(matches!(remaining(&picture(Err(Trouble::Passing("slow".into())))), Decision::Wait(why) if why == "slow"));
}

#[test]
fn blues_pods_are_not_waited_for_they_leave_with_their_pods() {
    let mut picture = picture(Ok(vec![target("10.1.0.9", Condition::Healthy)]));
    picture.pods.push(pod(&workload(Kind::Deployment, "web", 1), 0, "blue-1"));
    picture.pods[0].address = Some("10.1.0.9".to_owned());
    assert_eq!(remaining(&picture), Decision::Met);
    let lines = foreseen(&picture, &asking(1, 0));
    assert_eq!(lines, [Ok("arn:web: blue has 1 of 1 healthy; green has no target".to_owned())]);
}

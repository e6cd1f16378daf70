use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::picture::{Allowance, Operator, Owner, Phase, Term, Toleration};
use super::world::*;
use super::*;
use crate::clock::{Clock, SteppedClock};
use crate::engine::driver::Pacing;
use crate::engine::outcome::{Outcome, Reason};
use crate::engine::transition::OnFailure;

mod backed;

fn driver(clock: &Arc<SteppedClock>) -> Driver {
    let pacing = Pacing { on_failure: OnFailure::Hold, ..Pacing::default() };
    let stop = CancellationToken::new();
    Driver { clock: clock.clone(), gates: Vec::new(), pacing, stop, time_limit: None, observer: None }
}

fn migration(world: &Arc<World>, clock: &Arc<SteppedClock>, orders: Orders) -> Migration {
    Migration::new(world.clone(), clock.clone(), orders)
}

async fn run(world: &Arc<World>, orders: Orders) -> Result<Moved, Refusal> {
    let clock = Arc::new(SteppedClock::new());
    migration(world, &clock, orders).run(&driver(&clock)).await
}

async fn back(world: &Arc<World>) -> Result<Moved, Refusal> {
    let clock = Arc::new(SteppedClock::new());
    migration(world, &clock, orders()).back(&driver(&clock)).await
}

/// Thirty deployments, a third of them with autoscalers and a half with budgets, what the cluster needs itself, a stateful
/// set, and a job that is over.
fn town() -> Picture {
    town_of(30)
}

/// The same with fewer deployments, where it is built again and again.
fn village() -> Picture {
    town_of(4)
}

fn town_of(deployments: u32) -> Picture {
    let mut picture = cluster(4);
    for nth in 0..deployments {
        let name = format!("web-{nth}");
        add(&mut picture, workload(Kind::Deployment, &name, 1 + nth % 4));
        if nth % 3 == 0 {
            picture.autoscalers.push(autoscaler(&name, 1, 8));
        }
        if nth % 2 == 0 {
            picture.budgets.push(budget(&name, &name));
        }
    }
    let mut dns = workload(Kind::Deployment, "coredns", 2);
    dns.name.namespace = "kube-system".to_owned();
    add(&mut picture, dns);
    add(&mut picture, workload(Kind::StatefulSet, "orders", 3));
    picture.budgets.push(budget("orders", "orders"));
    let mut job = workload(Kind::Job, "report", 0);
    job.replicas = 0;
    let mut over = pod(&job, 0, "blue-1");
    over.phase = Phase::Finished;
    picture.workloads.push(job);
    picture.pods.push(over);
    picture
}

/// What is to be the same after a migration as before.
fn kept(picture: &Picture) -> Vec<String> {
    let workloads = picture.workloads.iter().map(|it| format!("{it} {} {:?}", it.replicas, it.annotations));
    let scaled = picture.autoscalers.iter();
    let scaled = scaled.map(|it| format!("{} {} {} {:?}", it.name, it.min, it.max, it.annotations));
    let nodes = picture.nodes.iter().map(|it| format!("{:?} {:?} {}", it.annotations, it.taints, it.labels.len()));
    let nodes: std::collections::BTreeSet<String> = nodes.collect();
    workloads.chain(scaled).chain(nodes).collect()
}

#[track_caller]
fn arrived(world: &World, before: &Picture, when: &str) {
    let after = world.see();
    assert_eq!(kept(&after), kept(before), "{when}");
    assert_eq!(after.blue, None, "{when}");
    assert!(!world.has_record(), "{when}");
    for workload in &after.workloads {
        let pods: Vec<_> = after.pods_of(workload).collect();
        assert_eq!(pods.len(), workload.replicas as usize, "{when}: {workload}");
        assert!(pods.iter().all(|pod| pod.ready && after.is_on(pod, "green")), "{when}: {workload}");
        // A stateful set has one of each name, so one of it is away at a time.
        let least = world.least().get(&workload.name).copied().unwrap();
        let wanted = if workload.kind == Kind::StatefulSet { workload.replicas - 1 } else { workload.replicas };
        assert!(least >= wanted, "{when}: {workload} had {least} serving at one time");
    }
}

#[tokio::test]
async fn a_town_moves_and_nothing_is_left_of_the_move() {
    let before = town();
    let world = Arc::new(World::new(before.clone()));
    let moved = run(&world, orders()).await.unwrap();
    assert_eq!(moved.report.outcome, Outcome::Settled, "{:#?}", moved.report.history);
    arrived(&world, &before, "undisturbed");
    assert_eq!((moved.known.stage, moved.known.left()), (None, 0));
    // Again: there is nothing to do, and nothing is done.
    let acts = world.acts().len();
    assert_eq!(run(&world, orders()).await.unwrap().report.outcome, Outcome::Settled);
    assert_eq!(world.acts().len(), acts);
}

#[tokio::test]
async fn killed_after_any_call_it_is_gone_on_with_to_the_same_end() {
    let before = village();
    let whole = Arc::new(World::new(before.clone()));
    run(&whole, orders()).await.unwrap();
    let calls = whole.acts().len();
    assert!(calls > 60, "{calls}");
    for call in 1..=calls {
        let world = Arc::new(World::new(before.clone()));
        world.dies_in(Some(call));
        drop(run(&world, orders()).await);
        world.dies_in(None);
        let last = world.acts().last().cloned().unwrap();
        let moved = run(&world, orders()).await.unwrap_or_else(|refusal| panic!("after {call}, {last}: {refusal}"));
        assert_eq!(moved.report.outcome, Outcome::Settled, "after {call}, {last}");
        arrived(&world, &before, &format!("after {call}, {last}"));
    }
}

#[tokio::test]
async fn until_blue_is_deleted_there_is_a_way_back_from_any_call() {
    let before = village();
    let whole = Arc::new(World::new(before.clone()));
    run(&whole, orders()).await.unwrap();
    let deletes = whole.acts().iter().position(|act| act == "note delete_blue").unwrap();
    for call in 1..=deletes {
        let world = Arc::new(World::new(before.clone()));
        world.dies_in(Some(call));
        drop(run(&world, orders()).await);
        world.dies_in(None);
        let when = format!("after {call}, {}", world.acts().last().unwrap());
        let moved = back(&world).await.unwrap();
        assert_eq!(moved.report.outcome, Outcome::Settled, "{when}: {:#?}", moved.report.history);
        let mut after = world.see();
        assert!(!world.has_record(), "{when}");
        let blue = after.blue.clone().unwrap();
        assert_eq!(
            (blue.sizes, blue.taints, blue.tags),
            (group("blue", 4).sizes, vec![], Default::default()),
            "{when}"
        );
        assert!(after.pods.iter().all(|pod| pod.annotations.is_empty()), "{when}");
        after.nodes.retain(|node| node.group() == Some("blue"));
        assert_eq!(kept(&after), kept(&before), "{when}");
    }
    // From then on there is none.
    let world = Arc::new(World::new(before));
    world.dies_in(Some(deletes + 1));
    drop(run(&world, orders()).await);
    world.dies_in(None);
    assert_eq!(back(&world).await.unwrap_err(), Refusal::PastReturn("blue".to_owned()));
}

#[tokio::test]
async fn a_way_back_that_was_cut_short_is_gone_on_with_and_so_is_the_way_forth_from_it() {
    let before = village();
    // Surged, and blue's pods cost less: most of what there is to put back.
    let halfway = async || {
        let world = Arc::new(World::new(before.clone()));
        run_until(&world, "note scale_back").await;
        world
    };
    let whole = halfway().await;
    let forth = whole.acts().len();
    assert_eq!(back(&whole).await.unwrap().report.outcome, Outcome::Settled);
    for call in 1..=whole.acts().len() - forth {
        let world = halfway().await;
        world.dies_in(Some(call));
        drop(back(&world).await);
        world.dies_in(None);
        let when = format!("after {call}, {}", world.acts().last().unwrap());
        if call % 2 == 0 {
            let moved = back(&world).await.unwrap_or_else(|refusal| panic!("{when}: {refusal}"));
            assert_eq!(moved.report.outcome, Outcome::Settled, "{when}");
            assert!(!world.has_record(), "{when}");
        } else {
            let moved = run(&world, orders()).await.unwrap_or_else(|refusal| panic!("{when}: {refusal}"));
            assert_eq!(moved.report.outcome, Outcome::Settled, "{when}");
            arrived(&world, &before, &when);
        }
    }
}

#[tokio::test]
async fn what_is_being_put_back_at_the_end_is_not_taken_again() {
    let before = village();
    let world = Arc::new(World::new(before.clone()));
    run_until(&world, "set HorizontalPodAutoscaler shop/web-0 to 1 to 8 pods").await;
    let restored = world.acts().len();
    let kept = Orders { delete_blue: false, ..orders() };
    let moved = migration(&world, &Arc::new(SteppedClock::new()), orders()).look().await.unwrap();
    assert_eq!(moved.stage, Some(Stage::Restore));
    assert_eq!(run(&world, orders()).await.unwrap().report.outcome, Outcome::Settled);
    let more: Vec<String> = world.acts().into_iter().skip(restored).collect();
    assert!(
        more.iter().all(|act| act.starts_with("annotate")
            || act.starts_with("set Horizontal")
            || act == "delete the record of the migration"),
        "{more:?}"
    );
    arrived(&world, &before, "restored");
    // The same where blue stays, whose sizes are given back last.
    let world = Arc::new(World::new(before));
    let clock = Arc::new(SteppedClock::new());
    migration(&world, &clock, kept.clone()).run(&driver(&clock)).await.unwrap();
    let acts = world.acts();
    let sizes = acts.iter().rposition(|act| act.starts_with("set node group blue")).unwrap();
    assert_eq!(acts.iter().filter(|act| act.starts_with("set node group blue")).count(), 2, "{acts:?}");
    let world = Arc::new(World::new(village()));
    world.dies_in(Some(sizes + 1));
    drop(migration(&world, &clock, kept.clone()).run(&driver(&clock)).await);
    world.dies_in(None);
    migration(&world, &clock, kept).run(&driver(&clock)).await.unwrap();
    assert_eq!(
        world.acts().iter().filter(|act| act.starts_with("set node group blue")).count(),
        2,
        "{:?}",
        world.acts()
    );
}

/// Lets a run die right after it did this for the first time.
async fn run_until(world: &Arc<World>, act: &str) {
    let scratch = Arc::new(World::new(world.see()));
    run(&scratch, orders()).await.unwrap();
    let calls =
        scratch.acts().iter().position(|done| done == act).unwrap_or_else(|| panic!("{act}: {:?}", scratch.acts()));
    world.dies_in(Some(calls + 1));
    drop(run(world, orders()).await);
    world.dies_in(None);
}

#[tokio::test]
async fn a_user_s_own_cost_and_scale_down_are_theirs_again_on_the_way_back() {
    let mut picture = cluster(2);
    add(&mut picture, workload(Kind::Deployment, "web", 2));
    picture.pods[0].annotations.insert(names::COST.to_owned(), "7".to_owned());
    picture.nodes[0].annotations.insert(names::NO_SCALE_DOWN.to_owned(), "true".to_owned());
    let world = Arc::new(World::new(picture.clone()));
    run(&world, orders()).await.unwrap();
    let costs = world.acts().iter().rposition(|act| act.starts_with("annotate Pod")).unwrap();
    let world = Arc::new(World::new(picture.clone()));
    world.dies_in(Some(costs + 1));
    drop(run(&world, orders()).await);
    world.dies_in(None);
    assert!(world.see().pods.iter().any(|pod| pod.cost() == Some("-1000")));
    back(&world).await.unwrap();
    let after = world.see();
    let costs: Vec<_> = after.pods.iter().filter_map(|pod| pod.cost()).collect();
    assert_eq!(costs, ["7"]);
    assert_eq!(after.nodes[0].annotations, picture.nodes[0].annotations);
}

#[tokio::test]
async fn a_stop_holds_and_a_later_run_arrives() {
    let before = village();
    let world = Arc::new(World::new(before.clone()));
    let clock = Arc::new(SteppedClock::new());
    let mut driver = driver(&clock);
    driver.time_limit = Some(Duration::from_secs(40));
    let moved = migration(&world, &clock, orders()).run(&driver).await.unwrap();
    assert_eq!(moved.report.outcome, Outcome::Held { reason: Reason::OutOfTime, instead_of_rollback: None });
    assert!(moved.known.stage.is_some() && moved.known.under_way);
    assert_eq!(run(&world, orders()).await.unwrap().report.outcome, Outcome::Settled);
    arrived(&world, &before, "after a stop");
}

#[tokio::test]
async fn pods_that_do_not_come_up_hold_it_by_name_and_within_the_time_of_the_stage() {
    let mut picture = cluster(2);
    add(&mut picture, workload(Kind::Deployment, "web", 2));
    let world = Arc::new(World::new(picture));
    let clock = Arc::new(SteppedClock::new());
    let small = Twin { name: "green".to_owned(), ..Twin::default() };
    let orders = Orders { green: Green::Twin(small), stage_timeout: Duration::from_secs(600), ..orders() };
    let migration = migration(&world, &clock, orders);
    world.dies_in(Some(8));
    drop(migration.run(&driver(&clock)).await);
    world.dies_in(None);
    // Somebody cordons green's nodes by a taint of their own.
    let stray = picture::Taint { key: "busy".to_owned(), value: String::new(), effect: picture::Effect::NoSchedule };
    world.change(|picture| picture.nodes.iter_mut().for_each(|node| node.taints.push(stray.clone())));
    world.change(|picture| {
        let tolerates = Toleration { key: Some("busy".to_owned()), ..Toleration::default() };
        picture.pods.iter_mut().for_each(|pod| pod.tolerations.push(tolerates.clone()));
    });
    let began = clock.now();
    let moved = migration.run(&driver(&clock)).await.unwrap();
    let Outcome::Held { reason: Reason::NotSettled(why), .. } = moved.report.outcome else {
        panic!("{:#?}", moved.report);
    };
    assert!(why.contains("Deployment shop/web has 0 of 2 ready off blue (Pod shop/web-10"), "{why}");
    assert!(why.contains("has no node yet"), "{why}");
    assert!(clock.now().since(began) < Duration::from_secs(700));
}

/// What becomes of the one pod of a cluster, after a change of it.
#[track_caller]
fn check(change: impl FnOnce(&mut Picture, &mut Orders), verdict: Verdict, says: &str) {
    let (mut picture, mut orders) = (cluster(2), orders());
    let mut web = workload(Kind::Deployment, "web", 2);
    web.replicas = 2;
    picture.pods.push(pod(&web, 0, "blue-0"));
    picture.workloads.push(web);
    change(&mut picture, &mut orders);
    let judged = verdict::verdicts(&picture, &orders).into_iter().next().unwrap();
    let text = format!("{}; {}", judged.why, judged.warnings.join("; "));
    assert_eq!(judged.verdict, verdict, "{text}");
    assert!(text.contains(says), "{text}");
}

fn labels(key: &str, value: &str) -> picture::Labels {
    [(key.to_owned(), value.to_owned())].into()
}

fn claim(picture: &mut Picture, zone: &str, local: bool) {
    picture.pods[0].claims = vec!["data".to_owned()];
    let (name, zones) = (Name::new("shop", "data"), [zone.to_owned()].into());
    picture.claims = vec![picture::Claim { name, many_nodes: false, zones, local }];
}

fn owned(picture: &mut Picture, kind: Kind, name: &str) {
    picture.pods[0].owner = Owner::Workload(kind, name.to_owned());
    picture.workloads.push(workload(kind, name, 2));
}

#[test]
fn most_pods_move_without_a_question() {
    use Verdict::*;
    check(|_, _| {}, Surge, "Deployment web has another one ready on green first");
    check(|p, _| p.pods[0].phase = Phase::Finished, Ignore, "it is over");
    check(|p, _| p.pods[0].deleting = true, Ignore, "its deletion has begun");
    check(|p, _| p.pods[0].owner = Owner::Kubelet, Ignore, "kubelet");
    check(|p, _| owned(p, Kind::DaemonSet, "logs"), Stay, "DaemonSet logs");
    check(|p, _| owned(p, Kind::StatefulSet, "db"), Evict, "StatefulSet db");
    check(|p, _| owned(p, Kind::Job, "report"), Await, "Job report is waited for");
    check(|p, _| p.workloads[0].recreates = true, Evict, "recreates its pods");
    let asked = |p: &mut Picture, o: &mut Orders| {
        o.strategies.insert(p.workloads[0].name.clone(), Strategy::Evict);
    };
    check(asked, Evict, "is to be evicted");
    check(|p, _| claim(p, "eu-west-1a", false), Evict, "mounts shop/data");
    let keda = |p: &mut Picture, _: &mut Orders| {
        p.autoscalers.push(autoscaler("web", 1, 5));
        p.autoscalers[0].master = Some("ScaledObject web".to_owned());
    };
    check(keda, Evict, "is scaled by ScaledObject web");
    check(|p, _| p.budgets.push(budget("web", "web")), Surge, "");
}

#[test]
fn what_stands_in_the_way_is_named() {
    use Verdict::Refuse;
    check(|p, _| p.pods[0].owner = Owner::Nobody, Refuse, "allow_bare_pod_loss");
    check(|p, _| p.pods[0].owner = Owner::Other("Rollout".into(), "web".into()), Refuse, "Rollout web");
    check(|p, _| p.pods[0].host_paths.push("logs".into()), Refuse, "hostPath volume logs");
    check(|p, _| claim(p, "eu-west-1a", true), Refuse, "local volume of shop/data");
    check(|p, _| claim(p, "eu-west-1c", false), Refuse, "shop/data is in eu-west-1c, and the nodes of green");
    check(
        |p, _| p.pods[0].node_selector = labels(names::NODE_GROUP, "blue"),
        Refuse,
        "eks.amazonaws.com/nodegroup=blue",
    );
    let affine = |p: &mut Picture, _: &mut Orders| {
        let (key, values) = (names::HOST.to_owned(), vec!["blue-0".to_owned()]);
        p.pods[0].affinity = vec![vec![Term { key, operator: Operator::In, values }]];
    };
    check(affine, Refuse, "kubernetes.io/hostname in (blue-0)");
    let never = |p: &mut Picture, _: &mut Orders| {
        p.budgets.push(budget("strict", "web"));
        p.budgets[0].max_unavailable = Some(Allowance::Pods(0));
    };
    check(never, Refuse, "PodDisruptionBudget shop/strict never lets it go: its maxUnavailable is 0");
    let tight = |p: &mut Picture, _: &mut Orders| {
        owned(p, Kind::StatefulSet, "db");
        p.budgets.push(budget("db", "web"));
        (p.budgets[0].max_unavailable, p.budgets[0].min_available) = (None, Some(Allowance::Pods(2)));
    };
    check(tight, Refuse, "its minAvailable is 2 of 2 pods");
    check(|p, _| p.budgets.extend([budget("one", "web"), budget("two", "web")]), Refuse, "shop/one and shop/two");
    check(|p, _| p.pods[0].annotations = labels(names::DO_NOT_DISRUPT, "true"), Refuse, "allow_disruption");
    check(|p, _| p.workloads[0].rolling = true, Refuse, "a rollout of Deployment shop/web is under way");
    check(|p, o| (p.green, o.green) = (None, Green::Adopted("green".into())), Refuse, "green has no nodes");
}

#[test]
fn what_is_named_is_allowed_and_nothing_else() {
    let name = || std::collections::BTreeSet::from([Name::new("shop", "web-0")]);
    let bare = |p: &mut Picture, o: &mut Orders| {
        (p.pods[0].owner, o.allowed.bare_pod_loss) = (Owner::Nobody, name());
    };
    check(bare, Verdict::Evict, "nobody makes it again");
    let disruptable = |p: &mut Picture, o: &mut Orders| {
        (p.pods[0].annotations, o.allowed.disruption) = (labels(names::SAFE_TO_EVICT, "false"), name());
    };
    check(disruptable, Verdict::Surge, "");
    let both = |p: &mut Picture, o: &mut Orders| {
        bare(p, o);
        p.pods[0].host_paths.push("logs".into());
    };
    check(both, Verdict::Refuse, "allow_local_data_loss");
}

#[test]
fn what_is_worth_knowing_is_said() {
    check(|p, _| p.pods[0].empty_dirs.push("cache".into()), Verdict::Surge, "emptyDir volumes is lost: cache");
    check(|p, _| p.pods[0].tolerations.push(Toleration::default()), Verdict::Surge, "tolerates every taint");
    check(|p, _| p.pods[0].strictly_spread = true, Verdict::Surge, "DoNotSchedule");
    check(|p, _| (p.workloads[0].recreates, p.workloads[0].replicas) = (true, 1), Verdict::Evict, "the only one");
}

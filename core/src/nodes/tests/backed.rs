//! Blue leaves the load balancers once green's targets are healthy, and goes on once its own are gone.

use super::*;
use crate::engine::gate::Gate;
use crate::gates::NodeHealthGate;
use crate::nodes::orders::Backing;

const GROUP: &str = "arn:web";

fn backed() -> Orders {
    let backing = Backing { target_groups: [GROUP.to_owned()].into(), at_least: 2, percent: 0 };
    Orders { backing, drain: Duration::ZERO, ..orders() }
}

/// A driver that asks for green's health.
fn asking(world: &Arc<World>, clock: &Arc<SteppedClock>) -> Driver {
    let gate: Arc<dyn Gate> = Arc::new(NodeHealthGate::new(migration(world, clock, backed())));
    Driver { gates: vec![gate], ..driver(clock) }
}

async fn run(world: &Arc<World>) -> Moved {
    let clock = Arc::new(SteppedClock::new());
    let driver = asking(world, &clock);
    migration(world, &clock, backed()).run(&driver).await.unwrap()
}

/// Who was a target when, looked up in the world's target group.
fn least(world: &World) -> (Option<usize>, bool) {
    let mut seen = (None, false);
    world.balance(|balancer| seen = (balancer.least, balancer.torn));
    seen
}

fn ill(world: &World, nodes: &[&str]) {
    world.balance(|balancer| balancer.ill = nodes.iter().map(|node| (*node).to_owned()).collect());
}

#[track_caller]
fn held(moved: &Moved) -> String {
    match &moved.report.outcome {
        Outcome::Held { reason, .. } => reason.to_string(),
        other => panic!("{other:?}: {:#?}", moved.report.history),
    }
}

fn left(world: &World) -> usize {
    world.see().nodes_of("blue").filter(|node| node.labels.contains_key(names::EXCLUDE)).count()
}

#[tokio::test]
async fn no_node_goes_that_is_still_a_target_and_somebody_healthy_is_always_there() {
    let world = Arc::new(World::new(village()));
    let moved = run(&world).await;
    assert_eq!(moved.report.outcome, Outcome::Settled, "{:#?}", moved.report.history);
    assert_eq!(least(&world), (Some(4), false));
}

#[tokio::test]
async fn greens_ill_targets_hold_it_by_name_before_any_node_of_blue_leaves() {
    let world = Arc::new(World::new(village()));
    ill(&world, &["green-0", "green-1", "green-2"]);
    let moved = run(&world).await;
    let why = held(&moved);
    for text in ["min_healthy_targets", GROUP, "1 of 4 healthy, wanted at least 2", "on node green-0 is unhealthy"] {
        assert!(why.contains(text), "{text}: {why}");
    }
    assert_eq!(moved.known.stage, Some(Stage::Balancers));
    assert_eq!(left(&world), 0);
    assert_eq!(least(&world), (Some(4), false));
    // Once that is mended it goes on from there.
    ill(&world, &[]);
    let surges = world.acts().len();
    assert_eq!(run(&world).await.report.outcome, Outcome::Settled);
    assert!(world.acts().iter().skip(surges).all(|act| act != "scale Deployment shop/web-1 to 4"));
}

#[tokio::test]
async fn health_that_cannot_be_read_is_not_waited_for_where_nothing_mends_it() {
    let world = Arc::new(World::new(village()));
    world.balance(|balancer| balancer.unread = Some(Trouble::Lasting("AccessDenied".to_owned())));
    let clock = Arc::new(SteppedClock::new());
    let driver = asking(&world, &clock);
    let moved = migration(&world, &clock, backed()).run(&driver).await.unwrap();
    assert!(held(&moved).contains("AccessDenied"), "{}", held(&moved));
    assert_eq!(left(&world), 0);
    let clock = Arc::new(SteppedClock::new());
    world.balance(|balancer| balancer.unread = Some(Trouble::Passing("slow down".to_owned())));
    let moved = migration(&world, &clock, backed()).run(&asking(&world, &clock)).await.unwrap();
    assert!(held(&moved).contains("slow down"), "{}", held(&moved));
    assert!(clock.now().since(crate::clock::Moment::at(Duration::ZERO)) >= Duration::from_secs(600));
    assert_eq!(left(&world), 0);
}

#[tokio::test]
async fn targets_of_blue_that_nobody_takes_out_hold_it_by_name_and_blue_stays() {
    let world = Arc::new(World::new(village()));
    world.balance(|balancer| balancer.stubborn = true);
    let moved = run(&world).await;
    let why = held(&moved);
    for text in ["blue is still in target group arn:web", "i-blue-0:30080 on node blue-0 is healthy"] {
        assert!(why.contains(text), "{text}: {why}");
    }
    assert_eq!(moved.known.stage, Some(Stage::Balancers));
    assert!(world.see().blue.is_some());
}

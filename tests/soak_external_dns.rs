//! Many shifts by ExternalDNS's objects there and back through a bad day at AWS and at both clusters: throttling, errors,
//! conflicts, lost replies, Stop and kill in between. All end right, and never is there a batch at which both sides are 0.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use eksmig_tests::annotated::Way;
use eksmig_tests::annotated::scene::AnnotatedScene;
use eksmig_tests::bad_day::{self, Lane, SEED, drawn, judge};
use eksmig_tests::kubernetes::api::faults::{Chances, Kind};
use eksmig_tests::kubernetes::api::kind::{DNS_ENDPOINT, TLS_ROUTE};
use eksmig_tests::scene::Scene;
use eksmig_tests::understudy::Ended;

/// Shifts that go on at the same time. Of five, two are stopped in each run at a moment drawn from the seed, and two killed,
/// and then run again.
const LANES: usize = 15;
/// Where they go, before a destroy.
const THERE_AND_BACK: [u8; 2] = [100, 30];
/// About as many calls to Route 53 as the longest run makes.
const CALLS: u64 = 10;
/// What happens to how much of what is written to a cluster.
const BAD_DAY: [(Kind, f64); 6] = [
    (Kind::TooMany(1), 0.06),
    (Kind::Internal, 0.03),
    (Kind::Unavailable, 0.03),
    (Kind::Conflict, 0.04),
    (Kind::Reset, 0.03),
    (Kind::LoseReply, 0.05),
];

/// Ingresses, endpoints, and a route beside an Ingress in turn, in clusters that have a bad day.
fn objects(number: usize) -> AnnotatedScene {
    let ways = match number % 3 {
        0 => [Way::default(), Way::default()],
        1 => [(); 2].map(|()| Way { types: &["A", "AAAA"], ..Way::of(DNS_ENDPOINT) }),
        _ => [Way::default(), Way::of(TLS_ROUTE)],
    };
    let scene = AnnotatedScene::set(&format!("soakedns{number}"), ways, &[]);
    let day = Chances { seed: SEED * 1_000 + number as u64, rates: BAD_DAY.to_vec(), agent: String::new() };
    scene.names.trouble.faults.leave_to_chance(day);
    scene
}

/// One run to its end, after which a plan is empty.
fn whole(lane: &mut Lane<AnnotatedScene>, target: Option<u8>, when: &str) {
    let providers = lane.scene.providers();
    lane.run(target, &providers).expect_success(when);
    let again = lane.run(target, &lane.scene.providers());
    assert!(matches!(again, Ended::Unchanged), "{when}: there was more to do: {again:?}");
}

/// What hit the requests that wrote to a cluster, and how often.
fn hits(lanes: &[Lane<AnnotatedScene>]) -> BTreeMap<&'static str, usize> {
    let mut hits = BTreeMap::new();
    for lane in lanes {
        for site in [&lane.scene.names.blue, &lane.scene.names.green] {
            for entry in site.cluster.api.log().since(0).into_iter().filter(|entry| entry.writes()) {
                *hits.entry(entry.fault.unwrap_or("none")).or_default() += 1;
            }
        }
    }
    hits
}

#[test]
fn shifts_there_and_back_through_a_bad_day_with_stops_and_kills_all_end_right() {
    let (stops, kills) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let lanes = bad_day::soak(LANES, &THERE_AND_BACK, objects, |lane, turn, target, when| {
        let moment = drawn((lane.number, turn, "external-dns"), CALLS) as usize + 1;
        let when = format!("{when}, struck at call {moment}");
        match lane.number % 5 {
            0 => {}
            1 | 2 => drop(stops.fetch_add(lane.stopped(target, moment, &when).into(), Ordering::SeqCst)),
            _ => drop(kills.fetch_add(lane.killed(target, moment).into(), Ordering::SeqCst)),
        }
        whole(lane, target, &when);
    });
    judge(&lanes);
    let hits = hits(&lanes);
    println!("{stops:?} runs were stopped in the middle, and {kills:?} killed; writes to clusters: {hits:?}");
    assert!(stops.into_inner() > LANES / 2 && kills.into_inner() > LANES / 2);
    assert!(hits.values().sum::<usize>() > hits["none"] + LANES / 2, "hardly a fault: {hits:?}");
}

//! Shifts of real questions and requests: what clients that keep their answers see while `eksmig_route53_shift` moves the
//! records that lead to two clusters.

use std::collections::BTreeMap;
use std::time::Duration;

use eksmig_tests::faults::Fault;
use eksmig_tests::lab::backend::Manner;
use eksmig_tests::lab::dns::answer::Kind;
use eksmig_tests::lab::dns::asker::Asker;
use serde_json::json;

#[path = "acceptance_lab_dns/scene.rs"]
mod scene;

use scene::{Scene, TYPES};

const ADDRESS: &str = "eksmig_route53_shift.orders";
const BOTH: &str = "[\"A\", \"AAAA\"]";

/// For how long clients keep their answers.
const TTL: Duration = Duration::from_secs(2);
/// How long a change is PENDING.
const PENDING: Duration = Duration::from_secs(1);
/// How long a step bakes.
const INTERVAL: Duration = Duration::from_secs(6);
/// How long anything may take.
const LIMIT: Duration = Duration::from_secs(60);
/// What a busy machine may take between an answer and the request that goes by it.
const SLACK: Duration = Duration::from_millis(500);
/// How many questions are asked at each step: at even chances, four deviations of so many are 3 points.
const DRAWS: usize = 4_500;

/// Four deviations of so many draws, in points. A normal variable is further off once in 16 000 times.
fn four_deviations(percent: f64, draws: f64) -> f64 {
    let chance = percent / 100.0;
    400.0 * (chance * (1.0 - chance) / draws).sqrt()
}

fn ramp() -> String {
    format!("ramp = {{\n steps = [10, 50]\n interval = \"{}s\"\n }}", INTERVAL.as_secs())
}

/// Panics unless green has its share of so many questions.
#[track_caller]
fn assert_drawn(scene: &Scene, percent: f64) {
    for (kind, asked) in TYPES {
        let count = DRAWS / if asked == Kind::A { 1 } else { 10 };
        let drawn = scene.names.drawn(&scene.zone.name, asked, count);
        let green = drawn.get(&scene.address(&scene.green, kind)).copied().unwrap_or(0);
        let (found, within) = (green as f64 * 100.0 / count as f64, four_deviations(percent, count as f64));
        println!("{kind}: asked {percent} %, drew {found:.1} % of {count} (four deviations: {within:.1} points)");
        assert!((found - percent).abs() <= within, "{kind}: asked {percent} %, drew {found} %");
    }
}

#[test]
fn clients_move_step_by_step_and_nothing_fails_from_0_to_100_and_back() {
    let scene = Scene::with_pairs("dnsthrough");
    let loads = TYPES.map(|(_, kind)| scene.load(kind));
    scene.wait_while_loaded(TTL);
    scene.zone.write(&scene.zone.shift(BOTH, 100.0, "", &ramp()));
    let running = scene.zone.stage.workspace.spawn_apply();
    for percent in [10.0, 50.0, 100.0] {
        scene.wait_for_percent(percent);
        assert_drawn(&scene, percent);
    }
    running.wait().expect_success();
    let on_green = scene.effective_at();
    scene.wait_while_loaded(TTL);
    let turned = scene.site.journal.now();
    scene.zone.settle(&scene.zone.shift(BOTH, 0.0, "", ""));
    let on_blue = scene.effective_at();
    scene.wait_while_loaded(TTL);
    let end = scene.site.journal.now();
    let tallies = loads.map(|load| load.stop());

    let served = scene.served();
    let percents: Vec<f64> = served.iter().map(|(_, percent)| *percent).collect();
    assert_eq!(percents, [0.0, 10.0, 50.0, 100.0, 0.0]);
    for tally in &tallies {
        assert_eq!((tally.total().failed, tally.failures()), (0, BTreeMap::new()));
        for (place, (from, percent)) in served.iter().enumerate() {
            let to = served.get(place + 1).map_or(end, |(next, _)| *next);
            let from = if place == 0 { Duration::ZERO } else { *from + TTL + SLACK };
            // The request whose client was the first to hear of the next share was under way before it.
            let count = tally.within(from, to);
            // Each of 200 clients draws again with its first request after the TTL, of which there is one a second.
            let draws = 200.0 * (to - from).as_secs_f64() / (TTL.as_secs_f64() + 1.0);
            let (found, within) = (count.percent().unwrap(), four_deviations(*percent, draws));
            println!(
                "{percent} %: {found:.1} % of {} requests (four deviations of {draws:.0} draws: {within:.1})",
                count.sent
            );
            assert!((found - percent).abs() <= within, "asked {percent} %, measured {found} %: {count:?}");
        }
        // Blue serves until the last answer has run out, and nobody after that.
        let (last, _) = served[3];
        let late = tally.sent_between(last + TTL.mul_f64(0.6), last + TTL.mul_f64(0.9));
        assert!(late.other > 0 && late.green > 0, "{late:?}");
        let after = tally.sent_between(on_green, turned);
        assert!(after.other == 0 && after.green > 0, "blue was asked after {on_green:?}: {after:?}");
        let after = tally.sent_between(on_blue, end);
        assert!(after.green == 0, "green was asked after {on_blue:?}: {after:?}");
    }

    let least = PENDING + TTL + INTERVAL;
    let written: Vec<f64> = scene.zone.batches().iter().map(|batch| batch.at).collect();
    for (place, pair) in written[..3].windows(2).enumerate() {
        let apart = Duration::from_secs_f64(pair[1] - pair[0]);
        assert!(apart >= least, "step {} was written {apart:?} after the one before, not {least:?}", place + 2);
    }
    for pair in served[1..4].windows(2) {
        let apart = pair[1].0 - pair[0].0 + SLACK;
        assert!(apart >= least, "{} % was served {apart:?} after the step before, not {least:?}", pair[1].1);
    }
}

#[test]
fn a_simple_record_becomes_weighted_and_simple_again_and_is_always_answered() {
    let scene = Scene::new("dnssimple");
    scene.put("A", &scene.blue, None, TTL);
    scene.wait_while_loaded(PENDING);
    let name = &scene.zone.name;
    let (asker, load) = (Asker::start(&scene.names, name, Kind::A), scene.load(Kind::A));
    let green = format!("ttl = {}\n records = [\"{}\"]", TTL.as_secs(), scene.address(&scene.green, "A"));
    let more = "adopt_simple_record = true\n drop_idle_record = true";
    scene.zone.settle(&scene.zone.shift("[\"A\"]", 50.0, &green, more));
    scene.zone.settle(&scene.zone.shift("[\"A\"]", 100.0, &green, more));
    let effective = scene.effective_at();
    scene.wait_while_loaded(TTL * 2);
    let (asked, tally) = (asker.stop(), load.stop());
    println!("{asked:?}, {:?}", tally.total());
    assert!(asked.questions > 1_000 && asked.gaps == 0, "{asked:?}");
    assert_eq!((tally.total().failed, tally.failures()), (0, BTreeMap::new()));
    let records = scene.zone.records("A");
    assert_eq!(records[""].resource_records()[0].value(), scene.address(&scene.green, "A").to_string());
    let after = tally.sent_between(effective, scene.site.journal.now());
    assert!(after.other == 0 && after.green > 0, "{after:?}");
}

#[test]
fn a_batch_that_is_refused_moves_no_type() {
    let scene = Scene::with_pairs("dnsrefused");
    scene.zone.stage.configure("max_retries = 2");
    let shift = scene.zone.shift(BOTH, 100.0, "", "ramp = { steps = [10] }");
    // Green's AAAA record is bad: Route 53 may refuse a group with two TTLs.
    scene.put("AAAA", &scene.green, Some(("green", 0)), TTL * 2);
    scene.zone.pace(json!({"milliseconds": PENDING.as_millis(), "one_ttl": true}));
    let askers = TYPES.map(|(_, kind)| Asker::start(&scene.names, &scene.zone.name, kind));
    let error = scene.zone.fail(&shift);
    assert!(error.contains("InvalidChangeBatch") && error.contains("AAAA"), "{error}");
    scene.put("AAAA", &scene.green, Some(("green", 0)), TTL);

    // The first step is taken, the second is not, and the first is taken back.
    let (emulator, key) = (scene.zone.stage.world.emulator(), &scene.zone.stage.access_key);
    emulator.order(&Fault::unavailable(key, "ChangeResourceRecordSets").after(1).times(2));
    let error = scene.zone.fail(&shift);
    assert!(error.contains("rolled back"), "{error}");
    scene.wait_for_percent(0.0);
    for asked in askers.map(Asker::stop) {
        assert!(asked.questions > 100 && asked.gaps == 0, "{asked:?}");
    }
    let percents: Vec<f64> = scene.served().into_iter().map(|(_, percent)| percent).collect();
    assert_eq!(percents, [0.0, 10.0, 0.0]);
}

#[test]
fn a_gate_that_fails_at_50_takes_both_types_back() {
    let scene = Scene::with_pairs("dnsback");
    let loads = TYPES.map(|(_, kind)| scene.load(kind));
    let probe = scene.site.plane.address(&scene.green.listener);
    let gate = format!("gate = {{\n poll_interval = \"1s\"\n http_probe = {{ url = \"http://{probe}/\" }}\n }}");
    let more = format!("ramp = {{\n steps = [50]\n interval = \"1m\"\n }}\n{gate}");
    scene.zone.write(&scene.zone.shift(BOTH, 100.0, "", &more));
    let running = scene.zone.stage.workspace.spawn_apply();
    scene.wait_for_percent(50.0);
    scene.wait_while_loaded(TTL);
    let broke = scene.site.journal.now();
    scene.green.fleet.tell(Manner::Fail(503));
    let error = running.wait().expect_failure();
    let back = scene.wait_for_percent(0.0);
    scene.wait_while_loaded(TTL * 2);
    let end = scene.site.journal.now();
    assert!(error.contains("rolled back") && error.contains("503"), "{error}");
    let percents: Vec<f64> = scene.served().into_iter().map(|(_, percent)| percent).collect();
    assert_eq!(percents, [0.0, 50.0, 0.0]);
    for tally in loads.map(|load| load.stop()) {
        assert_eq!(tally.sent_between(Duration::ZERO, broke - SLACK).failed, 0);
        let after = tally.sent_between(back + TTL + SLACK, end);
        assert!(after.sent > 0 && after.green == 0 && after.failed == 0, "{after:?}");
        assert_eq!(tally.failures().keys().collect::<Vec<_>>(), [&"status 503"]);
    }
    println!("back on blue {:?} after green broke", back - broke);
}

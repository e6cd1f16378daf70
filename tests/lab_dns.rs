//! The lab's name servers answer as Route 53 would, and its clients follow them as resolvers do.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use aws_sdk_elasticloadbalancingv2::types::ProtocolEnum;
use aws_sdk_route53::types::ChangeAction;
use eksmig_tests::lab::backend::Manner;
use eksmig_tests::lab::cluster::Cluster;
use eksmig_tests::lab::dns::answer::{BALANCER_TTL, Data, Kind};
use eksmig_tests::lab::dns::asker::{Asked, Asker};
use eksmig_tests::lab::dns::clients::Crowd;
use eksmig_tests::lab::site::FACTOR;
use eksmig_tests::patience::until;
use eksmig_tests::world::forward;
use simple_dns::RCODE;

#[path = "lab_dns/scene.rs"]
mod scene;
#[path = "lab_dns/zone.rs"]
mod zone;

use scene::Scene;
use zone::{alias, checked, pair, simple, weighted};

/// How long anything may take.
const LIMIT: Duration = Duration::from_secs(30);
/// What a busy machine may take between an answer and the request that goes by it.
const SLACK: Duration = Duration::from_millis(500);
/// How long a change is PENDING where it takes its time.
const PENDING: Duration = Duration::from_secs(1);
/// What records without a load balancer say.
const BLUE: &str = "192.0.2.1";
/// See `BLUE`.
const GREEN: &str = "192.0.2.2";

#[test]
fn ten_thousand_answers_are_shared_by_weight() {
    let scene = Scene::new("dnsweights", [0, 0]);
    let name = scene.zone.name("www");
    // A weight of 0 for all is an even split; 0 beside others is never. Elsewhere two points are four deviations.
    for (weights, percent) in [([90, 10], 10.0), ([1, 3], 75.0), ([0, 0], 50.0), ([7, 0], 0.0), ([0, 255], 100.0)] {
        scene.zone.put(pair(&name, weights));
        let drawn = scene.drawn(&name, 10_000);
        let green = drawn.get(&GREEN.parse().unwrap()).copied().unwrap_or_default() as f64 / 100.0;
        let within = if percent == 0.0 || percent == 100.0 { 0.0 } else { 2.0 };
        assert!((green - percent).abs() <= within, "{weights:?}: {green} %");
    }
}

#[test]
fn health_checks_leave_records_out_until_none_is_left() {
    let scene = Scene::new("dnschecks", [0, 0]);
    let name = scene.zone.name("www");
    let checks = ["blue", "green"].map(|side| scene.zone.health_check(side));
    let put = |weights: [i64; 2]| {
        let sets = pair(&name, weights).into_iter().zip(&checks).map(|(set, check)| checked(set, check));
        scene.zone.put(sets);
    };
    let fail = |regions: [u8; 2]| {
        checks
            .iter()
            .zip(regions)
            .for_each(|(check, regions)| scene.world.emulator().fail_health_check(check, regions));
    };
    let found = || {
        let drawn = scene.drawn(&name, 40);
        [BLUE, GREEN].map(|address| drawn.contains_key(&address.parse::<IpAddr>().unwrap()))
    };
    put([1, 1]);
    assert_eq!(found(), [true, true]);
    // AWS: more than 18 % of the checkers are enough, and two of eight are 25 %.
    fail([6, 0]);
    assert_eq!(found(), [true, true]);
    fail([7, 0]);
    assert_eq!(found(), [false, true]);
    fail([8, 8]);
    assert_eq!(found(), [true, true], "where none is healthy, all are");
    put([1, 0]);
    assert_eq!(found(), [true, false]);
    fail([8, 0]);
    assert_eq!(found(), [false, true], "a record at 0 serves where no other can");
    fail([0, 0]);
    assert_eq!(found(), [true, false]);
}

#[test]
fn an_alias_has_the_health_of_every_target_group_of_its_balancer() {
    let scene = Scene::new("dnsalias", [1, 1]);
    let name = scene.zone.name("www");
    scene.zone.put(scene.aliases(&name, [1, 1]));
    scene.check(&name, [true, true]);
    assert_eq!(scene.answer(&name).1, BALANCER_TTL);

    scene.green.fleet.tell(Manner::Fail(500));
    scene.wait_for(&scene.green, "unhealthy");
    scene.check(&name, [true, false]);
    scene.zone.put(scene.aliases(&name, [0, 1]));
    scene.check(&name, [true, false]);
    scene.blue.fleet.tell(Manner::Fail(500));
    scene.wait_for(&scene.blue, "unhealthy");
    scene.check(&name, [false, true]);
    scene.green.fleet.tell(Manner::Serve);
    scene.blue.fleet.tell(Manner::Serve);
    scene.wait_for(&scene.blue, "healthy");
    scene.wait_for(&scene.green, "healthy");

    // AWS: a target group without targets is an unhealthy one, also beside one that serves.
    scene.zone.put(scene.aliases(&name, [1, 1]));
    let empty = scene.world.target_group_of("empty", ProtocolEnum::Http, 0);
    scene.world.listener(&scene.blue.balancer, ProtocolEnum::Http, 81, vec![forward(&[(&empty, 0)])]);
    scene.site.plane.catch_up();
    scene.check(&name, [false, true]);
}

#[test]
fn a_change_is_served_once_it_is_in_sync_and_not_before() {
    let scene = Scene::new("dnspending", [0, 0]);
    let name = scene.zone.name("www");
    let served = || scene.answer(&name).0;
    scene.zone.put([simple(&name, "A", &[BLUE])]);

    scene.world.emulator().spread_changes(&scene.zone.id, 2, Duration::ZERO);
    let change = scene.zone.put([simple(&name, "A", &[GREEN])]);
    assert_eq!(served(), [BLUE]);
    assert!(!scene.zone.is_in_sync(&change));
    assert_eq!(served(), [BLUE]);
    assert!(!scene.zone.is_in_sync(&change) && scene.zone.is_in_sync(&change));
    assert_eq!(served(), [GREEN]);

    scene.world.emulator().spread_changes(&scene.zone.id, 0, Duration::from_millis(500));
    let change = scene.zone.put([simple(&name, "A", &[BLUE])]);
    assert_eq!(served(), [GREEN]);
    until(LIMIT, "change in sync", || scene.zone.is_in_sync(&change).then_some(()));
    assert_eq!(served(), [BLUE], "INSYNC is a promise of every name server");
}

/// What comes of questions that go on while something is done.
fn asked_while(scene: &Scene, name: &str, deed: impl FnOnce()) -> Asked {
    let asker = Asker::start(&scene.names, name, Kind::A);
    deed();
    asker.stop()
}

#[test]
fn a_simple_record_becomes_weighted_and_back_without_a_gap() {
    use ChangeAction::{Create, Delete};
    let scene = Scene::new("dnsgap", [0, 0]);
    let name = scene.zone.name("www");
    let alone = || simple(&name, "A", &[BLUE]);
    let group = |action: &ChangeAction| pair(&name, [100, 0]).map(|set| (action.clone(), set));
    scene.zone.put([alone()]);
    let asked = asked_while(&scene, &name, || {
        for _ in 0..50 {
            scene.zone.change([(Delete, alone())].into_iter().chain(group(&Create)).collect());
            scene.zone.change(group(&Delete).into_iter().chain([(Create, alone())]).collect());
        }
    });
    assert!(asked.questions > 50 && asked.gaps == 0, "{asked:?}");

    // In two batches there is one, which shows that these questions would see it.
    let asked = asked_while(&scene, &name, || {
        for _ in 0..50 {
            scene.zone.change(vec![(Delete, alone())]);
            scene.zone.change(vec![(Create, alone())]);
        }
    });
    assert!(asked.gaps > 0, "no gap was seen: {asked:?}");
}

#[test]
fn what_is_not_there_is_said_in_the_right_way() {
    let scene = Scene::new("dnsnothing", [0, 0]);
    let [www, below] = ["www", "a.b"].map(|label| scene.zone.name(label));
    scene.zone.put([simple(&www, "A", &[BLUE]), simple(&below, "A", &[BLUE])]);
    let check = |name: &str, kind: Kind, code: RCODE, negative_ttl: Option<u32>| {
        let reply = scene.names.ask(name, kind);
        assert_eq!((reply.code, reply.negative_ttl), (code, negative_ttl), "{name} {kind:?}: {reply:?}");
        assert!(reply.records.is_empty(), "{reply:?}");
    };
    // RFC 2308: the lesser of 900, the TTL of the zone's SOA record, and its last field.
    check(&www, Kind::Aaaa, RCODE::NoError, Some(900));
    check(&scene.zone.name("b"), Kind::A, RCODE::NoError, Some(900));
    check(&scene.zone.name("never"), Kind::A, RCODE::NameError, Some(900));
    check("www.elsewhere.example.", Kind::A, RCODE::Refused, None);
    scene.zone.put([alias(&scene.zone.name("lost"), "A", "gone-1.eu-west-1.elb.amazonaws.com", false)]);
    check(&scene.zone.name("lost"), Kind::A, RCODE::ServerFailure, None);

    scene.zone.change(vec![(ChangeAction::Delete, simple(&www, "A", &[BLUE]))]);
    check(&www, Kind::A, RCODE::NameError, Some(900));
}

#[test]
fn values_aliases_and_other_names_are_followed() {
    let scene = Scene::new("dnskinds", [0, 0]);
    let [www, six, many, other, twice] = ["www", "six", "many", "other", "twice"].map(|label| scene.zone.name(label));
    let dualstack = format!("dualstack.{}", scene.green.name.to_uppercase());
    scene.zone.put([
        simple(&www, "CNAME", &[&scene.blue.name]),
        alias(&six, "AAAA", &dualstack, false),
        simple(&many, "A", &[BLUE, GREEN]),
        simple(&other, "CNAME", &["elsewhere.example"]),
        alias(&twice, "A", &many, true),
    ]);
    let blue = scene.names.balancers().addresses(&scene.blue.balancer).unwrap();
    let green = scene.names.balancers().addresses(&scene.green.balancer).unwrap();

    let reply = scene.names.ask(&www.to_uppercase(), Kind::A);
    let data: Vec<Data> = reply.records.iter().map(|record| record.data.clone()).collect();
    assert_eq!(data, [Data::Cname(format!("{}.", scene.blue.name)), Data::A(blue.0)]);
    assert_eq!(scene.names.ask(&www, Kind::Cname).records.len(), 1);
    assert_eq!(scene.names.ask(&www, Kind::Aaaa).addresses(), [IpAddr::from(blue.1)]);
    assert_eq!(scene.names.ask(&six, Kind::Aaaa).addresses(), [IpAddr::from(green.1)]);
    assert_eq!(scene.names.ask(&other, Kind::A).records.len(), 1, "what leads elsewhere is not followed");
    for name in [&many, &twice] {
        let (mut found, ttl) = scene.answer(name);
        found.sort();
        assert_eq!((found, ttl), (vec![BLUE.to_owned(), GREEN.to_owned()], 60));
        assert_eq!(scene.drawn(name, 40).len(), 2, "either value comes first now and then");
    }
}

/// What clients see of a change of weights: nothing before it is INSYNC, then a share that grows as their answers run
/// out, and the new share once the TTL is over.
#[test]
fn clients_follow_a_change_when_it_is_in_sync_and_their_answers_run_out() {
    let scene = Scene::new("dnsload", [2, 2]);
    let name = scene.zone.name("orders");
    scene.zone.put(scene.aliases(&name, [1, 0]));
    scene.world.emulator().spread_changes(&scene.zone.id, 0, PENDING);
    let ttl = Duration::from_secs(BALANCER_TTL.into()).div_f64(FACTOR);
    let now = || scene.site.journal.now();
    let pass = |to: Duration| until(LIMIT, "time that goes by", || (now() >= to).then_some(()));
    // 400 clients draw 400 lots at least: four deviations of so many at even chances are ten points.
    let load = scene.names.load(&Crowd { count: 400, rate: 400, ..Crowd::of(&name) });
    pass(now() + ttl);

    let turn = |weights: [i64; 2], percent: f64, ttls: u32| {
        let asked = now();
        let change = scene.zone.put(scene.aliases(&name, weights));
        until(LIMIT, "change in sync", || scene.zone.is_in_sync(&change).then_some(()));
        let in_sync = now();
        pass(in_sync + ttl * ttls);
        let served = scene.site.journal.time_of(&format!("green {percent} %"), asked).unwrap();
        (asked, served, in_sync)
    };
    let (asked, served, in_sync) = turn([1, 1], 50.0, 3);
    let tally = load.tally();
    let share = |from: Duration, to: Duration| tally.sent_between(from, to).percent().unwrap();
    let spread = served - asked;
    assert!(spread >= PENDING && served <= in_sync + SLACK, "{asked:?} {served:?} {in_sync:?}");
    // The request whose client was the first to hear of green was under way already.
    let before = tally.within(Duration::ZERO, served);
    assert!(before.green == 0 && before.other > 0, "PENDING is not served: {before:?}");
    // A client asks again with its first request after a TTL, of which there is one a second. So half of a TTL is half to
    // three eighths of the time between two of its answers: 25 to 18.75 %, give or take four deviations of 240 requests.
    let half = share(served + ttl.mul_f64(0.4), served + ttl.mul_f64(0.6));
    assert!((9.0..=36.0).contains(&half), "{half} % where half of the answers have run out");
    let whole = share(in_sync + ttl + SLACK, in_sync + ttl * 3);
    assert!((whole - 50.0).abs() < 10.0, "{whole} % where all answers have run out");

    let (_, served, in_sync) = turn([0, 1], 100.0, 2);
    let tally = load.stop();
    let late = tally.sent_between(served + ttl.mul_f64(0.6), served + ttl.mul_f64(0.9));
    assert!(late.other > 0, "blue serves until the last answer has run out: {late:?}");
    let after = tally.sent_between(in_sync + ttl + SLACK, in_sync + ttl * 2);
    assert!(after.other == 0 && after.green > 0, "{after:?}");
    assert_eq!(tally.failures(), BTreeMap::new());
    println!("{:?}; {half:.1} % at half a TTL, {whole:.1} % after it", tally.total());
}

/// Records that name addresses, with a TTL of their own, in AWS's time: as a test does that has Terraform wait for TTLs.
#[test]
fn clients_keep_a_record_for_its_own_ttl_and_miss_one_that_goes() {
    let scene = Scene::new("dnsttl", [1, 1]);
    let name = scene.zone.name("orders");
    let ttl = Duration::from_secs(2);
    let put = |action: ChangeAction, weights: [i64; 2]| {
        let sides = [("blue", &scene.blue, weights[0]), ("green", &scene.green, weights[1])];
        let set = |(identifier, side, weight): (&str, &Cluster, i64)| {
            let (_, address) = scene.names.balancers().addresses(&side.balancer).unwrap();
            let mut set = weighted(simple(&name, "AAAA", &[&address.to_string()]), identifier, weight);
            set.ttl = Some(ttl.as_secs().try_into().unwrap());
            (action.clone(), set)
        };
        let asked = scene.site.journal.now();
        scene.zone.change(sides.map(set).to_vec());
        asked
    };
    let pass = |to: Duration| until(LIMIT, "time that goes by", || (scene.site.journal.now() >= to).then_some(()));

    let began = put(ChangeAction::Upsert, [1, 0]);
    let load = scene.names.load(&Crowd { kind: Kind::Aaaa, count: 50, factor: 1.0, ..Crowd::of(&name) });
    pass(began + ttl);
    let moved = put(ChangeAction::Upsert, [0, 1]);
    pass(moved + ttl * 2);
    let gone = put(ChangeAction::Delete, [0, 1]);
    pass(gone + ttl * 2);
    let tally = load.stop();

    let early = tally.sent_between(moved + ttl.mul_f64(0.6), moved + ttl.mul_f64(0.8));
    assert!(early.other > 0 && early.green > 0, "answers run out one by one: {early:?}");
    let late = tally.within(moved + ttl + SLACK, gone);
    assert!(late.other == 0 && late.green > 0 && late.failed == 0, "{late:?}");
    assert_eq!(tally.within(Duration::ZERO, gone).failed, 0);
    let after = tally.sent_between(gone + ttl + SLACK, gone + ttl * 2);
    assert!(after.failed == after.sent && after.sent > 0, "{after:?}");
    let failures = tally.failures();
    assert!(failures.keys().all(|why| why.starts_with(&format!("{name} has no address"))), "{failures:?}");
}

//! Many record shifts in one zone: one listing for all, and few change batches.

use std::collections::BTreeMap;
use std::time::Duration;

use eksmig_tests::calls::Call;
use eksmig_tests::zone::Zone;

/// Two weighted records each, so that the zone has a thousand.
const SHIFTS: usize = 500;

fn count(calls: &[Call], action: &str) -> usize {
    calls.iter().filter(|call| call.action == action).count()
}

#[test]
fn five_hundred_shifts_list_their_zone_once_and_share_their_batches() {
    let zone = Zone::empty("r53many");
    for number in 0..SHIFTS {
        let name = format!("s{number}.{}", zone.name);
        zone.put(zone.named(&name, "A", "192.0.2.1", Some(("blue", 100))));
        zone.put(zone.named(&name, "A", "192.0.2.2", Some(("green", 0))));
    }
    let fleet = |green_weight: u8| {
        format!(
            "resource \"eksmig_route53_shift\" \"orders\" {{\n  count = {SHIFTS}\n  zone_id = {:?}\n  \
             name = \"s${{count.index}}.{}\"\n  types = [\"A\"]\n  blue = {{ set_identifier = \"blue\" }}\n  \
             green = {{ set_identifier = \"green\" }}\n  green_weight = {green_weight}\n}}\n",
            zone.id, zone.name
        )
    };
    let terraform = |arguments: &[&str]| {
        let run = zone.stage.workspace.spawn(arguments).wait_for(Duration::from_secs(400)).expect_success();
        assert!(run.errors().is_empty(), "{:#?}", run.errors());
        run
    };
    let apply = ["apply", "-json", "-input=false", "-auto-approve", "-parallelism=100"];

    zone.write(&fleet(0));
    terraform(&apply);
    let since = zone.stage.mark();
    terraform(&["plan", "-json", "-input=false", "-parallelism=100"]);
    let calls = zone.stage.calls(since);
    assert_eq!((count(&calls, "ListResourceRecordSets"), calls.len()), (4, 4), "1,002 records in pages of 300");

    zone.write(&fleet(100));
    let since = zone.stage.mark();
    let run = terraform(&apply);
    let calls = zone.stage.calls(since);
    let mut asked = BTreeMap::new();
    for call in &calls {
        *asked.entry(call.action.as_str()).or_insert(0) += 1;
    }
    println!("{SHIFTS} shifts took {:.1?} and these calls: {asked:?}", run.took);
    assert!(count(&calls, "ChangeResourceRecordSets") <= 40, "{asked:?}");
    for weights in zone.all_weights("A") {
        assert_eq!(weights, BTreeMap::from([("blue".to_owned(), 0), ("green".to_owned(), 100)]));
    }
}

#[test]
fn a_bad_record_fails_alone() {
    let zone = Zone::empty("r53alone");
    let name = |nth: usize| format!("s{nth}.{}", zone.name);
    for nth in 1..=3 {
        zone.put(zone.named(&name(nth), "A", "192.0.2.1", Some(("blue", 100))));
    }
    let shift = |nth: usize, value: &str| {
        let green = format!("ttl = 1\n records = [{value:?}]");
        let text = zone.shift("[\"A\"]", 0.0, &green, "").replace(&zone.name, &name(nth));
        text.replace("\"orders\"", &format!("\"orders{nth}\""))
    };
    zone.write(&[shift(1, "192.0.2.2"), shift(2, "no address"), shift(3, "192.0.2.2")].concat());
    let error = zone.stage.workspace.apply().expect_failure();
    assert!(error.contains("InvalidChangeBatch") && error.contains("no address"), "{error}");
    let weights = zone.all_weights("A");
    let pairs = weights.iter().filter(|weights| weights.get("green") == Some(&0)).count();
    assert_eq!((weights.len(), pairs), (3, 2), "{weights:?}");
}

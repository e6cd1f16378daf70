//! A state that an earlier version wrote, under this one.

use std::collections::BTreeSet;

use eksmig_provider::Eksmig;
use eksmig_tests::blocking::wait;
use eksmig_tests::plugin_host::PluginHost;
use serde_json::Value;
use tfplugin::Provider;
use tfplugin::proto::tfplugin6::provider_client::ProviderClient;
use tfplugin::proto::tfplugin6::{RawState, upgrade_resource_state};

use crate::place;
use crate::record::{self, Record};

/// The types that there are.
fn types() -> BTreeSet<String> {
    Eksmig::new().resources().iter().map(|resource| resource.type_name().to_owned()).collect()
}

/// What this version saves is what it recorded. A difference is a change of the saved shape: a release that has it must read
/// what releases before it saved. Where an attribute means something else than before, or is gone, that takes another
/// `VERSION` and an upgrade; then, and for an attribute more, record anew with `UPDATE_EXPECT=1`, unless this version is out.
fn is_saved_as_recorded(kind: &str) {
    let place = place::of(kind, "rec");
    place.make();
    Record::of(place.as_ref()).expect();
}

/// Whoever upgrades finds nothing to do, and nothing done.
fn is_read_and_leaves_nothing_to_do(kind: &str) {
    let records: Vec<Record> = record::all().into_iter().filter(|record| record.kind == kind).collect();
    assert!(!records.is_empty(), "{kind} was never recorded");
    for record in records {
        let place = place::of(kind, "upg");
        place.make();
        record.lay(place.as_ref());
        let stage = place.stage();
        let since = stage.mark();
        stage.workspace.assert_settled();
        stage.workspace.apply().expect_success();
        stage.workspace.assert_settled();
        assert!(stage.writes(since).is_empty(), "{:#?}", stage.writes(since));
    }
}

macro_rules! for_each_type {
    ($($name:ident)*) => {
        mod saved {
            $(#[test]
            fn $name() {
                super::is_saved_as_recorded(concat!("eksmig_", stringify!($name)));
            })*
        }
        mod met_again {
            $(#[test]
            fn $name() {
                super::is_read_and_leaves_nothing_to_do(concat!("eksmig_", stringify!($name)));
            })*
        }
        const TRIED: &[&str] = &[$(concat!("eksmig_", stringify!($name))),*];
    };
}

for_each_type! {
    external_dns_shift
    nlb_listener_twin
    nlb_port_swap
    node_group_migration
    route53_shift
    target_cutover
    target_group_twin
    weighted_shift
}

#[test]
fn every_type_is_tried() {
    assert_eq!(TRIED.iter().map(|kind| (*kind).to_owned()).collect::<BTreeSet<_>>(), types());
}

/// All that a record says of one part of a value, and another does not; by path.
fn lost(recorded: &Value, read: &Value, at: &str) -> Vec<String> {
    match (recorded, read) {
        (Value::Object(recorded), Value::Object(read)) => {
            let null = Value::Null;
            let inside = |(name, value)| lost(value, read.get(name).unwrap_or(&null), &format!("{at}.{name}"));
            recorded.iter().flat_map(inside).collect()
        }
        (Value::Array(recorded), Value::Array(read)) if recorded.len() == read.len() => {
            recorded.iter().zip(read).flat_map(|(one, other)| lost(one, other, at)).collect()
        }
        (Value::Number(one), Value::Number(other)) if one.as_f64() == other.as_f64() => Vec::new(),
        (one, other) if one == other => Vec::new(),
        (one, other) => vec![format!("{at} was {one} and is {other}")],
    }
}

/// What the provider makes of a state.
pub fn upgraded(kind: &str, version: i64, state: &Value) -> upgrade_resource_state::Response {
    let host = PluginHost::start();
    let raw_state = Some(RawState { json: state.to_string().into_bytes(), ..RawState::default() });
    let request = upgrade_resource_state::Request { type_name: kind.to_owned(), version, raw_state };
    wait(async {
        let mut client = ProviderClient::new(host.connect().await);
        client.upgrade_resource_state(request).await.unwrap().into_inner()
    })
}

/// An attribute that a schema no longer has would be dropped without a word.
#[test]
fn nothing_that_was_saved_is_lost() {
    let one: Value = serde_json::json!({"a": {"b": 1, "c": null}, "d": [1]});
    assert_eq!(lost(&one, &serde_json::json!({"a": {"b": 1}, "d": [1], "e": 2}), ""), [""; 0]);
    assert_eq!(
        lost(&one, &serde_json::json!({"a": {}, "d": []}), ""),
        [".a.b was 1 and is null", ".d was [1] and is []"]
    );
    let resources = Eksmig::new().resources();
    for record in record::all() {
        let resource = resources.iter().find(|resource| resource.type_name() == record.kind).unwrap();
        let answer = upgraded(&record.kind, record.schema_version.try_into().unwrap(), &record.attributes);
        assert_eq!(answer.diagnostics, [], "{}", record.kind);
        let schema = resource.schema();
        if schema.version() != record.schema_version {
            continue;
        }
        let state = tfplugin::msgpack::decode(&answer.upgraded_state.unwrap().msgpack, &schema.ty()).unwrap();
        let read = tfplugin::json::encode(&state, &schema.ty()).unwrap();
        assert_eq!(lost(&record.attributes, &read, &record.kind), [""; 0]);
    }
}

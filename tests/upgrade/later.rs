//! A state that a later version wrote, under this one: someone went back to an older provider.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use eksmig_tests::service::Service;
use serde_json::{Value, json};

use crate::earlier::upgraded;

const KIND: &str = "eksmig_weighted_shift";

/// A service that is settled at 30 %, and whose state was then changed as a later version might have written it.
fn service(name: &str, change: impl FnOnce(&mut Value)) -> Service {
    let service = Service::at(name, 100, 0);
    service.stage.settle(&service.shift(30));
    let path = service.stage.workspace.path().join("terraform.tfstate");
    let mut state: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    change(&mut state["resources"][0]["instances"][0]);
    std::fs::write(path, state.to_string()).unwrap();
    service
}

/// Terraform says so itself, and asks the provider nothing.
#[test]
fn a_state_of_a_later_shape_is_refused_before_anything_is_read() {
    let service = service("later", |instance| instance["schema_version"] = 1.into());
    let since = service.stage.mark();
    for run in [service.stage.workspace.plan(), service.stage.workspace.apply(), service.stage.workspace.destroy()] {
        let error = run.expect_failure();
        assert!(error.contains("newer provider version") && error.contains("eksmig_weighted_shift.service"), "{error}");
    }
    assert!(service.stage.calls(since).is_empty());
    assert_eq!(service.percent(), 30.0);
}

/// Whoever asks the provider all the same gets the same answer.
#[test]
fn the_provider_refuses_it_as_well_and_says_what_to_do() {
    let answer = upgraded(KIND, 1, &json!({"green_weight": 30}));
    let [refusal] = answer.diagnostics.as_slice() else { panic!("{answer:#?}") };
    assert_eq!(refusal.summary, "State of a newer provider");
    for text in [KIND, "version 1", "version 0", "nothing was changed", "Upgrade the provider"] {
        assert!(refusal.detail.contains(text), "{text}: {}", refusal.detail);
    }
    assert!(answer.upgraded_state.is_none());
}

/// A later version may know more than this one: an attribute, or something in its own data. Neither stands in the way, for
/// an attribute that changes what the others mean takes another version of the shape. (`terraform show -json` has no words
/// for such an attribute until an apply has written the state anew.)
#[test]
fn what_is_only_more_is_left_out() {
    let service = service("latermore", |instance| {
        instance["attributes"]["invented_later"] = json!({"some": "thing"});
        let routes = instance["attributes"]["routes"].as_object_mut().unwrap();
        routes.values_mut().for_each(|route| route["more"] = 1.into());
        let kept = BASE64_STANDARD.decode(instance["private"].as_str().unwrap()).unwrap();
        let mut kept: Value = serde_json::from_slice(&kept).unwrap();
        kept["invented_later"] = true.into();
        instance["private"] = BASE64_STANDARD.encode(kept.to_string()).into();
    });
    service.stage.workspace.assert_settled();
    service.stage.settle(&service.shift(40));
    assert_eq!(service.percent(), 40.0);
    assert_eq!(service.state()["observed_green_weight"], 40);
}

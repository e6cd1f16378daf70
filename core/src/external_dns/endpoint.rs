//! The endpoints of a `DNSEndpoint`: those of one record, what they say of its weight, and the patch that says another.
//! Pure.
//!
//! `spec.endpoints` is a list without keys: an apply would own it, and have to send it, as a whole, so that whatever else
//! stands there would be lost or taken from whoever keeps it. So one value is replaced, by a JSON patch that tests first
//! that everything is as it was read.

use serde_json::{Value, json};

use super::field::WEIGHT_PROPERTY;
use crate::route53::RecordName;

/// An endpoint of a record, and the weights that it says: one as a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Endpoint {
    /// Its place in the list.
    at: usize,
    /// The places of its weights among its properties, and the weights.
    weights: Vec<(usize, String)>,
}

/// The endpoints of a name with a set identifier, of all types but `TXT`, which carries no traffic.
pub(super) fn of_record(endpoints: &[Value], name: &RecordName, set_identifier: &str) -> Vec<Endpoint> {
    let text = |endpoint: &Value, field: &str| endpoint.get(field).and_then(Value::as_str).map(str::to_owned);
    let is_the_records = |endpoint: &Value| {
        text(endpoint, "setIdentifier").as_deref() == Some(set_identifier)
            && text(endpoint, "recordType").as_deref() != Some("TXT")
            && text(endpoint, "dnsName").is_some_and(|found| RecordName::parse(&found).as_ref() == Ok(name))
    };
    let weights = |endpoint: &Value| {
        let properties = endpoint.get("providerSpecific").and_then(Value::as_array).into_iter().flatten().enumerate();
        let weights = properties.filter(|(_, property)| text(property, "name").as_deref() == Some(WEIGHT_PROPERTY));
        weights.map(|(at, property)| (at, text(property, "value").unwrap_or_default())).collect()
    };
    let of_record = endpoints.iter().enumerate().filter(|(_, endpoint)| is_the_records(endpoint));
    of_record.map(|(at, endpoint)| Endpoint { at, weights: weights(endpoint) }).collect()
}

/// The weight that all of them say; none where one has none, or several, or they disagree, or it is no weight.
pub(super) fn weight(endpoints: &[Endpoint]) -> Option<u32> {
    let said = |endpoint: &Endpoint| match endpoint.weights.as_slice() {
        [(_, text)] => text.parse::<u32>().ok().filter(|weight| *weight <= 255),
        _ => None,
    };
    let first = said(endpoints.first()?)?;
    endpoints.iter().all(|endpoint| said(endpoint) == Some(first)).then_some(first)
}

/// What they say, for people; none where they say nothing.
pub(super) fn said(endpoints: &[Endpoint]) -> Option<String> {
    let texts: Vec<&str> =
        endpoints.iter().flat_map(|endpoint| &endpoint.weights).map(|(_, text)| text.as_str()).collect();
    (!texts.is_empty()).then(|| texts.join(", "))
}

/// The patch that has them say another weight, and does nothing where anything is other than it was read: the object, its
/// version, the endpoints, or what they say.
pub(super) fn patch(uid: &str, version: &str, list: &[Value], of_record: &[Endpoint], weight: u32) -> Value {
    let test = |path: String, value: Value| json!({"op": "test", "path": path, "value": value});
    let mut operations = vec![
        test("/metadata/uid".to_owned(), json!(uid)),
        test("/metadata/resourceVersion".to_owned(), json!(version)),
    ];
    for Endpoint { at, weights } in of_record {
        for field in ["dnsName", "setIdentifier"] {
            let value = list.get(*at).and_then(|endpoint| endpoint.get(field)).cloned().unwrap_or_default();
            operations.push(test(format!("/spec/endpoints/{at}/{field}"), value));
        }
        for (property, said) in weights {
            let path = format!("/spec/endpoints/{at}/providerSpecific/{property}");
            operations.push(test(path.clone(), json!({"name": WEIGHT_PROPERTY, "value": said})));
            operations.push(json!({"op": "replace", "path": format!("{path}/value"), "value": weight.to_string()}));
        }
    }
    Value::Array(operations)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An endpoint of this name, set identifier and type, with these properties.
    fn endpoint(name: &str, set_identifier: &str, kind: &str, properties: &[(&str, &str)]) -> Value {
        let properties: Vec<Value> =
            properties.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
        json!({"dnsName": name, "setIdentifier": set_identifier, "recordType": kind, "providerSpecific": properties})
    }

    #[track_caller]
    fn check(list: &[Value], weight: Option<u32>, said: Option<&str>) {
        let name = RecordName::parse("orders.example.com").unwrap();
        let found = of_record(list, &name, "green");
        assert_eq!((super::weight(&found), super::said(&found).as_deref()), (weight, said));
    }

    #[test]
    fn the_weight_is_that_of_the_names_endpoints_with_the_set_identifier() {
        let green = |kind: &str, weight: &str| {
            endpoint("Orders.example.com.", "green", kind, &[("alias", "false"), (WEIGHT_PROPERTY, weight)])
        };
        let other = endpoint("other.example.com", "green", "A", &[(WEIGHT_PROPERTY, "7")]);
        let blue = endpoint("orders.example.com", "blue", "A", &[(WEIGHT_PROPERTY, "8")]);
        let text = endpoint("orders.example.com", "green", "TXT", &[(WEIGHT_PROPERTY, "9")]);
        check(&[other.clone(), blue.clone(), text.clone(), green("A", "50")], Some(50), Some("50"));
        check(&[green("A", "50"), green("AAAA", "50")], Some(50), Some("50, 50"));
        check(&[green("A", "50"), green("AAAA", "0")], None, Some("50, 0"));
        check(&[green("A", "256")], None, Some("256"));
        check(&[endpoint("orders.example.com", "green", "A", &[])], None, None);
        let twice = [(WEIGHT_PROPERTY, "1"), (WEIGHT_PROPERTY, "1")];
        check(&[endpoint("orders.example.com", "green", "A", &twice)], None, Some("1, 1"));
        check(&[other, blue, text], None, None);
    }

    #[test]
    fn the_patch_tests_all_that_was_read_before_it_replaces_anything() {
        let list = [
            endpoint("other.example.com", "green", "A", &[(WEIGHT_PROPERTY, "7")]),
            endpoint("orders.example.com", "green", "A", &[("alias", "false"), (WEIGHT_PROPERTY, "0")]),
        ];
        let name = RecordName::parse("orders.example.com").unwrap();
        let patch = patch("u-1", "42", &list, &of_record(&list, &name, "green"), 50);
        let expected = json!([
            {"op": "test", "path": "/metadata/uid", "value": "u-1"},
            {"op": "test", "path": "/metadata/resourceVersion", "value": "42"},
            {"op": "test", "path": "/spec/endpoints/1/dnsName", "value": "orders.example.com"},
            {"op": "test", "path": "/spec/endpoints/1/setIdentifier", "value": "green"},
            {"op": "test", "path": "/spec/endpoints/1/providerSpecific/1", "value": {"name": "aws/weight", "value": "0"}},
            {"op": "replace", "path": "/spec/endpoints/1/providerSpecific/1/value", "value": "50"},
        ]);
        assert_eq!(patch, expected);
    }
}

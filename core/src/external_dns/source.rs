//! An object that ExternalDNS makes records from, as it was read, and what it says of its weight. Pure.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ManagedFieldsEntry;
use kube::api::{ApiResource, DynamicObject};
use serde_json::{Value, json};

use super::endpoint::{self, Endpoint};
use super::field::Field;
use super::kind::ObjectRef;
use crate::kubernetes::{FIELD_MANAGER, Tracked};
use crate::route53::RecordName;

/// An object that ExternalDNS makes records from, as it was read, as far as it matters here.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// Which one of that name it is.
    pub(super) uid: String,
    /// Which state of it was read.
    version: String,
    pub(super) annotations: BTreeMap<String, String>,
    /// The hosts that its rules have.
    hosts: BTreeSet<String>,
    /// The list of a `DNSEndpoint`.
    endpoints: Vec<Value>,
    fields: Vec<ManagedFieldsEntry>,
    /// Who keeps it as it is in Git.
    pub tracked: Option<Tracked>,
}

impl Source {
    /// What was read.
    pub(super) fn of(found: DynamicObject) -> Self {
        let at = |path: &str| found.data.pointer(path).and_then(Value::as_array).cloned().unwrap_or_default();
        let of_rules = at("/spec/rules").into_iter().filter_map(|rule| Some(rule.get("host")?.as_str()?.to_owned()));
        let of_route = at("/spec/hostnames").into_iter().filter_map(|host| Some(host.as_str()?.to_owned()));
        Self {
            hosts: of_rules.chain(of_route).collect(),
            endpoints: at("/spec/endpoints"),
            tracked: Tracked::of(&found.metadata),
            uid: found.metadata.uid.unwrap_or_default(),
            version: found.metadata.resource_version.unwrap_or_default(),
            annotations: found.metadata.annotations.unwrap_or_default(),
            fields: found.metadata.managed_fields.unwrap_or_default(),
        }
    }

    /// The weight that it says; none where it says none, or no weight.
    pub(super) fn weight(&self, field: &Field) -> Option<u32> {
        match field {
            Field::Annotation(key) => {
                self.annotations.get(key).and_then(|text| text.parse().ok()).filter(|weight| *weight <= 255)
            }
            Field::Endpoints { name, set_identifier } => endpoint::weight(&self.endpoints(name, set_identifier)),
        }
    }

    /// What it says where its weight stands, for people.
    pub(super) fn said(&self, field: &Field) -> Option<String> {
        match field {
            Field::Annotation(key) => self.annotations.get(key).cloned(),
            Field::Endpoints { name, set_identifier } => endpoint::said(&self.endpoints(name, set_identifier)),
        }
    }

    /// The endpoints of a record.
    pub(super) fn endpoints(&self, name: &RecordName, set_identifier: &str) -> Vec<Endpoint> {
        endpoint::of_record(&self.endpoints, name, set_identifier)
    }

    /// The names that it asks ExternalDNS for, under annotations that begin with `prefix`. Each endpoint of a `DNSEndpoint`
    /// has a weight of its own, so that no name goes with another.
    pub(super) fn names(&self, prefix: &str) -> BTreeSet<String> {
        if !self.endpoints.is_empty() {
            return BTreeSet::new();
        }
        let annotated = self.annotations.get(&format!("{prefix}hostname")).map(String::as_str).unwrap_or_default();
        let annotated = annotated.split(',').map(|host| host.trim().to_owned()).filter(|host| !host.is_empty());
        self.hosts.iter().cloned().chain(annotated).collect()
    }

    /// The managers other than this provider that own where the weight stands.
    pub fn owners(&self, field: &Field) -> Vec<String> {
        let path = field.owned();
        let owns = |entry: &&ManagedFieldsEntry| {
            let fields = entry.fields_v1.as_ref().map(|fields| &fields.0);
            fields.and_then(|fields| path.iter().try_fold(fields, |below, step| below.get(step))).is_some()
        };
        // Who applies and who updates under one name are two managers; an annotation is applied, and an endpoint patched.
        let by = if matches!(field, Field::Annotation(_)) { "Apply" } else { "Update" };
        let ours = |entry: &&ManagedFieldsEntry| {
            entry.manager.as_deref() == Some(FIELD_MANAGER) && entry.operation.as_deref() == Some(by)
        };
        let others = self.fields.iter().filter(|entry| owns(entry) && !ours(entry));
        others.filter_map(|entry| entry.manager.clone()).collect()
    }

    /// The patch that has the endpoints of a record say another weight, if all is still as it was read.
    pub(super) fn patch(&self, name: &RecordName, set_identifier: &str, weight: u32) -> Value {
        let of_record = self.endpoints(name, set_identifier);
        endpoint::patch(&self.uid, &self.version, &self.endpoints, &of_record, weight)
    }
}

/// The configuration that sets one annotation of an object and nothing else. With the uid, an object that is gone is not
/// made anew.
pub(super) fn configuration(resource: &ApiResource, object: &ObjectRef, uid: &str, key: &str, weight: u32) -> Value {
    json!({
        "apiVersion": resource.api_version,
        "kind": resource.kind,
        "metadata": {
            "name": object.name,
            "namespace": object.namespace,
            "uid": uid,
            "annotations": { key: weight.to_string() },
        },
    })
}

//! An object that ExternalDNS makes records from, and what it says of its weight. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ManagedFieldsEntry;
use kube::api::{ApiResource, DynamicObject, GroupVersionKind};
use serde_json::{Value, json};

use crate::kubernetes::{FIELD_MANAGER, GitOps};

/// The kinds of objects whose annotations ExternalDNS reads a weight from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An Ingress.
    Ingress,
    /// A Service.
    Service,
    /// A route of the Gateway API for HTTP.
    HttpRoute,
    /// A route of the Gateway API for gRPC.
    GrpcRoute,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 4] = [Kind::Ingress, Kind::Service, Kind::HttpRoute, Kind::GrpcRoute];

    /// The kind as Kubernetes writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Ingress => "Ingress",
            Kind::Service => "Service",
            Kind::HttpRoute => "HTTPRoute",
            Kind::GrpcRoute => "GRPCRoute",
        }
    }

    /// The kind of this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// As ExternalDNS's `--source` has it.
    pub(super) fn source(self) -> &'static str {
        match self {
            Kind::Ingress => "ingress",
            Kind::Service => "service",
            Kind::HttpRoute => "gateway-httproute",
            Kind::GrpcRoute => "gateway-grpcroute",
        }
    }

    /// Where the API has it.
    pub(super) fn resource(self) -> ApiResource {
        let (group, plural) = match self {
            Kind::Ingress => ("networking.k8s.io", "ingresses"),
            Kind::Service => ("", "services"),
            Kind::HttpRoute => ("gateway.networking.k8s.io", "httproutes"),
            Kind::GrpcRoute => ("gateway.networking.k8s.io", "grpcroutes"),
        };
        ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk(group, "v1", self.as_str()), plural)
    }
}

/// Which object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectRef {
    /// Its kind.
    pub kind: Kind,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}/{}", self.kind.as_str(), self.namespace, self.name)
    }
}

/// An object as it was read, as far as it matters here.
#[derive(Debug, Clone, Default)]
pub struct Annotated {
    /// Which one of that name it is.
    pub(super) uid: String,
    pub(super) annotations: BTreeMap<String, String>,
    /// The hosts that its rules have.
    hosts: BTreeSet<String>,
    fields: Vec<ManagedFieldsEntry>,
    /// Who keeps it as it is in Git.
    pub gitops: Option<GitOps>,
}

impl Annotated {
    /// What was read.
    pub(super) fn of(found: DynamicObject) -> Self {
        let at = |path: &str| found.data.pointer(path).and_then(Value::as_array).cloned().unwrap_or_default();
        let of_rules = at("/spec/rules").into_iter().filter_map(|rule| Some(rule.get("host")?.as_str()?.to_owned()));
        let of_route = at("/spec/hostnames").into_iter().filter_map(|host| Some(host.as_str()?.to_owned()));
        Self {
            hosts: of_rules.chain(of_route).collect(),
            gitops: GitOps::of(&found.metadata),
            uid: found.metadata.uid.unwrap_or_default(),
            annotations: found.metadata.annotations.unwrap_or_default(),
            fields: found.metadata.managed_fields.unwrap_or_default(),
        }
    }

    /// The weight under an annotation; none where there is none or it is no weight.
    pub(super) fn weight(&self, key: &str) -> Option<u32> {
        self.annotations.get(key).and_then(|text| text.parse().ok()).filter(|weight| *weight <= 255)
    }

    /// The names that it asks ExternalDNS for, under annotations that begin with `prefix`.
    pub(super) fn names(&self, prefix: &str) -> BTreeSet<String> {
        let annotated = self.annotations.get(&format!("{prefix}hostname")).map(String::as_str).unwrap_or_default();
        let annotated = annotated.split(',').map(|host| host.trim().to_owned()).filter(|host| !host.is_empty());
        self.hosts.iter().cloned().chain(annotated).collect()
    }

    /// The managers other than this provider that own an annotation, so that a change of it is a conflict.
    pub fn owners(&self, key: &str) -> Vec<String> {
        let own = |entry: &&ManagedFieldsEntry| {
            let fields = entry.fields_v1.as_ref().map(|fields| &fields.0);
            let annotations = fields.and_then(|fields| fields.get("f:metadata")?.get("f:annotations"));
            annotations.is_some_and(|annotations| annotations.get(format!("f:{key}")).is_some())
        };
        // Who applies and who updates under one name are two managers.
        let ours = |entry: &&ManagedFieldsEntry| {
            entry.manager.as_deref() == Some(FIELD_MANAGER) && entry.operation.as_deref() == Some("Apply")
        };
        let others = self.fields.iter().filter(|entry| own(entry) && !ours(entry));
        others.filter_map(|entry| entry.manager.clone()).collect()
    }
}

/// The configuration that sets one annotation of an object and nothing else. With the uid, an object that is gone is not
/// made anew.
pub(super) fn configuration(object: &ObjectRef, uid: &str, key: &str, weight: u32) -> Value {
    let resource = object.kind.resource();
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

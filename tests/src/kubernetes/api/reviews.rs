//! What a client may do, and asking for that.

use std::sync::Mutex;

use prost::Message;
use serde_json::{Value, json};

use super::asked::Asked;
use super::refusal::{Answered, Refusal};

/// What is forbidden: verb and resource, each `*` for any.
#[derive(Debug, Default)]
pub struct Permissions(Mutex<Vec<[String; 2]>>);

impl Permissions {
    /// Forbids a verb on a resource, such as `patch` on `nodes` or `create` on `pods/eviction`.
    pub fn forbid(&self, verb: &str, resource: &str) {
        self.0.lock().unwrap().push([verb, resource].map(str::to_owned));
    }

    /// Allows everything again.
    pub fn allow_all(&self) {
        self.0.lock().unwrap().clear();
    }

    /// Whether a verb on a resource is allowed.
    pub fn allow(&self, verb: &str, resource: &str) -> bool {
        let is = |rule: &str, asked: &str| rule == "*" || rule == asked;
        !self.0.lock().unwrap().iter().any(|[verbs, resources]| is(verbs, verb) && is(resources, resource))
    }

    /// Answers a `SelfSubjectAccessReview`, which kubectl sends as protobuf and others as JSON.
    ///
    /// # Errors
    /// 400.
    pub fn review(&self, asked: &Asked) -> Answered<Value> {
        let wished = if asked.content_type == "application/vnd.kubernetes.protobuf" {
            from_protobuf(&asked.body).ok_or_else(|| Refusal::bad_request("no SelfSubjectAccessReview"))?
        } else {
            asked.json()?["spec"]["resourceAttributes"].clone()
        };
        let text = |name: &str| wished[name].as_str().filter(|text| !text.is_empty());
        let mut resource = text("resource").unwrap_or_default().to_owned();
        if let Some(group) = text("group") {
            resource = format!("{resource}.{group}");
        }
        if let Some(subresource) = text("subresource") {
            resource = format!("{resource}/{subresource}");
        }
        let allowed = self.allow(text("verb").unwrap_or_default(), &resource);
        Ok(json!({"kind": "SelfSubjectAccessReview", "apiVersion": "authorization.k8s.io/v1", "metadata": {},
            "spec": {"resourceAttributes": wished}, "status": {"allowed": allowed}}))
    }
}

/// Kubernetes's envelope around protobuf: four bytes, then this. Of generated.proto, only what is read here.
#[derive(Message)]
struct Envelope {
    #[prost(bytes = "vec", tag = "2")]
    raw: Vec<u8>,
}

#[derive(Message)]
struct Review {
    #[prost(message, optional, tag = "2")]
    spec: Option<Spec>,
}

#[derive(Message)]
struct Spec {
    #[prost(message, optional, tag = "1")]
    attributes: Option<Attributes>,
}

#[derive(Message)]
struct Attributes {
    #[prost(string, tag = "1")]
    namespace: String,
    #[prost(string, tag = "2")]
    verb: String,
    #[prost(string, tag = "3")]
    group: String,
    #[prost(string, tag = "5")]
    resource: String,
    #[prost(string, tag = "6")]
    subresource: String,
}

fn from_protobuf(body: &[u8]) -> Option<Value> {
    let envelope = Envelope::decode(body.strip_prefix(b"k8s\0")?).ok()?;
    let wished = Review::decode(envelope.raw.as_slice()).ok()?.spec?.attributes?;
    Some(json!({"namespace": wished.namespace, "verb": wished.verb, "group": wished.group,
        "resource": wished.resource, "subresource": wished.subresource}))
}

//! A request, taken apart.

use std::collections::BTreeMap;

use http::request::Parts;
use serde_json::Value;

use super::kind::Kind;
use super::refusal::{Answered, Refusal};
use super::state::{Manner, Validation};

/// What somebody sent.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The HTTP method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The query's parameters, decoded.
    pub query: BTreeMap<String, String>,
    /// The user agent.
    pub agent: String,
    /// The type of the body, without parameters.
    pub content_type: String,
    /// The bearer token.
    pub token: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// The objects that a request is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Their kind.
    pub kind: Kind,
    /// The namespace; none for objects of the cluster, and for those of all namespaces.
    pub namespace: Option<String>,
    /// The one object; none for all.
    pub name: Option<String>,
    /// The subresource.
    pub subresource: Option<String>,
}

impl Asked {
    /// A request as it arrived.
    pub fn new(parts: &Parts, body: Vec<u8>) -> Self {
        let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let pairs = parts.uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
        let query = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        });
        Self {
            method: parts.method.to_string(),
            path: decoded(parts.uri.path()),
            query: query.collect(),
            agent: header("user-agent").to_owned(),
            content_type: header("content-type").split(';').next().unwrap_or_default().trim().to_owned(),
            token: header("authorization").strip_prefix("Bearer ").map(str::to_owned),
            body,
        }
    }

    /// A parameter; empty if it is not there.
    pub fn parameter(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }

    /// Whether a parameter says yes.
    pub fn says(&self, name: &str) -> bool {
        ["true", "1"].contains(&self.parameter(name))
    }

    /// The body as JSON; nothing if there is none.
    ///
    /// # Errors
    /// 400, or 415 for protobuf.
    pub fn json(&self) -> Answered<Value> {
        if self.body.is_empty() {
            return Ok(Value::Null);
        }
        if self.content_type == "application/vnd.kubernetes.protobuf" {
            return Err(Refusal::new(415, "UnsupportedMediaType", "this server reads JSON"));
        }
        serde_json::from_slice(&self.body)
            .map_err(|error| Refusal::bad_request(format!("couldn't get version/kind; json parse error: {error}")))
    }

    /// How it writes, by its parameters. Whoever names no manager is known by the user agent.
    pub fn manner(&self) -> Manner {
        let manager = match self.parameter("fieldManager") {
            "" => self.agent.split('/').next().unwrap_or_default(),
            named => named,
        };
        let validation = match self.parameter("fieldValidation") {
            "Ignore" => Validation::Ignore,
            "Strict" => Validation::Strict,
            _ => Validation::Warn,
        };
        let dry_run = self.parameter("dryRun") == "All";
        Manner { manager: manager.to_owned(), force: self.says("force"), dry_run, validation }
    }
}

impl Target {
    /// The objects that a path is about, of these kinds.
    pub fn of(path: &str, kinds: &[Kind]) -> Option<Self> {
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        let (group, version, rest) = match parts.as_slice() {
            ["api", version, rest @ ..] => ("", *version, rest),
            ["apis", group, version, rest @ ..] => (*group, *version, rest),
            _ => return None,
        };
        let (namespace, rest) = match rest {
            ["namespaces", namespace, rest @ ..]
                if !["", "status", "finalize"].contains(rest.first().unwrap_or(&"")) =>
            {
                (Some((*namespace).to_owned()), rest)
            }
            rest => (None, rest),
        };
        let (plural, rest) = rest.split_first()?;
        let matching = |kind: &&Kind| kind.group == group && kind.version == version && kind.plural == *plural;
        let kind = *kinds.iter().find(matching)?;
        if kind.namespaced != namespace.is_some() && !(rest.is_empty() && namespace.is_none()) {
            return None;
        }
        let text = |index: usize| rest.get(index).map(|part| (*part).to_owned());
        (rest.len() <= 2).then(|| Self { kind, namespace, name: text(0), subresource: text(1) })
    }

    /// `pods`, `pods/eviction`, `deployments.apps/scale`: as rules and logs call it.
    pub fn resource(&self) -> String {
        let resource = self.kind.resource();
        self.subresource.as_ref().map_or(resource.clone(), |subresource| format!("{resource}/{subresource}"))
    }

    /// Kubernetes's verb for a request.
    pub fn verb(&self, asked: &Asked) -> &'static str {
        match (asked.method.as_str(), &self.name) {
            ("GET", _) if asked.says("watch") => "watch",
            ("GET", Some(_)) => "get",
            ("GET", None) => "list",
            ("POST", _) => "create",
            ("PUT", _) => "update",
            ("PATCH", _) => "patch",
            ("DELETE", Some(_)) => "delete",
            ("DELETE", None) => "deletecollection",
            _ => "other",
        }
    }
}

/// Percent signs and pluses read.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let mut digit = || rest.next().and_then(|byte| char::from(byte).to_digit(16));
                if let (Some(high), Some(low)) = (digit(), digit()) {
                    bytes.push(u8::try_from(high * 16 + low).unwrap());
                }
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::kind::{BUILT_IN, DEPLOYMENT, NAMESPACE, NODE, POD};
    use super::*;

    #[track_caller]
    fn check(path: &str, kind: Kind, [namespace, name, subresource]: [Option<&str>; 3]) {
        let text = |part: Option<&str>| part.map(str::to_owned);
        let [namespace, name, subresource] = [namespace, name, subresource].map(text);
        assert_eq!(Target::of(path, &BUILT_IN), Some(Target { kind, namespace, name, subresource }), "{path}");
    }

    #[test]
    fn paths_are_taken_apart() {
        check("/api/v1/pods", POD, [None; 3]);
        check("/api/v1/nodes/blue-1", NODE, [None, Some("blue-1"), None]);
        check("/api/v1/namespaces", NAMESPACE, [None; 3]);
        check("/api/v1/namespaces/shop", NAMESPACE, [None, Some("shop"), None]);
        check("/api/v1/namespaces/shop/status", NAMESPACE, [None, Some("shop"), Some("status")]);
        check("/api/v1/namespaces/shop/pods/web-1/eviction", POD, [Some("shop"), Some("web-1"), Some("eviction")]);
        check("/apis/apps/v1/namespaces/shop/deployments", DEPLOYMENT, [Some("shop"), None, None]);
        for none in ["/api/v1", "/apis/apps/v1beta1/deployments", "/api/v1/pods/web-1", "/api/v1/namespaces/shop/nodes"]
        {
            assert_eq!(Target::of(none, &BUILT_IN), None, "{none}");
        }
    }
}

//! What the server says it serves.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::kind::{Kind, POD};

/// The answer to a path of discovery, if it is one.
pub fn answer(path: &str, kinds: &[Kind], version: &str) -> Option<Value> {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    match parts.as_slice() {
        ["version"] => Some(version_info(version)),
        ["api"] => Some(json!({"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []})),
        ["apis"] => {
            let groups: Vec<Value> = groups(kinds).iter().map(|name| group(name, kinds)).collect();
            Some(json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}))
        }
        ["apis", name] if groups(kinds).contains(*name) => Some(group(name, kinds)),
        ["api", version] => resources("", version, kinds),
        ["apis", name, version] => resources(name, version, kinds),
        _ => None,
    }
}

fn version_info(version: &str) -> Value {
    let mut numbers = version.trim_start_matches('v').split('.');
    let (major, minor) = (numbers.next().unwrap_or("1"), numbers.next().unwrap_or("33"));
    json!({"major": major, "minor": minor, "gitVersion": version, "gitCommit": "", "gitTreeState": "clean",
        "buildDate": "2026-01-01T00:00:00Z", "goVersion": "", "compiler": "", "platform": "linux/amd64"})
}

/// Groups that are served though no kind of theirs is kept.
const REVIEWS: &str = "authorization.k8s.io";

fn groups(kinds: &[Kind]) -> BTreeSet<&str> {
    let named = kinds.iter().map(|kind| kind.group).filter(|group| !group.is_empty());
    named.chain([REVIEWS]).collect()
}

fn group(name: &str, kinds: &[Kind]) -> Value {
    let versions: BTreeSet<&str> = kinds.iter().filter(|kind| kind.group == name).map(|kind| kind.version).collect();
    let versions = if versions.is_empty() { BTreeSet::from(["v1"]) } else { versions };
    let version = |version: &str| json!({"groupVersion": format!("{name}/{version}"), "version": version});
    // A version that is general comes before all that are not, as `v1` does before `v1alpha2`.
    let versions: Vec<Value> = versions.into_iter().map(version).collect();
    json!({"kind": "APIGroup", "apiVersion": "v1", "name": name, "versions": versions, "preferredVersion": versions[0]})
}

fn resources(group: &str, version: &str, kinds: &[Kind]) -> Option<Value> {
    let mut found: Vec<Value> = Vec::new();
    for kind in kinds.iter().filter(|kind| kind.group == group && kind.version == version) {
        let verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
        found.push(json!({"name": kind.plural, "singularName": kind.singular(), "namespaced": kind.namespaced,
            "kind": kind.kind, "verbs": verbs, "shortNames": kind.short}));
        if kind.status {
            found.push(subresource(kind, "status", kind.kind, None));
        }
        if kind.scale {
            found.push(subresource(kind, "scale", "Scale", Some(["autoscaling", "v1"])));
        }
        if *kind == POD {
            let mut eviction = subresource(kind, "eviction", "Eviction", Some(["policy", "v1"]));
            eviction["verbs"] = json!(["create"]);
            found.push(eviction);
        }
    }
    if group == REVIEWS && version == "v1" {
        found.push(json!({"name": "selfsubjectaccessreviews", "singularName": "selfsubjectaccessreview",
            "namespaced": false, "kind": "SelfSubjectAccessReview", "verbs": ["create"]}));
    }
    let name = if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") };
    (!found.is_empty())
        .then(|| json!({"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": name, "resources": found}))
}

fn subresource(of: &Kind, name: &str, kind: &str, served: Option<[&str; 2]>) -> Value {
    let mut found = json!({"name": format!("{}/{name}", of.plural), "singularName": "", "namespaced": of.namespaced,
        "kind": kind, "verbs": ["get", "patch", "update"]});
    if let Some([group, version]) = served {
        found["group"] = json!(group);
        found["version"] = json!(version);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::kind::{BINDING, BUILT_IN};
    use super::*;

    #[test]
    fn a_group_without_its_definitions_is_not_there() {
        assert!(answer("/apis/elbv2.k8s.aws/v1beta1", &BUILT_IN, "v1.33.1").is_none());
        let with = [BUILT_IN.as_slice(), &[BINDING]].concat();
        let found = answer("/apis/elbv2.k8s.aws/v1beta1", &with, "v1.33.1").unwrap();
        assert_eq!(found["resources"][0]["name"], "targetgroupbindings");
        assert_eq!(answer("/version", &BUILT_IN, "v1.33.1").unwrap()["minor"], "33");
    }
}

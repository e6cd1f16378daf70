//! What goes with its owner, and namespaces that are left.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::object::{name, namespace, place, unless_gone};
use crate::kubernetes::api::Api;
use crate::kubernetes::api::kind::NAMESPACE;
use crate::kubernetes::api::state::{Part, is_going};

const MANAGER: &str = "kube-controller-manager";

/// Deletes what belongs to owners that are no more, and ends deletions that wait for that.
pub fn collect_garbage(api: &Api) {
    let all: Vec<_> =
        api.kinds().iter().flat_map(|kind| api.list(kind, None).into_iter().map(move |one| (*kind, one))).collect();
    let living: HashSet<&str> = all.iter().filter_map(|(_, object)| object["metadata"]["uid"].as_str()).collect();
    let owners = |object: &Value| object["metadata"]["ownerReferences"].as_array().cloned().unwrap_or_default();
    for (kind, object) in &all {
        let owners = owners(object);
        let gone = |owner: &Value| !living.contains(owner["uid"].as_str().unwrap_or_default());
        if !owners.is_empty() && owners.iter().all(gone) && !is_going(object) {
            unless_gone(api.delete(kind, place(object), &json!({})));
        }
    }
    for (kind, owner) in all.iter().filter(|(_, object)| is_going(object)) {
        let finalizers = owner["metadata"]["finalizers"].as_array().cloned().unwrap_or_default();
        let uid = &owner["metadata"]["uid"];
        let mut dependents =
            all.iter().filter(|(_, object)| owners(object).iter().any(|owner| owner["uid"] == *uid)).peekable();
        let ends = |finalizer: &str| {
            let edited = api.edit(kind, place(owner), Part::Main, MANAGER, |object| {
                if let Some(there) = object["metadata"]["finalizers"].as_array_mut() {
                    there.retain(|one| one != finalizer);
                }
            });
            unless_gone(edited);
        };
        if finalizers.iter().any(|one| one == "orphan") {
            for (kind, object) in dependents {
                let edited = api.edit(kind, place(object), Part::Main, MANAGER, |object| {
                    if let Some(owners) = object["metadata"]["ownerReferences"].as_array_mut() {
                        owners.retain(|owner| owner["uid"] != *uid);
                    }
                });
                unless_gone(edited);
            }
            ends("orphan");
        } else if finalizers.iter().any(|one| one == "foregroundDeletion") {
            if dependents.peek().is_none() {
                ends("foregroundDeletion");
            }
            for (kind, object) in dependents.filter(|(_, object)| !is_going(object)) {
                unless_gone(api.delete(kind, place(object), &json!({"propagationPolicy": "Foreground"})));
            }
        }
    }
}

/// Empties namespaces that are being deleted, and ends those that are empty.
pub fn empty_namespaces(api: &Api) {
    for going in api.list(&NAMESPACE, None).iter().filter(|one| is_going(one)) {
        let mut empty = true;
        for kind in api.kinds().iter().filter(|kind| kind.namespaced) {
            for object in api.list(kind, Some(name(going))) {
                empty = false;
                if !is_going(&object) {
                    unless_gone(api.delete(kind, [namespace(&object), name(&object)], &json!({})));
                }
            }
        }
        if empty {
            api.remove(&NAMESPACE, ["", name(going)]);
        }
    }
}

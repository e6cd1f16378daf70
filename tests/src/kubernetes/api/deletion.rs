//! Deleting: preconditions, grace, finalizers.

use std::sync::Arc;

use serde_json::{Value, json};

use super::calendar::written as time;
use super::kind::{Kind, NAMESPACE, POD};
use super::refusal::{Answered, Refusal};
use super::state::{State, is_going, key, no_finalizers};

/// What came of a deletion.
#[derive(Debug, Clone)]
pub enum Deleted {
    /// It is gone; this is what it was.
    Gone(Arc<Value>),
    /// It will go, once its grace period is over or its finalizers are taken off.
    Going(Arc<Value>),
}

impl State {
    /// Deletes an object as `DeleteOptions` say: `preconditions`, `gracePeriodSeconds`, `propagationPolicy`, `dryRun`.
    ///
    /// # Errors
    /// 404, or 409 where the preconditions do not hold.
    pub fn delete(&mut self, kind: &Kind, namespace: &str, name: &str, options: &Value) -> Answered<Deleted> {
        let before = self.get(kind, namespace, name)?;
        for (field, called) in [("uid", "UID"), ("resourceVersion", "ResourceVersion")] {
            let (wanted, there) = (options["preconditions"][field].as_str(), before["metadata"][field].as_str());
            if let Some(wanted) = wanted.filter(|wanted| Some(*wanted) != there) {
                let there = there.unwrap_or_default();
                let why = format!(
                    "the {called} in the precondition ({wanted}) does not match the {called} in record ({there}). \
                     The object might have been deleted and then recreated"
                );
                return Err(Refusal::conflict(kind, name, &why));
            }
        }
        let dry = options["dryRun"].as_array().is_some_and(|stages| !stages.is_empty());
        if dry {
            return Ok(Deleted::Gone(before));
        }
        let key = key(kind, namespace, name);
        let mut after = Value::clone(&before);
        let grace = grace(kind, &before, options);
        if options["propagationPolicy"] == "Foreground" && *kind != POD {
            add_finalizer(&mut after, "foregroundDeletion");
        }
        if options["propagationPolicy"] == "Orphan" {
            add_finalizer(&mut after, "orphan");
        }
        let held = !no_finalizers(&after) || *kind == NAMESPACE;
        if !held && grace == 0 {
            return Ok(Deleted::Gone(self.store.remove(&key).unwrap()));
        }
        // A second deletion can only shorten the grace.
        let shorter = before["metadata"]["deletionGracePeriodSeconds"].as_i64().is_none_or(|there| grace < there);
        if !is_going(&before) || shorter {
            let meta = &mut after["metadata"];
            if !is_going(&before)
                && let Some(generation) = meta["generation"].as_i64()
            {
                meta["generation"] = json!(generation + 1);
            }
            meta["deletionTimestamp"] = json!(time(self.clock.now() + grace));
            meta["deletionGracePeriodSeconds"] = json!(grace);
            if *kind == NAMESPACE {
                after["status"]["phase"] = json!("Terminating");
            }
        }
        if after == *before {
            return Ok(Deleted::Going(before));
        }
        Ok(Deleted::Going(self.store.put(key, after)))
    }
}

/// The seconds that a pod gets to end. One that runs nowhere, or no more, needs none.
fn grace(kind: &Kind, object: &Value, options: &Value) -> i64 {
    let over = ["Succeeded", "Failed"].contains(&object["status"]["phase"].as_str().unwrap_or_default());
    let assigned = object["spec"]["nodeName"].as_str().is_some_and(|node| !node.is_empty());
    if *kind != POD || over || !assigned {
        return 0;
    }
    let own = object["spec"]["terminationGracePeriodSeconds"].as_i64().unwrap_or(30);
    options["gracePeriodSeconds"].as_i64().unwrap_or(own).max(0)
}

fn add_finalizer(object: &mut Value, finalizer: &str) {
    if !object["metadata"]["finalizers"].is_array() {
        object["metadata"]["finalizers"] = json!([]);
    }
    let finalizers = object["metadata"]["finalizers"].as_array_mut().unwrap();
    if !finalizers.iter().any(|there| there == finalizer) {
        finalizers.push(json!(finalizer));
    }
}

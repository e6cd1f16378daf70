//! Evicting a pod, step by step as Kubernetes's `pkg/registry/core/pod/storage/eviction.go`.

use std::sync::Arc;

use serde_json::{Value, json};

use super::kind::{BUDGET, POD};
use super::refusal::{Answered, Refusal};
use super::select::matches;
use super::state::{Manner, Part, State, is_going};

const WHY: &str = "Cannot evict pod as it would violate the pod's disruption budget.";
/// How many pods may be on their way out under one budget.
const MOST_DISRUPTED: usize = 2000;

impl State {
    /// Evicts a pod, as an `Eviction` says.
    ///
    /// # Errors
    /// 404 without the pod; 400 for another name than the path's; 409 where the preconditions do not hold; 429 where a
    /// budget has nothing left; 500 under more than one; 403 in a namespace that is being terminated.
    pub fn evict(&mut self, namespace: &str, name: &str, eviction: &Value, dry_run: bool) -> Answered<()> {
        self.check_namespace(&POD, namespace, name)?;
        let named = eviction["metadata"]["name"].as_str().unwrap_or_default();
        if named != name {
            return Err(Refusal::bad_request("name in URL does not match name in Eviction object"));
        }
        let mut options = eviction["deleteOptions"].clone();
        if !options.is_object() {
            options = json!({});
        }
        let dry = dry_run || options["dryRun"].as_array().is_some_and(|stages| !stages.is_empty());
        if dry {
            options["dryRun"] = json!(["All"]);
        }
        let pod = self.get(&POD, namespace, name)?;
        if !needs_no_budget(&pod) {
            match self.budgets_of(namespace, &pod).as_slice() {
                [] => {}
                [budget] if spared(&pod, budget) => {}
                [budget] => self.spend(namespace, name, budget, dry)?,
                _ => {
                    let why = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.";
                    let mut refusal = Refusal::new(500, "InternalError", why);
                    // eviction.go: this status has a code and a message, and nothing else.
                    refusal.reason = "";
                    return Err(refusal);
                }
            }
        }
        self.delete(&POD, namespace, name, &options).map(drop)
    }

    fn budgets_of(&self, namespace: &str, pod: &Value) -> Vec<Arc<Value>> {
        let mut budgets = self.store.list(&BUDGET.resource(), Some(namespace));
        budgets.retain(|budget| matches(&budget["spec"]["selector"], &pod["metadata"]["labels"]));
        budgets
    }

    /// Takes one disruption from a budget.
    fn spend(&mut self, namespace: &str, pod: &str, budget: &Value, dry: bool) -> Answered<()> {
        let (status, meta) = (&budget["status"], &budget["metadata"]);
        let name = meta["name"].as_str().unwrap_or_default().to_owned();
        let number = |value: &Value| value.as_i64().unwrap_or(0);
        if number(&status["observedGeneration"]) < number(&meta["generation"]) {
            let cause = format!("The disruption budget {name} is still being processed by the server.");
            return Err(Refusal::new(429, "TooManyRequests", WHY).because("DisruptionBudget", &cause, "").after(10));
        }
        let forbidden = |why: &str| {
            let message = format!("{} {name:?} is forbidden: {why}", BUDGET.resource());
            Refusal::of(403, "Forbidden", &BUDGET, &name, message)
        };
        let allowed = number(&status["disruptionsAllowed"]);
        if allowed < 0 {
            return Err(forbidden("pdb disruptions allowed is negative"));
        }
        if status["disruptedPods"].as_object().is_some_and(|pods| pods.len() > MOST_DISRUPTED) {
            return Err(forbidden("DisruptedPods map too big - too many evictions not confirmed by PDB controller"));
        }
        if allowed == 0 {
            let (needs, has) = (number(&status["desiredHealthy"]), number(&status["currentHealthy"]));
            let cause = format!("The disruption budget {name} needs {needs} healthy pods and has {has} currently");
            return Err(Refusal::new(429, "TooManyRequests", WHY).because("DisruptionBudget", &cause, ""));
        }
        if dry {
            return Ok(());
        }
        let now = self.now();
        let by = Manner { manager: "kube-apiserver".to_owned(), ..Manner::default() };
        self.change(&BUDGET, [namespace, &name], Part::Status, &by, |budget| {
            budget["status"]["disruptionsAllowed"] = json!(allowed - 1);
            budget["status"]["disruptedPods"][pod] = json!(now);
            Ok(())
        })?;
        Ok(())
    }
}

/// Whether a pod may go whatever the budgets say: it serves nobody.
fn needs_no_budget(pod: &Value) -> bool {
    is_going(pod) || ["Succeeded", "Failed", "Pending"].contains(&pod["status"]["phase"].as_str().unwrap_or_default())
}

/// Whether a pod that is not ready may go without a disruption being spent.
fn spared(pod: &Value, budget: &Value) -> bool {
    if is_ready(pod) {
        return false;
    }
    let number = |field: &str| budget["status"][field].as_i64().unwrap_or(0);
    budget["spec"]["unhealthyPodEvictionPolicy"] == "AlwaysAllow"
        || (number("currentHealthy") >= number("desiredHealthy") && number("desiredHealthy") > 0)
}

/// Whether a pod's condition `Ready` is true.
pub fn is_ready(pod: &Value) -> bool {
    let conditions = pod["status"]["conditions"].as_array().into_iter().flatten();
    conditions.into_iter().any(|condition| condition["type"] == "Ready" && condition["status"] == "True")
}

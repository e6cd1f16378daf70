//! What there is to say of a plan as a whole, and of the checks in it.

use super::Finding;
use crate::review::plan::{Check, Plan};

/// What there is to say of the plan as a whole.
pub fn of_plan(plan: &Plan) -> Vec<Finding> {
    let mut found = Vec::new();
    if plan.errored {
        found.push(Finding::warning(
            "errored",
            "Planning failed: this plan cannot be applied, and what is said here is a part of it at most.",
        ));
    } else if plan.complete == Some(false) {
        found.push(Finding::warning(
            "incomplete",
            "The plan is not complete: another plan and apply will follow it, and what they do is not here.",
        ));
    }
    if !plan.deferred_changes.is_empty() {
        let text =
            format!("Terraform put {} changes off to a later plan; they are not here.", plan.deferred_changes.len());
        found.push(Finding::warning("deferred", text));
    }
    found.extend(plan.checks.iter().flat_map(of_check));
    found
}

fn of_check(check: &Check) -> Vec<Finding> {
    let one = |address: &str, status: &str| {
        let finding = match status {
            "pass" => return None,
            "fail" => Finding::warning("check", "A condition or check fails."),
            "error" => Finding::warning("check", "A condition or check could not be evaluated."),
            "unknown" => Finding::note("check_unknown", "A condition or check is evaluated only in the apply."),
            other => Finding::warning(
                "check",
                format!("A condition or check has a result that this report does not know, {other:?}."),
            ),
        };
        Some(Finding { address: Some(address.to_owned()), ..finding })
    };
    let mut found = Vec::new();
    for instance in &check.instances {
        let Some(finding) = one(&instance.address.to_display, &instance.status) else { continue };
        if instance.problems.is_empty() {
            found.push(finding.clone());
        }
        let said = instance.problems.iter().map(|problem| problem.message.clone());
        found.extend(said.map(|message| Finding { quote: Some(message), ..finding.clone() }));
    }
    if found.is_empty() && check.instances.iter().all(|instance| instance.status != check.status) {
        found.extend(one(&check.address.to_display, &check.status));
    }
    found
}

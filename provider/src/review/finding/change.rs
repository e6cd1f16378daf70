//! What there is to say of one resource.

use eksmig_core::share::Share;
use serde_json::Value;
use tfplugin::Field;

use super::{Finding, is_known, points_text};
use crate::review::course::{Course, Standing, share};
use crate::review::plan::{Action, Change};

/// The least that green rises at once, in one single step, for that to be worth a warning.
const JUMP: u16 = 500;

/// What there is to say of a resource's change.
pub fn of_change(change: &Change, course: Option<&Course>) -> Vec<Finding> {
    let mut found = Vec::new();
    if !is_known(&change.kind) {
        found.push(Finding::warning(
            "unknown_type",
            format!(
                "This report does not know the type `{}`, and shows of it what looks familiar. Read the plan itself.",
                change.kind
            ),
        ));
    }
    found.extend(of_action(change));
    found.extend(of_standing(change));
    found.extend(course.map(|course| of_course(change, course)).unwrap_or_default());
    let at = |finding| Finding { address: Some(change.address.clone()), ..finding };
    found.into_iter().map(at).collect()
}

/// What was changed outside Terraform.
pub fn of_drift(change: &Change) -> Finding {
    let mut words = Vec::new();
    let shown = |value: Option<&Value>, what: &str| {
        value.filter(|value| !value.is_null()).map_or(format!("no one {what}"), Value::to_string)
    };
    for (name, what) in [("observed_green_weight", "green weight"), ("observed_serving", "side serving")] {
        let (before, after) = (change.before(name), change.after(name).known());
        if Some(before) != after && !(before.is_null() && after.is_none()) {
            words.push(format!("{} → {}", shown(Some(before), what), shown(after, what)));
        }
    }
    let text = match words.as_slice() {
        _ if change.action() == Action::Delete => {
            "What it moves is gone: someone deleted it outside Terraform.".to_owned()
        }
        [] => "Changed outside Terraform since the last apply.".to_owned(),
        words => format!("Moved outside Terraform since the last apply: {}.", words.join(", ")),
    };
    Finding { address: Some(change.address.clone()), ..Finding::warning("drift", text) }
}

fn of_action(change: &Change) -> Vec<Finding> {
    let end = match change.before("on_destroy").as_str() {
        Some("blue") => "on_destroy = \"blue\" sends all traffic to blue first",
        Some("green") => "on_destroy = \"green\" sends all traffic to green first",
        Some("restore") => "on_destroy = \"restore\" puts back what an unfinished migration changed",
        _ => "the traffic stays where it is",
    };
    let moves = change.before("on_destroy").as_str().is_some_and(|end| end != "keep");
    let is_twin = change.kind.ends_with("_twin");
    let split = share(change.before("observed_green_weight")).is_some_and(Share::is_split);
    let mut found = Vec::new();
    match change.action() {
        Action::Replace | Action::Delete if is_twin => {
            found.push(Finding::warning(
                "destroy",
                format!("It is {}d. A twin that is in use is refused at that.", change.action().as_str()),
            ));
        }
        Action::Replace => {
            let why = change.action_reason.as_deref().unwrap_or("no reason given");
            found.push(Finding::warning(
                "replace",
                format!("It is destroyed and made anew ({}); {end}.", why.replace('_', " ")),
            ));
        }
        Action::Delete if moves => found
            .push(Finding::warning("destroy", format!("It is destroyed; {end}, in steps that a plan does not show."))),
        Action::Delete if split => found.push(Finding::warning(
            "destroy",
            "It is destroyed in between; the traffic stays split, and nobody moves it on.",
        )),
        Action::Delete => found.push(Finding::note("destroy", format!("It is destroyed; {end}."))),
        Action::Forget => {
            found.push(Finding::note("forget", "It is taken out of the state; the traffic stays where it is."))
        }
        Action::Other(words) => {
            found.push(Finding::warning("unknown_action", format!("This report does not know the action {words:?}.")))
        }
        Action::Nothing | Action::Create | Action::Update => {}
    }
    found
}

/// How the last apply left it.
fn of_standing(change: &Change) -> Vec<Finding> {
    let mut found = Vec::new();
    match change.before("status").as_str() {
        None | Some("settled") => {}
        Some("held") => found.push(Finding::warning("held", "Its last apply ended held: it stopped on the way.")),
        Some("rolled_back") => {
            found.push(Finding::warning("rolled_back", "Its last apply was rolled back. Is what failed then mended?"))
        }
        Some("undrained") => found
            .push(Finding::warning("undrained", "Its idle side was not seen drained: both sides are still needed.")),
        Some(other) => found.push(Finding::warning(
            "status",
            format!("Its last apply ended {other:?}, which this report does not know."),
        )),
    }
    let carriers = ["routes", "records", "stages"]
        .iter()
        .any(|name| change.before(name).as_object().is_some_and(|all| !all.is_empty()));
    let (asked, seen) = (share(change.before("green_weight")), share(change.before("observed_green_weight")));
    match (asked, seen) {
        (Some(_), None) if carriers => {
            found.push(Finding::warning("apart", "What moves together stands at different shares now, or has none."))
        }
        (Some(asked), Some(seen)) if asked != seen && change.before("status").as_str() == Some("settled") => {
            found.push(Finding::warning("astray", format!("Green has {seen} % now, though {asked} % was settled.")));
        }
        _ => {}
    }
    let serving = [change.before("serving").as_str(), change.before("observed_serving").as_str()];
    if let [Some(asked), seen] = serving
        && seen != Some(asked)
        && change.before("status").as_str() == Some("settled")
    {
        let seen = seen.map_or("neither blue, both nor green".to_owned(), |seen| format!("{seen:?}"));
        found.push(Finding::warning("astray", format!("Registered is {seen} now, though {asked:?} was settled.")));
    }
    found
}

fn of_course(change: &Change, course: &Course) -> Vec<Finding> {
    let mut found = Vec::new();
    let steps = course.steps.as_deref();
    if course.then == Standing::Unknown {
        found.push(Finding::warning("unknown", "Where the traffic goes is known only in the apply."));
    } else if steps.is_none() {
        found.push(Finding::warning("unknown", "The steps are known only in the apply."));
    } else if course.now == Standing::Unknown {
        found.push(Finding::note(
            "first",
            "New to Terraform: where the traffic stands is read in the apply, and the steps are reckoned from all on \
             blue.",
        ));
    }
    if course.raises_green() {
        if let (Some([_]), Some(points)) = (steps, course.largest_step().filter(|points| *points >= JUMP)) {
            found.push(Finding::warning(
                "jump",
                format!("Goes to green without a ramp: {} points in one step.", points_text(points)),
            ));
        }
        if steps.is_some_and(|steps| {
            steps.len() > 1 && steps.iter().all(|step| step.interval.is_some_and(|interval| interval.is_zero()))
        }) {
            found.push(Finding::warning("no_interval", "No step has an interval: nothing is watched between them."));
        }
        match &course.gates {
            None => found.push(Finding::warning("unknown", "The gates are known only in the apply.")),
            Some(gates) if gates.is_empty() => {
                found.push(Finding::warning("no_gate", "No gate but the one that always is: one healthy target."));
            }
            Some(_) => {}
        }
    }
    let set = |name: &str, value: &str| match change.after(name) {
        Field::Known(Value::Bool(set)) => *set && value == "true",
        Field::Known(Value::String(text)) => text == value,
        _ => false,
    };
    if set("on_failure", "hold") {
        found.push(Finding::note("hold", "A failing gate holds, and does not roll back."));
    }
    if set("drop_idle_target_group", "true") || set("drop_idle_record", "true") {
        found.push(Finding::note("drop_idle", "The side that ends at 0 is taken out, which makes going back slower."));
    }
    if set("external_dns", "override") {
        found.push(Finding::warning(
            "external_dns",
            "Goes over ExternalDNS's ownership of the records, which may take the change back.",
        ));
    }
    if set("undeployed_changes", "deploy") {
        found.push(Finding::warning("undeployed", "Deploys other people's edits of the API along with its own."));
    }
    found
}

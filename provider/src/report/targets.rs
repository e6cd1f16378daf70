//! What users are told of registrations.

use eksmig_core::elb::cutover::{CutOver, Position, Refusal, Serving};
use eksmig_core::engine::gate::Side;
use eksmig_core::engine::outcome::{Outcome, Reason};
use tfplugin::{Diagnostic, Path};

use super::{sentence, unread};
use crate::blocks::policy::OnDestroy;
use crate::claims::Claim;
use crate::notices;

/// A plan that cannot be made, at the attribute that is wrong.
pub fn at_plan(refusal: &Refusal) -> Diagnostic {
    let (notice, attribute, advice) = match refusal {
        Refusal::NoTargetGroup(_) => {
            (notices::TARGET_GROUP_NOT_FOUND, "target_group_arns", "Remove it, or name the one that replaced it.")
        }
        Refusal::Unfit { .. } => (
            notices::TARGET_GROUP_OF_ANOTHER_KIND,
            "target_group_arns",
            "Name a target group that takes what the sides are made of.",
        ),
        Refusal::NoScalingGroup { side, .. } => (
            notices::AUTO_SCALING_GROUP_NOT_FOUND,
            side_name(*side),
            "Name one that exists in this account and region.",
        ),
        Refusal::Nobody(side) => (notices::NOBODY_TO_SERVE, side_name(*side), "Scale a group out first."),
        Refusal::Shared(_) => (notices::ONE_TARGET_ON_BOTH_SIDES, "green", "Take it out of one of the sides."),
        Refusal::Entangled { .. } => (
            notices::SOMEONE_ELSE_TARGET,
            "target_group_arns",
            "Have whoever registered it take it out, or put it into a target group of its own.",
        ),
        Refusal::Stale { .. } => (notices::REGISTRATIONS_HAVE_CHANGED, "serving", "Plan again."),
        Refusal::Stopped => (notices::STOPPED, "serving", "Apply again to go on."),
        Refusal::Unread(error) => return unread(error),
    };
    notice.says(format!("{} {advice}", sentence(&refusal.to_string()))).at(Path::root().attr(attribute))
}

fn side_name(side: Side) -> &'static str {
    match side {
        Side::Blue => "blue",
        Side::Green => "green",
    }
}

/// An apply that did not begin.
pub fn refused(refusal: &Refusal) -> Diagnostic {
    const STAYS: &str = "Nothing was written, and the traffic stays as it is.";
    if matches!(refusal, Refusal::Stale { .. }) {
        let what = sentence(&refusal.to_string());
        let detail = format!("{what} {STAYS} Plan again and review what it shows; then apply that.");
        return notices::REGISTRATIONS_HAVE_CHANGED_SINCE_THE_PLAN.says(detail);
    }
    let planned = at_plan(refusal);
    super::unwritten(planned, STAYS)
}

/// How a run ended, where it did not arrive.
pub fn ended(cut: &CutOver, serving: Serving) -> Option<Diagnostic> {
    let report = &cut.report;
    let from = at(&cut.before);
    let now = report.position.as_ref().unwrap_or(&cut.known);
    let (notice, names, reason, undo, next) = match &report.outcome {
        Outcome::Settled => return None,
        Outcome::RolledBack(reason) => (
            notices::CUT_OVER_ROLLED_BACK,
            vec![from],
            reason,
            None,
            "Mend what failed, then apply again; the steps start from here.",
        ),
        Outcome::Held { reason, instead_of_rollback } => (
            notices::CUT_OVER_HELD,
            vec![serving.to_string(), at(now)],
            reason,
            instead_of_rollback.as_ref().map(|why| format!("It was not rolled back: {why}.")),
            match reason {
                Reason::Stopped | Reason::StoppedInWrite => "Apply again to go on from here.",
                Reason::OutOfTime => "Apply again to go on from here, or allow more time in the timeouts block.",
                Reason::Moved(_) => "Find out who else registers and deregisters here, then plan again.",
                _ => {
                    "Mend what failed, then apply again to go on from here; or set serving to where it was to go back."
                }
            },
        ),
        Outcome::Stuck { reason, undo } => (
            notices::CUT_OVER_STUCK,
            vec![serving.to_string(), at(now)],
            reason,
            Some(format!("Going back failed as well: {undo}.")),
            "Look at the targets now. Set serving to where it was and apply to go back, or apply again to go on.",
        ),
    };
    let stands = match &report.position {
        Ok(position) => format!("The targets stand at:\n{position}"),
        Err(why) => {
            format!("Where the targets stand now could not be read ({why}). Last, they were at:\n{}", cut.known)
        }
    };
    let entries = report.history.iter().map(|entry| format!("{:>9.1}s  {}", entry.at.as_secs_f64(), entry.what));
    let history = format!("What happened:\n{}", entries.collect::<Vec<_>>().join("\n"));
    let mut detail = format!("Having {serving} serve did not go through: {reason}.");
    for more in undo.into_iter().chain([stands, next.to_owned(), history]) {
        detail += &format!("\n\n{more}");
    }
    Some(notice.naming(&names, detail))
}

/// Who is registered, in few words.
fn at(position: &Position) -> String {
    let registered = position.registered();
    match (registered.blue, registered.green) {
        (true, true) => "blue and green are registered",
        (true, false) => "blue is registered",
        (false, true) => "green is registered",
        (false, false) => "neither side is registered",
    }
    .to_owned()
}

/// A side that is to serve and has nobody yet.
pub fn nobody(side: Side) -> Diagnostic {
    let detail = format!(
        "None of the Auto Scaling groups of {side} has an instance in service. The apply refuses, and moves nothing, \
         before there is one."
    );
    notices::NOBODY_TO_SERVE_YET.naming([&side], detail).at(Path::root().attr(side_name(side)))
}

/// An Auto Scaling group that replaces what a load balancer calls unhealthy.
pub fn replaces_nodes(side: Side, name: &str) -> Diagnostic {
    let detail = format!(
        "Auto Scaling group {name} of {side} has health checks of type ELB: it terminates and replaces instances that an \
         attached target group calls unhealthy, as all are that have just been registered and do not answer yet, or that \
         were deregistered one batch before the group is detached. Set health_check_type to \"EC2\" where the group is \
         managed until the cut-over is over."
    );
    notices::WOULD_REPLACE_NODES.naming([&name], detail).at(Path::root().attr(side_name(side)))
}

/// A create that finds green serving already.
pub fn already(now: &Position, serving: Serving) -> Option<Diagnostic> {
    if serving == Serving::Blue || !now.registered().green {
        return None;
    }
    let detail = format!("Green is registered already, and the apply goes on from there.\n{now}");
    Some(notices::GREEN_IS_REGISTERED_ALREADY.says(detail).at(Path::root().attr("green")))
}

/// What a destroy does to the registrations.
pub fn destroying(observed: Option<Serving>, on_destroy: OnDestroy, unfinished: bool) -> Option<Diagnostic> {
    let at = observed.map_or("parts of a side", Serving::as_str);
    let detail = match on_destroy {
        OnDestroy::Keep if unfinished => {
            format!(
                "The create of this resource did not finish. Removing it moves nothing, whatever on_destroy says: {at} stays registered."
            )
        }
        OnDestroy::Keep if matches!(observed, Some(Serving::Blue | Serving::Green)) => return None,
        OnDestroy::Keep => format!("Removing this resource moves nothing: {at} stays registered."),
        OnDestroy::Blue => format!(
            "{} is registered. Blue takes over before the resource is removed.",
            sentence(at).trim_end_matches('.')
        ),
        OnDestroy::Green => format!(
            "{} is registered. Green takes over before the resource is removed.",
            sentence(at).trim_end_matches('.')
        ),
    };
    Some(notices::DESTROYING_A_CUT_OVER.naming([&at], detail))
}

/// Another resource moves the same targets.
pub fn claimed(conflict: &Claim) -> Diagnostic {
    let detail = format!(
        "Another eksmig_target_cutover in this configuration moves {} in target group {} already. The two would undo each \
         other's work. Keep one of them.",
        conflict.side, conflict.place
    );
    notices::TARGETS_MOVED_TWICE.says(detail).at(Path::root().attr("target_group_arns"))
}

//! What users are told of registrations.

use eksmig_core::elb::cutover::{CutOver, Position, Refusal, Serving};
use eksmig_core::engine::gate::Side;
use eksmig_core::engine::outcome::{Outcome, Reason};
use tfplugin::{Diagnostic, Path};

use super::{sentence, unread};
use crate::blocks::policy::OnDestroy;
use crate::claims::Claim;

/// A plan that cannot be made, at the attribute that is wrong.
pub fn at_plan(refusal: &Refusal) -> Diagnostic {
    let (summary, attribute, advice) = match refusal {
        Refusal::NoTargetGroup(_) => {
            ("Target group not found", "target_group_arns", "Remove it, or name the one that replaced it.")
        }
        Refusal::Unfit { .. } => (
            "Target group of another kind",
            "target_group_arns",
            "Name a target group that takes what the sides are made of.",
        ),
        Refusal::NoScalingGroup { side, .. } => {
            ("Auto Scaling group not found", side_name(*side), "Name one that exists in this account and region.")
        }
        Refusal::Nobody(side) => ("Nobody to serve", side_name(*side), "Scale a group out first."),
        Refusal::Shared(_) => ("One target on both sides", "green", "Take it out of one of the sides."),
        Refusal::Entangled { .. } => (
            "Someone else's target",
            "target_group_arns",
            "Have whoever registered it take it out, or put it into a target group of its own.",
        ),
        Refusal::Stale { .. } => ("Registrations have changed", "serving", "Plan again."),
        Refusal::Stopped => ("Stopped", "serving", "Apply again to go on."),
        Refusal::Unread(error) => return unread(error),
    };
    Diagnostic::error(summary, format!("{} {advice}", sentence(&refusal.to_string()))).at(Path::root().attr(attribute))
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
        return Diagnostic::error("Registrations have changed since the plan", detail);
    }
    let planned = at_plan(refusal);
    Diagnostic::error(planned.summary, format!("{} {STAYS}", planned.detail))
}

/// How a run ended, where it did not arrive.
pub fn ended(cut: &CutOver, serving: Serving) -> Option<Diagnostic> {
    let report = &cut.report;
    let from = at(&cut.before);
    let now = report.position.as_ref().unwrap_or(&cut.known);
    let (summary, reason, undo, next) = match &report.outcome {
        Outcome::Settled => return None,
        Outcome::RolledBack(reason) => (
            format!("The cut-over was rolled back: {from}"),
            reason,
            None,
            "Mend what failed, then apply again; the steps start from here.",
        ),
        Outcome::Held { reason, instead_of_rollback } => (
            format!("The cut-over is held on its way to {serving}: {}", at(now)),
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
            format!("The cut-over is stuck on its way to {serving}: {}", at(now)),
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
    Some(Diagnostic::error(summary, detail))
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
    Diagnostic::warning(format!("Nobody to serve in {side}"), detail).at(Path::root().attr(side_name(side)))
}

/// An Auto Scaling group that replaces what a load balancer calls unhealthy.
pub fn replaces_nodes(side: Side, name: &str) -> Diagnostic {
    let detail = format!(
        "Auto Scaling group {name} of {side} has health checks of type ELB: it terminates and replaces instances that an \
         attached target group calls unhealthy, as all are that have just been registered and do not answer yet, or that \
         were deregistered one batch before the group is detached. Set health_check_type to \"EC2\" where the group is \
         managed until the cut-over is over."
    );
    Diagnostic::warning(format!("{name} would replace nodes"), detail).at(Path::root().attr(side_name(side)))
}

/// A create that finds green serving already.
pub fn already(now: &Position, serving: Serving) -> Option<Diagnostic> {
    if serving == Serving::Blue || !now.registered().green {
        return None;
    }
    let detail = format!("Green is registered already, and the apply goes on from there.\n{now}");
    Some(Diagnostic::warning("Green is registered already", detail).at(Path::root().attr("green")))
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
    Some(Diagnostic::warning(format!("Destroying a cut-over that stands at {at}"), detail))
}

/// Another resource moves the same targets.
pub fn claimed(conflict: &Claim) -> Diagnostic {
    let detail = format!(
        "Another eksmig_target_cutover in this configuration moves {} in target group {} already. The two would undo each \
         other's work. Keep one of them.",
        conflict.side, conflict.place
    );
    Diagnostic::error("Targets moved twice", detail).at(Path::root().attr("target_group_arns"))
}

//! What users are told: outcomes, refusals and warnings as diagnostics, all worded here.
//!
//! Each says what was tried, on which object, what came back, where the traffic stands, and what to do next.

pub mod clusters;
pub mod drain;
pub mod external_dns;
pub mod nodes;
pub mod records;
pub mod survey;
pub mod swaps;
pub mod targets;
pub mod twins;

use std::collections::BTreeMap;
use std::fmt::Display;

use eksmig_core::aws;
use eksmig_core::elb::forward::ForwardError;
use eksmig_core::elb::weighted_shift::{Refusal, Sight};
use eksmig_core::elb::{Error, RouteArn, TargetGroupArn, TargetHealth};
use eksmig_core::engine::gate::Side;
use eksmig_core::engine::outcome::{Outcome, Reason};
use eksmig_core::engine::shift::Position;
use eksmig_core::engine::standing::Shifted;
use eksmig_core::share::{Share, SplitError};
use eksmig_core::survey::manager::{self, Kind};
use tfplugin::{Diagnostic, Path, Reader, Severity, Value};

use crate::blocks::duration;
use crate::blocks::policy::OnDestroy;
use crate::claims::Claim;
use crate::notices;

/// A plan that cannot be made, at the attribute that is wrong.
pub fn at_plan(refusal: &Refusal) -> Diagnostic {
    let (notice, attribute, advice) = match refusal {
        Refusal::Missing(_) => (
            notices::ROUTE_NOT_FOUND,
            "route_arns",
            "Remove it from route_arns, or name the listener or rule that replaced it.",
        ),
        Refusal::Stale { .. } => (notices::WEIGHTS_HAVE_CHANGED, "green_weight", "Plan again."),
        Refusal::Stopped => (notices::STOPPED, "route_arns", "Apply again to go on."),
        Refusal::Unread(_) => {
            (notices::ROUTES_NOT_READABLE, "route_arns", "Nothing is planned that was not looked at.")
        }
        Refusal::Unmovable(unmovable) => match &unmovable.source {
            ForwardError::Split(SplitError::OutOfReach { .. }) => (
                notices::SHARE_NOT_EXPRESSIBLE,
                "green_weight",
                "Choose another share, other steps, or smaller weights for the other target groups.",
            ),
            ForwardError::Split(SplitError::NoTraffic) => (
                notices::NO_TRAFFIC_TO_SHIFT,
                "route_arns",
                "Give blue or green a weight above zero where the route is managed.",
            ),
            ForwardError::Full { .. } => (
                notices::NO_ROOM_FOR_BOTH_SIDES,
                "route_arns",
                "Take a target group out of the action where the route is managed.",
            ),
            ForwardError::NeitherSide(_) => (
                notices::ROUTE_WITHOUT_BLUE_AND_GREEN,
                "route_arns",
                "Name a route that forwards to blue or to green, or forward this one to blue where it is managed.",
            ),
            ForwardError::NotForward(_) | ForwardError::UnknownAction(_) | ForwardError::BadWeight { .. } => (
                notices::ROUTE_NOT_SHIFTABLE,
                "route_arns",
                "Only routes that forward to target groups can be shifted.",
            ),
        },
    };
    notice.says(format!("{} {advice}", sentence(&refusal.to_string()))).at(Path::root().attr(attribute))
}

/// An apply that did not begin.
pub fn refused(refusal: &Refusal) -> Diagnostic {
    match refusal {
        Refusal::Stale { .. } => notices::WEIGHTS_HAVE_CHANGED_SINCE_THE_PLAN.says(format!(
            "{} Nothing was written, and the traffic stays as it is. Plan again and review what it shows; then \
                 apply that.",
            sentence(&refusal.to_string())
        )),
        other => {
            let planned = at_plan(other);
            unwritten(planned, "Nothing was written, and the traffic stays as it is.")
        }
    }
}

/// The same of an apply that wrote nothing, which is no attribute's fault.
fn unwritten(planned: Diagnostic, stays: &str) -> Diagnostic {
    let detail = format!("{} {stays}", planned.detail);
    Diagnostic { detail, path: None, ..planned }
}

/// How a run ended, where it did not arrive.
pub fn ended<K: Display>(shifted: &Shifted<K>, sides: [&dyn Display; 2], target: Share) -> Option<Diagnostic> {
    let report = &shifted.report;
    let from = shares(&shifted.before);
    let stands = match &report.position {
        Ok(position) => standing(position),
        Err(why) => {
            format!("Where it stands now could not be read ({why}). Last, it was at {} of green.", report.reached)
        }
    };
    let (notice, names, reason, undo, next) = match &report.outcome {
        Outcome::Settled => return None,
        Outcome::RolledBack(reason) => (
            notices::ROLLED_BACK,
            vec![furthest(shifted), from.clone()],
            reason,
            None,
            "Mend what failed, then apply again; the ramp starts from here.",
        ),
        Outcome::Held { reason, instead_of_rollback } => (
            notices::HELD,
            vec![now(shifted), format!("{target}%")],
            reason,
            instead_of_rollback.as_ref().map(|why| format!("It was not rolled back to {from}: {why}.")),
            match reason {
                Reason::Stopped | Reason::StoppedInWrite => "Apply again to go on from here.",
                Reason::OutOfTime => "Apply again to go on from here, or allow more time in the timeouts block.",
                Reason::Moved(_) => "Find out who else writes these weights, then plan again.",
                _ => "Mend what failed, then apply again to go on from here; or lower green_weight to go back.",
            },
        ),
        Outcome::Stuck { reason, undo } => (
            notices::STUCK,
            vec![now(shifted)],
            reason,
            Some(format!("Going back to {from} failed as well: {undo}.")),
            "Look at the traffic now. Lower green_weight and apply to go back, or apply again to go on.",
        ),
    };
    let [blue, green] = sides;
    let mut detail = format!(
        "Shifting green from {from} to {target}% did not go through: {reason}.\n\n  blue:  {blue}\n  green: {green}"
    );
    for more in undo.into_iter().chain([stands, next.to_owned(), history(shifted)]) {
        detail += &format!("\n\n{more}");
    }
    Some(notice.naming(&names, detail))
}

/// The same words as a warning, for an end that Terraform reports as an error itself.
pub fn softened(error: Diagnostic) -> Diagnostic {
    Diagnostic { severity: Severity::Warning, path: None, ..error }
}

/// The shares of green, one where all routes have the same.
fn shares<K>(position: &Position<K>) -> String {
    let mut shares: Vec<String> = position
        .values()
        .map(|weights| weights.share().map_or("no share".to_owned(), |share| format!("{share}%")))
        .collect();
    shares.dedup();
    shares.join("/")
}

fn now<K>(shifted: &Shifted<K>) -> String {
    shifted.report.position.as_ref().map(shares).unwrap_or_else(|_| shifted.report.reached.clone())
}

/// The step that was written last before things were undone.
fn furthest<K>(shifted: &Shifted<K>) -> String {
    let wrote = shifted.report.history.iter().rev().find_map(|entry| entry.what.strip_prefix("wrote "));
    wrote.map(str::to_owned).unwrap_or_else(|| shares(&shifted.before))
}

fn standing<K: Display>(position: &Position<K>) -> String {
    let routes: Vec<String> = position.iter().map(|(route, weights)| format!("  {route}: {weights}")).collect();
    format!("The traffic stands at:\n{}", routes.join("\n"))
}

fn history<K>(shifted: &Shifted<K>) -> String {
    let lines = shifted.report.history.iter().map(|entry| format!("{:>9.1}s  {}", entry.at.as_secs_f64(), entry.what));
    let lines: Vec<String> = lines.collect();
    format!("What happened:\n{}", if lines.is_empty() { "  nothing".to_owned() } else { lines.join("\n") })
}

/// The routes could not be read.
pub fn unread(error: &Error) -> Diagnostic {
    match error {
        Error::Aws(error) => unreachable(error),
        other => notices::ROUTES_NOT_READABLE.says(sentence(&other.to_string())),
    }
}

/// AWS could not be asked.
pub fn unreachable(error: &aws::Error) -> Diagnostic {
    notices::AWS_NOT_REACHABLE.says(sentence(&error.to_string()))
}

/// Another resource moves the same target group on the same route.
pub fn claimed(conflict: &Claim) -> Diagnostic {
    let detail = format!(
        "Another eksmig_weighted_shift in this configuration moves target group {} on route {} already. The two would \
         undo each other's work. Keep one of them.",
        conflict.side, conflict.place
    );
    notices::ROUTE_SHIFTED_TWICE.says(detail).at(Path::root().attr("route_arns"))
}

/// An object in a region that the provider does not work in. `what` it is, in one capitalised word.
pub fn elsewhere(what: &str, arn: &str, theirs: &str, ours: &str, attribute: &str) -> Diagnostic {
    let detail = format!(
        "{what} {arn} is in region {theirs}, and the provider works in {ours}. Use a provider configuration (an alias) \
         for that region."
    );
    notices::IN_ANOTHER_REGION.naming([&what], detail).at(Path::root().attr(attribute))
}

/// A target group that does not exist.
pub fn no_target_group(target_group: &TargetGroupArn, path: Path) -> Diagnostic {
    notices::TARGET_GROUP_NOT_FOUND.says(format!("Target group {target_group} does not exist.")).at(path)
}

/// The health of a side that is to take traffic could not be read.
pub fn health_unread(side: Side, target_group: &TargetGroupArn, error: &Error, path: Path) -> Diagnostic {
    let detail = format!(
        "Whether {side} can take traffic could not be told: {error}. The apply asks again, and waits until it can tell."
    );
    notices::HEALTH_NOT_KNOWN.naming([&target_group.name()], detail).at(path)
}

/// A side that is to take traffic and cannot.
pub fn unhealthy(side: Side, target_group: &TargetGroupArn, health: &TargetHealth, path: Path) -> Option<Diagnostic> {
    // Targets that AWS has not decided on may well be healthy by the time of the apply.
    if health.healthy() + health.undecided() > 0 {
        return None;
    }
    let detail = format!(
        "The share of {side} would rise, and {target_group} has no healthy target: {}. The apply waits for one, and \
         moves nothing before there is.",
        health.summary()
    );
    Some(notices::NO_HEALTHY_TARGET.naming([&target_group.name()], detail).at(path))
}

/// Clients that stay where they are for a while.
pub fn sticky(sights: &BTreeMap<RouteArn, Sight>, drops_idle: bool) -> Vec<Diagnostic> {
    let sticky = sights.iter().filter_map(|(route, sight)| match sight {
        Sight::Seen(seen) => seen.stickiness.map(|length| (route, length)),
        Sight::Missing | Sight::Foreign(_) => None,
    });
    sticky
        .map(|(route, length)| {
            let consequence = if drops_idle {
                "Taking the idle target group out moves them at once."
            } else {
                "Wait that long after the last step before deleting the other side."
            };
            let detail = format!(
                "Route {route} keeps clients on the target group they met first for up to {}, whatever the weights say. \
                 {consequence}",
                duration::text(length)
            );
            let id = route.as_str().rsplit('/').next().unwrap_or_default();
            notices::STICKY_SESSIONS_OUTLIVE_THE_SHIFT.naming([&id], detail)
                .at(Path::root().attr("route_arns"))
        })
        .collect()
}

/// Routes that a controller manages, which will take the change back.
pub fn controlled(tags: &BTreeMap<String, BTreeMap<String, String>>) -> Vec<Diagnostic> {
    tags.iter()
        .filter_map(|(arn, tags)| manager::of(tags).map(|manager| (arn, manager)))
        .map(|(arn, manager)| {
            let source = match manager.kind {
                Kind::LoadBalancerController | Kind::EksAutoMode | Kind::CloudProvider => {
                    "the actions annotation of the Ingress, or the weights of the route, in that cluster"
                }
                Kind::Ecs => "the deployment of the service",
            };
            let detail = format!(
                "{arn} belongs to {manager}, which writes its own weights back when it next reconciles. Shift at the \
                 source instead: {source}."
            );
            let id = arn.rsplit('/').next().unwrap_or_default();
            notices::A_CONTROLLER_OWNS.naming([&id], detail).at(Path::root().attr("route_arns"))
        })
        .collect()
}

/// Whether a controller manages the routes could not be read.
pub fn tags_unread(error: &Error) -> Diagnostic {
    let detail = format!("Whether a controller would take the change back could not be told: {error}.");
    notices::OWNER_OF_THE_ROUTES_NOT_KNOWN.says(detail).at(Path::root().attr("route_arns"))
}

/// A create that finds green serving already.
pub fn already_shifted<K: Display>(position: &Position<K>, target: Share) -> Option<Diagnostic> {
    let ahead = position.iter().find(|(_, weights)| weights.share().is_some_and(|share| share != Share::BLUE))?;
    let (route, weights) = (ahead.0.to_string(), ahead.1);
    let share = weights.share().filter(|share| *share != target)?;
    let detail = format!(
        "Green has {share}% of {route} already ({weights}). The apply goes on from there to {target}%, not from 0."
    );
    let id = route.rsplit('/').next().unwrap_or_default();
    Some(notices::GREEN_SERVES_ALREADY.naming([&id], detail).at(Path::root().attr("green_weight")))
}

/// What a destroy does to the traffic.
pub fn destroying(prior: &Value, on_destroy: OnDestroy, unfinished: bool) -> Option<Diagnostic> {
    let observed = Reader::new(prior).attr("observed_green_weight").number().ok()?.known();
    let at = observed.map_or("different shares on its routes".to_owned(), |share| format!("{share}%"));
    let detail = match on_destroy {
        OnDestroy::Keep if unfinished => format!(
            "The create of this resource did not finish. Removing it moves no traffic, whatever on_destroy says: green \
             stays at {at}."
        ),
        OnDestroy::Keep if at == "0%" || at == "100%" => return None,
        OnDestroy::Keep => format!("Removing this resource moves no traffic: green stays at {at}."),
        OnDestroy::Blue => {
            format!("Green is at {at}. All traffic is sent back to blue before the resource is removed.")
        }
        OnDestroy::Green => format!("Green is at {at}. All traffic is sent to green before the resource is removed."),
    };
    Some(notices::DESTROYING_A_SHIFT.naming([&at], detail))
}

/// An error's phrase as a sentence.
fn sentence(phrase: &str) -> String {
    let mut letters = phrase.trim_end_matches('.').chars();
    let first = letters.next().map(|first| first.to_uppercase().collect::<String>()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

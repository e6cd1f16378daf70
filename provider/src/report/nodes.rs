//! What users are told of migrations of node groups.

use std::time::Duration;

use eksmig_core::engine::outcome::{Outcome, Reason};
use eksmig_core::nodes::{Judged, Moved, Orders, Refusal, Standing, Verdict};
use tfplugin::{Diagnostic, Diagnostics, Path, Value};

use super::sentence;
use crate::notices;

/// A plan that cannot be made, at the attribute that is wrong.
pub fn at_plan(refusal: &Refusal) -> Diagnostic {
    let (notice, attribute, advice) = match refusal {
        Refusal::NoGroup(_) => (notices::NODE_GROUP_NOT_FOUND, "blue_node_group", "Name one that the cluster has."),
        Refusal::Pods(_) => (notices::PODS_STAND_IN_THE_WAY, "blue_node_group", "Nothing would be begun."),
        Refusal::Another { .. } => (notices::ANOTHER_MIGRATION_IS_UNDER_WAY, "green", ""),
        Refusal::NotAlone(_) => {
            (notices::ANOTHER_RUN_IS_UNDER_WAY, "cluster", "Apply again once that one is over; this one wrote nothing.")
        }
        Refusal::PastReturn(_) => (notices::NO_WAY_BACK, "on_destroy", ""),
        Refusal::Trouble(_) => (notices::CLUSTER_NOT_READABLE, "cluster", "Nothing is planned that was not looked at."),
        Refusal::Stopped => (notices::STOPPED, "cluster", "Apply again to go on."),
    };
    let detail = format!("{} {advice}", sentence(&refusal.to_string()));
    notice.says(detail.trim_end()).at(Path::root().attr(attribute))
}

/// A run that did not begin.
pub fn refused(refusal: &Refusal) -> Diagnostic {
    let planned = at_plan(refusal);
    super::unwritten(planned, "Nothing was written by this run.")
}

/// Others of the same apply took all the time.
pub fn no_turn(cluster: &str, limit: Duration) -> Diagnostic {
    let detail = format!(
        "Other node groups of cluster {cluster} are migrated in the same apply, one at a time, and did not end within {} s, \
         the time that this one has by its timeouts block. Nothing was written by this one. Apply again.",
        limit.as_secs()
    );
    notices::NO_TURN.says(detail)
}

/// What an apply would do to each pod, and how both groups are in their target groups; an error where something stands in a
/// pod's way.
///
/// # Errors
///
/// The pods that something stands in the way of, and the target groups that could not be read.
pub fn foreseen(now: &Standing, orders: &Orders) -> Result<Diagnostics, Diagnostics> {
    let refused: Vec<Judged> = now.refused().cloned().collect();
    if !refused.is_empty() {
        return Err(at_plan(&Refusal::Pods(refused)).into());
    }
    let mut found = Diagnostics::default();
    let of = |verdict: Verdict| {
        let count = now.verdicts.iter().filter(|judged| judged.verdict == verdict).count();
        (count > 0).then(|| format!("{count} {}", verdict.as_str()))
    };
    let counts: Vec<String> = [Verdict::Surge, Verdict::Evict, Verdict::Await].into_iter().filter_map(of).collect();
    let one = |judged: &Judged| {
        let warnings: String = judged.warnings.iter().map(|warning| format!("; {warning}")).collect();
        format!("{} {} on {}: {}{warnings}", judged.verdict.as_str(), judged.pod, judged.node, judged.why)
    };
    let worth =
        |judged: &&Judged| !judged.warnings.is_empty() || matches!(judged.verdict, Verdict::Evict | Verdict::Await);
    let lines: Vec<String> = now.verdicts.iter().filter(worth).map(one).collect();
    if !lines.is_empty() {
        found.push(notices::WHAT_BECOMES_OF_THE_PODS.naming([&counts.join(", ")], lines.join("\n")));
    }
    if now.is_before_leaving() {
        found.extend(behind(now, orders)?);
    }
    Ok(found)
}

/// How both groups are in the target groups that blue has still to leave.
fn behind(now: &Standing, orders: &Orders) -> Result<Option<Diagnostic>, Diagnostic> {
    let path = Path::root().attr("target_group_arns");
    let mut lines = Vec::new();
    for line in &now.targets {
        match line {
            Ok(line) => lines.push(line.as_str()),
            Err(why) => {
                let detail = format!(
                    "{} Whether green is healthy is asked before blue leaves a target group, so each has to be readable.",
                    sentence(&why.to_string())
                );
                return Err(notices::TARGET_GROUP_NOT_READABLE.says(detail).at(path));
            }
        }
    }
    if lines.is_empty() {
        return Ok(None);
    }
    let percent = match orders.backing.percent {
        0 => String::new(),
        percent => format!(" and {percent} % of its registered targets"),
    };
    let wanted = format!("{} healthy{percent}", orders.backing.at_least.max(1));
    let names = [orders.blue.as_str(), orders.green.name(), &wanted];
    Ok(Some(notices::LEAVES_ONCE_GREEN_IS_HEALTHY.naming(names, lines.join("\n")).at(path)))
}

/// A destroy of a migration that is under way.
pub fn destroying(prior: &Value, restores: bool) -> Diagnostic {
    let stage = prior.attr("stage").as_str().unwrap_or("unknown").to_owned();
    let what = if restores {
        "The destroy puts back what was changed: autoscalers, numbers of pods, taints, labels and annotations. Pods that run \
         on green stay there, and so does green."
    } else {
        "on_destroy is \"keep\": the destroy leaves everything as it is, and nobody puts it back."
    };
    notices::THE_MIGRATION_IS_UNDER_WAY.says(format!("It stands at stage {stage}. {what}"))
}

/// How a run ended, where it did not arrive.
pub fn ended(moved: &Moved, orders: &Orders, forth: bool) -> Option<Diagnostic> {
    let report = &moved.report;
    let (blue, green) = (&orders.blue, orders.green.name());
    let what = if forth {
        format!("Moving {blue} to {green}")
    } else {
        format!("Putting back what moving {blue} to {green} changed")
    };
    let (reason, undo) = match &report.outcome {
        Outcome::Settled => return None,
        Outcome::RolledBack(reason) => {
            (reason, Some("Nothing is changed any more: it failed at its very first stage.".to_owned()))
        }
        Outcome::Held { reason, instead_of_rollback } => (reason, instead_of_rollback.clone()),
        Outcome::Stuck { reason, undo } => (reason, Some(format!("Going back failed as well: {undo}."))),
    };
    let seen = report.position.as_ref().unwrap_or(&moved.known);
    let stage = seen.stage.map_or("the end", |stage| stage.as_str());
    let next = match reason {
        Reason::Stopped | Reason::StoppedInWrite => "Apply again to go on from here.",
        Reason::OutOfTime => "Apply again to go on from here, or allow more time in the timeouts block.",
        _ => "Mend what failed, then apply again to go on from here; or destroy the resource to put everything back.",
    };
    let mut detail = format!("{what} did not go through: {reason}.");
    if let Err(why) = &report.position {
        detail += &format!("\n\nWhere it stands now could not be read ({why}).");
    }
    let left = seen.left();
    detail += &format!(
        "\n\nIt is held, and nothing moves by itself: the first stage that is not done is {stage}, and {left} pods have \
         still to leave {blue}. What was changed is noted on the objects, as eksmig/original."
    );
    for more in undo.into_iter().chain([next.to_owned()]) {
        detail += &format!("\n\n{more}");
    }
    let lines = report.history.iter().rev().take(12).rev();
    let lines: Vec<String> = lines.map(|entry| format!("  {:>5} s  {}", entry.at.as_secs(), entry.what)).collect();
    detail += &format!("\n\n{}", lines.join("\n"));
    Some(notices::THE_MIGRATION_IS_HELD.naming([blue.as_str(), stage], detail))
}

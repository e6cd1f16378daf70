//! What users are told of an idle side that is waited for.

use eksmig_core::clock::utc;
use eksmig_core::drain::{Hold, Undrained, Wait, Why};
use eksmig_core::share::Share;
use tfplugin::{Diagnostic, Path};

use crate::blocks::duration;
use crate::drain::idle;
use crate::notices;

/// A side that was not seen drained. Traffic is where it was asked to be, and stays.
pub fn undrained(target: Share, name: &str, wait: &Wait, undrained: &Undrained) -> Diagnostic {
    let side = idle(target);
    let waited = duration::text(std::time::Duration::from_secs(undrained.waited.as_secs()));
    let why = match undrained.why {
        Why::Stopped => format!("The run was stopped after {waited} of waiting"),
        Why::OutOfTime => format!("{waited} of waiting are over"),
        Why::Hopeless => "What could not be told will not be told by waiting".to_owned(),
    };
    let mut detail = format!(
        "Green has {target}% and keeps it: nothing is moved back. {why}, and CloudWatch was to count nothing for {} on \
         what {side} is:\n\n  {name}",
        duration::text(wait.window)
    );
    let remains = undrained.remains.clone().unwrap_or_default();
    let lines = remains.served.iter().cloned();
    let lines = lines.chain(remains.untold.iter().map(|untold| format!("Could not tell: {}", untold.why)));
    let until = remains.until.iter().map(|(time, what)| format!("Not before {}: {what}", utc(*time)));
    let lines: Vec<String> = lines.chain(until).map(|line| format!("  {line}.")).collect();
    if !lines.is_empty() {
        detail += &format!("\n\nWhen it was looked at last:\n{}", lines.join("\n"));
    }
    detail += &format!("\n\n{}", advice(undrained));
    notices::NOT_DRAINED.naming([if side == "blue" { "Blue" } else { "Green" }], detail)
}

fn advice(undrained: &Undrained) -> &'static str {
    let remains = undrained.remains.as_ref();
    match undrained.why {
        Why::Stopped => "Both sides are needed until then. Apply again to go on waiting.",
        Why::Hopeless => {
            "Both sides are needed until somebody has looked. Mend what is said above and apply again, or look for \
             yourself and take wait_for_drain out."
        }
        Why::OutOfTime if remains.is_some_and(|remains| !remains.served.is_empty()) => {
            "Both sides are needed. Find out who still sends there: clients that keep connections or addresses, or \
             another route to it. Then apply again to go on waiting; if Terraform marked a new resource tainted, untaint \
             it first."
        }
        Why::OutOfTime => {
            "Both sides are needed until then. Apply again to go on waiting, or allow more time in \
             wait_for_drain.timeout; if Terraform marked a new resource tainted, untaint it first."
        }
    }
}

/// What keeps clients longer than CloudWatch takes to tell.
pub fn takes(side: &str, wait: &Wait, holds: &[Hold]) -> Option<Diagnostic> {
    let longest = holds.iter().filter(|hold| hold.length > wait.least()).max_by_key(|hold| hold.length)?;
    let from = if longest.renewed { "its last request" } else { "the last write" };
    let mut detail = format!(
        "The apply waits until {side} is drained. That takes {} from {from} on, for that is how long {} last.",
        duration::text(longest.length),
        longest.what
    );
    if longest.length > wait.timeout {
        detail += &format!(
            " wait_for_drain.timeout is {}: the apply would fail then, with traffic where it is, and another one would go \
             on waiting.",
            duration::text(wait.timeout)
        );
    }
    let path = Path::root().attr("wait_for_drain");
    Some(notices::DRAINING_TAKES.naming([side, &duration::text(longest.length)], detail).at(path))
}

/// What is counted nowhere cannot be waited for.
pub fn uncounted(side: &str, why: &str) -> Diagnostic {
    let detail = format!(
        "Whether {side} is drained cannot be told: {why}. The apply would move the traffic and then fail. Take \
         wait_for_drain out, and look where {side} is served."
    );
    notices::DRAIN_NOT_OBSERVABLE.naming([&side], detail).at(Path::root().attr("wait_for_drain"))
}

/// How long a drain takes could not be found out.
pub fn unread(side: &str, why: &str) -> Diagnostic {
    let detail = format!("How long {side} may be kept busy could not be found out: {why}.");
    notices::DRAIN_NOT_PREDICTABLE.naming([&side], detail).at(Path::root().attr("wait_for_drain"))
}

//! What a watch shows: the runs that matter most, and how many there are of each kind. Pure.

use std::time::{Duration, SystemTime};

use crate::blocks::duration;
use crate::events::{Run, Runs};

/// How many columns a name has.
const NAME: usize = 32;

/// How a row is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tone {
    /// It ended elsewhere than it was to.
    Failed,
    /// A gate does not pass, or it is on its way back.
    Troubled,
    /// It is under way.
    Running,
    /// It settled.
    Settled,
}

/// One run as a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The resource's `id`, in [`NAME`] columns.
    pub name: String,
    /// How much of the bar is green, in tenths of a percent.
    pub tenths: u64,
    /// What is beside the bar.
    pub text: String,
    /// How it is meant.
    pub tone: Tone,
}

/// The rows that matter most, `most` at most, in an order that stays while nothing happens.
pub fn rows(runs: &Runs, now: SystemTime, most: usize) -> Vec<Row> {
    let mut rows: Vec<Row> = runs.all().iter().map(|run| row(run, now)).collect();
    rows.sort_by_key(|row| row.tone);
    rows.truncate(most);
    rows
}

/// What did not settle, a line each, for the end.
pub fn unsettled(runs: &Runs, now: SystemTime) -> Vec<String> {
    let rows = runs.all().iter().filter(|run| !run.is_settled()).map(|run| row(run, now));
    rows.map(|row| format!("{} {}", row.name, row.text)).collect()
}

/// How many runs there are of each kind, and how many of them are not among the `shown`.
pub fn summary(runs: &Runs, shown: usize) -> String {
    let all = runs.all();
    let ended =
        |outcome: &str| all.iter().filter(|run| run.ended.as_ref().is_some_and(|(how, _)| how == outcome)).count();
    let under_way = all.iter().filter(|run| run.ended.is_none()).count();
    let mut parts = vec![format!("{under_way} under way"), format!("{} settled", ended("settled"))];
    for outcome in ["rolled_back", "held", "stuck"] {
        if ended(outcome) > 0 {
            parts.push(format!("{} {}", ended(outcome), outcome.replace('_', " ")));
        }
    }
    let known = under_way + ["settled", "rolled_back", "held", "stuck"].map(ended).iter().sum::<usize>();
    if all.len() > known {
        parts.push(format!("{} ended in a way that is not known here", all.len() - known));
    }
    if runs.unreadable > 0 {
        parts.push(format!("{} lines of the file cannot be read", runs.unreadable));
    }
    if all.len() > shown {
        parts.push(format!("{} not shown", all.len() - shown));
    }
    parts.join(", ")
}

/// Whether all is well: something ran, all of it settled, and nothing was missed.
pub fn is_well(runs: &Runs) -> bool {
    !runs.all().is_empty() && runs.unreadable == 0 && runs.all().iter().all(Run::is_settled)
}

fn row(run: &Run, now: SystemTime) -> Row {
    let tenths = match run.green {
        Some(percent) => (percent * 10.0) as u64,
        // A share that is not known is not guessed from the steps.
        None if run.has_share() => 0,
        None => (run.written as u64 * 1000).checked_div(run.steps.len() as u64).unwrap_or(0),
    };
    let back = run.phase.as_ref().is_some_and(|(phase, _)| phase == "rolling_back" || phase == "undoing");
    let tone = match &run.ended {
        Some(_) if run.is_settled() => Tone::Settled,
        Some(_) => Tone::Failed,
        None if back || !run.failing.is_empty() => Tone::Troubled,
        None => Tone::Running,
    };
    Row { name: named(&run.id), tenths, text: clean(&text(run, now)), tone }
}

fn text(run: &Run, now: SystemTime) -> String {
    let label = if run.label.is_empty() { "?" } else { &run.label };
    if let Some((outcome, why)) = &run.ended {
        let because = if why.is_empty() { String::new() } else { format!(": {why}") };
        let outcome = outcome.replace('_', " ");
        return match run.green {
            None if run.has_share() => format!("    ?  {outcome}, last known at {label}{because}"),
            _ => format!("{label:>5}  {outcome}{because}"),
        };
    }
    let phase = run.phase.as_ref().map_or("", |(phase, _)| phase.as_str());
    let step = format!(
        "step {} of {}",
        (run.written + usize::from(phase == "gating" || phase == "writing")).min(run.steps.len()),
        run.steps.len()
    );
    let failing: Vec<String> =
        run.failing.iter().map(|(gate, (verdict, why))| format!("{gate} {verdict}: {why}")).collect();
    let doing = match phase {
        "gating" if run.written == run.steps.len() => "last look at the gates".to_owned(),
        "gating" => format!("{step}, waits for its gates"),
        "writing" => format!("{step}, is written"),
        "settling" => format!("{step}, is read back"),
        "baking" => format!("{step}, bakes{}", left(run, now)),
        "undoing" => format!("{step}, is taken back"),
        "rolling_back" => "rolls back".to_owned(),
        other => other.to_owned(),
    };
    let failing = if failing.is_empty() { String::new() } else { format!("  {}", failing.join("; ")) };
    format!("{label:>5}  {doing}{failing}")
}

/// How long a bake goes on; or that it is overdue, for the provider may be gone.
fn left(run: &Run, now: SystemTime) -> String {
    let Some(due) = run.due else { return String::new() };
    match due.duration_since(now) {
        Ok(left) => format!(", {} left", duration::text(Duration::from_secs(left.as_secs()))),
        Err(over) if over.duration().as_secs() >= 60 => ", overdue: is the apply still running?".to_owned(),
        Err(_) => ", 0s left".to_owned(),
    }
}

/// A name in [`NAME`] columns, cut in the middle where it is longer: names differ at their ends.
fn named(id: &str) -> String {
    let letters: Vec<char> = clean(id).chars().collect();
    if letters.len() <= NAME {
        return format!("{:NAME$}", letters.iter().collect::<String>());
    }
    let half = (NAME - 1) / 2;
    let start: String = letters.iter().take(half).collect();
    let end: String = letters.iter().skip(letters.len() - (NAME - 1 - half)).collect();
    format!("{start}…{end}")
}

/// A text that means nothing to a terminal.
pub fn clean(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

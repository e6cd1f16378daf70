//! The engine in pictures: runs and tables, all asked of the one function that decides.

use std::collections::BTreeMap;

use eksmig_core::engine::outcome::{Outcome, Reason};
use eksmig_core::engine::transition::{Command, Event, OnFailure, Rules, State, StepRule, transition};

use super::page::fenced;

/// A step that raises a share and bakes.
const STEP: StepRule = StepRule { bakes: true, raises: true };
/// A step that moves no traffic, as the one that takes the idle side out.
const TIDYING: StepRule = StepRule { bakes: false, raises: false };

fn rules(steps: &[StepRule], on_failure: OnFailure) -> Rules {
    Rules { steps: steps.to_vec(), failure_threshold: 2, on_failure }
}

/// What can happen, in words, and how many polls in a row had failed before.
fn happenings() -> Vec<(&'static str, Event, u32)> {
    let why = || "why".to_owned();
    vec![
        ("the run begins", Event::Begin, 0),
        ("all gates pass", Event::Passed, 0),
        ("a gate cannot tell", Event::Inconclusive(why()), 0),
        ("a gate fails, fewer times in a row than `failure_threshold`", Event::Failed(why()), 0),
        ("a gate fails, `failure_threshold` times in a row", Event::Failed(why()), 1),
        ("a gate can never tell, fewer times in a row", Event::Unanswerable(why()), 0),
        ("a gate can never tell, `failure_threshold` times in a row", Event::Unanswerable(why()), 1),
        ("the state's time is over", Event::Elapsed(why()), 0),
        ("it is written", Event::Written, 0),
        ("a write fails", Event::WriteFailed(why()), 0),
        ("someone else changed it", Event::Moved(why()), 0),
        ("it is seen", Event::Seen, 0),
        ("it is not seen yet", Event::Unseen(why()), 0),
        ("it is seen, and there is more to write", Event::Unfinished(why()), 0),
        ("Terraform stops", Event::Stop, 0),
        ("Terraform stops in the middle of a write, which does not end in time", Event::Abandoned, 0),
        ("the time for the whole run is over", Event::OutOfTime, 0),
    ]
}

/// The states at a step, after so many failing polls.
fn states(step: usize, fails: u32) -> Vec<State> {
    let reason = || Reason::Gate("why".to_owned());
    vec![
        State::Ready,
        State::Gating { step, fails },
        State::Applying { step },
        State::Settling { step },
        State::Baking { step, fails },
        State::UndoGating { step, reason: reason() },
        State::Undoing { step, reason: reason() },
        State::RollbackGating { step, reason: reason() },
        State::RollingBack { reason: reason() },
        State::RollbackSettling { reason: reason() },
    ]
}

fn name(state: &State) -> &'static str {
    match state {
        State::Ready => "Ready",
        State::Gating { .. } => "Gating",
        State::Applying { .. } => "Applying",
        State::Settling { .. } => "Settling",
        State::Baking { .. } => "Baking",
        State::UndoGating { .. } => "UndoGating",
        State::Undoing { .. } => "Undoing",
        State::RollbackGating { .. } => "RollbackGating",
        State::RollingBack { .. } => "RollingBack",
        State::RollbackSettling { .. } => "RollbackSettling",
        State::Done => "Done",
    }
}

/// How a run ended, as diagnostics and `status` have it.
fn ended(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Settled => "**settled**",
        Outcome::RolledBack(_) => "**rolled back**",
        Outcome::Held { instead_of_rollback: None, .. } => "**held**",
        Outcome::Held { .. } => "**held**, with the reason why it was not rolled back",
        Outcome::Stuck { .. } => "**stuck**",
    }
}

/// What follows, by state and consequence: what it follows. Step numbers are told against `step`.
type Table = Vec<((&'static str, String), Vec<&'static str>)>;

fn table(rules: &Rules, step: usize) -> Table {
    let mut table: Table = Vec::new();
    for (nth, _) in states(step, 0).iter().enumerate() {
        for (words, event, fails) in happenings() {
            let state = states(step, fails).swap_remove(nth);
            let here = name(&state);
            let Ok((next, command)) = transition(rules, state, event) else { continue };
            let then = match (&next, &command) {
                (_, Command::End(outcome)) => ended(outcome).to_owned(),
                (State::Gating { step: other, .. }, _) if *other == step + 1 => "Gating of the next step".to_owned(),
                _ => name(&next).to_owned(),
            };
            match table.iter_mut().find(|(row, _)| *row == (here, then.clone())) {
                Some((_, when)) => when.push(words),
                None => table.push(((here, then), vec![words])),
            }
        }
    }
    table
}

fn shown(table: &Table) -> String {
    let row = |((state, then), when): &(_, Vec<&str>)| format!("| {state} | {} | {then} |\n", when.join("; "));
    let rows: String = table.iter().map(row).collect();
    format!("| state | when | then |\n|---|---|---|\n{rows}")
}

/// What of a table is otherwise than in another.
fn otherwise(table: Table, than: &Table) -> Table {
    let usual: BTreeMap<(&str, &str), &String> =
        than.iter().flat_map(|((state, then), when)| when.iter().map(move |when| ((*state, *when), then))).collect();
    let differs = |((state, then), when): ((&'static str, String), Vec<&'static str>)| {
        let when: Vec<_> = when.into_iter().filter(|when| usual.get(&(state, *when)) != Some(&&then)).collect();
        (!when.is_empty()).then_some(((state, then), when))
    };
    table.into_iter().filter_map(differs).collect()
}

/// A state in a picture, with what is done there.
fn place(rules: &Rules, state: &State, command: &Command) -> String {
    let of = |step: &usize| if *step < rules.steps.len() { format!("step {}", step + 1) } else { "the end".to_owned() };
    let (step, does) = match command {
        Command::AskBefore { step, .. } if *step < rules.steps.len() => (of(step), "asks the gates before it"),
        Command::AskBefore { step, .. } => (of(step), "asks the gates a last time"),
        Command::AskBaking { step } => (of(step), "keeps watch for its interval"),
        Command::AskUndo { step, .. } => (of(step), "asks whether the side that gets its traffic back can serve"),
        Command::AskBack { .. } => (String::new(), "asks whether the side that gets the traffic back can serve"),
        Command::Apply { step } => (of(step), "writes it"),
        Command::Verify { step, .. } => (of(step), "reads it back"),
        Command::Undo { step } => (of(step), "writes what stood before it"),
        Command::RollBack => (String::new(), "writes what stood before the run"),
        Command::VerifyBack { .. } => (String::new(), "reads it back"),
        Command::End(outcome) => return format!("=> {}", ended(outcome).replace("**", "")),
    };
    format!("{:<17}{step:<9}{does}", name(state))
}

/// A picture of what these events lead to.
///
/// # Errors
///
/// An event that cannot happen there.
fn picture(rules: &Rules, events: &[&str]) -> Result<String, String> {
    let all = happenings();
    let (mut state, mut text) = (State::Ready, "Ready\n".to_owned());
    for words in events {
        let (_, event, _) =
            all.iter().find(|(known, ..)| known == words).ok_or_else(|| format!("no event: {words}"))?;
        let (next, command) = transition(rules, state, event.clone()).map_err(|impossible| impossible.to_string())?;
        let what = words.split(',').next().unwrap_or_default();
        text += &format!("  |  {what}\n{}\n", place(rules, &next, &command));
        state = next;
    }
    Ok(text)
}

/// The runs that are shown: what is to be seen, the rules, and what happens.
fn runs() -> Vec<(&'static str, Rules, Vec<&'static str>)> {
    let two = || rules(&[STEP, STEP], OnFailure::RollBack);
    let first = ["the run begins", "all gates pass", "it is written", "it is seen"];
    let step = ["the state's time is over", "all gates pass", "it is written", "it is seen"];
    let fail = "a gate fails, fewer times in a row than `failure_threshold`";
    let with = |more: &[&'static str]| [&first[..], more].concat();
    vec![
        (
            "It goes well, in two steps",
            two(),
            [&first[..], &step, &["the state's time is over", "all gates pass"]].concat(),
        ),
        (
            "A gate fails while the first step bakes, with a `failure_threshold` of 2",
            two(),
            with(&[fail, fail, "all gates pass", "it is written", "it is seen"]),
        ),
        ("A write of the second step fails", two(), {
            let until =
                ["the state's time is over", "all gates pass", "a write fails", "all gates pass", "it is written"];
            [&first[..], &until, &["all gates pass", "it is written", "it is seen"]].concat()
        }),
        ("Green fails, and blue cannot serve either", two(), with(&[fail, fail, fail])),
        ("Terraform stops", two(), with(&["Terraform stops"])),
        ("Someone else changes the weights", two(), {
            vec!["the run begins", "all gates pass", "it is written", "someone else changed it"]
        }),
        ("A gate fails, and the way back fails too", two(), with(&[fail, fail, "all gates pass", "a write fails"])),
    ]
}

/// The pictures and the tables.
///
/// # Errors
///
/// A picture of what cannot happen.
pub fn section() -> Result<String, String> {
    let mut text = "## Pictures\n\nBelow each state stands what happens there.\n\n".to_owned();
    for (title, rules, events) in runs() {
        text += &format!("### {title}\n\n{}\n", fenced("text", &picture(&rules, &events)?));
    }
    let three = |on_failure| rules(&[STEP, STEP, STEP], on_failure);
    let usual = table(&three(OnFailure::RollBack), 1);
    text += &format!("## The whole table\n\nOf a step in the middle of a ramp:\n\n{}\n", shown(&usual));
    for (title, rules, step) in [
        ("Before any traffic has moved", three(OnFailure::RollBack), 0),
        ("A step without an interval", rules(&[STEP, StepRule { bakes: false, ..STEP }, STEP], OnFailure::RollBack), 1),
        ("The last look, after the last interval", three(OnFailure::RollBack), 3),
        (
            "A step that moves no traffic, after others that did",
            rules(&[STEP, TIDYING, TIDYING], OnFailure::RollBack),
            1,
        ),
        ("With `on_failure = \"hold\"`", three(OnFailure::Hold), 1),
    ] {
        let kept = |((state, _), _): &((&str, String), Vec<&str>)| step < 3 || *state == "Gating";
        let differs: Table = otherwise(table(&rules, step), &usual).into_iter().filter(kept).collect();
        text += &format!("### {title}\n\nWhat is otherwise:\n\n{}\n", shown(&differs));
    }
    Ok(text)
}

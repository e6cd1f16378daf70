//! `watch`: follows the file of events, as bars in a terminal and as plain lines elsewhere.

mod bars;
mod tail;
mod view;

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use console::Term;
use eksmig_core::clock::{Clock, SystemClock};
use tokio::signal::unix::{SignalKind, signal};

use crate::events::Runs;
use bars::Bars;
use tail::{New, Tail};

/// How often the file is looked at.
const POLL: Duration = Duration::from_millis(250);

/// How a watch ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Nothing was due for as long as was asked for, and every run had settled.
    Settled,
    /// The same, and not every run had settled, or none was there.
    Unsettled,
    /// Someone pressed Ctrl-C, or ended it by SIGTERM.
    Interrupted,
}

/// Follows a file until SIGINT or SIGTERM, or until nothing was due for `until_idle`.
///
/// # Errors
///
/// The file cannot be read, or standard output not be written.
pub fn watch(events: &Path, until_idle: Option<Duration>) -> Result<End, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("The watch cannot start: {error}."))?;
    // A terminal that moves no cursor gets lines, as a pipe does.
    let is_live = Term::stdout().is_term() && std::env::var("TERM").is_ok_and(|term| term != "dumb");
    let clock = Arc::new(SystemClock::new());
    let mut screen = if is_live { Screen::Live(Box::new(Bars::new())) } else { Screen::Plain };
    runtime.block_on(follow(clock, Tail::of(events), until_idle, &mut screen))
}

/// Where a watch is shown.
enum Screen {
    Live(Box<Bars>),
    Plain,
}

impl Screen {
    /// Shows how things stand, and what is worth telling of what was read.
    fn show(&mut self, runs: &Runs, now: SystemTime, told: &[String], note: &str) -> Result<(), String> {
        match self {
            Screen::Live(bars) => bars.show(runs, now, note),
            Screen::Plain => {
                for line in told {
                    say(&view::clean(line))?;
                }
            }
        }
        Ok(())
    }

    /// Says what it came to: below bars, which cut what they say, also what did not settle.
    fn end(&self, runs: &Runs, now: SystemTime) -> Result<(), String> {
        if let Screen::Live(bars) = self {
            bars.leave();
            say("")?;
            for line in view::unsettled(runs, now) {
                say(&line)?;
            }
        }
        say(&view::summary(runs, runs.all().len()))
    }
}

async fn follow(
    clock: Arc<dyn Clock>,
    mut tail: Tail,
    until_idle: Option<Duration>,
    screen: &mut Screen,
) -> Result<End, String> {
    let began = clock.wall();
    let deaf = |error: std::io::Error| format!("Signals cannot be heard: {error}.");
    let mut interrupt = signal(SignalKind::interrupt()).map_err(deaf)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(deaf)?;
    let mut runs = Runs::default();
    let mut note = String::new();
    loop {
        let mut told = Vec::new();
        let mut is_behind = false;
        match tail.read()? {
            New::NoFile if note.is_empty() => {
                "waits for the file".clone_into(&mut note);
                told.push("waits for the file, which is not there yet".to_owned());
            }
            New::NoFile => {}
            New::Shortened => {
                runs = Runs::default();
                told.push("the file is shorter than it was, and is read from its beginning".to_owned());
                is_behind = true;
            }
            New::Lines(lines) => {
                note.clear();
                is_behind = !lines.is_empty();
                told.extend(lines.iter().filter_map(|line| runs.take(line)));
            }
        }
        let now = clock.wall();
        screen.show(&runs, now, &told, &note)?;
        let due = runs.due().unwrap_or(began).max(began);
        let idle = now.duration_since(due).unwrap_or_default();
        let is_over = !is_behind && until_idle.is_some_and(|limit| idle >= limit);
        let end = tokio::select! {
            biased;
            _ = interrupt.recv() => Some(End::Interrupted),
            _ = terminate.recv() => Some(End::Interrupted),
            () = std::future::ready(()), if is_over => {
                Some(if view::is_well(&runs) { End::Settled } else { End::Unsettled })
            }
            () = clock.sleep(if is_behind { Duration::ZERO } else { POLL }) => None,
        };
        if let Some(end) = end {
            screen.end(&runs, now)?;
            return Ok(end);
        }
    }
}

fn say(line: &str) -> Result<(), String> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")
        .and_then(|()| out.flush())
        .map_err(|error| format!("Standard output cannot be written: {error}."))
}

#[cfg(test)]
mod tests;

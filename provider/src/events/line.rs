//! A line of the file of events. The guide "Watching a run" documents its shape.

use std::time::{Duration, SystemTime};

use eksmig_core::clock::{stamp, stamped};
use eksmig_core::engine::gate::Verdict;
use eksmig_core::engine::observer::{Happening, Phase, Trouble, Waypoint};
use eksmig_core::engine::outcome::Outcome;
use eksmig_core::share::Share;
use serde::{Deserialize, Serialize};

/// The version of the shape. It rises when something changes that a reader may rely on; what is new beside it does not
/// raise it.
pub const VERSION: u32 = 1;

/// One event of one run. What an event does not have is left out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The version of the shape.
    pub v: u32,
    /// When, in UTC (RFC 3339).
    pub at: String,
    /// Tells one run of the engine from every other in the file.
    pub run: String,
    /// The resource's type.
    #[serde(rename = "type")]
    pub kind: String,
    /// The resource's `id`, as Terraform shows it.
    pub id: String,
    /// What happened: `began`, `entered`, `judged`, `wrote`, `went_back`, `troubled` or `ended`.
    pub event: String,
    /// The step, counted from zero.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<usize>,
    /// The name of the place that was written, reached, or begun at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Green's percent there; left out where there is not one share to name, or it was not seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub green: Option<f64>,
    /// The steps of a run that began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<Vec<Stop>>,
    /// What the run is about now: `gating`, `writing`, `settling`, `baking`, `undoing` or `rolling_back`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// How many seconds that may last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_most_seconds: Option<f64>,
    /// The gate that judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gate: Option<String>,
    /// What it said: `pass`, `fail`, `inconclusive` or `unanswerable`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<String>,
    /// What went wrong: `unseen`, `write_failed`, `moved`, `stop` or `out_of_time`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
    /// How the run ended: `settled`, `rolled_back`, `held` or `stuck`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// Why, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// A step that is to come.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Stop {
    /// Its name.
    pub label: String,
    /// Green's percent then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub green: Option<f64>,
    /// How long it bakes, in seconds.
    pub interval_seconds: f64,
}

/// Whose events they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whose {
    /// Tells one run from every other in the file.
    pub run: String,
    /// The resource's type.
    pub kind: String,
    /// The resource's `id`.
    pub id: String,
}

impl Line {
    /// What happened, as a line.
    pub fn of(whose: &Whose, at: SystemTime, happening: &Happening<'_>) -> Self {
        let line = Self {
            v: VERSION,
            at: stamp(at),
            run: whose.run.clone(),
            kind: whose.kind.clone(),
            id: whose.id.clone(),
            ..Self::default()
        };
        let named = |event: &str| Self { event: event.to_owned(), ..line.clone() };
        let at_place = |event: &str, place: &Waypoint<'_>| Self {
            label: Some(place.label.to_owned()),
            green: place.green.map(percent),
            ..named(event)
        };
        match happening {
            Happening::Began { origin, steps } => {
                Self { steps: Some(steps.iter().map(stop).collect()), ..at_place("began", origin) }
            }
            Happening::Entered { phase, step, at_most } => Self {
                phase: Some(phase_name(*phase).to_owned()),
                step: *step,
                at_most_seconds: at_most.as_ref().map(Duration::as_secs_f64),
                ..named("entered")
            },
            Happening::Judged { gate, verdict } => {
                let (verdict, why) = match verdict {
                    Verdict::Pass => ("pass", None),
                    Verdict::Fail(why) => ("fail", Some(why)),
                    Verdict::Inconclusive(why) => ("inconclusive", Some(why)),
                    Verdict::Unanswerable(why) => ("unanswerable", Some(why)),
                };
                let (gate, verdict) = (Some((*gate).to_owned()), Some(verdict.to_owned()));
                Self { gate, verdict, why: why.cloned(), ..named("judged") }
            }
            Happening::Wrote { step, at } => Self { step: Some(*step), ..at_place("wrote", at) },
            Happening::WentBack { to } => at_place("went_back", to),
            Happening::Troubled(trouble) => {
                let (trouble, why) = match trouble {
                    Trouble::Unseen(why) => ("unseen", Some(*why)),
                    Trouble::WriteFailed(why) => ("write_failed", Some(*why)),
                    Trouble::Moved(why) => ("moved", Some(*why)),
                    Trouble::Stop => ("stop", None),
                    Trouble::OutOfTime => ("out_of_time", None),
                };
                Self { trouble: Some(trouble.to_owned()), why: why.map(str::to_owned), ..named("troubled") }
            }
            Happening::Ended { outcome, reached, green } => {
                let (outcome, why) = ending(outcome);
                let label = Some((*reached).to_owned());
                Self { outcome: Some(outcome.to_owned()), why, label, green: green.map(percent), ..named("ended") }
            }
        }
    }

    /// Reads a line.
    ///
    /// # Errors
    ///
    /// Why it is none of ours, or has another version.
    pub fn read(text: &str) -> Result<Self, String> {
        let line: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if line.v != VERSION {
            return Err(format!("it has version {}, and {VERSION} is what is known here", line.v));
        }
        if line.time().is_none() {
            return Err(format!("{:?} is no time", line.at));
        }
        Ok(line)
    }

    /// The line as it is written, with its end.
    pub fn text(&self) -> String {
        // A struct of texts and numbers has no way to fail.
        serde_json::to_string(self).map(|text| text + "\n").unwrap_or_default()
    }

    /// When it happened.
    pub fn time(&self) -> Option<SystemTime> {
        stamped(&self.at)
    }
}

fn percent(share: Share) -> f64 {
    f64::from(share.tenths()) / 10.0
}

fn stop(step: &Waypoint<'_>) -> Stop {
    Stop { label: step.label.to_owned(), green: step.green.map(percent), interval_seconds: step.interval.as_secs_f64() }
}

fn phase_name(phase: Phase) -> &'static str {
    match phase {
        Phase::Gating => "gating",
        Phase::Writing => "writing",
        Phase::Settling => "settling",
        Phase::Baking => "baking",
        Phase::Undoing => "undoing",
        Phase::RollingBack => "rolling_back",
    }
}

fn ending(outcome: &Outcome) -> (&'static str, Option<String>) {
    match outcome {
        Outcome::Settled => ("settled", None),
        Outcome::RolledBack(reason) => ("rolled_back", Some(reason.to_string())),
        Outcome::Held { reason, instead_of_rollback: None } => ("held", Some(reason.to_string())),
        Outcome::Held { reason, instead_of_rollback: Some(why) } => {
            ("held", Some(format!("{reason}; not rolled back, since {why}")))
        }
        Outcome::Stuck { reason, undo } => ("stuck", Some(format!("{reason}; and undoing it failed: {undo}"))),
    }
}

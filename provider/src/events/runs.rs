//! The runs that a file of events tells of: what was read so far of each. Pure.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use super::line::{Line, Stop};

/// All runs of a file, in the order in which they began.
#[derive(Debug, Clone, Default)]
pub struct Runs {
    runs: Vec<Run>,
    places: BTreeMap<String, usize>,
    /// How many lines could not be read.
    pub unreadable: usize,
    /// When the last event happened.
    pub last: Option<SystemTime>,
}

/// What is known of one run.
#[derive(Debug, Clone)]
pub struct Run {
    /// The resource's type.
    pub kind: String,
    /// The resource's `id`.
    pub id: String,
    /// The steps it takes; empty where its beginning was not read.
    pub steps: Vec<Stop>,
    /// How many of them are written.
    pub written: usize,
    /// What stands: the name of the place that was begun at, written or reached last.
    pub label: String,
    /// Green's percent there, where there is one.
    pub green: Option<f64>,
    /// What it is about, and since when.
    pub phase: Option<(String, SystemTime)>,
    /// Until when that may last, where that is said.
    pub due: Option<SystemTime>,
    /// What each gate said last that does not pass, and why.
    pub failing: BTreeMap<String, (String, String)>,
    /// How it ended, and why.
    pub ended: Option<(String, String)>,
    /// Where green stood, from when on.
    pub points: Vec<(SystemTime, Option<f64>, String)>,
    /// What else happened.
    pub marks: Vec<Mark>,
}

/// Something worth a mark on a chart.
#[derive(Debug, Clone)]
pub struct Mark {
    /// When.
    pub at: SystemTime,
    /// Whether something failed, rather than could not be told.
    pub is_failure: bool,
    /// What, in words.
    pub text: String,
}

impl Runs {
    /// Takes a line in. What of it is worth telling is returned in words.
    pub fn take(&mut self, text: &str) -> Option<String> {
        if text.trim().is_empty() {
            return None;
        }
        let read = Line::read(text).and_then(|line| Ok((line.time().ok_or("it has no time")?, line)));
        let (at, line) = match read {
            Ok(read) => read,
            Err(why) => {
                self.unreadable += 1;
                return Some(format!("a line of the file cannot be read: {why}"));
            }
        };
        self.last = self.last.max(Some(at));
        let place = *self.places.entry(line.run.clone()).or_insert_with(|| {
            self.runs.push(Run::new(&line));
            self.runs.len() - 1
        });
        let told = self.runs.get_mut(place)?.take(at, &line)?;
        let clock = line.at.get(11..19).unwrap_or(&line.at);
        Some(format!("{clock} {}  {told}", line.id))
    }

    /// The runs.
    pub fn all(&self) -> &[Run] {
        &self.runs
    }

    /// Until when silence means nothing: a run that bakes has nothing to tell.
    pub fn due(&self) -> Option<SystemTime> {
        self.runs.iter().filter(|run| run.ended.is_none()).filter_map(|run| run.due).max().max(self.last)
    }
}

impl Run {
    fn new(line: &Line) -> Self {
        Self {
            kind: line.kind.clone(),
            id: line.id.clone(),
            steps: Vec::new(),
            written: 0,
            label: String::new(),
            green: None,
            phase: None,
            due: None,
            failing: BTreeMap::new(),
            ended: None,
            points: Vec::new(),
            marks: Vec::new(),
        }
    }

    /// Whether it moves a share of traffic, rather than registrations.
    pub fn has_share(&self) -> bool {
        self.points.iter().any(|(_, green, _)| green.is_some()) || self.steps.iter().any(|step| step.green.is_some())
    }

    /// Whether it settled.
    pub fn is_settled(&self) -> bool {
        self.ended.as_ref().is_some_and(|(outcome, _)| outcome == "settled")
    }

    fn take(&mut self, at: SystemTime, line: &Line) -> Option<String> {
        let why = line.why.as_deref().unwrap_or_default();
        let label = line.label.as_deref().unwrap_or("?");
        match line.event.as_str() {
            "began" => {
                self.steps = line.steps.clone().unwrap_or_default();
                self.stand(at, line);
                let steps: Vec<&str> = self.steps.iter().map(|step| step.label.as_str()).collect();
                Some(format!("begins at {label}, to {}", steps.join(", ")))
            }
            "entered" => {
                let phase = line.phase.clone().unwrap_or_default();
                // On the way back the gates are asked of the other side.
                if matches!(phase.as_str(), "undoing" | "rolling_back") {
                    self.failing.clear();
                }
                self.phase = Some((phase, at));
                let at_most = line.at_most_seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
                self.due = at_most.and_then(|at_most| at.checked_add(at_most));
                None
            }
            "judged" => self.judge(at, line),
            "wrote" => {
                self.written = line.step.map_or(self.written, |step| step + 1);
                self.stand(at, line);
                Some(format!("wrote {label}"))
            }
            "went_back" => {
                self.written = 0;
                self.stand(at, line);
                self.mark(at, true, format!("went back to {label}"));
                Some(format!("went back to {label}"))
            }
            "troubled" => {
                let trouble = match line.trouble.as_deref().unwrap_or_default() {
                    "unseen" => return None,
                    "write_failed" => format!("a write failed: {why}"),
                    "moved" => format!("changed by someone else: {why}"),
                    "stop" => "is to stop".to_owned(),
                    "out_of_time" => "is out of time".to_owned(),
                    other => format!("{other}: {why}"),
                };
                self.mark(at, true, trouble.clone());
                Some(trouble)
            }
            "ended" => {
                let outcome = line.outcome.clone().unwrap_or_default();
                // A share that was not seen at the end is not known, whatever was written last.
                self.stand(at, line);
                (self.phase, self.due) = (None, None);
                let because = if why.is_empty() { String::new() } else { format!(": {why}") };
                let words = outcome.replace('_', " ");
                if outcome != "settled" {
                    self.mark(at, true, format!("{words} at {label}{because}"));
                }
                self.ended = Some((outcome, why.to_owned()));
                Some(format!("{words} at {label}{because}"))
            }
            // A later version may tell of more.
            _ => None,
        }
    }

    fn judge(&mut self, at: SystemTime, line: &Line) -> Option<String> {
        let gate = line.gate.clone().unwrap_or_default();
        let verdict = line.verdict.as_deref().unwrap_or_default();
        let why = line.why.clone().unwrap_or_default();
        let words = match verdict {
            "pass" => return self.failing.remove(&gate).map(|_| format!("gate {gate} passes again")),
            "fail" => format!("gate {gate} fails: {why}"),
            "inconclusive" => format!("gate {gate} cannot tell: {why}"),
            "unanswerable" => format!("gate {gate} will never be able to tell: {why}"),
            other => format!("gate {gate} says {other}: {why}"),
        };
        self.mark(at, verdict != "inconclusive", words.clone());
        self.failing.insert(gate, (verdict.to_owned(), why));
        Some(words)
    }

    fn stand(&mut self, at: SystemTime, line: &Line) {
        self.label = line.label.clone().unwrap_or_default();
        self.green = line.green.filter(|percent| (0.0..=100.0).contains(percent));
        self.points.push((at, self.green, self.label.clone()));
    }

    fn mark(&mut self, at: SystemTime, is_failure: bool, text: String) {
        self.marks.push(Mark { at, is_failure, text });
    }
}

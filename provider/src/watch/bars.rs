//! The live view in a terminal: a bar for each run that fits, and a line that counts them all.

use std::time::SystemTime;

use console::Term;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::view::{self, Row, Tone};
use crate::events::Runs;

/// Rows and columns of a terminal that does not say how many it has.
const SIZE: (u16, u16) = (24, 80);
/// Green's share in full, in tenths of a percent.
const FULL: u64 = 1000;

/// The view. Its rows are used again for other runs as these come to matter more.
#[derive(Debug)]
pub struct Bars {
    all: MultiProgress,
    rows: Vec<ProgressBar>,
    summary: ProgressBar,
}

impl Bars {
    /// An empty view on standard output.
    pub fn new() -> Self {
        let all = MultiProgress::with_draw_target(ProgressDrawTarget::stdout_with_hz(10));
        let summary = all.add(ProgressBar::new_spinner().with_style(style("{msg}")));
        Self { all, rows: Vec::new(), summary }
    }

    /// Shows how things stand.
    pub fn show(&mut self, runs: &Runs, now: SystemTime, note: &str) {
        let (height, width) = Term::stdout().size_checked().unwrap_or(SIZE);
        // One line is for the count, and one for the cursor.
        let room = usize::from(height).saturating_sub(2).max(1);
        let rows = view::rows(runs, now, room);
        while self.rows.len() > rows.len() {
            if let Some(row) = self.rows.pop() {
                self.all.remove(&row);
            }
        }
        while self.rows.len() < rows.len() {
            let bar = self.all.insert_before(&self.summary, ProgressBar::new(FULL));
            self.rows.push(bar);
        }
        for (bar, row) in self.rows.iter().zip(&rows) {
            dress(bar, row);
        }
        let note = if note.is_empty() { String::new() } else { format!("  ({note})") };
        let summary = format!("{}{note}", view::summary(runs, rows.len()));
        let room = usize::from(width).saturating_sub(1);
        self.summary.set_message(console::truncate_str(&summary, room, "…").into_owned());
        self.summary.tick();
    }

    /// Leaves the view as it is: what is said next comes below it.
    pub fn leave(&self) {
        // Neither cleared nor drawn again: the `^C` that a terminal shows may have moved the cursor.
        self.all.set_draw_target(ProgressDrawTarget::hidden());
    }
}

fn dress(bar: &ProgressBar, row: &Row) {
    let template = match row.tone {
        Tone::Failed => "{prefix} {bar:16.red/blue} {wide_msg:.red}",
        Tone::Troubled => "{prefix} {bar:16.yellow/blue} {wide_msg:.yellow}",
        Tone::Running => "{prefix} {bar:16.green/blue} {wide_msg}",
        Tone::Settled => "{prefix} {bar:16.green/blue} {wide_msg:.dim}",
    };
    bar.set_style(style(template).progress_chars("█▓░"));
    bar.set_prefix(row.name.clone());
    bar.set_message(row.text.clone());
    bar.set_position(row.tenths);
    bar.tick();
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

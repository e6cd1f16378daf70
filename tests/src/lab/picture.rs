//! The live view: a line for every second, with the share as a bar, failures in red, and what happened beside it.

use std::io::IsTerminal;
use std::sync::Arc;
use std::time::Duration;

use super::journal::{Event, Journal, Kind};
use super::load::Load;
use super::tally::Count;

/// How wide a bar is.
const WIDTH: usize = 30;
/// How long a line stands for.
const LINE: Duration = Duration::from_secs(1);

/// Prints lines as their seconds go by.
#[derive(Debug)]
pub struct Picture {
    journal: Arc<Journal>,
    in_colour: bool,
    /// How many lines are printed.
    lines: usize,
    /// Up to when events are.
    until: Duration,
}

impl Picture {
    /// A view that begins with the second that runs now.
    pub fn start(journal: &Arc<Journal>) -> Self {
        let lines = journal.now().as_secs() as usize;
        let in_colour = std::io::stdout().is_terminal();
        Self { journal: Arc::clone(journal), in_colour, lines, until: LINE * lines as u32 }
    }

    /// Prints the seconds that are over.
    pub fn show(&mut self, load: &Load) {
        // Requests of a second that has just ended may still be under way.
        let settled = self.journal.now().saturating_sub(Duration::from_millis(300));
        let over = settled.as_secs() as usize;
        if self.lines >= over {
            return;
        }
        let pieces = load.tally().pieces(LINE);
        let events = self.journal.told();
        while self.lines < over {
            let end = LINE * (self.lines as u32 + 1);
            let new: Vec<&Event> = events.iter().filter(|event| event.at >= self.until && event.at < end).collect();
            let asked = events.iter().rev().filter(|event| event.at < end).find_map(|event| match event.kind {
                Kind::Asked(percent) => Some(percent),
                _ => None,
            });
            let count = pieces.get(self.lines).copied().unwrap_or_default();
            println!("{}", self.line(count, asked, &new));
            self.until = end;
            self.lines += 1;
        }
    }

    fn line(&self, count: Count, asked: Option<f64>, events: &[&Event]) -> String {
        let seconds = self.lines;
        let bar = count.percent().map_or_else(|| " ".repeat(WIDTH), |percent| self.bar(percent));
        let share = count.percent().map_or_else(|| "  -  ".to_owned(), |percent| format!("{percent:5.1}"));
        let asked = asked.map_or_else(|| "-".to_owned(), |percent| percent.to_string());
        let failed = format!("{:4} failed", count.failed);
        let failed = if count.failed > 0 { self.paint("1;31", &failed) } else { failed };
        let texts: Vec<&str> = events.iter().map(|event| event.text.as_str()).collect();
        let texts = if texts.is_empty() { String::new() } else { format!("  {}", self.paint("1", &texts.join("; "))) };
        format!("  {seconds:3} s {bar} green {share} % of {asked:>3} asked {:5} req {failed}{texts}", count.sent)
    }

    fn bar(&self, percent: f64) -> String {
        let green = (percent / 100.0 * WIDTH as f64).round() as usize;
        let (green, blue) = ("█".repeat(green), if self.in_colour { "█" } else { "░" }.repeat(WIDTH - green));
        format!("{}{}", self.paint("32", &green), self.paint("34", &blue))
    }

    fn paint(&self, colour: &str, text: &str) -> String {
        if self.in_colour { format!("\x1b[{colour}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

//! A report as Markdown for the comment on a pull request.

mod table;

use std::fmt::Write as _;

use crate::blocks::duration;
use crate::review::finding::{Finding, Severity};
use crate::review::policy::Breach;
use crate::review::report::Report;

pub use table::bar;

/// How many characters a comment may have on GitHub, less some for what a pipeline puts around the report.
pub const LIMIT: usize = 65_536 - 1_536;
/// How many lines of warnings, of notes and of breaches are shown.
const LINES: [usize; 3] = [30, 10, 10];
/// How many resources are named on one line.
const NAMED: usize = 5;
/// How much of a text that others wrote is shown, in characters.
const CLIPPED: usize = 120;

/// How much room a row takes.
#[derive(Clone, Copy)]
enum Style {
    Full,
    /// With short bars, and with what repeats the row above as a ditto mark.
    Dense,
}

/// The report in no more than [`LIMIT`] characters. Where that is too few, the rows are cut, and it says how many.
pub fn markdown(report: &Report, breaches: &[Breach]) -> String {
    let all = report.rows.len();
    let fits = |text: &String| text.chars().count() <= LIMIT;
    let whole = [Style::Full, Style::Dense].into_iter().map(|style| page(report, breaches, style, all)).find(fits);
    whole.unwrap_or_else(|| {
        let (mut fitting, mut too_many) = (0, all);
        while too_many - fitting > 1 {
            let middle = usize::midpoint(fitting, too_many);
            if fits(&page(report, breaches, Style::Dense, middle)) { fitting = middle } else { too_many = middle }
        }
        page(report, breaches, Style::Dense, fitting)
    })
}

fn page(report: &Report, breaches: &[Breach], style: Style, rows: usize) -> String {
    let mut text = head(report);
    if !breaches.is_empty() {
        text += "\n**✗ The policy is not met**\n\n";
        push_lines(&mut text, &broken(breaches), LINES[2]);
    }
    let warnings = grouped(report.of_severity(Severity::Warning));
    if !warnings.is_empty() {
        text += "\n**⚠ Look at this**\n\n";
        push_lines(&mut text, &warnings, LINES[0]);
    }
    table::tables(&mut text, report, style, rows);
    let notes = grouped(report.of_severity(Severity::Note));
    if !notes.is_empty() {
        text += "\n<details><summary>Notes</summary>\n\n";
        push_lines(&mut text, &notes, LINES[1]);
        text += "\n</details>\n";
    }
    text
}

fn head(report: &Report) -> String {
    let totals = &report.totals;
    let title = match totals.moving {
        _ if report.errored => "this plan failed".to_owned(),
        0 => "no traffic moves".to_owned(),
        1 => "1 resource moves traffic".to_owned(),
        many => format!("{many} resources move traffic"),
    };
    let mut facts = Vec::new();
    if totals.moving > 0 {
        for (count, what) in [(totals.to_green, "towards green"), (totals.moving - totals.to_green, "towards blue")] {
            if count > 0 {
                facts.push(format!("{count} {what}"));
            }
        }
        let untimed = if totals.untimed > 0 {
            format!(", and {} for a time that is not known", totals.untimed)
        } else {
            String::new()
        };
        facts.push(format!("at least {}{untimed}", duration::text(totals.longest)));
    }
    for (count, what) in [
        (totals.other, "without traffic"),
        (totals.unchanged, "unchanged"),
        (totals.foreign, "of other providers, not reviewed here"),
    ] {
        if count > 0 {
            facts.push(format!("{count} {what}"));
        }
    }
    if facts.is_empty() {
        facts.push("the plan has nothing of eksmig".to_owned());
    }
    format!("### eksmig: {title}\n\n{}\n", facts.join(" · "))
}

/// Breaches that say the same share a line.
fn broken(breaches: &[Breach]) -> Vec<String> {
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for breach in breaches {
        let address = breach.address.as_deref();
        match groups.iter_mut().find(|(text, _)| *text == breach.text) {
            Some((_, addresses)) => addresses.extend(address),
            None => groups.push((&breach.text, address.into_iter().collect())),
        }
    }
    groups.into_iter().map(|(text, addresses)| format!("- {text}{}\n", named(&addresses))).collect()
}

/// Where something is, in as many names as there is room for on a line.
fn named(addresses: &[&str]) -> String {
    let named: Vec<String> = addresses.iter().take(NAMED).map(|address| code(address)).collect();
    match addresses.len().saturating_sub(NAMED) {
        _ if named.is_empty() => String::new(),
        0 => format!(" — {}", named.join(", ")),
        more => format!(" — {} and {more} more", named.join(", ")),
    }
}

/// Findings that say the same share a line.
fn grouped<'a>(findings: impl Iterator<Item = &'a Finding>) -> Vec<String> {
    let mut groups: Vec<(&Finding, Vec<&str>)> = Vec::new();
    for finding in findings {
        let address = finding.address.as_deref();
        match groups.last_mut() {
            Some((first, addresses))
                if first.kind == finding.kind && first.text == finding.text && first.quote == finding.quote =>
            {
                addresses.extend(address);
            }
            _ => groups.push((finding, address.into_iter().collect())),
        }
    }
    // What concerns the plan as a whole comes first.
    groups.sort_by_key(|(_, addresses)| !addresses.is_empty());
    let line = |(finding, addresses): (&Finding, Vec<&str>)| {
        let quote = finding.quote.as_deref().map(|quote| format!(" {}", code(quote))).unwrap_or_default();
        format!("- {}{quote}{}\n", finding.text, named(&addresses))
    };
    groups.into_iter().map(line).collect()
}

fn push_lines(text: &mut String, lines: &[String], most: usize) {
    text.extend(lines.iter().take(most).map(String::as_str));
    if lines.len() > most {
        let _ =
            writeln!(text, "- **and {} more that are not shown here**; `--format=json` has them", lines.len() - most);
    }
}

/// A text that others wrote, so that nothing in it means anything to Markdown, and no more of it than fits on a line.
fn code(text: &str) -> String {
    let mut line: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    if line.chars().count() > CLIPPED {
        line = line.chars().take(CLIPPED - 1).chain(['…']).collect();
    }
    let longest = line.split(|letter| letter != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    if longest > 0 { format!("{fence} {line} {fence}") } else { format!("{fence}{line}{fence}") }
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

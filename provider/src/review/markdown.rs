//! A report as Markdown for the comment on a pull request.

use std::fmt::Write as _;

use eksmig_core::share::Share;

use super::course::{Course, Goal, Standing, Step};
use super::finding::{Finding, Severity};
use super::plan::Action;
use super::policy::Breach;
use super::report::{Report, Row};
use crate::blocks::duration;

/// How many characters a comment may have on GitHub, less some for what a pipeline puts around the report.
pub const LIMIT: usize = 65_536 - 1_536;
/// How many rows are shown unfolded.
const UNFOLDED: usize = 20;
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
        let lines = breaches.iter().map(|breach| match &breach.address {
            Some(address) => format!("- {}: {}\n", code(address), breach.text),
            None => format!("- {}\n", breach.text),
        });
        push_lines(&mut text, &lines.collect::<Vec<_>>(), LINES[2]);
    }
    let warnings = grouped(report.of_severity(Severity::Warning));
    if !warnings.is_empty() {
        text += "\n**⚠ Look at this**\n\n";
        push_lines(&mut text, &warnings, LINES[0]);
    }
    tables(&mut text, report, style, rows);
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
        facts.push(format!("{} towards green, {} not", totals.to_green, totals.moving - totals.to_green));
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
        let named: Vec<String> = addresses.iter().take(NAMED).map(|address| code(address)).collect();
        let more = match addresses.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let at = if named.is_empty() { String::new() } else { format!(" — {}{more}", named.join(", ")) };
        format!("- {}{quote}{at}\n", finding.text)
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

fn tables(text: &mut String, report: &Report, style: Style, shown: usize) {
    let rows: Vec<&Row> = report.rows.iter().take(shown).collect();
    let mut kinds: Vec<&str> = rows.iter().map(|row| row.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let open = if report.rows.len() <= UNFOLDED { " open" } else { "" };
    for kind in kinds {
        let all = report.rows.iter().filter(|row| row.kind == kind).count();
        let rows: Vec<&Row> = rows.iter().filter(|row| row.kind == kind).copied().collect();
        let _ = write!(text, "\n<details{open}><summary><b>{}</b>: {all}</summary>\n\n", html(kind));
        *text += "| | green, now → then | steps | at least | gates |\n|:--|:--|:--|--:|:--|\n";
        let mut above: Option<[String; 3]> = None;
        for row in rows {
            let cells = cells(row);
            let ditto = |place: usize| match (style, &above) {
                (Style::Dense, Some(above)) if above.get(place) == cells.get(place) => "″",
                _ => cells.get(place).map_or("", String::as_str),
            };
            let mark = if row.has_warning { "⚠ " } else { "" };
            let name = row.address.replacen(&format!("{}.", row.kind), "", 1);
            let name = code(&name).replace('|', "\\|");
            let _ =
                writeln!(text, "| {mark}{name} | {} | {} | {} | {} |", way(row, style), ditto(0), ditto(1), ditto(2));
            above = Some(cells);
        }
        *text += "\n</details>\n";
    }
    let missing = report.rows.len() - shown;
    if missing > 0 {
        let _ = writeln!(
            text,
            "\n**{missing} of {} changes are not shown here**, for a comment has no room for them; `--format=json` has them.",
            report.rows.len()
        );
    }
}

/// From where to where.
fn way(row: &Row, style: Style) -> String {
    let cells = match style {
        Style::Full => 10,
        Style::Dense => 5,
    };
    let action = match row.action {
        Action::Nothing | Action::Create | Action::Update => "",
        Action::Replace => "**replaced**, ",
        Action::Delete => "**destroyed**",
        Action::Forget => "**forgotten**",
        Action::Other(_) => "**?**",
    };
    match (&row.course, &row.sent_by_destroy) {
        (Some(course), _) => format!("{action}{} → {}", standing(&course.now, cells), standing(&course.then, cells)),
        (None, Some((now, end))) => {
            format!("{action}, {} → {}", standing(now, cells), standing(&Standing::Share(*end), cells))
        }
        (None, None) => match row.action {
            Action::Create => "made".to_owned(),
            Action::Update => "changed, no traffic moves".to_owned(),
            Action::Replace => "**replaced**".to_owned(),
            _ => action.to_owned(),
        },
    }
}

fn standing(standing: &Standing, cells: u16) -> String {
    match standing {
        Standing::Share(share) => format!("`{}` {share} %", bar(*share, cells)),
        Standing::Serving(side) => code(side).replace('|', "\\|"),
        Standing::Apart => "**apart**".to_owned(),
        Standing::Unknown => "?".to_owned(),
    }
}

/// A share as a bar. A share above 0 shows, and one below 100 is not full.
pub fn bar(share: Share, cells: u16) -> String {
    let rounded = (u32::from(share.tenths()) * u32::from(cells) + 500) / 1000;
    let full = usize::try_from(rounded).unwrap_or(0);
    let cells = usize::from(cells);
    let full = if share.is_split() { full.clamp(1, cells.saturating_sub(1)) } else { full };
    "█".repeat(full) + &"░".repeat(cells - full)
}

/// Steps, least duration and gates.
fn cells(row: &Row) -> [String; 3] {
    let Some(course) = &row.course else { return Default::default() };
    let steps = course.steps.as_deref().map_or("?".to_owned(), |steps| steps_text(steps));
    let least = course.least.map_or("?".to_owned(), duration::text);
    [steps, least, gates_text(course)]
}

fn gates_text(course: &Course) -> String {
    match &course.gates {
        None => "?".to_owned(),
        Some(gates) if gates.is_empty() => "1 healthy".to_owned(),
        Some(gates) => code(&gates.join(", ")).replace('|', "\\|"),
    }
}

/// `1, 10, 50, 100 each 5m`; or, with intervals that differ, `10 5m, 100`.
fn steps_text(steps: &[Step]) -> String {
    let goal = |step: &Step| match &step.goal {
        Goal::Share(share) => share.to_string(),
        Goal::Registered { side, percent } => format!("{} {percent} %", html(side)),
        Goal::Unknown => "?".to_owned(),
    };
    let interval = |step: &Step| step.interval.map_or("?".to_owned(), duration::text);
    let Some(first) = steps.first() else { return "none".to_owned() };
    if steps.iter().all(|step| step.interval == first.interval) {
        let goals: Vec<String> = steps.iter().map(goal).collect();
        let each = if first.interval.is_some_and(|interval| interval.is_zero()) {
            String::new()
        } else {
            format!(" each {}", interval(first))
        };
        return goals.join(", ") + &each;
    }
    steps.iter().map(|step| format!("{} {}", goal(step), interval(step))).collect::<Vec<_>>().join(", ")
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

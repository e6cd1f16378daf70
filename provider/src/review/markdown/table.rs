//! The tables: a row for each resource that changes.

use std::fmt::Write as _;

use eksmig_core::share::Share;

use super::{Style, code, html};
use crate::blocks::duration;
use crate::review::course::{Course, Goal, Standing, Step};
use crate::review::plan::Action;
use crate::review::report::{Report, Row};

/// How many rows are shown unfolded.
const UNFOLDED: usize = 20;

/// Writes a table for each type, with the first rows of all.
pub(super) fn tables(text: &mut String, report: &Report, style: Style, shown: usize) {
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
    let steps = course.steps.as_deref().map_or("?".to_owned(), steps_text);
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

/// `1, 10, 50, 100, each 5m`; `100, then 5m`; or, with intervals that differ, `10 5m, 100`.
fn steps_text(steps: &[Step]) -> String {
    let goal = |step: &Step| match &step.goal {
        Goal::Share(share) => share.to_string(),
        Goal::Registered { side, percent } => format!("{} {percent} %", html(side)),
        Goal::Unknown => "?".to_owned(),
    };
    let interval = |step: &Step| step.interval.map_or("?".to_owned(), duration::text);
    let Some(first) = steps.first() else { return "none".to_owned() };
    if steps.iter().all(|step| step.interval == first.interval) {
        let goals = steps.iter().map(goal).collect::<Vec<_>>().join(", ");
        return match steps {
            _ if first.interval.is_some_and(|interval| interval.is_zero()) => goals,
            [_] => format!("{goals}, then {}", interval(first)),
            _ => format!("{goals}, each {}", interval(first)),
        };
    }
    steps.iter().map(|step| format!("{} {}", goal(step), interval(step))).collect::<Vec<_>>().join(", ")
}

//! One run as a lane: its name, the share as an area, marks where something failed, and how it ended.

use std::fmt::Write as _;
use std::time::SystemTime;

use super::svg::{AMBER, BLUE, FAINT, GREEN, INK, LEFT, RED, RIGHT, Span, WIDTH, escaped};
use crate::events::Run;

/// How many letters of a name there is room for.
const NAME: usize = 34;

/// How high a lane is where there are so many.
pub fn height(lanes: usize) -> f64 {
    match lanes {
        0..=12 => 72.0,
        13..=60 => 36.0,
        _ => 20.0,
    }
}

/// Draws a lane from `top` on.
pub fn draw(svg: &mut String, run: &Run, span: &Span, top: f64, height: f64) {
    let (edge, base) = (top + 4.0, top + height - 4.0);
    let _ = writeln!(svg, "<g><title>{}</title>", escaped(&told(run, span)));
    let name = shortened(&run.id);
    let middle = f64::midpoint(edge, base) + 4.0;
    let _ = writeln!(svg, r#"<text x="{}" y="{middle:.1}" text-anchor="end">{}</text>"#, LEFT - 12.0, escaped(&name));
    area(svg, run, span, edge, base);
    for mark in &run.marks {
        let (x, colour) = (span.x(mark.at), if mark.is_failure { RED } else { AMBER });
        let _ = writeln!(
            svg,
            r#"<g><title>{}</title><path d="M{x:.1} {edge:.1}V{base:.1}" stroke="{colour}" stroke-width="1.5"/><circle cx="{x:.1}" cy="{edge:.1}" r="3.5" fill="{colour}"/></g>"#,
            escaped(&mark.text)
        );
    }
    let (colour, outcome) = match &run.ended {
        None => (AMBER, format!("no end told, {}", run.label)),
        Some((outcome, _)) if run.green.is_none() && run.has_share() => {
            (RED, format!("{}, {}?", outcome.replace('_', " "), run.label))
        }
        Some((outcome, _)) if outcome == "settled" => (GREEN, format!("settled, {}", run.label)),
        Some((outcome, _)) => (RED, format!("{}, {}", outcome.replace('_', " "), run.label)),
    };
    let _ = writeln!(
        svg,
        r#"<text x="{}" y="{middle:.1}" fill="{colour}" font-weight="600">{}</text></g>"#,
        WIDTH - RIGHT + 10.0,
        escaped(&outcome)
    );
}

/// Green's part from below, blue's above it; hatched by nothing, and so white, where the share was not known.
fn area(svg: &mut String, run: &Run, span: &Span, edge: f64, base: f64) {
    let end: SystemTime = span.start + span.length;
    // A run that has ended has no share of its own after that.
    let last = run.points.last().map_or(end, |(at, ..)| if run.ended.is_some() { *at } else { end });
    for (nth, (at, green, label)) in run.points.iter().enumerate() {
        let until = run.points.get(nth + 1).map_or(last, |(next, ..)| *next);
        let (from, width) = (span.x(*at), (span.x(until) - span.x(*at)).max(0.0));
        match green {
            Some(percent) => {
                let y = base - (base - edge) * percent / 100.0;
                let _ = writeln!(
                    svg,
                    r#"<rect x="{from:.1}" y="{edge:.1}" width="{width:.1}" height="{:.1}" fill="{BLUE}" fill-opacity="0.8"/><rect x="{from:.1}" y="{y:.1}" width="{width:.1}" height="{:.1}" fill="{GREEN}"/>"#,
                    y - edge,
                    base - y
                );
            }
            None => {
                let _ = writeln!(
                    svg,
                    r#"<rect x="{from:.1}" y="{edge:.1}" width="{width:.1}" height="{:.1}" fill="none" stroke="{FAINT}" stroke-dasharray="3 3"/>"#,
                    base - edge
                );
            }
        }
        if width > 8.0 + 7.5 * label.chars().count() as f64 && base - edge > 20.0 {
            let colour = if green.is_some() { "#ffffff" } else { INK };
            let _ = writeln!(
                svg,
                r#"<text x="{:.1}" y="{:.1}" text-anchor="middle" font-weight="600" fill="{colour}">{}</text>"#,
                from + width / 2.0,
                f64::midpoint(edge, base) + 4.0,
                escaped(label)
            );
        }
    }
}

/// All that happened, a line each, for whoever points at the lane.
fn told(run: &Run, span: &Span) -> String {
    let after = |at: SystemTime| at.duration_since(span.start).unwrap_or_default().as_secs_f64();
    let stands = run.points.iter().map(|(at, _, label)| (*at, format!("at {label}")));
    let mut all: Vec<(SystemTime, String)> =
        stands.chain(run.marks.iter().map(|mark| (mark.at, mark.text.clone()))).collect();
    all.sort_by_key(|(at, _)| *at);
    let lines: Vec<String> = all.iter().map(|(at, text)| format!("{:.1} s {text}", after(*at))).collect();
    format!("{} {}: {}", run.kind, run.id, lines.join("; "))
}

/// A name as it fits, cut in the middle: names differ at their ends.
fn shortened(id: &str) -> String {
    let letters: Vec<char> = id.chars().collect();
    if letters.len() <= NAME {
        return id.to_owned();
    }
    let start: String = letters.iter().take(NAME / 2).collect();
    let end: String = letters.iter().skip(letters.len() - NAME / 2 + 1).collect();
    format!("{start}…{end}")
}

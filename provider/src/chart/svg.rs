//! The page: a title, an axis of time, and the lanes.

use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use eksmig_core::clock::utc;

use super::lane;
use crate::events::Runs;

/// The page's measures, in pixels.
pub const WIDTH: f64 = 1200.0;
/// Where the lanes begin: names are left of it.
pub const LEFT: f64 = 250.0;
/// How much is left free on the right, for the outcomes.
pub const RIGHT: f64 = 170.0;
const TOP: f64 = 92.0;

/// The colours: traffic of blue and green, failures, what could not be told, text, lines.
pub const BLUE: &str = "#5b8def";
/// Green's traffic.
pub const GREEN: &str = "#2fa36b";
/// Failures.
pub const RED: &str = "#d6293e";
/// What could not be told.
pub const AMBER: &str = "#c98a00";
/// Text.
pub const INK: &str = "#1c2330";
/// Text that matters less, and lines.
pub const FAINT: &str = "#6b7484";

/// From when to when a page goes.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// When its first event happened.
    pub start: SystemTime,
    /// How long after it its last event did; never zero.
    pub length: Duration,
}

impl Span {
    /// Where on the page a time is.
    pub fn x(&self, at: SystemTime) -> f64 {
        let passed = at.duration_since(self.start).unwrap_or_default().as_secs_f64();
        LEFT + (passed / self.length.as_secs_f64()).min(1.0) * (WIDTH - LEFT - RIGHT)
    }
}

/// Draws all runs; none where there is nothing to draw.
pub fn svg(runs: &Runs) -> Option<String> {
    let start = runs.all().iter().filter_map(|run| run.points.first()).map(|(at, ..)| *at).min()?;
    let length = runs.last?.duration_since(start).unwrap_or_default().max(Duration::from_secs(1));
    let span = Span { start, length };
    let height = lane::height(runs.all().len());
    let bottom = TOP + height * runs.all().len() as f64;
    let whole = bottom + 50.0;
    let mut svg = String::new();
    let _ = writeln!(
        svg,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {whole}" width="{WIDTH}" height="{whole}" font-family="system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif" font-size="12" fill="{INK}">"#
    );
    let _ = writeln!(svg, r##"<rect width="{WIDTH}" height="{whole}" fill="#ffffff"/>"##);
    head(&mut svg, runs, start, length);
    axis(&mut svg, &span, bottom);
    for (nth, run) in runs.all().iter().enumerate() {
        lane::draw(&mut svg, run, &span, TOP + height * nth as f64, height);
    }
    svg.push_str("</svg>\n");
    Some(svg)
}

fn head(svg: &mut String, runs: &Runs, start: SystemTime, length: Duration) {
    let all = runs.all().len();
    let settled = runs.all().iter().filter(|run| run.is_settled()).count();
    let count = if all == 1 { "1 run".to_owned() } else { format!("{all} runs") };
    let rest = match (all - settled, runs.unreadable) {
        (0, 0) => "all settled".to_owned(),
        (rest, 0) => format!("{rest} did not settle"),
        (rest, lines) => format!("{rest} did not settle, {lines} lines of the file could not be read"),
    };
    let _ =
        writeln!(svg, r#"<text x="20" y="34" font-size="19" font-weight="600">Green's share: {count}, {rest}</text>"#);
    let _ = writeln!(
        svg,
        r#"<text x="20" y="56" fill="{FAINT}">from {} on, for {}</text>"#,
        utc(start),
        crate::blocks::duration::text(Duration::from_secs(length.as_secs().max(1)))
    );
    let keys = [(GREEN, "green"), (BLUE, "blue"), (RED, "failed"), (AMBER, "could not tell")];
    let mut x = WIDTH - 330.0;
    for (colour, text) in keys {
        let _ = writeln!(
            svg,
            r#"<rect x="{x}" y="24" width="11" height="11" rx="2" fill="{colour}"/><text x="{}" y="34">{text}</text>"#,
            x + 16.0
        );
        x += 34.0 + 7.0 * text.len() as f64;
    }
}

fn axis(svg: &mut String, span: &Span, bottom: f64) {
    const SECONDS: [u64; 14] = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 10_800, 21_600, 86_400];
    let length = span.length.as_secs_f64();
    let step = SECONDS.into_iter().find(|step| length / *step as f64 <= 10.0).unwrap_or(864_000);
    let mut passed = 0;
    while passed as f64 <= length {
        let length = Duration::from_secs(passed);
        let x = span.x(span.start + length);
        let _ = writeln!(
            svg,
            r##"<path d="M{x:.1} {:.1}V{bottom:.1}" stroke="#e3e6eb"/><text x="{x:.1}" y="{:.1}" text-anchor="middle" fill="{FAINT}">{}</text>"##,
            TOP - 8.0,
            TOP - 14.0,
            crate::blocks::duration::text(length)
        );
        passed += step;
    }
}

/// A text as it stands between tags, without what XML 1.0 has no letter for.
pub fn escaped(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|letter| if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') { ' ' } else { letter })
        .collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

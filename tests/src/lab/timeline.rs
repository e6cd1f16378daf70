//! The picture of a whole run, as SVG: the share over time, the share that was asked, failures, and what happened.

use std::fmt::Write as _;
use std::time::Duration;

use super::journal::{Event, Journal, Kind};
use super::tally::{Count, Tally};

/// The time that one column stands for.
const PIECE: Duration = Duration::from_millis(250);
const WIDTH: f64 = 1080.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 24.0;
/// Where the chart of the share begins, below the marks of the events.
const TOP: f64 = 134.0;
/// How high it is.
const HEIGHT: f64 = 260.0;
/// Where the chart of the failures begins.
const FAILURES: f64 = TOP + HEIGHT + 22.0;
/// How high it is.
const FAILURES_HEIGHT: f64 = 64.0;
/// Where the list of the events begins, below the axis of time.
const LIST: f64 = FAILURES + FAILURES_HEIGHT + 66.0;
/// How high a line of the list is.
const LINE: f64 = 20.0;
/// How many lists stand side by side.
const LISTS: usize = 2;
/// How near to each other two marks may be before one moves up.
const MARK: f64 = 20.0;

const BLUE: &str = "#5b8def";
const GREEN: &str = "#2fa36b";
const RED: &str = "#d6293e";
const INK: &str = "#1c2330";
const FAINT: &str = "#6b7484";

/// Draws a run.
pub fn draw(title: &str, journal: &Journal, tally: &Tally) -> String {
    let pieces = tally.pieces(PIECE);
    let length = (PIECE * u32::try_from(pieces.len().max(1)).unwrap()).as_secs_f64();
    let events: Vec<Event> =
        journal.told().into_iter().filter(|event| event.at.as_secs_f64() <= length && is_marked(event)).collect();
    let rows = events.len().div_ceil(LISTS);
    let whole = LIST + LINE * rows as f64 + 14.0;
    let page = Page { length, pieces: &pieces };
    let mut svg = String::new();
    let _ = writeln!(
        svg,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {whole}" width="{WIDTH}" height="{whole}" font-family="system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif" font-size="13" fill="{INK}">"#
    );
    let _ = writeln!(svg, r##"<rect width="{WIDTH}" height="{whole}" fill="#ffffff"/>"##);
    page.head(&mut svg, title, tally);
    page.grid(&mut svg);
    page.shares(&mut svg);
    page.asked(&mut svg, &journal.asked());
    page.marks(&mut svg, &events, rows);
    page.failures(&mut svg);
    svg.push_str("</svg>\n");
    svg
}

/// The shares that were asked are drawn as steps.
fn is_marked(event: &Event) -> bool {
    !matches!(event.kind, Kind::Asked(_))
}

struct Page<'a> {
    length: f64,
    pieces: &'a [Count],
}

impl Page<'_> {
    fn x(&self, seconds: f64) -> f64 {
        LEFT + seconds.min(self.length) / self.length * (WIDTH - LEFT - RIGHT)
    }

    fn head(&self, svg: &mut String, title: &str, tally: &Tally) {
        let total = tally.total();
        let (half, most) = (tally.percentile(50).as_secs_f64() * 1e3, tally.percentile(99).as_secs_f64() * 1e3);
        let sent = format!("{} requests, ", total.sent);
        let rest = format!("; half took less than {half:.1} ms, 99 % less than {most:.0} ms");
        let colour = if total.failed > 0 { RED } else { GREEN };
        let _ = writeln!(svg, r#"<text x="{LEFT}" y="32" font-size="19" font-weight="600">{}</text>"#, escaped(title));
        let _ = writeln!(
            svg,
            r#"<text x="{LEFT}" y="54" fill="{FAINT}">{sent}<tspan fill="{colour}" font-weight="600">{} failed</tspan>{rest}</text>"#,
            total.failed
        );
        let keys = [(BLUE, "answered by blue", 150.0), (GREEN, "answered by green", 160.0)];
        let mut x = WIDTH - RIGHT - 375.0;
        for (colour, text, width) in keys {
            let _ = writeln!(
                svg,
                r#"<rect x="{x}" y="22" width="12" height="12" rx="2" fill="{colour}"/><text x="{}" y="33">{text}</text>"#,
                x + 17.0
            );
            x += width;
        }
        let _ = writeln!(
            svg,
            r#"<path d="M{x} 28h18" stroke="{INK}" stroke-width="2.5"/><text x="{}" y="33">asked</text>"#,
            x + 24.0
        );
    }

    fn grid(&self, svg: &mut String) {
        for percent in [0, 25, 50, 75, 100] {
            let y = y(f64::from(percent));
            let _ = writeln!(svg, r##"<path d="M{LEFT} {y:.1}H{}" stroke="#e3e6eb"/>"##, WIDTH - RIGHT);
            let _ = writeln!(
                svg,
                r#"<text x="{}" y="{:.1}" text-anchor="end" fill="{FAINT}">{percent} %</text>"#,
                LEFT - 8.0,
                y + 4.0
            );
        }
        let step = [1.0, 2.0, 5.0, 10.0, 20.0].into_iter().find(|step| self.length / step <= 22.0).unwrap_or(60.0);
        let bottom = FAILURES + FAILURES_HEIGHT;
        let mut second = 0.0;
        while second <= self.length {
            let x = self.x(second);
            let _ = writeln!(
                svg,
                r#"<path d="M{x:.1} {bottom}v5" stroke="{FAINT}"/><text x="{x:.1}" y="{}" text-anchor="middle" fill="{FAINT}">{second} s</text>"#,
                bottom + 20.0
            );
            second += step;
        }
    }

    /// Green's part from below, blue's above it.
    fn shares(&self, svg: &mut String) {
        let width = self.x(PIECE.as_secs_f64()) - self.x(0.0);
        let mut areas = [String::new(), String::new()];
        for (place, percent) in
            self.pieces.iter().enumerate().filter_map(|(place, count)| Some((place, count.percent()?)))
        {
            let (x, edge) = (self.x(PIECE.as_secs_f64() * place as f64), y(percent));
            // A little wider, so that no line shows between two.
            let width = width + 0.4;
            let _ = write!(areas[0], "M{x:.1} {edge:.1}h{width:.1}V{:.1}h-{width:.1}z", y(0.0));
            let _ = write!(areas[1], "M{x:.1} {:.1}h{width:.1}V{edge:.1}h-{width:.1}z", y(100.0));
        }
        for (area, colour) in areas.iter().zip([GREEN, BLUE]) {
            let _ = writeln!(svg, r#"<path d="{area}" fill="{colour}" fill-opacity="0.85"/>"#);
        }
    }

    /// The asked share as steps, each with its number.
    fn asked(&self, svg: &mut String, asked: &[(Duration, f64)]) {
        let mut path = String::new();
        let mut labels = String::new();
        for (place, (at, percent)) in asked.iter().enumerate() {
            let (from, edge) = (self.x(at.as_secs_f64()), y(*percent));
            let to = asked.get(place + 1).map_or(self.length, |(next, _)| next.as_secs_f64());
            let _ = write!(path, "{}{from:.1} {edge:.1}H{:.1}", if place == 0 { "M" } else { "L" }, self.x(to));
            if let Some((_, next)) = asked.get(place + 1) {
                let _ = write!(path, "V{:.1}", y(*next));
            }
            let middle = (from + self.x(to)) / 2.0;
            if self.x(to) - from > 46.0 {
                let label = edge + if *percent > 80.0 { 20.0 } else { -8.0 };
                let _ = writeln!(
                    labels,
                    r##"<text x="{middle:.1}" y="{label:.1}" text-anchor="middle" font-weight="600" fill="#ffffff">{percent} %</text>"##
                );
            }
        }
        let _ = writeln!(
            svg,
            r##"<path d="{path}" fill="none" stroke="#ffffff" stroke-width="4.5" stroke-opacity="0.6"/>"##
        );
        let _ = writeln!(
            svg,
            r#"<path d="{path}" fill="none" stroke="{INK}" stroke-width="2.2" stroke-linejoin="round"/>{labels}"#
        );
    }

    fn failures(&self, svg: &mut String) {
        let bottom = FAILURES + FAILURES_HEIGHT;
        let a_second = |count: &Count| count.failed as f64 / PIECE.as_secs_f64();
        let most = self.pieces.iter().map(a_second).fold(0.0, f64::max);
        let _ = writeln!(
            svg,
            r##"<rect x="{LEFT}" y="{FAILURES}" width="{}" height="{FAILURES_HEIGHT}" fill="#f5f6f8"/>"##,
            WIDTH - LEFT - RIGHT
        );
        let said = if most > 0.0 { "failed requests a second" } else { "no request failed" };
        let colour = if most > 0.0 { RED } else { FAINT };
        let _ = writeln!(
            svg,
            r##"<text x="{}" y="{}" fill="{colour}" font-weight="600" stroke="#f5f6f8" stroke-width="4" paint-order="stroke">{said}</text>"##,
            LEFT + 8.0,
            FAILURES + 18.0
        );
        if most > 0.0 {
            let _ = writeln!(
                svg,
                r#"<text x="{}" y="{}" text-anchor="end" fill="{FAINT}">{most:.0}</text>"#,
                LEFT - 8.0,
                FAILURES + 10.0
            );
            let _ = writeln!(svg, r#"<text x="{}" y="{bottom}" text-anchor="end" fill="{FAINT}">0</text>"#, LEFT - 8.0);
        }
        let width = self.x(PIECE.as_secs_f64()) - self.x(0.0);
        for (place, count) in self.pieces.iter().enumerate().filter(|(_, count)| count.failed > 0) {
            let height = (a_second(count) / most * (FAILURES_HEIGHT - 4.0)).max(2.0);
            let x = self.x(PIECE.as_secs_f64() * place as f64);
            let _ = writeln!(
                svg,
                r#"<rect x="{x:.1}" y="{:.1}" width="{width:.1}" height="{height:.1}" fill="{RED}"/>"#,
                bottom - height
            );
        }
    }

    /// Numbers above the chart, and what they stand for below it.
    fn marks(&self, svg: &mut String, events: &[Event], rows: usize) {
        let bottom = TOP + HEIGHT;
        let mut taken: Vec<(f64, usize)> = Vec::new();
        for (place, event) in events.iter().enumerate() {
            let (number, x) = (place + 1, self.x(event.at.as_secs_f64()));
            let near = |level: usize| taken.iter().any(|(other, at)| *at == level && (x - other).abs() < MARK);
            let level = (0..3).find(|level| !near(*level)).unwrap_or(0);
            taken.push((x, level));
            let y = TOP - 12.0 - MARK * level as f64;
            let colour = colour(event);
            let _ = writeln!(
                svg,
                r#"<path d="M{x:.1} {:.1}V{bottom}" stroke="{INK}" stroke-opacity="0.45" stroke-dasharray="2 3"/>"#,
                y + 9.0
            );
            let _ = writeln!(
                svg,
                r##"<circle cx="{x:.1}" cy="{y:.1}" r="9" fill="{colour}"/><text x="{x:.1}" y="{:.1}" text-anchor="middle" font-size="11" font-weight="600" fill="#ffffff">{number}</text>"##,
                y + 4.0
            );
            let (left, down) = (place / rows, place % rows);
            let (left, down) = (LEFT + left as f64 * (WIDTH - LEFT - RIGHT) / LISTS as f64, LIST + down as f64 * LINE);
            let _ = writeln!(
                svg,
                r#"<text x="{:.1}" y="{down:.1}" text-anchor="end" fill="{colour}" font-weight="600">{number}</text><text x="{:.1}" y="{down:.1}" text-anchor="end" fill="{FAINT}">{:.1} s</text><text x="{:.1}" y="{down:.1}">{}</text>"#,
                left + 14.0,
                left + 66.0,
                event.at.as_secs_f64(),
                left + 76.0,
                escaped(&event.text)
            );
        }
    }
}

fn y(percent: f64) -> f64 {
    TOP + HEIGHT * (1.0 - percent / 100.0)
}

fn colour(event: &Event) -> &'static str {
    match event.kind {
        Kind::Health if event.text.contains("unhealthy") => RED,
        Kind::Health => FAINT,
        Kind::Asked(_) | Kind::Deed => INK,
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

//! A report as JSON for programs. The guide "Reviewing a plan" documents the shape.

use serde_json::{Value, json};

use super::course::{Course, Goal, Standing, Step};
use super::finding::Finding;
use super::policy::Breach;
use super::report::{Report, Row};

/// The version of the shape. The first number rises when something changes that a reader may rely on.
const FORMAT: &str = "1.0";

/// The report.
pub fn json(report: &Report, breaches: &[Breach]) -> Value {
    let totals = &report.totals;
    json!({
        "format_version": FORMAT,
        "terraform_version": report.terraform_version,
        "errored": report.errored,
        "totals": {
            "moving": totals.moving,
            "to_green": totals.to_green,
            "other": totals.other,
            "unchanged": totals.unchanged,
            "foreign": totals.foreign,
            "least_seconds": totals.longest.as_secs_f64(),
            "untimed": totals.untimed,
        },
        "findings": report.findings.iter().map(finding).collect::<Vec<_>>(),
        "resources": report.rows.iter().map(row).collect::<Vec<_>>(),
        "policy": {
            "met": breaches.is_empty(),
            "breaches": breaches.iter().map(breached).collect::<Vec<_>>(),
        },
    })
}

fn breached(breach: &Breach) -> Value {
    json!({"address": breach.address, "text": breach.text})
}

fn finding(finding: &Finding) -> Value {
    json!({
        "severity": finding.severity.as_str(),
        "kind": finding.kind,
        "address": finding.address,
        "text": finding.text,
        "quote": finding.quote,
    })
}

fn row(row: &Row) -> Value {
    json!({
        "address": row.address,
        "type": row.kind,
        "action": row.action.as_str(),
        "course": row.course.as_ref().map(course),
        "sent_by_destroy": row.sent_by_destroy.as_ref().map(|(now, end)| {
            json!({"now": standing(now), "then": standing(&Standing::Share(*end))})
        }),
    })
}

fn course(course: &Course) -> Value {
    json!({
        "now": standing(&course.now),
        "then": standing(&course.then),
        "steps": course.steps.as_ref().map(|steps| steps.iter().map(step).collect::<Vec<_>>()),
        "largest_step": course.largest_step().map(percent),
        "least_seconds": course.least.map(|least| least.as_secs_f64()),
        "gates": course.gates,
    })
}

fn standing(standing: &Standing) -> Value {
    match standing {
        Standing::Share(share) => json!({"green_weight": percent(share.tenths())}),
        Standing::Serving(side) => json!({"serving": side}),
        Standing::Apart => json!({"apart": true}),
        Standing::Unknown => json!({"unknown": true}),
    }
}

fn step(step: &Step) -> Value {
    let interval = step.interval.map(|interval| interval.as_secs_f64());
    match &step.goal {
        Goal::Share(share) => json!({"green_weight": percent(share.tenths()), "interval_seconds": interval}),
        Goal::Registered { side, percent } => {
            json!({"side": side, "registered_percent": percent, "interval_seconds": interval})
        }
        Goal::Unknown => json!({"unknown": true, "interval_seconds": interval}),
    }
}

fn percent(tenths: u16) -> f64 {
    f64::from(tenths) / 10.0
}

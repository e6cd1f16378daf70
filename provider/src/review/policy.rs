//! What a pipeline wants of a plan.

use eksmig_core::share::Share;

use super::course::{Course, Standing};
use super::finding::{Severity, points_text};
use super::report::{Report, Row};

/// What a plan must not do. Nothing is forbidden by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Policy {
    /// There may be no warning.
    pub fail_on_warning: bool,
    /// The furthest that one step may take traffic towards green, in tenths of a point. The way back is one step by default,
    /// for it must not wait, so it is free.
    pub max_step: Option<u16>,
}

/// Where a plan breaks the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// The resource; none where it is the plan as a whole.
    pub address: Option<String>,
    /// What it does, in words.
    pub text: String,
}

impl Policy {
    /// Where the report breaks it. What cannot be told breaks it as well.
    pub fn breaches(&self, report: &Report) -> Vec<Breach> {
        let mut found = Vec::new();
        let warnings = report.findings.iter().filter(|finding| finding.severity == Severity::Warning).count();
        if self.fail_on_warning && warnings > 0 {
            let text = match warnings {
                1 => "there may be no warning, and there is one".to_owned(),
                many => format!("there may be no warning, and there are {many}"),
            };
            found.push(Breach { address: None, text });
        }
        let Some(most) = self.max_step else { return found };
        found.extend(report.rows.iter().filter_map(|row| {
            let text = too_far(row, most)?;
            Some(Breach { address: Some(row.address.clone()), text })
        }));
        found
    }
}

fn too_far(row: &Row, most: u16) -> Option<String> {
    let limit = points_text(most);
    if let Some((now, end)) = row.sent_by_destroy.as_ref().filter(|(_, end)| *end != Share::BLUE) {
        return match now {
            Standing::Share(now) if now.tenths().abs_diff(end.tenths()) <= most => None,
            _ => Some(format!(
                "its destroy moves traffic in steps that the plan does not show; at most {limit} points are allowed"
            )),
        };
    }
    match row.course.as_ref().filter(|course| course.raises_green()).map(Course::largest_step)? {
        Some(points) if points <= most => None,
        Some(points) => Some(format!("a step of {} points; at most {limit} are allowed", points_text(points))),
        None => Some(format!("how far its steps go cannot be told; at most {limit} points are allowed")),
    }
}

/// A number of points that a user wrote, in tenths; none unless it is from 0 to 100 with one decimal at most.
pub fn points(written: &str) -> Option<u16> {
    written.parse::<Share>().ok().map(Share::tenths)
}

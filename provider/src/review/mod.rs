//! The reviewer's report: a plan's JSON in, Markdown or JSON out. Pure, and without any call to AWS.

mod course;
mod finding;
mod json;
mod markdown;
mod plan;
mod policy;
mod report;

pub use markdown::{LIMIT, bar};
pub use plan::Unreadable;
pub use policy::{Policy, points};

use plan::Plan;
use report::Report;

/// In which form a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// For the comment on a pull request.
    #[default]
    Markdown,
    /// For programs.
    Json,
}

/// A plan that was reviewed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reviewed {
    /// The report, in the form that was asked for.
    pub text: String,
    /// Whether the plan is as the policy wants it.
    pub meets_policy: bool,
    /// Whether planning failed, so that there is nothing to apply.
    pub errored: bool,
}

/// Reviews the plan that `terraform show -json` wrote.
///
/// # Errors
///
/// The text is no plan that can be read.
pub fn review(text: &str, policy: &Policy, format: Format) -> Result<Reviewed, Unreadable> {
    let plan = Plan::read(text)?;
    let report = Report::of(&plan);
    let breaches = policy.breaches(&report);
    let text = match format {
        Format::Markdown => markdown::markdown(&report, &breaches),
        Format::Json => format!("{:#}\n", json::json(&report, &breaches)),
    };
    Ok(Reviewed { text, meets_policy: breaches.is_empty(), errored: report.errored })
}

#[cfg(test)]
mod tests;

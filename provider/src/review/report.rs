//! What a reviewer is told: a row for each resource that changes, what there is to look at, and totals. Pure.

use std::time::Duration;

use eksmig_core::share::Share;

use super::course::{Course, Standing, share};
use super::finding::{self, Finding, Severity};
use super::plan::{Action, Change, Plan};

/// A reviewed plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The version of the Terraform that planned.
    pub terraform_version: String,
    /// Whether it is a plan that can be carried out.
    pub errored: bool,
    /// What changes: those with warnings first, then by type and address.
    pub rows: Vec<Row>,
    /// What there is to look at: warnings first.
    pub findings: Vec<Finding>,
    /// Counts.
    pub totals: Totals,
}

/// A resource that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its address.
    pub address: String,
    /// Its type.
    pub kind: String,
    /// What is done.
    pub action: Action,
    /// How it moves the traffic; none where it moves none.
    pub course: Option<Course>,
    /// From where to where a destroy of it sends the traffic, where it does.
    pub sent_by_destroy: Option<(Standing, Share)>,
    /// Whether there is a warning about it.
    pub has_warning: bool,
}

/// Counts over a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Resources of ours that move traffic.
    pub moving: usize,
    /// Those among them that take it towards green.
    pub to_green: usize,
    /// Other resources of ours that change.
    pub other: usize,
    /// Resources of ours that do not change.
    pub unchanged: usize,
    /// Resources of others that change, which are not reviewed here.
    pub foreign: usize,
    /// The longest of the least durations that are known: what an apply takes at least, if all run at once.
    pub longest: Duration,
    /// Resources that move traffic for a time that is not known.
    pub untimed: usize,
}

impl Report {
    /// Reviews a plan.
    pub fn of(plan: &Plan) -> Self {
        let mut findings = finding::of_plan(plan);
        let mut rows = Vec::new();
        let mut totals = Totals::default();
        for change in &plan.resource_changes {
            let action = change.action();
            if !change.is_ours() {
                totals.foreign += usize::from(change.mode != "data" && action != Action::Nothing);
                continue;
            }
            let course = Course::of(change);
            let found = finding::of_change(change, course.as_ref());
            let has_warning = found.iter().any(|finding| finding.severity == Severity::Warning);
            findings.extend(found);
            if action == Action::Nothing {
                totals.unchanged += 1;
                continue;
            }
            let sent_by_destroy = sent_by_destroy(change);
            totals.count(course.as_ref(), sent_by_destroy.as_ref().map(|(_, end)| *end));
            let (address, kind) = (change.address.clone(), change.kind.clone());
            rows.push(Row { address, kind, action, course, sent_by_destroy, has_warning });
        }
        let drift = plan.resource_drift.iter().filter(|change| change.is_ours() && change.action() != Action::Nothing);
        findings.extend(drift.map(finding::of_drift));
        findings.sort();
        for row in &mut rows {
            row.has_warning |= findings
                .iter()
                .any(|finding| finding.kind == "drift" && finding.address.as_deref() == Some(&row.address));
        }
        rows.sort_by(|a, b| (!a.has_warning, &a.kind, &a.address).cmp(&(!b.has_warning, &b.kind, &b.address)));
        Self { terraform_version: plan.terraform_version.clone(), errored: plan.errored, rows, findings, totals }
    }

    /// The findings of one severity.
    pub fn of_severity(&self, severity: Severity) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| finding.severity == severity)
    }
}

impl Totals {
    fn count(&mut self, course: Option<&Course>, sent_by_destroy: Option<Share>) {
        let (to_green, least) = match (course, sent_by_destroy) {
            (Some(course), _) => (course.raises_green(), course.least),
            (None, Some(end)) => (end != Share::BLUE, None),
            (None, None) => {
                self.other += 1;
                return;
            }
        };
        self.moving += 1;
        self.to_green += usize::from(to_green);
        match least {
            Some(least) => self.longest = self.longest.max(least),
            None => self.untimed += 1,
        }
    }
}

fn sent_by_destroy(change: &Change) -> Option<(Standing, Share)> {
    if !matches!(change.action(), Action::Delete | Action::Replace) {
        return None;
    }
    let end = match change.before("on_destroy").as_str()? {
        "blue" => Share::BLUE,
        "green" => Share::GREEN,
        _ => return None,
    };
    let now = share(change.before("observed_green_weight")).map_or(Standing::Apart, Standing::Share);
    (now != Standing::Share(end)).then_some((now, end))
}

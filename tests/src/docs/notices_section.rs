//! Everything that users are told, each under a heading of its own.

use eksmig_provider::notices::{FAMILIES, Notice};
use tfplugin::Severity;

/// Every notice, by subject.
pub fn section() -> String {
    let families = FAMILIES.iter().map(|family| {
        let notices: String = family.notices.iter().map(notice).collect();
        format!("## {}\n\n{}\n\n{notices}", family.title, family.about)
    });
    families.collect()
}

fn notice(notice: &Notice) -> String {
    let Notice { severity, summary, meaning, remedy } = notice;
    let kind = match severity {
        Severity::Error => "Error",
        Severity::Warning => "Warning",
    };
    format!("#### {}\n\n{kind}. {meaning}\n\n**Remedy:** {remedy}\n\n", shown(summary))
}

/// A summary with dots for what differs from case to case.
fn shown(summary: &str) -> String {
    summary.split(['{', '}']).enumerate().map(|(nth, part)| if nth % 2 == 0 { part } else { "…" }).collect()
}

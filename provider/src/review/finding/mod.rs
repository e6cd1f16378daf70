//! What a reviewer is to look at. A plan's JSON does not hold the provider's own diagnostics, so these are derived from
//! what it does hold: actions, standings, steps, gates, drift and the results of checks.

mod change;
mod whole;

pub use change::{of_change, of_drift};
pub use whole::of_plan;

/// The types that this report knows.
const TYPES: [&str; 8] = [
    "eksmig_weighted_shift",
    "eksmig_route53_shift",
    "eksmig_external_dns_shift",
    "eksmig_nlb_port_swap",
    "eksmig_target_cutover",
    "eksmig_node_group_migration",
    "eksmig_target_group_twin",
    "eksmig_nlb_listener_twin",
];

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something is likely wrong, or could not be told.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// The severity in a word.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// What kind of thing it is, in a word that stays: `jump`, for example.
    pub kind: &'static str,
    /// What it is, in words for a person. The same for all of which the same is to be said.
    pub text: String,
    /// Words that others wrote: a check's message, for example.
    pub quote: Option<String>,
    /// The resource or the check; none where it is the plan as a whole.
    pub address: Option<String>,
}

impl Finding {
    fn new(severity: Severity, kind: &'static str, text: impl Into<String>) -> Self {
        Self { severity, kind, text: text.into(), quote: None, address: None }
    }

    fn warning(kind: &'static str, text: impl Into<String>) -> Self {
        Self::new(Severity::Warning, kind, text)
    }

    fn note(kind: &'static str, text: impl Into<String>) -> Self {
        Self::new(Severity::Note, kind, text)
    }
}

/// Whether this report knows a type.
pub fn is_known(kind: &str) -> bool {
    TYPES.contains(&kind)
}

/// Tenths of a point as points.
pub fn points_text(tenths: u16) -> String {
    if tenths.is_multiple_of(10) { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) }
}

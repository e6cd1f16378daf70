//! The checks of a preflight, each under an anchor of its own.

use eksmig_core::preflight::{Check, FAMILIES};

/// Where the checks go in a page's prose.
pub const PLACE: &str = "<!-- checks -->";

/// Every check of the registry, by family.
pub fn section() -> String {
    let families = FAMILIES.iter().map(|family| {
        let checks: String = family.checks.iter().map(check).collect();
        format!("### {}\n\n{checks}", family.title)
    });
    families.collect()
}

fn check(check: &Check) -> String {
    let Check { code, about, remedy, .. } = check;
    let severity = check.severity.as_str();
    format!("<a id=\"{code}\"></a>\n#### `{code}` ({severity})\n\n{about}\n\n**Remedy:** {remedy}\n\n")
}

//! Every error and every warning that users are told: its summary, and what the guide says of it.
//!
//! What is told in one case stands in the detail, which `report` words. `docs/guides/when-it-goes-wrong.md` is made from
//! this list, and a test refuses a summary that is not in it.

mod access;
mod annotations;
mod nodes;
mod protocol;
mod records;
mod runs;
mod survey;
mod swaps;
mod targets;
mod twins;
mod weights;
mod written;

use std::fmt::Display;

use tfplugin::{Diagnostic, Severity};

pub use access::*;
pub use annotations::*;
pub use nodes::*;
pub use protocol::*;
pub use records::*;
pub use runs::*;
pub use survey::*;
pub use swaps::*;
pub use targets::*;
pub use twins::*;
pub use weights::*;
pub use written::*;

/// One error or warning.
#[derive(Debug, Clone, Copy)]
pub struct Notice {
    /// Which of the two.
    pub severity: Severity,
    /// One line. What stands in braces differs from case to case.
    pub summary: &'static str,
    /// What it means, in Markdown.
    pub meaning: &'static str,
    /// What to do, in Markdown.
    pub remedy: &'static str,
}

/// Notices of one subject.
#[derive(Debug, Clone, Copy)]
pub struct Family {
    /// The subject.
    pub title: &'static str,
    /// What holds for all of them, in Markdown.
    pub about: &'static str,
    /// Each of them.
    pub notices: &'static [Notice],
}

/// All of them, in the guide's order.
pub const FAMILIES: &[Family] = &[
    runs::FAMILY,
    written::FAMILY,
    access::FAMILY,
    weights::FAMILY,
    records::FAMILY,
    annotations::FAMILY,
    swaps::FAMILY,
    targets::FAMILY,
    twins::FAMILY,
    nodes::FAMILY,
    survey::FAMILY,
    protocol::FAMILY,
];

impl Notice {
    /// The diagnostic with this detail, about the whole block.
    pub fn says(&self, detail: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: self.severity, summary: self.summary.to_owned(), detail: detail.into(), path: None }
    }

    /// The same, with these in place of what stands in braces, in order.
    pub fn naming<N: Display>(&self, names: impl IntoIterator<Item = N>, detail: impl Into<String>) -> Diagnostic {
        let mut names = names.into_iter();
        let mut parts = self.summary.split(['{', '}']);
        let mut summary = parts.next().unwrap_or_default().to_owned();
        while let (Some(placeholder), Some(text)) = (parts.next(), parts.next()) {
            summary += &names.next().map_or(placeholder.to_owned(), |name| name.to_string());
            summary += text;
        }
        Diagnostic { summary, ..self.says(detail) }
    }
}

impl From<Notice> for String {
    fn from(notice: Notice) -> Self {
        notice.summary.to_owned()
    }
}

/// A family, and a constant for each of its notices.
macro_rules! family {
    ($title:literal, $about:literal; $($name:ident: $severity:ident $summary:literal, $meaning:literal, $remedy:literal;)*) => {
        use super::{Family, Notice};

        $(
            #[doc = $meaning]
            pub const $name: Notice = Notice {
                severity: tfplugin::Severity::$severity,
                summary: $summary,
                meaning: $meaning,
                remedy: $remedy,
            };
        )*

        /// All of this subject.
        pub(super) const FAMILY: Family = Family { title: $title, about: $about, notices: &[$($name),*] };
    };
}
use family;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn all() -> impl Iterator<Item = &'static Notice> {
        FAMILIES.iter().flat_map(|family| family.notices)
    }

    #[test]
    fn names_take_the_places_of_what_stands_in_braces() {
        let notice = Notice { severity: Severity::Warning, summary: "{a} before {b}", meaning: "", remedy: "" };
        assert_eq!(notice.naming(["1", "2"], "x").summary, "1 before 2");
        assert_eq!(notice.naming(["1"], "x").summary, "1 before b");
        assert_eq!(STOPPED.naming([""; 0], "x"), STOPPED.says("x"));
    }

    #[test]
    fn no_summary_is_there_twice_and_each_says_what_it_means_and_what_to_do() {
        let mut seen = BTreeSet::new();
        for notice in all() {
            let Notice { severity, summary, meaning, remedy } = notice;
            assert!(seen.insert((*severity == Severity::Error, *summary)), "{summary} is there twice");
            for text in [meaning, remedy] {
                assert!(text.len() > 7 && text.ends_with(['.', ')']), "{summary}: {text:?}");
            }
        }
        assert!(seen.len() > 150, "{}", seen.len());
    }
}

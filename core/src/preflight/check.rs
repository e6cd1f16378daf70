//! What a check is, and what it finds.

use super::picture::Picture;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The move would fail, or harm traffic, or nobody can tell. A preflight with one has not passed.
    Error,
    /// The move would go through, and something else than expected might happen.
    Warning,
    /// Good to know.
    Info,
}

impl Severity {
    /// In a word, as users read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        }
    }
}

/// Checks that are about one thing.
#[derive(Debug, Clone, Copy)]
pub struct Family {
    /// What they are about.
    pub title: &'static str,
    /// The checks.
    pub checks: &'static [Check],
}

/// One thing that is looked for in a picture.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// Its name, in letters and underscores, which users may rely on.
    pub code: &'static str,
    /// How bad what it finds is.
    pub severity: Severity,
    /// What it looks for and why that matters, in a sentence or a few of Markdown.
    pub about: &'static str,
    /// What to do about it, in a sentence or a few of Markdown.
    pub remedy: &'static str,
    /// Looks for it.
    pub(super) find: fn(&Picture) -> Vec<Found>,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    object: String,
    message: String,
    remedy: Option<String>,
}

impl Found {
    /// A fact about an object, with the check's own remedy. The object is an ARN, an id or a name.
    pub(super) fn new(object: impl ToString, message: impl Into<String>) -> Self {
        Self { object: object.to_string(), message: message.into(), remedy: None }
    }

    /// The same with a remedy of its own.
    pub(super) fn remedied(self, remedy: impl Into<String>) -> Self {
        Self { remedy: Some(remedy.into()), ..self }
    }
}

/// What was found, for whoever asked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The check's code, which is its anchor on the page too.
    pub code: &'static str,
    /// The object: an ARN, an id or a name.
    pub object: String,
    /// What was found.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

impl Check {
    /// What it finds in a picture.
    pub(super) fn findings(&self, picture: &Picture) -> Vec<Finding> {
        let finding = |found: Found| Finding {
            severity: self.severity,
            code: self.code,
            object: found.object,
            message: found.message,
            remedy: found.remedy.unwrap_or_else(|| self.remedy.replace('`', "")),
        };
        (self.find)(picture).into_iter().map(finding).collect()
    }

    /// Where it is explained, below the documentation's root: `data-sources/preflight#could_not_tell`.
    pub fn page(code: &str) -> String {
        format!("data-sources/preflight#{code}")
    }
}

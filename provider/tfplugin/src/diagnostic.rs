//! What a user is told.

use std::fmt;

use crate::path::Path;
use crate::proto::tfplugin6::{self, diagnostic};

/// How grave a [`Diagnostic`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Severity {
    /// Stops the operation on this object.
    Error,
    /// Is shown, and stops nothing.
    Warning,
}

/// An error or a warning, at an attribute or at the whole block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// One line. Terraform folds warnings of the same summary into one, so put the object's name here if each
    /// must be seen.
    pub summary: String,
    /// The rest, in plain text. Terraform wraps it, and keeps indented lines as they are.
    pub detail: String,
    /// The value it is about; `None` for the whole block.
    pub path: Option<Path>,
}

impl Diagnostic {
    /// An error about the whole block.
    pub fn error(summary: impl Into<String>, detail: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Error, summary: summary.into(), detail: detail.into(), path: None }
    }

    /// A warning about the whole block.
    pub fn warning(summary: impl Into<String>, detail: impl Into<String>) -> Diagnostic {
        Diagnostic { severity: Severity::Warning, ..Diagnostic::error(summary, detail) }
    }

    /// The same, about the value at `path`.
    #[must_use]
    pub fn at(self, path: Path) -> Diagnostic {
        Diagnostic { path: Some(path), ..self }
    }

    /// Whether it is an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    fn into_proto(self) -> tfplugin6::Diagnostic {
        let severity = match self.severity {
            Severity::Error => diagnostic::Severity::Error,
            Severity::Warning => diagnostic::Severity::Warning,
        };
        tfplugin6::Diagnostic {
            severity: severity.into(),
            summary: self.summary,
            detail: self.detail,
            attribute: self.path.filter(|path| !path.is_root()).map(|path| path.to_proto()),
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = self.path.as_ref().filter(|path| !path.is_root()) {
            write!(f, "{path}: ")?;
        }
        f.write_str(&self.summary)?;
        if !self.detail.is_empty() {
            write!(f, ": {}", self.detail)?;
        }
        Ok(())
    }
}

/// Any count of [`Diagnostic`]s, in the order in which they were found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// None.
    pub const fn new() -> Diagnostics {
        Diagnostics(Vec::new())
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Whether one of them is an error.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(Diagnostic::is_error)
    }

    /// Whether there is none, not even a warning.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Each of them.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    pub(crate) fn into_proto(self) -> Vec<tfplugin6::Diagnostic> {
        self.0.into_iter().map(Diagnostic::into_proto).collect()
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Diagnostics(vec![diagnostic])
    }
}

impl From<Vec<Diagnostic>> for Diagnostics {
    fn from(diagnostics: Vec<Diagnostic>) -> Self {
        Diagnostics(diagnostics)
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<T: IntoIterator<Item = Diagnostic>>(&mut self, more: T) {
        self.0.extend(more);
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<T: IntoIterator<Item = Diagnostic>>(diagnostics: T) -> Self {
        Diagnostics(diagnostics.into_iter().collect())
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_error_is_an_error() {
        let mut diagnostics = Diagnostics::from(Diagnostic::warning("mind the gap", ""));
        assert!(!diagnostics.has_errors());
        diagnostics.extend([Diagnostic::error("fell into it", "all of it").at(Path::root().attr("gap"))]);
        assert!(diagnostics.has_errors());
        let printed: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
        assert_eq!(printed, ["mind the gap", "gap: fell into it: all of it"]);
    }

    #[test]
    fn the_root_is_sent_as_no_path() {
        let proto = Diagnostics::from(Diagnostic::error("no", "").at(Path::root())).into_proto();
        assert_eq!(proto[0].attribute, None);
        assert_eq!(proto[0].severity(), diagnostic::Severity::Error);
    }
}

//! Why a value could not be read from the wire, or written to it.

use crate::diagnostic::Diagnostic;
use crate::path::Path;

/// Why a value could not be read or written, and at which path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{what}", place(path))]
pub struct Mismatch {
    /// Where in the value.
    pub path: Path,
    /// What is wrong there.
    pub what: String,
}

fn place(path: &Path) -> String {
    if path.is_root() { String::new() } else { format!("{path}: ") }
}

impl From<Mismatch> for Diagnostic {
    fn from(mismatch: Mismatch) -> Self {
        Diagnostic::error("Invalid value", mismatch.to_string()).at(mismatch.path)
    }
}

//! Warnings and errors, as Terraform's JSON output has them.

use serde_json::Value;

/// One warning or error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// `error` or `warning`.
    pub severity: String,
    /// The first line.
    pub summary: String,
    /// The rest.
    pub detail: String,
    /// The line of the configuration that it points at, where it points at one.
    pub code: Option<String>,
}

impl Diagnostic {
    /// Reads one from Terraform's JSON. None for what a development override warns of.
    pub fn read(value: &Value) -> Option<Self> {
        let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        let read = Self {
            severity: text("severity"),
            summary: text("summary"),
            detail: text("detail"),
            code: value["snippet"]["code"].as_str().map(str::to_owned),
        };
        (read.summary != "Provider development overrides are in effect").then_some(read)
    }

    /// Summary and detail.
    pub fn text(&self) -> String {
        format!("{}\n{}", self.summary, self.detail)
    }

    /// Whether it is an error.
    pub fn is_error(&self) -> bool {
        self.severity == "error"
    }
}

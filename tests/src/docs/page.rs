//! One page: its place, its front matter and its text.

use std::fmt;

/// What every generated page says of itself.
const NOTE: &str = "<!-- Written by `make docs` from the schema and the examples. Do not edit. -->";

/// A generated page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its path from the project's root.
    pub path: String,
    /// Its title in the Registry.
    pub title: String,
    /// What it is about, in one line.
    pub description: String,
    /// Its text, without the front matter.
    pub body: String,
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "---")?;
        writeln!(f, "page_title: {:?}", self.title)?;
        writeln!(f, "subcategory: \"\"")?;
        writeln!(f, "description: |-")?;
        writeln!(f, "  {}", self.description)?;
        writeln!(f, "---")?;
        writeln!(f)?;
        writeln!(f, "{NOTE}")?;
        writeln!(f)?;
        writeln!(f, "{}", self.body.trim_end())
    }
}

/// Text in a fence of this language.
pub fn fenced(language: &str, text: &str) -> String {
    format!("```{language}\n{}\n```\n", text.trim_end())
}

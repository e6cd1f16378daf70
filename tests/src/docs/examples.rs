//! The files under `examples/`, from which pages take their examples and their prose.

use std::path::{Path, PathBuf};

/// The examples of a project.
#[derive(Debug, Clone)]
pub struct Examples {
    root: PathBuf,
}

impl Examples {
    /// The examples of the project in this folder.
    pub fn of(root: &Path) -> Self {
        Self { root: root.join("examples") }
    }

    /// The text of a file.
    ///
    /// # Errors
    ///
    /// That it is missing.
    pub fn read(&self, path: &str) -> Result<String, String> {
        let text = std::fs::read_to_string(self.root.join(path));
        text.map_err(|error| format!("examples/{path} is missing, and a page is made from it ({error})"))
    }
}

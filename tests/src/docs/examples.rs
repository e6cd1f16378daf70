//! The files under `examples/`, from which pages take their examples and their prose.

use std::path::{Path, PathBuf};

use super::page::fenced;

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

    /// What a type needs in a cluster, for its page; nothing for a type whose folder has no `rbac.yaml`.
    pub fn rbac(&self, folder: &str) -> String {
        let Ok(role) = std::fs::read_to_string(self.root.join(folder).join("rbac.yaml")) else { return String::new() };
        format!(
            "\n## RBAC\n\nWhat is needed in each cluster, bound to the user or group that the token or the EKS access entry \
             stands for:\n\n{}",
            fenced("yaml", &role)
        )
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

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

    /// The ClusterRole that a type needs: in its `rbac.yaml`, or shown in its prose; none where it asks no cluster.
    ///
    /// # Errors
    ///
    /// That its prose is missing.
    pub fn role(&self, folder: &str) -> Result<Option<String>, String> {
        if let Ok(role) = std::fs::read_to_string(self.root.join(folder).join("rbac.yaml")) {
            return Ok(Some(role));
        }
        let about = self.read(&format!("{folder}/about.md"))?;
        let fences = about.split("```yaml\n").skip(1).filter_map(|rest| rest.split_once("```"));
        Ok(fences.map(|(role, _)| role.to_owned()).find(|role| role.contains("kind: ClusterRole")))
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

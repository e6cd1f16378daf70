//! The configurations under `examples/`: every folder that holds one, and a workspace in which Terraform takes it.

use std::path::{Path, PathBuf};

use crate::stage::REQUIRED;
use crate::terraform::{Run, Workspace};

/// A folder that holds a configuration.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Configuration {
    examples: PathBuf,
    folder: String,
}

/// A configuration in a workspace of its own.
#[derive(Debug)]
pub struct Laid {
    /// The workspace.
    pub workspace: Workspace,
    folder: String,
}

impl Configuration {
    /// All of them under a folder of examples.
    pub fn all(examples: &Path) -> Vec<Self> {
        let mut found = Vec::new();
        collect(examples, "", &mut found);
        found.sort();
        found
    }

    /// The one in this folder, which is given from the folder of examples.
    pub fn of(examples: &Path, folder: &str) -> Self {
        Self { examples: examples.to_owned(), folder: folder.to_owned() }
    }

    /// Its folder, from the folder of examples.
    pub fn folder(&self) -> &str {
        &self.folder
    }

    /// The same on this machine.
    pub fn path(&self) -> PathBuf {
        self.examples.join(&self.folder)
    }

    /// Its suites in this folder of its own, by their names, with their texts.
    pub fn suites(&self, folder: &str) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for path in entries(&self.path().join(folder)) {
            let name = path.file_name().unwrap().to_string_lossy();
            if let Some(name) = name.strip_suffix(".tftest.hcl") {
                found.push((name.to_owned(), std::fs::read_to_string(&path).unwrap()));
            }
        }
        found
    }

    /// Copies it into a workspace, with what lies beside it, for a module calls others there; the folder in which it is.
    pub fn copy(&self, workspace: &Workspace) -> String {
        let room = self.folder.split('/').next().unwrap();
        copy(&self.examples.join(room), &workspace.path().join(room));
        self.folder.clone()
    }

    /// A workspace with it. Where it does not say where the provider comes from, the workspace does.
    pub fn lay(&self, mut workspace: Workspace, environment: &[(&str, &str)]) -> Laid {
        let folder = self.copy(&workspace);
        environment.iter().for_each(|(name, value)| workspace.set(name, value));
        let texts = sources(&self.path()).into_iter().map(|path| std::fs::read_to_string(path).unwrap());
        if !texts.collect::<String>().contains("required_providers") {
            workspace.write(&format!("{folder}/required.tf"), REQUIRED);
        }
        Laid { workspace, folder }
    }
}

impl Laid {
    /// Installs its modules, and has Terraform validate it; what said no first, if something did.
    #[track_caller]
    pub fn validate(&self) -> Run {
        let installed = self.run(&["get", "-no-color"]);
        if installed.code == Some(0) { self.run(&["validate", "-json"]) } else { installed }
    }

    /// Runs a command of Terraform's in it.
    #[track_caller]
    pub fn run(&self, arguments: &[&str]) -> Run {
        let folder = format!("-chdir={}", self.folder);
        self.workspace.run(&[&[folder.as_str()], arguments].concat())
    }
}

/// The files in a folder that hold the configuration.
pub fn sources(folder: &Path) -> Vec<PathBuf> {
    let found = entries(folder).into_iter();
    found.filter(|path| path.extension().is_some_and(|extension| extension == "tf")).collect()
}

fn collect(examples: &Path, folder: &str, found: &mut Vec<Configuration>) {
    let path = examples.join(folder);
    if !sources(&path).is_empty() {
        found.push(Configuration::of(examples, folder));
    }
    for entry in entries(&path).into_iter().filter(|path| path.is_dir()) {
        let below = entry.strip_prefix(examples).unwrap().to_string_lossy().into_owned();
        collect(examples, &below, found);
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for path in entries(from) {
        let there = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &there);
        } else {
            std::fs::copy(&path, &there).unwrap();
        }
    }
}

/// What is in a folder, by name; nothing where there is none. What Terraform leaves behind is not looked at.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let found = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> = found.filter(|path| !path.ends_with(".terraform")).collect();
    found.sort();
    found
}

//! A story of `examples/migrations/`, laid out on a stage.

use std::path::{Path, PathBuf};

use crate::emulator::root;
use crate::stage::Stage;
use crate::suite;
use crate::terraform::Run;

/// A story whose configuration is in a stage's workspace.
#[derive(Debug)]
pub struct Story<'a> {
    stage: &'a Stage,
    folder: PathBuf,
    /// What the pull requests set, in their order.
    pub pull_requests: Vec<PathBuf>,
}

impl<'a> Story<'a> {
    /// Puts the story of this name into the stage's workspace, with variables that say where it takes place. The provider
    /// is the stage's.
    pub fn lay(name: &str, stage: &'a Stage, place: &str) -> Self {
        let folder = root().join("examples/migrations").join(name);
        let found = std::fs::read_dir(folder.join("pull-requests")).unwrap();
        let mut pull_requests: Vec<PathBuf> = found.map(|entry| entry.unwrap().path()).collect();
        pull_requests.sort();
        let story = Self { stage, folder, pull_requests };
        for file in ["main.tf", "variables.tf"] {
            stage.workspace.write(file, &story.text(file));
        }
        stage.workspace.write("terraform.tfvars", place);
        story
    }

    /// The text of one of its files.
    pub fn text(&self, file: &str) -> String {
        std::fs::read_to_string(self.folder.join(file)).unwrap()
    }

    /// Applies a pull request, which must leave nothing to do.
    #[track_caller]
    pub fn apply(&self, file: &Path) -> Run {
        let option = format!("-var-file={}", file.display());
        let flags = ["-json", "-input=false", &option];
        let run = self.stage.workspace.run(&[&["apply", "-auto-approve"], &flags[..]].concat()).expect_success();
        let again = self.stage.workspace.run(&[&["plan", "-detailed-exitcode"], &flags[..]].concat());
        assert_eq!(again.code, Some(0), "a plan right after {} should be empty: {again:#?}", file.display());
        run
    }

    /// Runs the story's own tests, `terraform test`, with something else going on until they end. They must pass, and
    /// leave nothing behind.
    #[track_caller]
    pub fn test(&self, meanwhile: impl FnMut()) {
        let workspace = &self.stage.workspace;
        std::fs::create_dir_all(workspace.path().join("tests")).unwrap();
        workspace.write("tests/story.tftest.hcl", &self.text("tests/story.tftest.hcl"));
        suite::passes(workspace, &["test", "-no-color"], meanwhile);
    }
}

//! A module of `examples/modules/`, laid out on a stage.

use crate::configuration::Configuration;
use crate::emulator::root;
use crate::stage::Stage;
use crate::{suite, types};

/// A module whose configuration is in a stage's workspace.
#[derive(Debug)]
pub struct Module<'a> {
    stage: &'a Stage,
    folder: String,
}

impl<'a> Module<'a> {
    /// Puts the modules into the stage's workspace, and beside the one of this name variables that say where it is used.
    pub fn lay(name: &str, stage: &'a Stage, place: &str) -> Self {
        let module = Configuration::of(&root().join("examples"), &format!("modules/{name}"));
        let folder = module.copy(&stage.workspace);
        stage.workspace.write(&format!("{folder}/provider.tf"), &stage.provider_block());
        stage.workspace.write(&format!("{folder}/terraform.tfvars"), place);
        stage.workspace.run(&[&format!("-chdir={folder}"), "get"]).expect_success();
        for module in std::fs::read_dir(stage.workspace.path().join("modules")).unwrap() {
            types::of(&module.unwrap().path()).iter().for_each(|name| stage.workspace.note(name));
        }
        Self { stage, folder }
    }

    /// Runs one of its suites that move something, `tests/lab/SUITE.tftest.hcl`, with something else going on until it
    /// ends. It must pass, and leave nothing behind.
    #[track_caller]
    pub fn lab(&self, suite: &str, meanwhile: impl FnMut()) {
        let (folder, suite) = (format!("-chdir={}", self.folder), format!("-filter=tests/lab/{suite}.tftest.hcl"));
        let arguments = [&folder, "test", "-no-color", "-test-directory=tests/lab", &suite];
        suite::passes(&self.stage.workspace, &arguments, meanwhile);
    }
}

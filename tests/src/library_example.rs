//! The library's example programs, run as a user would.

use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use crate::patience::within;
use crate::stage::{Stage, secret_key};

/// The longest that an example may take.
const LIMIT: Duration = Duration::from_secs(120);

/// An example program that acts in a stage's world, under the stage's access key.
#[derive(Debug)]
pub struct LibraryExample {
    command: Command,
}

impl LibraryExample {
    /// The program of this name, with these arguments, doing what resources of this type do. It has no environment but what leads to the emulator.
    pub fn new(stage: &Stage, type_name: &str, name: &str, arguments: &[&str]) -> Self {
        stage.workspace.note(type_name);
        let mut command = Command::new(binary(name));
        command
            .args(arguments)
            .env_clear()
            .env("AWS_REGION", stage.world.region())
            .env("AWS_ACCESS_KEY_ID", &stage.access_key)
            .env("AWS_SECRET_ACCESS_KEY", secret_key(&stage.access_key))
            .env("AWS_ENDPOINT_URL", stage.world.emulator().endpoint());
        Self { command }
    }

    /// Starts it.
    pub fn start(mut self) -> Running {
        Running(self.command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    /// Runs it to its end, which must be a success; what it printed.
    #[track_caller]
    pub fn succeed(self) -> String {
        self.start().succeed()
    }

    /// Runs it to its end, which must be a failure; its error.
    #[track_caller]
    pub fn fail(self) -> String {
        self.start().fail()
    }
}

/// An example program that runs.
#[derive(Debug)]
pub struct Running(Child);

impl Running {
    /// Waits for its end, which must be a success; what it printed.
    #[track_caller]
    pub fn succeed(self) -> String {
        let (succeeded, said, error) = self.end();
        assert!(succeeded, "{error}\n{said}");
        said
    }

    /// Waits for its end, which must be a failure; its error.
    #[track_caller]
    pub fn fail(self) -> String {
        let (succeeded, said, error) = self.end();
        assert!(!succeeded, "{said}");
        error
    }

    #[track_caller]
    fn end(mut self) -> (bool, String, String) {
        let ended = within(LIMIT, || self.0.try_wait().unwrap());
        if ended.is_none() {
            self.0.kill().unwrap();
        }
        let Output { status, stdout, stderr } = self.0.wait_with_output().unwrap();
        assert!(ended.is_some(), "not done within {LIMIT:?}: {}", String::from_utf8_lossy(&stdout));
        (status.success(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
    }
}

/// The program, built beside this test's own.
fn binary(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let mut places = test.ancestors().map(|folder| folder.join("examples").join(name));
    places.find(|place| place.is_file()).unwrap_or_else(|| {
        panic!(
            "{name} is not built: run `cargo build -p eksmig-core --examples` first, in the same profile as the tests"
        )
    })
}

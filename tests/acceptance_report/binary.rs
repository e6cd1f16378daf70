//! The provider's binary, run by hand.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use eksmig_tests::patience::until;
use eksmig_tests::provider_binary;

/// What it came to.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// Runs it to its end, with this on its standard input.
#[track_caller]
pub fn run(folder: &Path, arguments: &[&str], input: &str) -> Said {
    std::fs::write(folder.join("input"), input).unwrap();
    let mut running = start(folder, arguments);
    let status = until(Duration::from_secs(60), "end of the binary", || running.try_wait().unwrap());
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    Said { code: status.code(), stdout: read("said.out"), stderr: read("said.err") }
}

/// Starts it, with the file `input` of the folder, if there is one, on its standard input. What it says goes to `said.out`
/// and `said.err` there, which are no terminal.
pub fn start(folder: &Path, arguments: &[&str]) -> Child {
    let input = File::open(folder.join("input")).map_or_else(|_| Stdio::null(), Stdio::from);
    Command::new(provider_binary::path())
        .args(arguments)
        .current_dir(folder)
        .stdin(input)
        .stdout(File::create(folder.join("said.out")).unwrap())
        .stderr(File::create(folder.join("said.err")).unwrap())
        .spawn()
        .unwrap()
}

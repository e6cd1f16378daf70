//! The real kubectl, of each version that is installed for the tests, and the machine's own if there is one.

use std::fs::read_to_string;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use super::Cluster;
use crate::emulator::root;

/// A kubectl for one cluster.
#[derive(Debug, Clone)]
pub struct Kubectl {
    /// Its version, or where it was found.
    pub version: String,
    binary: PathBuf,
    kubeconfig: PathBuf,
}

/// What a kubectl said at its end.
#[derive(Debug)]
pub struct Said {
    /// Whether it succeeded.
    pub succeeded: bool,
    /// Its output.
    pub out: String,
    /// Its errors and warnings.
    pub errors: String,
}

/// A kubectl that runs. It is killed with this value.
#[derive(Debug)]
pub struct Running {
    process: Child,
    out: BufReader<ChildStdout>,
}

/// The binaries, with their versions.
///
/// # Panics
/// If those that the tests need are not installed.
pub fn binaries() -> Vec<(String, PathBuf)> {
    let pinned = read_to_string(root().join("tests/kubectl-versions.txt")).unwrap();
    let pinned = pinned.split_whitespace().map(|version| {
        let binary = root().join(".venv/kubectl").join(version).join("bin/kubectl");
        assert!(binary.is_file(), "kubectl {version} is not installed: run make .venv");
        (version.to_owned(), binary)
    });
    let path = std::env::var_os("PATH").unwrap_or_default();
    let own = std::env::split_paths(&path).map(|folder| folder.join("kubectl")).find(|binary| binary.is_file());
    pinned.chain(own.map(|binary| ("of the machine".to_owned(), binary))).collect()
}

impl Kubectl {
    /// A binary, for a cluster.
    pub fn new(version: &str, binary: &Path, cluster: &Cluster) -> Self {
        Self { version: version.to_owned(), binary: binary.to_owned(), kubeconfig: cluster.kubeconfig() }
    }

    /// Runs to its end, by the words of a line.
    pub fn run(&self, line: &str) -> Said {
        self.run_all(&line.split_whitespace().collect::<Vec<_>>())
    }

    /// The same, where a word has spaces in it.
    pub fn run_all(&self, words: &[&str]) -> Said {
        let Output { status, stdout, stderr } = self.command(words).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Said { succeeded: status.success(), out: text(stdout), errors: text(stderr) }
    }

    /// Runs to its end, and succeeds.
    #[track_caller]
    pub fn expect(&self, line: &str) -> String {
        let said = self.run(line);
        assert!(said.succeeded, "kubectl {}: {line}: {}{}", self.version, said.out, said.errors);
        said.out
    }

    /// Runs to its end, and fails with this among its errors.
    #[track_caller]
    pub fn expect_failure(&self, line: &str, error: &str) {
        let said = self.run(line);
        assert!(!said.succeeded && said.errors.contains(error), "kubectl {}: {line}: {said:?}", self.version);
    }

    /// Starts it, with errors among its output.
    pub fn start(&self, line: &str) -> Running {
        let mut command = self.command(&line.split_whitespace().collect::<Vec<_>>());
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let out = BufReader::new(process.stdout.take().unwrap());
        Running { process, out }
    }

    /// The user's settings have no say, and nothing is left in their home.
    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        let home = self.kubeconfig.parent().unwrap();
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", home)
            .env("KUBECONFIG", &self.kubeconfig)
            .args(words);
        command
    }
}

impl Running {
    /// Its next line; none once it has ended.
    pub fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let length = self.out.read_line(&mut line).unwrap();
        (length > 0).then(|| line.trim_end().to_owned())
    }

    /// Waits for its end, and says whether it succeeded.
    pub fn end(mut self) -> bool {
        while self.line().is_some() {}
        self.process.wait().unwrap().success()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

//! The real terraform, in a folder of its own, untouched by the user's settings.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::Mutex;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD as STANDARD;
use serde_json::Value;
use tempfile::TempDir;

use crate::diagnostics::Diagnostic;
use crate::patience::{Watch, within};
use crate::{provider_binary, types};

/// The longest that any command of a test may take.
const LIMIT: Duration = Duration::from_secs(180);

/// A folder with a configuration, its state, and Terraform's settings.
#[derive(Debug)]
pub struct Workspace {
    folder: TempDir,
    environment: Vec<(String, String)>,
    types: Mutex<BTreeSet<String>>,
}

/// What a command of Terraform's came to.
#[derive(Debug)]
pub struct Run {
    /// The exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// What it said.
    pub stdout: String,
    /// What it said on the side.
    pub stderr: String,
    /// The warnings and errors in what it said.
    pub diagnostics: Vec<Diagnostic>,
    /// How long it took.
    pub took: Duration,
}

/// A command of Terraform's that is still running.
#[derive(Debug)]
pub struct Running {
    child: Child,
    watch: Watch,
    stdout: PathBuf,
    stderr: PathBuf,
}

impl Workspace {
    /// An empty folder in which the provider under test needs no `terraform init`.
    pub fn new() -> Self {
        Self::with_binary(&provider_binary::path())
    }

    /// The same with another build of the provider.
    pub fn with_binary(binary: &Path) -> Self {
        let workspace =
            Self { folder: TempDir::with_prefix("eksmig-").unwrap(), environment: Vec::new(), types: Mutex::default() };
        workspace.write(
            "settings.tfrc",
            &format!(
                "disable_checkpoint = true\nprovider_installation {{\n  dev_overrides {{\n    \"eksmig/eksmig\" = {:?}\n  }}\n}}\n",
                binary.parent().unwrap()
            ),
        );
        workspace
    }

    /// An empty folder in which the provider is installed by `terraform init`, from a mirror on disk.
    pub fn with_mirror(version: &str) -> Self {
        let workspace =
            Self { folder: TempDir::with_prefix("eksmig-").unwrap(), environment: Vec::new(), types: Mutex::default() };
        let mirror = workspace.path().join("mirror");
        let package = mirror.join(format!("registry.terraform.io/eksmig/eksmig/{version}/{}", platform()));
        std::fs::create_dir_all(&package).unwrap();
        std::os::unix::fs::symlink(
            provider_binary::path(),
            package.join(format!("{}_v{version}", provider_binary::NAME)),
        )
        .unwrap();
        workspace.write(
            "settings.tfrc",
            &format!(
                "disable_checkpoint = true\nprovider_installation {{\n  filesystem_mirror {{\n    path = {mirror:?}\n  }}\n}}\n"
            ),
        );
        workspace
    }

    /// An empty folder with settings of Terraform's, in which nothing of the provider is known.
    pub fn with_settings(settings: &str) -> Self {
        let workspace =
            Self { folder: TempDir::with_prefix("eksmig-").unwrap(), environment: Vec::new(), types: Mutex::default() };
        workspace.write("settings.tfrc", settings);
        workspace
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file.
    pub fn write(&self, name: &str, text: &str) {
        self.types.lock().unwrap().extend(types::named(text));
        std::fs::write(self.path().join(name), text).unwrap();
    }

    /// The text of a file.
    #[track_caller]
    pub fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// Notes that a type is used without being written into it.
    pub fn note(&self, type_name: &str) {
        self.types.lock().unwrap().insert(type_name.to_owned());
    }

    /// The provider's types of resources and data sources that were ever written into it, or noted, or that stand in it or
    /// in a module of its.
    pub fn types(&self) -> BTreeSet<String> {
        self.types.lock().unwrap().iter().cloned().chain(types::of(self.path())).collect()
    }

    /// Sets a variable of the environment for all that follows.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// Runs a command to its end.
    #[track_caller]
    pub fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Run {
        self.spawn(arguments).wait()
    }

    /// `terraform validate`.
    #[track_caller]
    pub fn validate(&self) -> Run {
        self.run(&["validate", "-json"])
    }

    /// `terraform plan`, saved as `plan`. Exit code 0 is no changes, 2 is changes.
    #[track_caller]
    pub fn plan(&self) -> Run {
        self.run(&["plan", "-json", "-input=false", "-detailed-exitcode", "-out=plan"])
    }

    /// `terraform apply`, which plans first.
    #[track_caller]
    pub fn apply(&self) -> Run {
        self.spawn_apply().wait()
    }

    /// Applies the plan saved last.
    #[track_caller]
    pub fn apply_plan(&self) -> Run {
        self.run(&["apply", "-json", "-input=false", "plan"])
    }

    /// `terraform destroy`.
    #[track_caller]
    pub fn destroy(&self) -> Run {
        self.run(&["destroy", "-json", "-input=false", "-auto-approve"])
    }

    /// `terraform import`.
    #[track_caller]
    pub fn import(&self, address: &str, id: &str) -> Run {
        self.run(&["import", "-input=false", "-no-color", address, id])
    }

    /// The saved plan as JSON.
    #[track_caller]
    pub fn saved_plan(&self) -> Value {
        self.shown(&["show", "-json", "plan"])
    }

    /// The state as JSON.
    #[track_caller]
    pub fn state(&self) -> Value {
        self.shown(&["show", "-json"])
    }

    /// The state's whole resource at an address; none if it is not there.
    #[track_caller]
    pub fn resource(&self, address: &str) -> Option<Value> {
        let mut state = self.state();
        let resources = state["values"]["root_module"]["resources"].take();
        resources.as_array()?.iter().find(|resource| resource["address"] == address).cloned()
    }

    /// The resource at an address, which must be in the state.
    #[track_caller]
    pub fn values(&self, address: &str) -> Value {
        self.resource(address).unwrap_or_else(|| panic!("no {address} in the state"))["values"].take()
    }

    /// The saved plan's change of the resource at an address.
    #[track_caller]
    pub fn change(&self, address: &str) -> Value {
        let plan = self.saved_plan();
        let changes = plan["resource_changes"].as_array().unwrap();
        let change = changes.iter().find(|change| change["address"] == address);
        change.unwrap_or_else(|| panic!("no {address} in the plan: {plan:#}"))["change"].clone()
    }

    /// Plans, and panics unless nothing is to change.
    #[track_caller]
    pub fn assert_settled(&self) {
        let run = self.plan();
        assert_eq!(run.code, Some(0), "a plan right after should be empty: {run:#?}");
    }

    /// Has what the provider keeps beside the state say that one side has had all of it for so much longer.
    #[track_caller]
    pub fn age(&self, longer: Duration) {
        let path = self.path().join("terraform.tfstate");
        let mut state: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let instance = &mut state["resources"][0]["instances"][0];
        let kept = STANDARD.decode(instance["private"].as_str().unwrap()).unwrap();
        let mut kept: Value = serde_json::from_slice(&kept).unwrap();
        let since = kept["idle_since"].as_u64().expect("nothing is said of an idle side");
        kept["idle_since"] = (since - longer.as_secs()).into();
        instance["private"] = STANDARD.encode(kept.to_string()).into();
        std::fs::write(&path, state.to_string()).unwrap();
    }

    /// Starts `terraform apply` in a process group of its own, as a shell does.
    pub fn spawn_apply(&self) -> Running {
        self.spawn(&["apply", "-json", "-input=false", "-auto-approve"])
    }

    /// Starts a command in a process group of its own.
    pub fn spawn<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Running {
        self.start("terraform", arguments, &[])
    }

    /// The same of any program, with these variables of the environment besides.
    pub fn start<S: AsRef<OsStr>>(&self, program: &str, arguments: &[S], environment: &[(String, String)]) -> Running {
        let (stdout, stderr) = (self.path().join("stdout.log"), self.path().join("stderr.log"));
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path())
            .env("TMPDIR", std::env::temp_dir())
            .env("TF_CLI_CONFIG_FILE", self.path().join("settings.tfrc"))
            .env("TF_DATA_DIR", self.path().join(".terraform"))
            .env("TF_IN_AUTOMATION", "1")
            .env("CHECKPOINT_DISABLE", "1")
            .envs(self.environment.iter().chain(environment).map(|(name, value)| (name, value)))
            .stdin(std::process::Stdio::null())
            .stdout(File::create(&stdout).unwrap())
            .stderr(File::create(&stderr).unwrap())
            .process_group(0);
        let child = command.spawn().unwrap_or_else(|error| panic!("{program} cannot be started: {error}"));
        Running { child, watch: Watch::start(), stdout, stderr }
    }

    #[track_caller]
    fn shown(&self, arguments: &[&str]) -> Value {
        let run = self.run(arguments).expect_success();
        serde_json::from_str(&run.stdout).unwrap()
    }
}

impl Default for Workspace {
    fn default() -> Self {
        Self::new()
    }
}

impl Running {
    /// Sends SIGINT to Terraform and all it started, as Ctrl-C in a terminal does.
    pub fn interrupt(&self) {
        self.signal_all("INT");
    }

    /// Sends a signal to it and all it started, as the end of a container or of a service does.
    pub fn signal_all(&self, name: &str) {
        signal(name, &format!("-{}", self.child.id()));
    }

    /// The provider's process that Terraform runs now.
    pub fn provider(&self) -> Option<u32> {
        self.process(provider_binary::NAME)
    }

    /// Itself or what it runs, if its program's name contains this.
    fn process(&self, name: &str) -> Option<u32> {
        let listed = Command::new("ps").args(["-A", "-o", "pid=,ppid=,args="]).output().unwrap();
        String::from_utf8_lossy(&listed.stdout).lines().find_map(|line| {
            let mut words = line.split_whitespace();
            let (id, parent) = (words.next()?.parse().ok()?, words.next()?.parse::<u32>().ok()?);
            let program = words.next()?;
            ([id, parent].contains(&self.child.id()) && program.contains(name)).then_some(id)
        })
    }

    /// Has the `timeout` that a shell runs find its time over.
    #[track_caller]
    pub fn time_out(&self) {
        let id = self.process("timeout").expect("timeout is not running");
        signal("ALRM", &id.to_string());
    }

    /// Kills the provider, with no chance to clean up.
    #[track_caller]
    pub fn kill_provider(&self) {
        let id = self.provider().expect("the provider is not running");
        signal("KILL", &id.to_string());
    }

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Waits for its end.
    #[track_caller]
    pub fn wait(self) -> Run {
        self.wait_for(LIMIT)
    }

    /// Waits for its end, and panics when it takes longer than `limit` from now.
    #[track_caller]
    pub fn wait_for(mut self, limit: Duration) -> Run {
        let Some(status) = within(limit, || self.child.try_wait().unwrap()) else {
            signal("KILL", &format!("-{}", self.child.id()));
            self.child.wait().unwrap();
            panic!("terraform did not end within {limit:?}:\n{}", self.output());
        };
        let stdout = std::fs::read_to_string(&self.stdout).unwrap();
        let stderr = std::fs::read_to_string(&self.stderr).unwrap();
        Run { code: status.code(), diagnostics: read_diagnostics(&stdout), stdout, stderr, took: self.watch.passed() }
    }

    /// What it has said so far.
    pub fn output(&self) -> String {
        let read = |path| std::fs::read_to_string(path).unwrap_or_default();
        read(&self.stdout) + &read(&self.stderr)
    }
}

impl Run {
    /// Itself, if the command succeeded.
    #[track_caller]
    pub fn expect_success(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:#?}");
        self
    }

    /// Itself, if the plan has changes and no errors.
    #[track_caller]
    pub fn expect_changes(self) -> Self {
        assert_eq!(self.code, Some(2), "{self:#?}");
        self
    }

    /// The text of its errors, if the command failed.
    #[track_caller]
    pub fn expect_failure(self) -> String {
        assert_eq!(self.code, Some(1), "{self:#?}");
        let errors = self.errors();
        assert!(!errors.is_empty(), "{self:#?}");
        errors.iter().map(|error| error.text()).collect::<Vec<_>>().join("\n\n")
    }

    /// Its errors.
    pub fn errors(&self) -> Vec<&Diagnostic> {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).collect()
    }

    /// The text of its warnings.
    pub fn warnings(&self) -> String {
        let warnings = self.diagnostics.iter().filter(|diagnostic| !diagnostic.is_error());
        warnings.map(Diagnostic::text).collect::<Vec<_>>().join("\n\n")
    }
}

fn read_diagnostics(stdout: &str) -> Vec<Diagnostic> {
    if let Ok(whole) = serde_json::from_str::<Value>(stdout) {
        // `validate -json` writes one object.
        if let Some(found) = whole["diagnostics"].as_array() {
            return found.iter().filter_map(Diagnostic::read).collect();
        }
    }
    let lines = stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter(|line| line["type"] == "diagnostic").filter_map(|line| Diagnostic::read(&line["diagnostic"])).collect()
}

fn signal(name: &str, whom: &str) {
    let status = Command::new("kill").args([&format!("-{name}"), "--", whom]).status().unwrap();
    assert!(status.success(), "kill -{name} {whom}: {status}");
}

/// This machine, as Terraform names it.
pub fn platform() -> &'static str {
    match (std::env::consts::OS, std::env::consts::ARCH) {
        ("macos", "aarch64") => "darwin_arm64",
        ("macos", _) => "darwin_amd64",
        (_, "aarch64") => "linux_arm64",
        _ => "linux_amd64",
    }
}

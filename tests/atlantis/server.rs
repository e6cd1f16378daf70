//! Atlantis, as far as the example goes: a pull request is planned, its policies are checked, and it is applied.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use aws_sdk_cloudwatch::types::StateValue;
use eksmig_tests::alarms::Alarms;
use eksmig_tests::service::Service;
use eksmig_tests::stage::Stage;
use eksmig_tests::terraform::{Run, Running, Workspace};
use eksmig_tests::world::World;

use crate::conftest;
use crate::workflow::{Step, example, project, steps};

/// The alarm that has a say.
pub const ALARM: &str = "edge-5xx";

/// A repository with the example in it, and the server.
pub struct Atlantis {
    /// What the repository's one service is.
    pub service: Service,
    workflow: String,
}

/// What a stage came to.
#[derive(Debug)]
pub struct Ended {
    /// Whether every step succeeded.
    pub passed: bool,
    /// What Atlantis has to say of it in the pull request.
    pub comment: String,
}

impl Atlantis {
    /// A repository whose service has all of its traffic on blue.
    pub fn new(name: &str) -> Self {
        let stage = Stage::with(World::new(name), Workspace::with_mirror(env!("CARGO_PKG_VERSION")));
        let service = Service { stage, ..Service::at(&format!("{name}s"), 100, 0) };
        Alarms::of(&service.stage.world).make(ALARM, StateValue::Ok);
        let folder = example().join(project()["dir"].as_str().unwrap());
        for file in ["main.tf", "variables.tf"] {
            service.stage.workspace.write(file, &std::fs::read_to_string(folder.join(file)).unwrap());
        }
        Self { service, workflow: project()["workflow"].as_str().unwrap().to_owned() }
    }

    /// The same with another of the server's workflows.
    pub fn with_workflow(self, workflow: &str) -> Self {
        Self { workflow: workflow.to_owned(), ..self }
    }

    /// A commit that asks for so much, in these steps, each of which bakes so long.
    pub fn commit(&self, green_weight: u8, ramp: &str, interval: &str) {
        let Service { stage, rule, blue, green, .. } = &self.service;
        let service = format!(
            "{{ route_arns = [{rule:?}], blue = {:?}, green = {:?}, green_weight = {green_weight} }}",
            blue.arn, green.arn
        );
        let text = format!("services = {{ orders = {service} }}\nsteps = {ramp}\ninterval = {interval:?}\n");
        stage.workspace.write("terraform.tfvars", &text);
    }

    /// `atlantis plan`, and the policies' check that follows it.
    pub fn plan(&self) -> Ended {
        let planned = self.run("plan");
        if !planned.passed {
            return planned;
        }
        let checked = self.run("policy_check");
        Ended { passed: checked.passed, comment: planned.comment + &checked.comment }
    }

    /// `atlantis apply`.
    pub fn apply(&self) -> Ended {
        self.run("apply")
    }

    /// A pull request, planned and applied.
    #[track_caller]
    pub fn merge(&self, green_weight: u8, ramp: &str, interval: &str) {
        self.commit(green_weight, ramp, interval);
        for ended in [self.plan(), self.apply()] {
            assert!(ended.passed, "{}", ended.comment);
        }
    }

    /// Starts `atlantis apply`, up to its last step, which goes on.
    pub fn begin_apply(&self) -> Running {
        let mut steps = self.steps("apply");
        let last = steps.pop().unwrap();
        let mut environment = Vec::new();
        for step in &steps {
            assert!(self.step(step, &mut environment).passed);
        }
        self.start(&last, &environment)
    }

    /// The plan's JSON as Atlantis keeps it.
    pub fn shown(&self) -> String {
        std::fs::read_to_string(self.file("json")).unwrap()
    }

    /// What was posted as a comment of its own.
    pub fn posted(&self) -> Option<String> {
        std::fs::read_to_string(self.service.stage.workspace.path().join("posted")).ok()
    }

    /// Puts a `gh` on the server's path that keeps the comment, and how it was called.
    pub fn install_gh(&self) {
        let folder = self.service.stage.workspace.path().join("bin");
        std::fs::create_dir_all(&folder).unwrap();
        let script =
            "#!/bin/sh\nprintf '%s %s\\n' \"$GH_TOKEN\" \"$*\" >posted\nfor last; do :; done\ncat \"$last\" >>posted\n";
        std::fs::write(folder.join("gh"), script).unwrap();
        std::fs::set_permissions(folder.join("gh"), std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn steps(&self, stage: &str) -> Vec<Step> {
        steps(&self.workflow, stage)
    }

    /// The steps of a stage, one after the other, until one fails.
    fn run(&self, stage: &str) -> Ended {
        let (mut environment, mut comment) = (Vec::new(), String::new());
        for step in self.steps(stage) {
            let ended = self.step(&step, &mut environment);
            comment += &ended.comment;
            if !ended.passed {
                return Ended { passed: false, comment };
            }
        }
        Ended { passed: true, comment }
    }

    fn step(&self, step: &Step, environment: &mut Vec<(String, String)>) -> Ended {
        let silent = |passed| Ended { passed, comment: String::new() };
        match step {
            Step::Env(name, Ok(value)) => environment.push((name.clone(), value.clone())),
            Step::Env(name, Err(command)) => {
                let run = self.start(&Step::Run(command.clone()), environment).wait();
                if run.code != Some(0) {
                    return Ended { passed: false, comment: run.stdout + &run.stderr };
                }
                environment.push((name.clone(), run.stdout.trim_end_matches('\n').to_owned()));
            }
            Step::BuiltIn(name, _) if name == "policy_check" => return self.check(),
            step => {
                let run = self.start(step, environment).wait();
                let passed = run.code == Some(0);
                return match step {
                    Step::BuiltIn(name, _) if name == "show" && passed => {
                        std::fs::write(self.file("json"), run.stdout).unwrap();
                        silent(true)
                    }
                    Step::BuiltIn(name, _) if name == "init" && passed => silent(true),
                    _ => Ended { passed, comment: said(&run) },
                };
            }
        }
        silent(true)
    }

    /// `conftest test --policy PATH $SHOWFILE`.
    fn check(&self) -> Ended {
        let [deny, warn] = ["deny", "warn"].map(|rules| conftest::judged(&self.shown(), rules));
        let lines =
            |kind: &str, said: &[String]| said.iter().map(|line| format!("{kind} - {line}\n")).collect::<String>();
        Ended { passed: deny.is_empty(), comment: lines("FAIL", &deny) + &lines("WARN", &warn) }
    }

    /// Starts a step that is a process.
    fn start(&self, step: &Step, environment: &[(String, String)]) -> Running {
        let workspace = &self.service.stage.workspace;
        let plan = self.file("tfplan").display().to_string();
        match step {
            Step::Run(command) => {
                let environment = [self.environment(), environment.to_vec()].concat();
                workspace.start("sh", &["-c", command], &environment)
            }
            Step::BuiltIn(name, more) => {
                let words: &[&str] = match name.as_str() {
                    "init" if workspace.path().join(".terraform.lock.hcl").exists() => &["init", "-input=false"],
                    "init" => &["init", "-input=false", "-upgrade"],
                    "plan" => &["plan", "-input=false", "-refresh", "-out", &plan],
                    "show" => &["show", "-json", &plan],
                    _ => &["apply", "-input=false"],
                };
                let last: &[&str] = if name == "apply" { &[&plan] } else { &[] };
                let more: Vec<&str> = more.iter().map(String::as_str).collect();
                let cache = workspace.path().join("plugin-cache");
                std::fs::create_dir_all(&cache).unwrap();
                let own = [("TF_IN_AUTOMATION", "true"), ("TF_PLUGIN_CACHE_DIR", cache.to_str().unwrap())];
                let environment = [own.map(owned).to_vec(), environment.to_vec()].concat();
                workspace.start("terraform", &[words, &more, last].concat(), &environment)
            }
            Step::Env(..) => panic!("{step:?} is no process"),
        }
    }

    /// What Atlantis gives a command of the shell's. That Terraform is not told of automation is as it is there.
    fn environment(&self) -> Vec<(String, String)> {
        let path = |name: &str| self.service.stage.workspace.path().join(name).display().to_string();
        let programs = format!("{}:{}", path("bin"), std::env::var("PATH").unwrap());
        let [plan, show] = ["tfplan", "json"].map(|ending| self.file(ending).display().to_string());
        let project = project()["name"].as_str().unwrap().to_owned();
        [
            ("PATH", programs.as_str()),
            ("DIR", &path("")),
            ("PLANFILE", &plan),
            ("SHOWFILE", &show),
            ("PROJECT_NAME", &project),
            ("PULL_NUM", "7"),
            ("BASE_REPO_OWNER", "example"),
            ("BASE_REPO_NAME", "infrastructure"),
            ("WORKSPACE", "default"),
            ("ATLANTIS_GH_TOKEN", "token"),
            ("TF_IN_AUTOMATION", ""),
        ]
        .map(owned)
        .to_vec()
    }

    /// Where Atlantis keeps the plan, or its JSON.
    fn file(&self, ending: &str) -> PathBuf {
        let name = format!("{}-default.{ending}", project()["name"].as_str().unwrap());
        self.service.stage.workspace.path().join(name)
    }
}

fn owned((name, value): (&str, &str)) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// What a command said, without the frame and the line breaks that Terraform puts around it.
pub fn said(run: &Run) -> String {
    let text = [run.stdout.as_str(), &run.stderr].concat();
    let mut in_colour_code = false;
    let plain = text.chars().filter(|character| match character {
        '\u{1b}' => {
            in_colour_code = true;
            false
        }
        'm' if in_colour_code => {
            in_colour_code = false;
            false
        }
        other => !in_colour_code && !"│╷╵".contains(*other),
    });
    plain.collect()
}

//! The two files that tell Atlantis what to do, read with Atlantis's own rules.

use std::path::{Path, PathBuf};

use eksmig_tests::emulator::root;
use serde_json::{Value, json};

/// What a stage of a workflow has Atlantis do.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// A command of Atlantis's own, such as `plan`, with arguments besides.
    BuiltIn(String, Vec<String>),
    /// A command of the shell's.
    Run(String),
    /// A variable for the steps that follow: what a command prints, or a value.
    Env(String, Result<String, String>),
}

/// The example.
pub fn example() -> PathBuf {
    root().join("examples/atlantis")
}

/// A file of the example.
pub fn read(path: impl AsRef<Path>) -> Value {
    let text = std::fs::read_to_string(example().join(path)).unwrap();
    serde_saphyr::from_str(&text).unwrap()
}

/// The one project that the repository has.
pub fn project() -> Value {
    let projects = read("atlantis.yaml")["projects"].take();
    assert_eq!(projects.as_array().unwrap().len(), 1);
    projects[0].clone()
}

/// The steps of a stage of a workflow; Atlantis's own where it has none.
pub fn steps(workflow: &str, stage: &str) -> Vec<Step> {
    let repos = read("server/repos.yaml");
    let whole = &repos["workflows"][workflow];
    assert!(whole.is_object(), "there is no workflow {workflow}");
    let own = match stage {
        "plan" => json!(["init", "plan"]),
        "policy_check" => json!(["show", "policy_check"]),
        _ => json!(["apply"]),
    };
    let said = Some(&whole[stage]["steps"]).filter(|steps| steps.is_array()).unwrap_or(&own);
    said.as_array().unwrap().iter().map(step).collect()
}

fn step(said: &Value) -> Step {
    const OWN: [&str; 5] = ["init", "plan", "show", "policy_check", "apply"];
    if let Some(name) = said.as_str() {
        assert!(OWN.contains(&name), "{name} is no step of Atlantis's");
        return Step::BuiltIn(name.to_owned(), Vec::new());
    }
    let (name, body) = said.as_object().unwrap().iter().next().unwrap();
    let text = |name: &str| body[name].as_str().map(str::to_owned);
    match name.as_str() {
        "run" => Step::Run(body.as_str().unwrap().to_owned()),
        "env" => Step::Env(text("name").unwrap(), text("value").ok_or_else(|| text("command").unwrap())),
        own => {
            assert!(OWN.contains(&own), "{own} is no step of Atlantis's");
            let arguments = body["extra_args"].as_array().unwrap();
            Step::BuiltIn(own.to_owned(), arguments.iter().map(|word| word.as_str().unwrap().to_owned()).collect())
        }
    }
}

/// The keys of an object that are none of these.
fn unknown(object: &Value, known: &[&str]) -> Vec<String> {
    object.as_object().unwrap().keys().filter(|key| !known.contains(&key.as_str())).cloned().collect()
}

#[test]
fn atlantis_knows_every_key() {
    let none = Vec::<String>::new();
    assert_eq!(unknown(&json!({"dirr": "."}), &["dir"]), ["dirr"]);
    let repository = read("atlantis.yaml");
    assert_eq!(unknown(&repository, &["version", "projects"]), none);
    assert_eq!(repository["version"], 3);
    assert_eq!(unknown(&project(), &["name", "dir", "workflow", "autoplan"]), none);
    assert_eq!(unknown(&project()["autoplan"], &["enabled", "when_modified"]), none);

    let server = read("server/repos.yaml");
    assert_eq!(unknown(&server, &["repos", "workflows", "policies"]), none);
    let repo = &server["repos"][0];
    let keys = ["id", "allowed_overrides", "allowed_workflows", "apply_requirements", "policy_check"];
    assert_eq!(unknown(repo, &keys), none);
    for workflow in server["workflows"].as_object().unwrap().values() {
        assert_eq!(unknown(workflow, &["plan", "policy_check", "apply"]), none);
    }
    assert_eq!(unknown(&server["policies"], &["owners", "policy_sets"]), none);
    assert_eq!(unknown(&server["policies"]["policy_sets"][0], &["name", "path", "source"]), none);
}

#[test]
fn the_server_lets_the_project_choose_its_workflow_and_no_other_thing() {
    let repo = read("server/repos.yaml")["repos"][0].take();
    assert_eq!(repo["allowed_overrides"], json!(["workflow"]));
    assert!(repo["allowed_workflows"].as_array().unwrap().contains(&project()["workflow"]));
    for workflow in repo["allowed_workflows"].as_array().unwrap() {
        for stage in ["plan", "policy_check", "apply"] {
            assert!(!steps(workflow.as_str().unwrap(), stage).is_empty());
        }
    }
    assert!(example().join(project()["dir"].as_str().unwrap()).join("main.tf").is_file());
}

//! The examples: their form, that Terraform takes them, and that they say what is so.

use eksmig_tests::configuration::Configuration;
use eksmig_tests::docs::faults::unformatted;
use eksmig_tests::emulator::root;
use eksmig_tests::terraform::Workspace;
use serde_json::Value;

use crate::NONE;

/// The configurations under `examples/`.
fn configurations() -> Vec<Configuration> {
    let found = Configuration::all(&root().join("examples"));
    assert!(found.len() > 5, "{found:?}");
    found
}

/// What the comment right above each output says, by the output's name.
fn said(text: &str) -> Vec<(String, Value)> {
    let lines: Vec<&str> = text.lines().collect();
    let pairs = lines.windows(2).filter_map(|pair| {
        let name = pair[1].strip_prefix("output \"")?.split('"').next()?;
        let comment = pair[0].strip_prefix("# ").unwrap_or_default();
        let said = serde_json::from_str(comment);
        Some((name.to_owned(), said.unwrap_or_else(|error| panic!("above output {name}: {comment:?}: {error}"))))
    });
    pairs.collect()
}

/// The outputs that are not what their comment says.
fn untrue(said: &[(String, Value)], outputs: &Value) -> Vec<String> {
    let numbers = |value: &Value| value.to_string().replace(".0", "");
    let wrong = said.iter().filter(|(name, said)| numbers(&outputs[name]["value"]) != numbers(said));
    wrong.map(|(name, said)| format!("{name} is {}, and its comment says {said}", outputs[name]["value"])).collect()
}

#[test]
fn examples_are_formatted() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("bad.tf"), "locals {\n a = 1\n  long = 2\n}\n").unwrap();
    let found = unformatted(folder.path());
    assert!(found.len() == 1 && found[0].contains("bad.tf"), "{found:?}");
    std::fs::write(folder.path().join("bad.tf"), "locals {").unwrap();
    assert!(!unformatted(folder.path()).is_empty());
    assert_eq!(unformatted(&root().join("examples")), NONE);
}

#[test]
fn terraform_takes_every_example() {
    let bad = tempfile::tempdir().unwrap();
    std::fs::create_dir(bad.path().join("bad")).unwrap();
    std::fs::write(bad.path().join("bad/main.tf"), "resource \"eksmig_weighted_shift\" \"a\" {}\n").unwrap();
    let validate = |one: &Configuration| one.lay(Workspace::new(), &[]).validate();
    validate(&Configuration::of(bad.path(), "bad")).expect_failure();
    for configuration in configurations() {
        let run = validate(&configuration);
        assert_eq!(run.code, Some(0), "{}: {run:#?}", configuration.folder());
    }
}

#[test]
fn the_results_of_functions_are_what_the_examples_say() {
    let outputs: Value = serde_json::from_str(r#"{"a": {"value": [1, 2]}}"#).unwrap();
    assert_eq!(untrue(&said("# [1, 2]\noutput \"a\" {\n"), &outputs), NONE);
    assert_eq!(untrue(&said("# [1, 3]\noutput \"a\" {\n"), &outputs).len(), 1);
    for function in configurations().iter().filter(|one| one.folder().starts_with("functions/")) {
        let laid = function.lay(Workspace::new(), &[]);
        laid.run(&["apply", "-input=false", "-auto-approve"]).expect_success();
        let outputs = serde_json::from_str(&laid.run(&["output", "-json"]).expect_success().stdout).unwrap();
        let said = said(&std::fs::read_to_string(function.path().join("function.tf")).unwrap());
        assert!(!said.is_empty(), "{}: no output says what it is", function.folder());
        assert_eq!(untrue(&said, &outputs), NONE, "{}", function.folder());
    }
}

#[test]
fn the_stories_show_the_configuration_that_is_applied() {
    for story in ["alb-pod-ip", "node-group", "nodeport", "swarm-to-eks"] {
        let folder = root().join("examples/migrations").join(story);
        let [page, main] = ["README.md", "main.tf"].map(|file| std::fs::read_to_string(folder.join(file)).unwrap());
        assert!(page.contains(main.trim()), "{story}/README.md does not show its main.tf");
        assert!(!page.contains(main.replacen('=', "= ", 1).trim()));
    }
}

#[test]
fn the_guide_shows_the_example_that_terraform_takes() {
    let guide = std::fs::read_to_string(root().join("docs/guides/first-shift.md")).unwrap();
    let example = std::fs::read_to_string(root().join("examples/first-shift/main.tf")).unwrap();
    let unlike = example.replacen('=', "= ", 1);
    assert!(!guide.contains(unlike.trim()));
    assert!(guide.contains(example.trim()), "docs/guides/first-shift.md does not show examples/first-shift/main.tf");
}

//! The guides that document what programs read, beside the sources that write it.

use eksmig_tests::emulator::root;

use crate::NONE;

/// The texts that come first in the calls of these functions, in a source.
fn first_texts(source: &str, functions: &[&str]) -> Vec<String> {
    let calls = functions.iter().flat_map(|function| source.split(function).skip(1));
    let first = |rest: &str| rest.trim_start().strip_prefix('"')?.split('"').next().map(str::to_owned);
    calls.filter_map(first).collect()
}

/// The public attributes of a struct in a source.
fn attributes(source: &str, name: &str) -> Vec<String> {
    let body = source.split(&format!("pub struct {name} {{")).nth(1).and_then(|rest| rest.split("\n}").next());
    let lines = body.unwrap_or_default().lines().filter_map(|line| line.trim().strip_prefix("pub "));
    lines.filter_map(|line| Some(line.split_once(':')?.0.to_owned())).collect()
}

/// The words that a guide has nowhere as code.
fn unsaid(words: &[String], guide: &str) -> Vec<String> {
    words.iter().filter(|word| !guide.contains(&format!("`{word}`"))).cloned().collect()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

#[test]
fn every_kind_of_finding_is_in_the_guide() {
    let calls = ["Finding::warning(", "Finding::note("];
    assert_eq!(first_texts("Finding::warning(\n  \"jump\", x); Finding::note(\"hold\")", &calls), ["jump", "hold"]);
    assert_eq!(unsaid(&["jump".to_owned()], "a jump, or `jumps`"), ["jump"]);
    let sources = ["change", "whole"].map(|name| read(&format!("provider/src/review/finding/{name}.rs"))).join("\n");
    let kinds = first_texts(&sources, &calls);
    assert!(kinds.len() > 20, "{kinds:?}");
    assert_eq!(unsaid(&kinds, &read("docs/guides/reviewing-a-plan.md")), NONE);
}

#[test]
fn every_attribute_of_an_event_is_in_the_guide() {
    assert_eq!(attributes("pub struct A {\n    /// B.\n    pub b: u8,\n    c: u8,\n}\n", "A"), ["b"]);
    let source = read("provider/src/events/line.rs");
    let mut words = attributes(&source, "Line");
    assert!(words.len() > 12, "{words:?}");
    words.extend(attributes(&source, "Stop"));
    // What the lines call `type` is no name for an attribute of a struct.
    words.retain(|word| word != "kind");
    words.extend(first_texts(&source, &["named(", "at_place(", "=> ("]));
    assert!(words.contains(&"rolled_back".to_owned()) && words.contains(&"went_back".to_owned()), "{words:?}");
    assert_eq!(unsaid(&words, &read("docs/guides/watching-a-run.md")), NONE);
}

/// The paths of the repository that a text names as code.
fn paths(text: &str) -> Vec<String> {
    let code = text.split('`').skip(1).step_by(2);
    code.filter(|word| word.starts_with("examples/") && !word.contains(char::is_whitespace))
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_stories_that_a_guide_names_are_there_and_each_is_named() {
    assert_eq!(paths("`examples/a` and `b` or `examples/c d`"), ["examples/a"]);
    let named = paths(&read("docs/guides/migrating-a-cluster.md"));
    let gone: Vec<&String> = named.iter().filter(|path| !root().join(path).exists()).collect();
    assert!(named.len() > 5 && gone.is_empty(), "{gone:?} of {named:?}");
    let stories = std::fs::read_dir(root().join("examples/migrations")).unwrap();
    let stories = stories.map(|story| format!("examples/migrations/{}", story.unwrap().file_name().to_string_lossy()));
    let untold: Vec<String> = stories.filter(|story| !named.contains(story)).collect();
    assert_eq!(untold, NONE);
}

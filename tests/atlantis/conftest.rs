//! What conftest does, done by regorus: `conftest test` of a plan, and `conftest verify`.

use std::path::PathBuf;

use regorus::{Engine, Value};

use crate::workflow::example;

/// What the rules of a kind, `deny` or `warn`, say of a plan, in order.
pub fn judged(plan: &str, rules: &str) -> Vec<String> {
    let mut engine = engine();
    engine.set_input_json(plan).unwrap();
    let found = engine.eval_rule(format!("data.main.{rules}")).unwrap();
    found.as_set().unwrap().iter().map(|message| message.as_string().unwrap().to_string()).collect()
}

fn engine() -> Engine {
    let mut engine = Engine::new();
    for path in files() {
        engine.add_policy_from_file(path).unwrap();
    }
    engine
}

fn files() -> Vec<PathBuf> {
    let found = std::fs::read_dir(example().join("server/policies")).unwrap().map(|entry| entry.unwrap().path());
    found.filter(|path| path.extension().is_some_and(|extension| extension == "rego")).collect()
}

/// The names of the policies' own tests.
fn tests() -> Vec<String> {
    let texts = files().into_iter().map(|path| std::fs::read_to_string(path).unwrap()).collect::<Vec<_>>().concat();
    let names = texts.lines().filter(|line| line.starts_with("test_"));
    names.map(|line| line.split_whitespace().next().unwrap().to_owned()).collect()
}

#[test]
fn the_policies_pass_their_own_tests() {
    let tests = tests();
    assert!(tests.len() > 15, "{tests:?}");
    let failed: Vec<&String> = tests
        .iter()
        .filter(|test| engine().eval_rule(format!("data.main.{test}")).unwrap() != Value::Bool(true))
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
}

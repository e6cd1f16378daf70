//! What a module refuses, it is shown to refuse.

use eksmig_tests::configuration::{Configuration, sources};
use eksmig_tests::docs::hcl::{Block, blocks};
use eksmig_tests::emulator::root;

use crate::NONE;

/// What refuses something, by what a suite expects to fail: so many rules each.
fn rules(text: &str) -> Vec<(String, usize)> {
    let of = |block: Block| {
        let name = match block.kind.as_str() {
            "variable" => format!("var.{}", block.labels.join(".")),
            "data" => format!("data.{}", block.labels.join(".")),
            "output" | "check" => format!("{}.{}", block.kind, block.labels.join(".")),
            _ => block.labels.join("."),
        };
        let within = block.blocks("lifecycle").into_iter().chain([block]);
        let rules = within.flat_map(|block| {
            ["validation", "precondition", "postcondition", "assert"].map(|kind| block.blocks(kind).len())
        });
        (name, rules.sum())
    };
    blocks(text).into_iter().map(of).filter(|(_, rules)| *rules > 0).collect()
}

/// The rules that fewer runs show than there are.
fn unshown(module: &str, suites: &str) -> Vec<String> {
    let shown = |name: &str| suites.matches(&format!("expect_failures = [{name}]")).count();
    let too_few = rules(module).into_iter().filter(|(name, rules)| shown(name) < *rules);
    too_few
        .map(|(name, rules)| format!("{name} has {rules} rules, and {} runs show it to refuse", shown(&name)))
        .collect()
}

#[test]
fn every_rule_of_a_module_is_shown_to_refuse() {
    let text = "variable \"a\" {\n  validation {\n    condition = true\n  }\n  validation {\n    condition = true\n  }\n}\n\n\
                resource \"x\" \"y\" {\n  lifecycle {\n    precondition {\n      condition = true\n    }\n  }\n}\n";
    assert_eq!(rules(text), [("var.a".to_owned(), 2), ("x.y".to_owned(), 1)]);
    let found = unshown(text, "expect_failures = [var.a]\nexpect_failures = [x.y]\n");
    assert!(found.len() == 1 && found[0].contains("var.a has 2 rules, and 1"), "{found:?}");

    let modules = Configuration::all(&root().join("examples/modules"));
    for module in modules.iter().filter(|module| !module.folder().contains('/')) {
        let text: String =
            sources(&module.path()).into_iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
        assert!(rules(&text).len() > 5, "{}", module.folder());
        let suites: String = module.suites("tests").into_iter().map(|(_, text)| text).collect();
        assert_eq!(unshown(&text, &suites), NONE, "{}", module.folder());
    }
}

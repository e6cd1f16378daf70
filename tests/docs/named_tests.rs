//! The tests that the architecture names.

use std::collections::BTreeSet;
use std::path::Path;

use eksmig_tests::emulator::root;

use crate::NONE;

/// The names of tests in the second column of the tables of a text.
fn named(text: &str) -> BTreeSet<String> {
    let cells = text.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").nth(1));
    let words = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    words.filter(|word| word.matches('_').count() > 2).map(str::to_owned).collect()
}

/// The names that no function of the sources has.
fn unknown(names: &BTreeSet<String>, sources: &str) -> Vec<String> {
    names.iter().filter(|name| !sources.contains(&format!("fn {name}("))).cloned().collect()
}

/// Adds the text of every source below a folder.
pub fn collect(folder: &Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, text);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            *text += &std::fs::read_to_string(path).unwrap();
        }
    }
}

#[test]
fn every_test_that_the_architecture_names_is_there() {
    let names = named("| a | `one_two_three_four` |\n| b | `five_six_seven_eight`, and `clippy.toml` |\n");
    assert_eq!(names.len(), 2);
    assert_eq!(unknown(&names, "fn one_two_three_four() {"), ["five_six_seven_eight"]);

    let names = named(&std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap());
    assert!(names.len() > 10, "{names:?}");
    let mut sources = String::new();
    collect(&root().join("tests"), &mut sources);
    assert_eq!(unknown(&names, &sources), NONE);
}

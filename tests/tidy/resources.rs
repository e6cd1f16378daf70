//! Everything that users can write has its files, its example, its page and its test.

use std::collections::BTreeSet;
use std::path::Path;

use eksmig_tests::emulator::root;

const RESOURCE: [&str; 7] = ["apply.rs", "config.rs", "mod.rs", "plan.rs", "read.rs", "schema.rs", "state.rs"];
const DATA_SOURCE: [&str; 4] = ["config.rs", "mod.rs", "read.rs", "schema.rs"];

/// What is missing in, or too much of, a type's folder, given the names of its files and those it is to have.
fn irregular(name: &str, files: &BTreeSet<String>, wanted: &[&str]) -> Vec<String> {
    let wanted: BTreeSet<String> = wanted.iter().map(|&file| file.to_owned()).collect();
    let missing = wanted.difference(files).map(|file| format!("{name} has no {file}"));
    let extra = files.difference(&wanted).map(|file| format!("{name} has {file}, which the others have not"));
    missing.chain(extra).collect()
}

/// The names in a folder; none where there is no such folder.
fn names(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// The types of a kind: the folders or files in `provider/src/<kind>`, but for the list itself.
fn types(kind: &str) -> BTreeSet<String> {
    let found = names(&root().join("provider/src").join(kind));
    found.iter().map(|name| name.trim_end_matches(".rs").to_owned()).filter(|name| name != "mod").collect()
}

/// What a type lacks, asked of `exists` by path from the root.
fn lacking(kind: &str, name: &str, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let wanted = match kind {
        "resources" => vec![
            format!("examples/resources/eksmig_{name}/resource.tf"),
            format!("docs/resources/{name}.md"),
            format!("tests/acceptance_{name}.rs"),
        ],
        "data_sources" => vec![
            format!("examples/data-sources/eksmig_{name}/data-source.tf"),
            format!("docs/data-sources/{name}.md"),
            format!("tests/acceptance_{name}.rs"),
        ],
        _ => vec![
            format!("examples/functions/{name}/function.tf"),
            format!("docs/functions/{name}.md"),
            "tests/acceptance_functions.rs".to_owned(),
        ],
    };
    wanted.into_iter().filter(|path| !exists(path)).map(|path| format!("{name} lacks {path}")).collect()
}

#[test]
fn every_resources_folder_has_the_same_files() {
    let files: BTreeSet<String> = ["mod.rs", "plan.rs", "extra.rs"].map(str::to_owned).into();
    assert_eq!(irregular("thing", &files, &RESOURCE).len(), 6);
    assert_eq!(all_irregular("resources", &RESOURCE), Vec::<String>::new());
}

#[test]
fn every_data_sources_folder_has_the_same_files() {
    let files: BTreeSet<String> = ["mod.rs", "state.rs"].map(str::to_owned).into();
    assert_eq!(irregular("thing", &files, &DATA_SOURCE).len(), 4);
    assert_eq!(all_irregular("data_sources", &DATA_SOURCE), Vec::<String>::new());
}

fn all_irregular(kind: &str, wanted: &[&str]) -> Vec<String> {
    let folder = root().join("provider/src").join(kind);
    types(kind).iter().flat_map(|name| irregular(name, &names(&folder.join(name)), wanted)).collect()
}

#[test]
fn every_type_has_an_example_a_page_and_a_test() {
    assert_eq!(lacking("resources", "thing", |_| false).len(), 3);
    assert_eq!(lacking("resources", "thing", |path| path.starts_with("docs")).len(), 2);
    let mut found = Vec::new();
    for kind in ["resources", "data_sources", "functions"] {
        for name in types(kind) {
            found.extend(lacking(kind, &name, |path| root().join(path).is_file()));
        }
    }
    assert_eq!(found, Vec::<String>::new());
    assert!(types("resources").contains("weighted_shift") && types("data_sources").contains("routes"));
}

#[test]
fn every_type_is_on_the_providers_list() {
    let list = std::fs::read_to_string(root().join("provider/src/provider.rs")).unwrap();
    for kind in ["resources", "data_sources", "functions"] {
        for name in types(kind) {
            assert!(list.contains(&name), "provider.rs does not list {name} of {kind}");
        }
    }
}

#[test]
fn every_function_is_called_in_its_acceptance_test() {
    let test = std::fs::read_to_string(root().join("tests/acceptance_functions.rs")).unwrap();
    for name in types("functions") {
        assert!(test.contains(&format!("provider::eksmig::{name}(")), "{name} is not called");
    }
}

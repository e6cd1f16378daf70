//! Which of the provider's types of resources and data sources a folder of Terraform's uses.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

/// What ends the names of files that name types.
const NAMING: [&str; 3] = ["tf", "tfstate", "backup"];

/// The types that a configuration or a state names.
pub fn named(text: &str) -> impl Iterator<Item = String> + use<'_> {
    text.split('"').filter(|word| word.starts_with("eksmig_")).map(str::to_owned)
}

/// The types that stand in a folder's configuration and state, and in its modules.
pub fn of(folder: &Path) -> BTreeSet<String> {
    let modules = std::fs::read(folder.join(".terraform/modules/modules.json")).unwrap_or_default();
    let modules: Value = serde_json::from_slice(&modules).unwrap_or_default();
    let modules = modules["Modules"].as_array().into_iter().flatten().filter_map(|module| module["Dir"].as_str());
    let folders = modules.map(|module| folder.join(module)).chain([folder.to_owned()]);
    let files = folders.flat_map(|folder| std::fs::read_dir(folder).into_iter().flatten().flatten());
    let names_types = |path: &Path| path.extension().is_some_and(|end| NAMING.iter().any(|naming| end == *naming));
    let texts = files.map(|file| file.path()).filter(|path| names_types(path)).map(std::fs::read_to_string);
    texts.flatten().flat_map(|text| named(&text).collect::<Vec<_>>()).collect()
}

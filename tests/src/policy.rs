//! The policies that the pages show, by what they allow. Each has one home: `iam.json` beside the type's example.

use std::collections::BTreeSet;

use crate::docs::resource_page::actions;
use crate::emulator::root;

/// The folders of examples whose types have policies.
const KINDS: [&str; 2] = ["resources", "data-sources"];

/// The actions that the policy of a type allows; none where there is no such type.
pub fn of(type_name: &str) -> BTreeSet<String> {
    let place = |kind| root().join("examples").join(kind).join(type_name).join("iam.json");
    let found = KINDS.into_iter().filter_map(|kind| std::fs::read_to_string(place(kind)).ok());
    found.flat_map(|policy| actions(&policy).unwrap()).collect()
}

/// The actions that any type's policy allows.
pub fn of_all() -> BTreeSet<String> {
    let folders = KINDS.into_iter().flat_map(|kind| std::fs::read_dir(root().join("examples").join(kind)).unwrap());
    folders.flat_map(|folder| of(&folder.unwrap().file_name().to_string_lossy())).collect()
}

/// Those of `actions` that no policy of these types allows.
pub fn unlisted<'a>(actions: &'a BTreeSet<String>, types: &BTreeSet<String>) -> BTreeSet<&'a String> {
    let listed: BTreeSet<String> = types.iter().flat_map(|name| of(name)).collect();
    actions.iter().filter(|action| !listed.contains(*action)).collect()
}

//! Rooms that would collect whatever has no place are not opened.

use crate::tracked::files;

const FORBIDDEN: [&str; 9] = ["utils", "util", "helpers", "helper", "common", "shared", "misc", "constants", "consts"];

/// The paths of which a folder or a file's stem has a forbidden name.
fn forbidden(paths: &[String]) -> Vec<String> {
    let bad = |path: &&String| path.split('/').any(|part| FORBIDDEN.contains(&part.split('.').next().unwrap()));
    paths.iter().filter(bad).cloned().collect()
}

#[test]
fn no_room_is_called_by_what_it_is_not() {
    let paths = ["core/src/utils/mod.rs", "core/src/common.rs", "core/src/aws/shared_read.rs"].map(str::to_owned);
    assert_eq!(forbidden(&paths), paths[..2]);
    assert_eq!(forbidden(&files()), Vec::<String>::new());
}

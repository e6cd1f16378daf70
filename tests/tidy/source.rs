//! Rust sources as the checkers read them: without comments and without the code of unit tests.

use std::path::Path;

use eksmig_tests::emulator::root;

/// One source file.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its path below the crate's `src`, with forward slashes.
    pub path: String,
    /// Its text, without comments and unit tests.
    pub code: String,
}

impl Source {
    /// A source of this text.
    pub fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), code: bare(text) }
    }

    /// Whether it lies in this room: a file of that name, or a folder.
    pub fn is_in(&self, room: &str) -> bool {
        self.path == format!("{room}.rs") || self.path.starts_with(&format!("{room}/"))
    }

    /// Whether it is unit tests through and through.
    pub fn is_test(&self) -> bool {
        self.path.ends_with("tests.rs") || self.path.contains("/tests/") || self.path.ends_with("loopback.rs")
    }
}

/// The sources of a crate, given the folder of its `src` from the project's root; unit tests left out.
pub fn sources(folder: &str) -> Vec<Source> {
    let top = root().join(folder);
    let mut found = Vec::new();
    collect(&top, &top, &mut found);
    assert!(!found.is_empty(), "no sources in {folder}");
    found.retain(|source: &Source| !source.is_test());
    found
}

fn collect(top: &Path, folder: &Path, found: &mut Vec<Source>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(top, &path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let below = path.strip_prefix(top).unwrap().to_string_lossy().replace('\\', "/");
            found.push(Source::new(&below, &std::fs::read_to_string(&path).unwrap()));
        }
    }
}

fn bare(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap();
    let lines = code.lines().map(|line| line.split_once("//").map_or(line, |(before, _)| before));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn comments_and_unit_tests_are_left_out() {
    let source =
        Source::new("a.rs", "use x; // serde\n/// kube\nfn f() {}\n\n#[cfg(test)]\nmod tests {\n    sleep();\n}\n");
    assert!(source.code.contains("use x;") && source.code.contains("fn f"));
    assert!(!source.code.contains("serde") && !source.code.contains("kube") && !source.code.contains("sleep"));
}

#[test]
fn a_room_is_a_file_or_a_folder() {
    assert!(Source::new("engine.rs", "").is_in("engine"));
    assert!(Source::new("engine/driver.rs", "").is_in("engine"));
    assert!(!Source::new("engines/driver.rs", "").is_in("engine"));
}

//! What the files under version control must not contain.

use std::process::Command;

use eksmig_tests::emulator::root;

/// The files under version control, and those about to be.
pub fn files() -> Vec<String> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(listed.status.success(), "git: {}", String::from_utf8_lossy(&listed.stderr));
    let text = String::from_utf8(listed.stdout).unwrap();
    let files: Vec<String> = text.lines().filter(|path| root().join(path).is_file()).map(str::to_owned).collect();
    assert!(files.len() > 10);
    files
}

/// Words that belong to one machine or to one network. Put together here, so that this file does not contain them.
fn foreign() -> Vec<String> {
    let folders = ["root", "work", "home"].map(|name| format!("/{name}/"));
    let hosts = ["pypi", "files.pythonhosted", "static.crates", "index.crates", "proxy.golang"];
    let endings = ["org", "org", "io", "io", "org"];
    let hosts = hosts.iter().zip(endings).map(|(host, ending)| format!("{host}.{ending}"));
    folders.into_iter().chain(hosts).collect()
}

fn containing_foreign(path: &str, text: &str) -> Vec<String> {
    let words = foreign();
    let found = text.lines().enumerate().flat_map(|(number, line)| {
        let here = words.iter().filter(move |word| mentions(line, word));
        here.map(move |word| format!("{path}:{} has {word}", number + 1))
    });
    found.collect()
}

/// Whether a line has the word, and a folder not as the middle of a longer path.
fn mentions(line: &str, word: &str) -> bool {
    let starts = |at: usize| !line[..at].ends_with(|before: char| before.is_alphanumeric() || "._-}".contains(before));
    line.match_indices(word).any(|(at, _)| !word.starts_with('/') || starts(at))
}

#[test]
fn no_path_of_a_machine_and_no_registrys_host_is_written_down() {
    let bad = format!("path = \"/{}/project\"", "root");
    assert_eq!(containing_foreign("a", &bad).len(), 1);
    assert_eq!(containing_foreign("a", "url = \"https://example.com/home/page\"").len(), 0);
    let mut found = Vec::new();
    for path in files() {
        if let Ok(text) = std::fs::read_to_string(root().join(&path)) {
            found.extend(containing_foreign(&path, &text));
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

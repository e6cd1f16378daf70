//! What can be wrong with pages and examples. Each check returns what it found, in words that say what to do.

use std::path::Path;
use std::process::Command;

use super::link::{anchors, targets};
use super::page::Page;

/// What mends a page that differs.
pub const MENDED_BY: &str = "make docs";
/// The largest page that the Registry shows, in bytes.
const LARGEST: usize = 500_000;
/// The most pages that the Registry shows.
const MOST: usize = 1000;
/// The provider's own page.
const INDEX: &str = "docs/index.md";
/// The folders whose pages are all generated.
const GENERATED: [&str; 3] = ["docs/resources/", "docs/data-sources/", "docs/functions/"];
/// The folder of guides, of which some are generated.
const GUIDES: &str = "docs/guides/";

/// The pages on disk that are not what the provider says, missing ones, and ones that belong to nothing.
pub fn differing(root: &Path, pages: &[Page]) -> Vec<String> {
    let mut found = Vec::new();
    for page in pages {
        let path = &page.path;
        match std::fs::read_to_string(root.join(path)) {
            Err(_) => found.push(format!("{path} is missing: run `{MENDED_BY}`")),
            Ok(text) => found.extend(first_difference(&text, &page.to_string()).map(|line| {
                format!("{path} differs from the schema and the examples, first in line {line}: run `{MENDED_BY}`")
            })),
        }
    }
    for (path, _) in written(root) {
        let generated = GENERATED.iter().any(|folder| path.starts_with(folder));
        if generated && !pages.iter().any(|page| page.path == path) {
            found.push(format!("{path} belongs to nothing that the provider offers: delete it"));
        }
    }
    found
}

/// The READMEs of modules on disk that are not what the modules say.
pub fn outdated(root: &Path, readmes: &[(String, String)]) -> Vec<String> {
    let differs = |(path, wanted): &(String, String)| {
        let text = std::fs::read_to_string(root.join(path)).unwrap_or_default();
        let line = first_difference(&text, wanted)?;
        Some(format!("{path} differs from the module, first in line {line}: run `{MENDED_BY}`"))
    };
    readmes.iter().filter_map(differs).collect()
}

/// The number of the first line in which two texts differ.
fn first_difference(one: &str, other: &str) -> Option<usize> {
    if one == other {
        return None;
    }
    let same = one.lines().zip(other.lines()).take_while(|(one, other)| one == other).count();
    Some(same + 1)
}

/// The pages that the Registry takes from `docs/`, by path from the root, with their texts.
pub fn written(root: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for folder in GENERATED.iter().chain(&[GUIDES]) {
        collect(root, folder.trim_end_matches('/'), &mut found);
    }
    let index = std::fs::read_to_string(root.join(INDEX));
    found.extend(index.into_iter().map(|text| (INDEX.to_owned(), text)));
    found.sort();
    found
}

fn collect(root: &Path, folder: &str, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(root.join(folder)).into_iter().flatten() {
        let entry = entry.unwrap();
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(root, &path, found);
        } else if path.ends_with(".md") {
            found.push((path, std::fs::read_to_string(entry.path()).unwrap()));
        }
    }
}

/// The pages that the Registry would not show as they are.
pub fn refused_by_the_registry(pages: &[(String, String)]) -> Vec<String> {
    let mut found = Vec::new();
    if pages.len() > MOST {
        found.push(format!("there are {} pages, and the Registry shows {MOST}", pages.len()));
    }
    for (path, text) in pages {
        if text.len() > LARGEST {
            found.push(format!("{path} has {} bytes, and the Registry shows {LARGEST}", text.len()));
        }
        let head = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n")).map(|(head, _)| head);
        for key in ["page_title", "subcategory", "description"] {
            match head.and_then(|head| value(head, key)) {
                None => found.push(format!("{path} has no {key} in its front matter")),
                Some(text) if text.is_empty() && key != "subcategory" => {
                    found.push(format!("{path} has an empty {key}"))
                }
                Some(_) => {}
            }
        }
    }
    found
}

/// What a front matter says under a key: on the same line, in quotes or not, or indented below `|-`.
fn value(head: &str, key: &str) -> Option<String> {
    let (_, after) =
        head.split_once(&format!("{key}:")).filter(|(before, _)| before.is_empty() || before.ends_with('\n'))?;
    let mut lines = after.lines();
    let same = lines.next().unwrap_or_default().trim().trim_matches('"');
    if same != "|-" {
        return Some(same.to_owned());
    }
    let below: Vec<&str> = lines.take_while(|line| line.starts_with("  ")).map(str::trim).collect();
    Some(below.join(" "))
}

/// The files under `docs/` that the Registry does not take: in other folders, or deeper. What stands beside the index is for
/// readers of the repository.
pub fn misplaced(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root.join("docs")).into_iter().flatten() {
        let folder = entry.unwrap().path();
        let name = format!("docs/{}/", folder.file_name().unwrap_or_default().to_string_lossy());
        if !folder.is_dir() {
            continue;
        }
        if !GENERATED.contains(&name.as_str()) && name != GUIDES {
            found.push(format!("{name} is no folder of the Registry's"));
            continue;
        }
        for page in std::fs::read_dir(&folder).into_iter().flatten() {
            let page = page.unwrap().path();
            if page.is_dir() || page.extension().is_none_or(|extension| extension != "md") {
                found.push(format!("{name} has {}, which is no page", page.display()));
            }
        }
    }
    found
}

/// The links of pages that lead out of `docs/`, where the Registry has nothing.
pub fn leading_out(pages: &[(String, String)]) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in pages {
        let depth = path.matches('/').count() - 1;
        let out = |target: &&String| !target.contains("://") && target.matches("../").count() > depth;
        found.extend(
            targets(text).iter().filter(out).map(|target| format!("{path} links to {target}, outside of docs/")),
        );
    }
    found
}

/// The links of these texts that lead to no file, or to no heading in it. Links to elsewhere are not followed.
pub fn broken_links(root: &Path, texts: &[(String, String)]) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in texts {
        for target in targets(text) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let (file, anchor) = target.split_once('#').unwrap_or((&target, ""));
            let folder = root.join(path).parent().unwrap().to_owned();
            let place = if file.is_empty() { root.join(path) } else { folder.join(file) };
            let there = place.exists();
            let reached = there && (anchor.is_empty() || has_anchor(&place, anchor));
            if !reached {
                found.push(format!("{path} links to {target}, which is not there"));
            }
        }
    }
    found
}

fn has_anchor(place: &Path, anchor: &str) -> bool {
    std::fs::read_to_string(place).is_ok_and(|text| anchors(&text).contains(anchor))
}

/// The examples in a folder that `terraform fmt` would write otherwise.
pub fn unformatted(folder: &Path) -> Vec<String> {
    let output = Command::new("terraform")
        .args(["fmt", "-check", "-recursive", "-no-color"])
        .arg(folder)
        .env("TF_CLI_CONFIG_FILE", "/dev/null")
        .env("CHECKPOINT_DISABLE", "1")
        .output()
        .expect("terraform is missing: install Terraform 1.8 or later");
    let said = String::from_utf8_lossy(&output.stdout);
    let mut found: Vec<String> =
        said.lines().filter(|line| line.ends_with(".tf")).map(|line| format!("{line}: run `terraform fmt`")).collect();
    if !output.status.success() && found.is_empty() {
        found.push(format!("terraform fmt: {}{said}", String::from_utf8_lossy(&output.stderr)));
    }
    found
}

//! The links between pages.

use eksmig_tests::docs::faults::{broken_links, written};
use eksmig_tests::emulator::root;

use crate::NONE;

/// The pages at the top of the project, and of the examples.
const TOP: [&str; 5] =
    ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "examples/atlantis/README.md"];

/// Those of the stories.
fn stories() -> Vec<String> {
    let stories = std::fs::read_dir(root().join("examples/migrations")).unwrap();
    let name = |story: std::fs::DirEntry| story.file_name().to_string_lossy().into_owned();
    stories.map(|story| format!("examples/migrations/{}/README.md", name(story.unwrap()))).collect()
}

#[test]
fn links_lead_somewhere() {
    let folder = tempfile::tempdir().unwrap();
    let text = "# One: a Heading\n<a id=\"named\"></a>\n[a](#one-a-heading) [b](#named) [c](b.md#two) [d](https://e)\n\
                [x](#nothing) [y](c.md) [z](b.md#three)\n```\n[code](nowhere.md)\n```\n`[code](nowhere.md)`\n";
    std::fs::write(folder.path().join("a.md"), text).unwrap();
    std::fs::write(folder.path().join("b.md"), "## Two\n```\n## Three\n```\n").unwrap();
    let found = broken_links(folder.path(), &[("a.md".to_owned(), text.to_owned())]);
    assert_eq!(found.len(), 3, "{found:#?}");
    assert!(found[0].contains("#nothing") && found[1].contains("c.md") && found[2].contains("b.md#three"));

    let mut texts = written(&root());
    for path in TOP.map(str::to_owned).into_iter().chain(stories()) {
        let text = std::fs::read_to_string(root().join(&path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        texts.push((path, text));
    }
    assert_eq!(broken_links(&root(), &texts), NONE);
}

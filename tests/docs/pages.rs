//! The generated pages.

use std::path::Path;

use eksmig_provider::Eksmig;
use eksmig_tests::docs::faults::differing;
use eksmig_tests::docs::page::Page;
use eksmig_tests::docs::pages::pages;
use eksmig_tests::emulator::root;
use tfplugin::Provider;

use crate::NONE;

fn write(root: &Path, path: &str, text: &str) {
    std::fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
    std::fs::write(root.join(path), text).unwrap();
}

fn page(path: &str) -> Page {
    let [title, description, body] = ["title", "description", "one\ntwo\n"].map(str::to_owned);
    Page { path: path.to_owned(), title, description, body }
}

#[test]
fn the_committed_pages_are_what_the_provider_says() {
    let folder = tempfile::tempdir().unwrap();
    let made = [page("docs/index.md"), page("docs/functions/same.md"), page("docs/functions/missing.md")];
    write(folder.path(), "docs/index.md", &made[0].to_string().replace("two", "three"));
    write(folder.path(), "docs/functions/same.md", &made[1].to_string());
    write(folder.path(), "docs/functions/left_over.md", "nobody's");
    write(folder.path(), "docs/guides/by_hand.md", "a person's");
    let found = differing(folder.path(), &made);
    assert_eq!(found.len(), 3, "{found:#?}");
    assert!(found[0].contains("docs/index.md") && found[0].contains("line 11") && found[0].contains("make docs"));
    assert!(found[1].contains("docs/functions/missing.md") && found[1].contains("make docs"));
    assert!(found[2].contains("docs/functions/left_over.md"));

    let pages = pages(&Eksmig::new(), &root()).unwrap();
    assert_eq!(differing(&root(), &pages), NONE);
}

#[test]
fn a_type_or_a_function_without_an_example_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let missing = pages(&Eksmig::new(), folder.path()).unwrap_err();
    for path in [
        "provider/provider.tf",
        "resources/eksmig_weighted_shift/resource.tf",
        "data-sources/eksmig_routes/data-source.tf",
        "functions/ramp/function.tf",
    ] {
        assert!(missing.iter().any(|one| one.contains(path)), "{path}: {missing:#?}");
    }
    let eksmig = Eksmig::new();
    let pages = 1 + 3 + eksmig.resources().len() + eksmig.data_sources().len() + eksmig.functions().len();
    assert_eq!(missing.len(), pages, "one for each page: {missing:#?}");
}

#[test]
fn a_nested_schema_is_linked_to_and_marks_are_shown() {
    let pages = pages(&Eksmig::new(), &root()).unwrap();
    let shift = pages.iter().find(|page| page.path.ends_with("weighted_shift.md")).unwrap();
    for text in [
        "(#nestedatt--gate--http_probe)",
        "<a id=\"nestedatt--gate--http_probe\"></a>",
        "<a id=\"nestedblock--timeouts\"></a>",
        "- `headers` (Map of String, Sensitive)",
        "- `route_arns` (Set of String)",
        "- `routes` (Attributes Map)",
    ] {
        assert!(shift.body.contains(text), "{text}");
    }
}

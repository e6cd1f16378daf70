//! What the Registry asks of pages.

use eksmig_tests::docs::faults::{leading_out, misplaced, refused_by_the_registry, written};
use eksmig_tests::docs::fences::{unlabelled, untidy};
use eksmig_tests::emulator::root;

use crate::NONE;

const HEAD: &str = "---\npage_title: \"a\"\nsubcategory: \"\"\ndescription: |-\n  a\n---\n";

#[test]
fn pages_are_within_the_registrys_limits_and_have_front_matter() {
    let page = |text: &str| vec![("docs/a.md".to_owned(), text.to_owned())];
    assert_eq!(refused_by_the_registry(&page(HEAD)), NONE);
    assert_eq!(refused_by_the_registry(&page(&(HEAD.to_owned() + &"x".repeat(500_001)))).len(), 1);
    assert_eq!(refused_by_the_registry(&page("# A page\n")).len(), 3);
    assert_eq!(refused_by_the_registry(&page(&HEAD.replace("subcategory", "category"))).len(), 1);
    assert_eq!(refused_by_the_registry(&page(&HEAD.replace("|-\n  a", "|-"))).len(), 1);
    assert_eq!(refused_by_the_registry(&page(&HEAD.replace("\"a\"", "\"\""))).len(), 1);
    assert_eq!(refused_by_the_registry(&vec![page(HEAD)[0].clone(); 1001]).len(), 1);

    let pages = written(&root());
    assert!(pages.iter().any(|(path, _)| path == "docs/guides/first-shift.md"));
    assert_eq!(refused_by_the_registry(&pages), NONE);
}

#[test]
fn pages_lie_where_the_registry_looks_and_link_to_what_it_has() {
    let folder = tempfile::tempdir().unwrap();
    for path in
        ["docs/guides/deeper/a.md", "docs/howto/a.md", "docs/resources/a.txt", "docs/resources/a.md", "docs/b.md"]
    {
        std::fs::create_dir_all(folder.path().join(path).parent().unwrap()).unwrap();
        std::fs::write(folder.path().join(path), "").unwrap();
    }
    assert_eq!(misplaced(folder.path()).len(), 3, "{:?}", misplaced(folder.path()));
    assert_eq!(misplaced(&root()), NONE);

    let page = |path: &str, text: &str| vec![(path.to_owned(), text.to_owned())];
    assert_eq!(leading_out(&page("docs/guides/a.md", "[a](../resources/b.md) [b](https://c/../../)")), NONE);
    assert_eq!(leading_out(&page("docs/guides/a.md", "[a](../../examples/b)")).len(), 1);
    assert_eq!(leading_out(&page("docs/index.md", "[a](../README.md)")).len(), 1);
    assert_eq!(leading_out(&written(&root())), NONE);
}

#[test]
fn fences_say_their_language_and_terraforms_is_formatted() {
    let page = |text: &str| vec![("docs/a.md".to_owned(), text.to_owned())];
    let [first, second, third] = [(); 3].map(|()| tempfile::tempdir().unwrap());
    let good = "```text\nx\n```\n\n1. a\n\n   ```terraform\n   a = 1\n   ```\n";
    assert_eq!(unlabelled(&page(good)), NONE);
    assert_eq!(unlabelled(&page("```\nx\n```\n")).len(), 1);
    assert_eq!(untidy(&page(good), first.path()), NONE);
    assert_eq!(untidy(&page("```terraform\na   = 1\n```\n"), second.path()).len(), 1);

    let mut pages = written(&root());
    pages.push(("README.md".to_owned(), std::fs::read_to_string(root().join("README.md")).unwrap()));
    assert_eq!(unlabelled(&pages), NONE);
    assert_eq!(untidy(&pages, third.path()), NONE);
}

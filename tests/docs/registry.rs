//! What the Registry asks of pages.

use eksmig_tests::docs::faults::{refused_by_the_registry, written};
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
    assert_eq!(refused_by_the_registry(&vec![page(HEAD)[0].clone(); 1001]).len(), 1);

    let pages = written(&root());
    assert!(pages.iter().any(|(path, _)| path == "docs/guides/first-shift.md"));
    assert_eq!(refused_by_the_registry(&pages), NONE);
}

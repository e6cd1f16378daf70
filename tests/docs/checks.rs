//! The checks of a preflight, on its page.

use eksmig_core::preflight::{Check, FAMILIES};
use eksmig_tests::docs::link::anchors;
use eksmig_tests::emulator::root;

use crate::NONE;

/// The codes whose page has no such anchor.
fn without_anchor<'a>(codes: impl Iterator<Item = &'a str>, page: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let there = |code: &str| {
        let place = Check::page(code);
        let (path, anchor) = place.split_once('#').unwrap();
        page(path).is_some_and(|text| anchors(&text).contains(anchor))
    };
    codes.filter(|code| !there(code)).map(str::to_owned).collect()
}

#[test]
fn every_check_has_an_anchor_on_its_page() {
    let page = |text: &'static str| move |_: &str| Some(text.to_owned());
    assert_eq!(without_anchor(["a_b", "c"].into_iter(), page("<a id=\"a_b\"></a>\n")), ["c"]);
    assert_eq!(without_anchor(["a_b"].into_iter(), |_| None), ["a_b"]);

    let codes: Vec<&str> = FAMILIES.iter().flat_map(|family| family.checks).map(|check| check.code).collect();
    assert!(codes.len() > 30, "{codes:?}");
    let read = |path: &str| std::fs::read_to_string(root().join(format!("docs/{path}.md"))).ok();
    assert_eq!(without_anchor(codes.into_iter(), read), NONE);
}

#[test]
fn every_code_that_the_prose_names_is_a_checks() {
    let known = |code: &str| FAMILIES.iter().flat_map(|family| family.checks).any(|check| check.code == code);
    let about = std::fs::read_to_string(root().join("examples/data-sources/eksmig_preflight/about.md")).unwrap();
    let named: Vec<&str> =
        about.split("(`").skip(1).filter_map(|rest| rest.split_once("`)")).map(|(code, _)| code).collect();
    assert!(named.len() > 2, "{named:?}");
    assert!(named.iter().all(|code| known(code)), "{named:?}");
}

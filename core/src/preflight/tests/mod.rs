//! Every check fires on a picture that was spoilt in its way, and does not on one that nearly was.

mod of_balancers;
mod of_others;
mod of_targets;
mod well;

use std::collections::BTreeSet;

use super::check::{Check, Finding};
use super::picture::Picture;
use super::registry::{FAMILIES, judge};

/// Two ways to change a picture in which all is well.
struct Case {
    /// The check's code.
    code: &'static str,
    /// Makes it fire.
    spoil: fn(&mut Picture),
    /// Comes near, and leaves it quiet.
    nearly: fn(&mut Picture),
}

fn cases() -> impl Iterator<Item = &'static Case> {
    of_targets::CASES.iter().chain(of_balancers::CASES).chain(of_others::CASES)
}

fn checks() -> impl Iterator<Item = &'static Check> {
    FAMILIES.iter().flat_map(|family| family.checks)
}

/// What is found once a picture in which all is well was changed.
fn found(change: fn(&mut Picture)) -> Vec<Finding> {
    let mut picture = well::well();
    change(&mut picture);
    judge(&picture)
}

/// What is wrong with how a check is tried: that it is not, or that it fires where it should not or the other way round.
fn untried(check: &Check, cases: &[&Case]) -> Vec<String> {
    let fires = |change| found(change).iter().any(|finding| finding.code == check.code);
    match cases.iter().filter(|case| case.code == check.code).collect::<Vec<_>>().as_slice() {
        [] => vec![format!("{} is never tried", check.code)],
        mine => mine
            .iter()
            .flat_map(|case| {
                [
                    (!fires(case.spoil)).then(|| format!("{} does not fire", check.code)),
                    fires(case.nearly).then(|| format!("{} fires where it should not", check.code)),
                ]
            })
            .flatten()
            .collect(),
    }
}

#[test]
fn every_check_fires_and_is_quiet_in_its_time() {
    let all: Vec<&Case> = cases().collect();
    let some = checks().next().unwrap();
    assert_eq!(untried(some, &[]).len(), 1, "a check without a case is noticed");
    let backwards = Case { code: some.code, spoil: |_| {}, nearly: all[0].spoil };
    assert!(untried(some, &[&backwards]).contains(&format!("{} does not fire", some.code)));
    let wrong: Vec<String> = checks().flat_map(|check| untried(check, &all)).collect();
    assert_eq!(wrong, Vec::<String>::new());
    let codes: BTreeSet<&str> = checks().map(|check| check.code).collect();
    let strays: Vec<&str> = all.iter().map(|case| case.code).filter(|code| !codes.contains(code)).collect();
    assert_eq!(strays, Vec::<&str>::new(), "cases of no check");
}

#[test]
fn nothing_is_found_where_all_is_well() {
    assert_eq!(judge(&well::well()), Vec::new());
}

#[test]
fn codes_are_unique_and_can_be_anchors() {
    let codes: Vec<&str> = checks().map(|check| check.code).collect();
    assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len());
    assert!(codes.iter().all(|code| code.bytes().all(|letter| letter.is_ascii_lowercase() || letter == b'_')));
    let told = checks().all(|check| check.about.ends_with('.') && check.remedy.ends_with('.'));
    assert!(told, "a page shows these texts as they are");
}

/// All that users may read, in one file to look over.
#[test]
fn what_is_said_can_be_acted_on() {
    let mut text = String::new();
    for case in cases() {
        for finding in found(case.spoil).iter().filter(|finding| finding.code == case.code) {
            let Finding { severity, code, object, message, remedy } = finding;
            text += &format!("{} {code}: {object}\n  {message}\n  {remedy}\n", severity.as_str());
        }
    }
    expect_test::expect_file!["said.txt"].assert_eq(&text);
}

use super::*;
use crate::elb::cutover::sketch::{ARN, position, seat};

fn arn() -> TargetGroupArn {
    TargetGroupArn::parse(ARN).unwrap()
}

fn only(seats: &str, attached: &[&str]) -> Place {
    let seats = seats.split_whitespace().map(seat).collect();
    Place::Only([(arn(), (seats, attached.iter().map(|name| (*name).to_owned()).collect()))].into())
}

#[track_caller]
fn guards(blue: &str, green: &str, keeps: &str, passes: bool) {
    let now = position(blue, green);
    let surplus = only(keeps, &[]).surplus(&now, Side::Blue);
    assert_eq!(guard(&now, Side::Blue, &surplus).is_ok(), passes, "blue {blue}, green {green}, of blue stays {keeps}");
}

#[test]
fn nothing_leaves_while_nobody_healthy_stays() {
    guards("a:1 b:1", "x:1", "b:1", true);
    guards("a:1 b:1", "x:1", "", true);
    guards("a:1 b:1", "x:1 !y:1", "", true);
    guards("a:1 b:1", "!x:1", "", false);
    guards("a:1 b:1", "!x:1", "b:1", false);
    guards("a:1 b:1", "-x:1", "b:1", false);
    guards("a:1", "-x:1", "", false);
    guards("!a:1", "!x:1", "", false);
    guards("!a:1", "-x:1", "", true);
    guards("a:1", "!x:1", "a:1", true);
}

#[test]
fn who_is_missing_is_registered_and_nobody_else() {
    let now = position("a:1 -b:1 -c:1", "");
    let bench = &now.target_groups[&arn()].sides.blue;
    assert_eq!(Place::Whole.missing(&arn(), bench), [seat("b:1"), seat("c:1")].into());
    assert_eq!(only("a:1 b:1", &[]).missing(&arn(), bench), [seat("b:1")].into());
    assert_eq!(only("a:1 gone:1", &[]).missing(&arn(), bench), [].into(), "who has left the side stays away");
}

#[test]
fn a_side_lingers_until_it_has_drained() {
    let lingers = |blue: &str, place: &Place| place.lingering(&position(blue, "x:1"), Side::Blue).is_some();
    assert!(lingers("a:1", &only("", &[])));
    assert!(lingers("~a:1", &only("", &[])));
    assert!(lingers("~a:1 b:1", &only("b:1", &["nodes"])));
    assert!(!lingers("-a:1", &only("", &[])));
    assert!(!lingers("-a:1 b:1", &only("b:1", &[])));
    assert!(!lingers("b:1 new:1", &only("b:1", &["nodes"])), "what an attached group registers is its own affair");
}

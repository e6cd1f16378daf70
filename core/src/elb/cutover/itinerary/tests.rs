use super::*;
use crate::elb::cutover::sketch::{position, seat};

fn aim(serving: Serving, percent: u8, both_ways: bool) -> Aim {
    Aim { serving, batches: Batches { percent, interval: Duration::from_secs(60), both_ways } }
}

#[track_caller]
fn check(blue: &str, green: &str, aim: &Aim, expect: &[&str]) {
    let way = itinerary(&position(blue, green), aim);
    let labels: Vec<&str> = way.steps.iter().map(|step| step.label.as_str()).collect();
    assert_eq!(labels, expect);
}

#[test]
fn green_joins_before_blue_leaves_in_batches() {
    let to_green = aim(Serving::Green, 50, false);
    let steps = ["green registered", "2 of 3 of blue deregistered", "3 of 3 of blue deregistered"];
    check("a:1 b:1 c:1", "-x:1", &to_green, &steps);
    check("a:1 b:1 c:1", "x:1", &to_green, &steps[1..]);
    check("-a:1 b:1 c:1", "x:1", &to_green, &steps[2..]);
    check("-a:1 -b:1 -c:1", "x:1", &to_green, &[]);
    check("-a:1 -b:1 -c:1", "x:1 -y:1", &to_green, &["green registered"]);
}

#[test]
fn an_instance_leaves_with_all_its_ports() {
    let steps = ["1 of 2 of blue deregistered", "2 of 2 of blue deregistered"];
    check("a:1 a:2 b:1 b:2", "x:1", &aim(Serving::Green, 25, false), &steps);
    let way = itinerary(&position("a:1 a:2 b:1 b:2", "x:1"), &aim(Serving::Green, 25, false));
    let Place::Only(kept) = &way.steps[0].goal.places.blue else { panic!("{way:#?}") };
    assert_eq!(kept.values().next().unwrap().0, [seat("b:1"), seat("b:2")].into());
}

#[test]
fn what_drains_is_waited_for() {
    check("~a:1", "x:1", &aim(Serving::Green, 100, false), &["1 of 1 of blue deregistered"]);
}

#[test]
fn the_way_back_takes_one_step_unless_asked_otherwise() {
    let back = ["blue registered", "2 of 2 of green deregistered"];
    check("-a:1", "x:1 y:1", &aim(Serving::Blue, 50, false), &back);
    let way = itinerary(&position("-a:1", "x:1 y:1"), &aim(Serving::Blue, 50, false));
    assert!(way.steps.iter().all(|step| step.interval.is_zero()));
    let slow = ["blue registered", "1 of 2 of green deregistered", "2 of 2 of green deregistered"];
    check("-a:1", "x:1 y:1", &aim(Serving::Blue, 50, true), &slow);
}

#[test]
fn both_is_reached_from_either_side_by_one_step() {
    check("a:1", "-x:1", &aim(Serving::Both, 50, false), &["green registered"]);
    check("-a:1", "x:1", &aim(Serving::Both, 50, false), &["blue registered"]);
    check("a:1", "x:1", &aim(Serving::Both, 50, false), &[]);
}

#[test]
fn the_steps_of_a_plan_are_those_of_a_side_that_is_whole() {
    let steps = |from, aim: &Aim| -> Vec<(Side, u8, u64)> {
        let steps = scheduled(from, aim).into_iter();
        steps.map(|step| (step.side, step.registered, step.interval.as_secs())).collect()
    };
    let to_green = aim(Serving::Green, 40, false);
    let batches = [(Side::Green, 100, 60), (Side::Blue, 60, 60), (Side::Blue, 20, 60), (Side::Blue, 0, 60)];
    assert_eq!(steps(Some(Serving::Blue), &to_green), batches);
    assert_eq!(steps(Some(Serving::Both), &to_green), batches[1..]);
    assert_eq!(steps(Some(Serving::Green), &to_green), []);
    let back = aim(Serving::Blue, 40, false);
    assert_eq!(steps(Some(Serving::Green), &back), [(Side::Blue, 100, 0), (Side::Green, 0, 0)]);
}

#[test]
fn a_side_that_joins_rises_and_then_the_other_falls() {
    let way = itinerary(&position("a:1", "-x:1"), &aim(Serving::Green, 100, false));
    let both = Sides { blue: true, green: true };
    let sides: Vec<(Sides, Sides)> = way.steps.iter().map(|step| (step.rising, step.serving)).collect();
    assert_eq!(sides, [(Sides::only(Side::Green), both), (Sides::only(Side::Green), Sides::only(Side::Green))]);
    assert_eq!(way.origin_label, "blue registered");
}

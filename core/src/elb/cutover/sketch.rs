//! Positions in few words, for tests.

use std::collections::BTreeSet;

use crate::elb::arn::TargetGroupArn;
use crate::elb::cutover::position::{Bench, Occupancy, Position};
use crate::elb::cutover::side::Seat;
use crate::elb::{Target, TargetState};
use crate::engine::both::Both;

pub(super) const ARN: &str = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/nodes/73e2d6bc24d8a067";

pub(super) fn seat(text: &str) -> Seat {
    Seat::parse(text).unwrap()
}

/// A side: `id:port` for who is registered and healthy, `!id:port` for who is and is not, `-id:port` for who is missing,
/// `~id:port` for who drains.
pub(super) fn bench(seats: &str) -> Bench {
    let mut bench = Bench::default();
    for text in seats.split_whitespace() {
        if let Some(drains) = text.strip_prefix('~') {
            bench.members.insert(seat(drains));
            bench.draining.insert(seat(drains));
        } else if let Some(missing) = text.strip_prefix('-') {
            bench.members.insert(seat(missing));
        } else {
            let (state, text) = match text.strip_prefix('!') {
                Some(sick) => (TargetState::Unhealthy, sick),
                None => (TargetState::Healthy, text),
            };
            let seat = seat(text);
            bench.members.insert(seat.clone());
            let target = Target {
                id: seat.id.clone(),
                port: Some(seat.port),
                zone: None,
                state,
                reason: None,
                description: None,
            };
            bench.registered.insert(seat, target);
        }
    }
    bench
}

pub(super) fn position(blue: &str, green: &str) -> Position {
    let sides = Both { blue: bench(blue), green: bench(green) };
    let occupancy = Occupancy { sides, strangers: BTreeSet::new() };
    let target_groups = [(TargetGroupArn::parse(ARN).unwrap(), occupancy)].into();
    Position { target_groups, ..Position::default() }
}

//! Which registrations are blue's, which are green's, and which are neither's. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::elb::arn::TargetGroupArn;
use crate::elb::cutover::scaling::{Family, ScalingGroup};
use crate::elb::cutover::side::Seat;
use crate::elb::{Target, TargetHealth, TargetState};
use crate::engine::both::Both;
use crate::engine::gate::{Side, Sides};

/// Both sides, for going over them.
pub(super) const SIDES: [Side; 2] = [Side::Blue, Side::Green];

/// Who serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Serving {
    /// Blue alone.
    Blue,
    /// Both.
    Both,
    /// Green alone.
    Green,
}

impl Serving {
    /// Who serves, as users write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Serving::Blue => "blue",
            Serving::Both => "both",
            Serving::Green => "green",
        }
    }

    /// Reads what users write.
    pub fn parse(text: &str) -> Option<Self> {
        [Serving::Blue, Serving::Both, Serving::Green].into_iter().find(|serving| serving.as_str() == text)
    }

    /// The sides that serve.
    pub(crate) fn sides(self) -> Sides {
        Sides { blue: self != Serving::Green, green: self != Serving::Blue }
    }
}

impl fmt::Display for Serving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Registrations by target group and side.
pub type Seats = BTreeMap<TargetGroupArn, Both<BTreeSet<Seat>>>;
/// How target groups are attached, by Auto Scaling group and target group.
pub type Families = BTreeMap<String, BTreeMap<TargetGroupArn, Family>>;

/// One side in one target group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bench {
    /// Who should be registered where the side serves.
    pub members: BTreeSet<Seat>,
    /// Who is registered, and how each is.
    pub registered: BTreeMap<Seat, Target>,
    /// Who was deregistered and finishes what it had.
    pub draining: BTreeSet<Seat>,
    /// Its Auto Scaling groups that are attached.
    pub attached: BTreeSet<String>,
}

impl Bench {
    /// How many are healthy.
    pub(crate) fn healthy(&self) -> usize {
        self.registered.values().filter(|target| target.state == TargetState::Healthy).count()
    }

    /// Whether nothing of the side is left, not even on its way out.
    pub(crate) fn is_gone(&self) -> bool {
        self.is_out() && self.draining.is_empty()
    }

    /// Whether nothing of the side is registered, and nothing will be.
    pub(crate) fn is_out(&self) -> bool {
        self.registered.is_empty() && self.attached.is_empty()
    }

    /// Who is missing where the side serves.
    pub(crate) fn missing(&self) -> BTreeSet<Seat> {
        self.members.iter().filter(|seat| !self.registered.contains_key(*seat)).cloned().collect()
    }

    /// Whether all of the side is registered.
    pub(crate) fn is_whole(&self) -> bool {
        !self.registered.is_empty() && self.missing().is_empty()
    }

    /// Whether all of the side is registered, or will be by the Auto Scaling group that is attached.
    pub(crate) fn serves(&self) -> bool {
        self.is_whole() || !(self.registered.is_empty() || self.attached.is_empty())
    }

    /// Takes in who was registered just now.
    pub(super) fn join(&mut self, seats: BTreeSet<Seat>) {
        for seat in seats {
            self.draining.remove(&seat);
            let (id, port, state) = (seat.id.clone(), Some(seat.port), TargetState::Initial);
            let target = Target { id, port, zone: None, state, reason: None, description: None };
            self.registered.entry(seat).or_insert(target);
        }
    }

    /// Lets go of who was deregistered just now.
    pub(super) fn leave(&mut self, seats: &BTreeSet<Seat>) {
        self.draining.extend(seats.iter().filter(|seat| self.registered.remove(*seat).is_some()).cloned());
    }

    /// How its targets are, for a person.
    pub(crate) fn summary(&self) -> String {
        TargetHealth { targets: self.registered.values().cloned().collect() }.summary()
    }
}

/// One target group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Occupancy {
    /// The two sides.
    pub sides: Both<Bench>,
    /// Who belongs to neither side.
    pub strangers: BTreeSet<Seat>,
}

/// Where everything stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Position {
    /// By target group.
    pub target_groups: BTreeMap<TargetGroupArn, Occupancy>,
    /// The Auto Scaling groups of both sides.
    pub scaling_groups: BTreeMap<String, ScalingGroup>,
}

impl Position {
    /// Who serves; none where a side is there in part, or not in every target group.
    pub fn serving(&self) -> Option<Serving> {
        let all = |side: Side, holds: fn(&Bench) -> bool| {
            !self.target_groups.is_empty() && self.benches(side).all(|(_, bench)| holds(bench))
        };
        match (all(Side::Blue, Bench::serves), all(Side::Green, Bench::serves)) {
            (true, true) => Some(Serving::Both),
            (true, false) if all(Side::Green, Bench::is_out) => Some(Serving::Blue),
            (false, true) if all(Side::Blue, Bench::is_out) => Some(Serving::Green),
            _ => None,
        }
    }

    /// A side in every target group.
    pub(crate) fn benches(&self, side: Side) -> impl Iterator<Item = (&TargetGroupArn, &Bench)> {
        self.target_groups.iter().map(move |(arn, occupancy)| (arn, occupancy.sides.of(side)))
    }

    /// The sides that have a registration anywhere.
    pub fn registered(&self) -> Sides {
        let any = |side| self.benches(side).any(|(_, bench)| !bench.registered.is_empty());
        Sides { blue: any(Side::Blue), green: any(Side::Green) }
    }

    /// Every registration that is blue's or green's.
    pub fn seats(&self) -> Seats {
        let seats = |bench: &Bench| bench.registered.keys().cloned().collect();
        let of = |sides: &Both<Bench>| Both { blue: seats(&sides.blue), green: seats(&sides.green) };
        self.target_groups.iter().map(|(arn, occupancy)| (arn.clone(), of(&occupancy.sides))).collect()
    }
}

impl fmt::Display for Position {
    /// A line for each target group.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, (arn, occupancy)) in self.target_groups.iter().enumerate() {
            let Both { blue, green } = &occupancy.sides;
            let line = format!("{arn}: blue {}; green {}", blue.summary(), green.summary());
            write!(f, "{}{line}", if nth == 0 { "  " } else { "\n  " })?;
            if !occupancy.strangers.is_empty() {
                write!(f, "; {} of neither side", occupancy.strangers.len())?;
            }
        }
        Ok(())
    }
}

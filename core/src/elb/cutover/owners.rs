//! Whose a registration is. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::elb::arn::TargetGroupArn;
use crate::elb::cutover::position::{Occupancy, SIDES, Seats};
use crate::elb::cutover::scaling::ScalingGroup;
use crate::elb::cutover::side::{Members, Seat};
use crate::elb::{TargetHealth, TargetState};
use crate::engine::both::Both;
use crate::engine::gate::Side;

/// A registration that both sides claim.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("target {seat} of {target_group} belongs to blue and to green")]
pub struct Shared {
    /// The registration.
    pub seat: Seat,
    /// The target group.
    pub target_group: TargetGroupArn,
}

/// What tells whose a registration is.
#[derive(Debug)]
pub(super) struct Owners<'a> {
    pub members: &'a Both<Members>,
    pub recorded: &'a Seats,
    pub scaling_groups: &'a BTreeMap<String, ScalingGroup>,
}

impl Owners<'_> {
    /// What is seen of one target group, whose own port is `port`.
    pub(super) fn occupancy(
        &self,
        arn: &TargetGroupArn,
        port: i32,
        health: &TargetHealth,
    ) -> Result<Occupancy, Shared> {
        let members = Both { blue: self.members(Side::Blue, port), green: self.members(Side::Green, port) };
        if let Some(seat) = members.blue.intersection(&members.green).next() {
            return Err(Shared { seat: seat.clone(), target_group: arn.clone() });
        }
        let mut occupancy = Occupancy::default();
        for side in SIDES {
            let bench = occupancy.sides.of_mut(side);
            bench.members = members.of(side).clone();
            let groups = self.members.of(side).scaling_groups();
            let attached =
                groups.filter(|name| self.scaling_groups.get(*name).is_some_and(|one| one.attached.contains(arn)));
            bench.attached = attached.cloned().collect();
        }
        for target in &health.targets {
            let seat = Seat { id: target.id.clone(), port: target.port.unwrap_or(port) };
            let Some(side) = self.side(arn, port, &seat, &members) else {
                if target.is_registered() {
                    occupancy.strangers.insert(seat);
                }
                continue;
            };
            let bench = occupancy.sides.of_mut(side);
            if target.state == TargetState::Draining {
                bench.draining.insert(seat);
            } else if target.is_registered() {
                bench.registered.insert(seat, target.clone());
            }
        }
        Ok(occupancy)
    }

    /// Whose a registration is: whoever has it now, or else had it when it was last saved.
    fn side(&self, arn: &TargetGroupArn, port: i32, seat: &Seat, members: &Both<BTreeSet<Seat>>) -> Option<Side> {
        let held = |side: Side| {
            let mut groups = self.members.of(side).scaling_groups().filter_map(|name| self.scaling_groups.get(name));
            seat.port == port && groups.any(|group| group.others.contains(&seat.id))
        };
        let recorded = |side: Side| self.recorded.get(arn).is_some_and(|seats| seats.of(side).contains(seat));
        let find = |owns: &dyn Fn(Side) -> bool| SIDES.into_iter().find(|side| owns(*side));
        find(&|side| members.of(side).contains(seat)).or_else(|| find(&held)).or_else(|| find(&recorded))
    }

    fn members(&self, side: Side, port: i32) -> BTreeSet<Seat> {
        match self.members.of(side) {
            Members::ScalingGroups(names) => {
                let groups = names.iter().filter_map(|name| self.scaling_groups.get(name));
                groups.flat_map(|group| &group.in_service).map(|id| Seat { id: id.clone(), port }).collect()
            }
            Members::Targets(named) => {
                named.iter().map(|one| Seat { id: one.id.clone(), port: one.port.unwrap_or(port) }).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::elb::Target;
    use crate::elb::cutover::side::Named;
    use crate::elb::cutover::sketch::{ARN, seat};

    fn target(text: &str) -> Target {
        let (seat, draining) = (seat(text.trim_start_matches('~')), text.starts_with('~'));
        Target {
            id: seat.id,
            port: Some(seat.port),
            zone: None,
            state: if draining { TargetState::Draining } else { TargetState::Healthy },
            reason: None,
            description: None,
        }
    }

    fn named(texts: &str) -> Members {
        let named = |text: &str| match text.split_once(':') {
            Some((id, port)) => Named { id: id.to_owned(), port: port.parse().ok(), zone: None },
            None => Named { id: text.to_owned(), port: None, zone: None },
        };
        Members::Targets(texts.split_whitespace().map(named).collect())
    }

    /// What is seen of a target group whose own port is 80: blue's, green's and nobody's, registered or draining.
    fn seen(blue: Members, green: Members, recorded: &str, targets: &str) -> Result<[String; 3], Shared> {
        let arn = TargetGroupArn::parse(ARN).unwrap();
        let held = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
        let group = ScalingGroup { in_service: held(&["n1", "n2"]), others: held(&["old"]), ..ScalingGroup::default() };
        let scaling_groups = [("nodes".to_owned(), group)].into();
        let recorded = Both { blue: BTreeSet::new(), green: recorded.split_whitespace().map(seat).collect() };
        let owners = Owners {
            members: &Both { blue, green },
            recorded: &[(arn.clone(), recorded)].into(),
            scaling_groups: &scaling_groups,
        };
        let health = TargetHealth { targets: targets.split_whitespace().map(target).collect() };
        let Occupancy { sides, strangers } = owners.occupancy(&arn, 80, &health)?;
        let text = |seats: Vec<&Seat>| seats.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let of = |side: Side| text(sides.of(side).registered.keys().chain(&sides.of(side).draining).collect());
        Ok([of(Side::Blue), of(Side::Green), text(strangers.iter().collect())])
    }

    #[test]
    fn a_target_is_its_id_and_its_port() {
        let seen = seen(named("a a:81"), named("a:82 x"), "", "a:80 a:81 a:82 a:83 x:80 x:81 s:80");
        assert_eq!(seen.unwrap(), ["a:80 a:81", "a:82 x:80", "a:83 s:80 x:81"]);
    }

    #[test]
    fn a_scaling_groups_instances_are_its_own_on_the_target_groups_port_alone() {
        let nodes = Members::ScalingGroups(["nodes".to_owned()].into());
        let seen = seen(nodes, named("x"), "", "n1:80 n1:81 ~n2:80 old:80 x:80");
        assert_eq!(seen.unwrap(), ["n1:80 old:80 n2:80", "x:80", "n1:81"]);
    }

    #[test]
    fn what_was_a_sides_stays_its_until_the_other_has_it() {
        let seen = |blue| seen(named(blue), named("x"), "was:80", "a:80 x:80 was:80").unwrap();
        assert_eq!(seen("a"), ["a:80", "was:80 x:80", ""]);
        assert_eq!(seen("a was"), ["a:80 was:80", "x:80", ""]);
    }

    #[test]
    fn one_target_on_both_sides_is_refused() {
        let shared = seen(named("a"), named("a:80"), "", "").unwrap_err();
        assert_eq!(shared.seat, seat("a:80"));
    }
}

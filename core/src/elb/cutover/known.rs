//! What a run knows: what it saw last, and what it wrote since. Pure.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::elb::arn::TargetGroupArn;
use crate::elb::cutover::Family;
use crate::elb::cutover::position::{Families, Position};
use crate::elb::cutover::side::Seat;
use crate::engine::gate::Side;

/// What a run knows.
#[derive(Debug)]
pub(super) struct Known {
    /// Where everything is.
    pub position: Position,
    /// How target groups are or were attached.
    pub families: Families,
    /// How long what was written last may take to be seen.
    pub settles_in: Duration,
}

impl Known {
    /// By which calls an Auto Scaling group is to be attached to a target group: as it was, where that is known; or else
    /// as the others are that share the target group. So each side tells how the other was attached, should a run that
    /// detached it have died without a word. AttachTrafficSources where nobody tells.
    pub(super) fn family(&self, name: &str, arn: &TargetGroupArn) -> Family {
        let of = |name: &str| self.families.get(name).and_then(|known| known.get(arn)).copied();
        let others = || self.families.keys().filter_map(|other| of(other)).max();
        of(name).or_else(others).unwrap_or(Family::TrafficSources)
    }

    /// An Auto Scaling group was attached, and registers the instances that it has in service.
    pub(super) fn attached(&mut self, side: Side, name: &str, arns: &[TargetGroupArn], family: Family) {
        let families = self.families.entry(name.to_owned()).or_default();
        families.extend(arns.iter().map(|arn| (arn.clone(), family)));
        for arn in arns {
            let seats = self.seats(side, name, arn);
            let Some(occupancy) = self.position.target_groups.get_mut(arn) else { continue };
            let bench = occupancy.sides.of_mut(side);
            bench.attached.insert(name.to_owned());
            bench.join(seats);
        }
    }

    /// An Auto Scaling group was detached, and deregisters its instances.
    pub(super) fn detached(&mut self, side: Side, name: &str, arns: &[TargetGroupArn]) {
        for arn in arns {
            let seats = self.seats(side, name, arn);
            let Some(occupancy) = self.position.target_groups.get_mut(arn) else { continue };
            let bench = occupancy.sides.of_mut(side);
            bench.attached.remove(name);
            bench.leave(&seats);
        }
    }

    /// Targets were registered.
    pub(super) fn registered(&mut self, side: Side, arn: &TargetGroupArn, seats: BTreeSet<Seat>) {
        if let Some(occupancy) = self.position.target_groups.get_mut(arn) {
            occupancy.sides.of_mut(side).join(seats);
        }
    }

    /// Targets were deregistered.
    pub(super) fn deregistered(&mut self, side: Side, arn: &TargetGroupArn, seats: &BTreeSet<Seat>) {
        if let Some(occupancy) = self.position.target_groups.get_mut(arn) {
            occupancy.sides.of_mut(side).leave(seats);
        }
    }

    /// The instances in service of an Auto Scaling group, in a target group.
    fn seats(&self, side: Side, name: &str, arn: &TargetGroupArn) -> BTreeSet<Seat> {
        let group = self.position.scaling_groups.get(name);
        let members = self.position.target_groups.get(arn).map(|occupancy| &occupancy.sides.of(side).members);
        let held = |seat: &&Seat| group.is_some_and(|group| group.in_service.contains(&seat.id));
        members.into_iter().flatten().filter(held).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::elb::cutover::ScalingGroup;
    use crate::elb::cutover::sketch::{ARN, position, seat};

    fn arn() -> TargetGroupArn {
        TargetGroupArn::parse(ARN).unwrap()
    }

    fn known(families: &[(&str, Family)]) -> Known {
        let families = families.iter().map(|(name, family)| ((*name).to_owned(), [(arn(), *family)].into()));
        let mut position = position("b1:80 b2:80", "-g1:80 -g2:80");
        let nodes = ScalingGroup { in_service: ["g1", "g2"].map(str::to_owned).into(), ..ScalingGroup::default() };
        position.scaling_groups.insert("green".to_owned(), nodes);
        Known { position, families: families.collect(), settles_in: Duration::ZERO }
    }

    #[test]
    fn a_group_is_attached_as_it_was_or_as_the_others_are() {
        use Family::{TargetGroups, TrafficSources};
        let family = |families: &[(&str, Family)]| known(families).family("blue", &arn());
        assert_eq!(family(&[]), TrafficSources);
        assert_eq!(family(&[("blue", TrafficSources), ("green", TargetGroups)]), TrafficSources);
        assert_eq!(family(&[("blue", TargetGroups), ("green", TrafficSources)]), TargetGroups);
        assert_eq!(family(&[("green", TargetGroups)]), TargetGroups);
        assert_eq!(family(&[("green", TrafficSources)]), TrafficSources);
    }

    #[test]
    fn what_is_written_is_known() {
        let mut known = known(&[]);
        let green = |known: &Known| known.position.target_groups[&arn()].sides.green.clone();
        known.attached(Side::Green, "green", &[arn()], Family::TargetGroups);
        assert_eq!(known.position.registered().iter().count(), 2);
        assert!(green(&known).is_whole() && green(&known).attached.contains("green"));
        assert_eq!(green(&known).healthy(), 0);
        known.deregistered(Side::Green, &arn(), &[seat("g1:80"), seat("g9:80")].into());
        assert_eq!((green(&known).registered.len(), green(&known).draining.len()), (1, 1));
        known.registered(Side::Green, &arn(), [seat("g1:80")].into());
        known.detached(Side::Green, "green", &[arn()]);
        assert!(green(&known).is_out() && !green(&known).is_gone());
    }
}

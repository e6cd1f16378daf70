//! Why a cut-over does not begin. Pure.

use crate::elb::Error;
use crate::elb::arn::TargetGroupArn;
use crate::elb::cutover::itinerary::Aim;
use crate::elb::cutover::owners::Shared;
use crate::elb::cutover::position::{Position, SIDES};
use crate::elb::cutover::side::Seat;
use crate::engine::gate::Side;

/// A cut-over that did not begin. Nothing was written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Refusal {
    /// A target group does not exist.
    #[error("target group {0} does not exist")]
    NoTargetGroup(TargetGroupArn),
    /// A target group that takes no instances and no addresses, or not what a side is made of.
    #[error("target group {target_group} takes targets of type {takes}, and {side} is made of {given}")]
    Unfit {
        /// The target group.
        target_group: TargetGroupArn,
        /// Its target type.
        takes: String,
        /// The side.
        side: Side,
        /// What the side is made of.
        given: &'static str,
    },
    /// An Auto Scaling group does not exist.
    #[error("Auto Scaling group {name} of {side} does not exist")]
    NoScalingGroup {
        /// Its name.
        name: String,
        /// Whose it is.
        side: Side,
    },
    /// A side that is to serve has nobody.
    #[error("{0} has no instance in service in any of its Auto Scaling groups, so that nobody could serve")]
    Nobody(Side),
    /// Both sides claim one registration.
    #[error(transparent)]
    Shared(#[from] Shared),
    /// Attaching and detaching an Auto Scaling group is about instances, and could take someone else's registration along.
    #[error(
        "Auto Scaling group {scaling_group} holds an instance that is registered in {target_group} as {seat} too, which is neither blue's nor green's; detaching the group could take that along"
    )]
    Entangled {
        /// The Auto Scaling group.
        scaling_group: String,
        /// The target group.
        target_group: TargetGroupArn,
        /// The registration of neither side.
        seat: Seat,
    },
    /// The sides that are registered are not those that were reviewed.
    #[error("{reviewed} was seen when this was planned, and now {live}")]
    Stale {
        /// What was reviewed.
        reviewed: String,
        /// What is seen.
        live: String,
    },
    /// Something could not be read.
    #[error(transparent)]
    Unread(#[from] Error),
    /// The run was to stop while the target groups were being read.
    #[error("the run was stopped before it began")]
    Stopped,
}

/// Whether a cut-over can begin here.
///
/// # Errors
///
/// What stands in the way.
pub fn verify(now: &Position, aim: &Aim) -> Result<(), Refusal> {
    for side in SIDES.into_iter().filter(|side| aim.serving.sides().contains(*side)) {
        if now.benches(side).any(|(_, bench)| bench.members.is_empty()) {
            return Err(Refusal::Nobody(side));
        }
    }
    for (arn, occupancy) in &now.target_groups {
        for (name, group) in &now.scaling_groups {
            let held = |seat: &&Seat| group.in_service.contains(&seat.id) || group.others.contains(&seat.id);
            if let Some(seat) = occupancy.strangers.iter().find(held) {
                let (scaling_group, target_group) = (name.clone(), arn.clone());
                return Err(Refusal::Entangled { scaling_group, target_group, seat: seat.clone() });
            }
        }
    }
    Ok(())
}

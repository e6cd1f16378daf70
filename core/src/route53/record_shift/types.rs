//! The types of one name as carriers of weights. Pure.

use crate::engine::shift::{Carrier, Idle};
use crate::route53::group::{self, GroupError};
use crate::route53::record_type::RecordType;
use crate::share::{Share, Weights};

/// The types of records that move together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Types;

impl Carrier for Types {
    type Key = RecordType;
    type Error = GroupError;
    const WEIGHT_LIMIT: u32 = group::WEIGHT_LIMIT;
    const JOINED: &'static str = "both records in the group";
    const DROPPED: &'static str = "the idle record taken out";

    fn name(kind: &RecordType) -> String {
        format!("the {kind} record")
    }

    /// Green can be made; blue cannot.
    fn misses_a_side(weights: &Weights) -> bool {
        weights.green.is_none()
    }

    fn wanted(weights: &Weights, share: Share, idle: Idle) -> Result<Weights, GroupError> {
        group::wanted(weights, share, idle)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::engine::shift::{Aim, itinerary};
    use crate::route53::record_shift::Position;
    use crate::schedule::{Ramp, Waypoints};

    #[track_caller]
    fn check(weights: &[(Option<u32>, Option<u32>)], percent: u16, idle: Idle, expect: &[&str]) {
        let kinds = ["A", "AAAA"].map(|kind| RecordType::parse(kind).unwrap());
        let weights = weights.iter().map(|(blue, green)| Weights { blue: *blue, green: *green, strangers: vec![] });
        let now: Position = kinds.into_iter().zip(weights).collect();
        let ten = Share::from_tenths(100).unwrap();
        let ramp = Ramp::new(Waypoints::Listed(vec![ten]), Duration::from_secs(60), false).unwrap();
        let target = Share::from_tenths(percent * 10).unwrap();
        let aim = Aim { target, ramp, idle };
        let said = match itinerary::<Types>(&now, &aim) {
            Ok(way) => way.steps.into_iter().map(|step| step.label).collect(),
            Err(unmovable) => vec![unmovable.to_string()],
        };
        assert_eq!(said, expect);
    }

    #[test]
    fn a_missing_green_joins_before_it_rises() {
        check(&[(Some(1), None)], 100, Idle::Keep, &["both records in the group", "10%", "100%"]);
        check(&[(Some(1), Some(0)), (Some(1), None)], 0, Idle::Keep, &["both records in the group"]);
        check(&[(Some(1), Some(1))], 50, Idle::Keep, &[]);
    }

    #[test]
    fn an_idle_record_is_deleted_last() {
        check(&[(Some(1), Some(0))], 100, Idle::Drop, &["10%", "100%", "the idle record taken out"]);
        check(&[(None, Some(1))], 100, Idle::Drop, &[]);
        check(&[(Some(1), None)], 0, Idle::Drop, &[]);
    }

    #[test]
    fn without_blue_only_green_can_serve() {
        check(&[(None, Some(7))], 100, Idle::Keep, &[]);
        check(&[(None, Some(7))], 50, Idle::Keep, &["the A record cannot be moved: blue's record does not exist"]);
    }
}

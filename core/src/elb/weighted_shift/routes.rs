//! Routes as carriers of weights. Pure.

use crate::elb::arn::RouteArn;
use crate::elb::forward::{self, ForwardError};
use crate::engine::shift::{Carrier, Idle};
use crate::share::{Share, Weights};

/// Listeners and rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routes;

impl Carrier for Routes {
    type Key = RouteArn;
    type Error = ForwardError;
    const WEIGHT_LIMIT: u32 = forward::WEIGHT_LIMIT;
    const JOINED: &'static str = "both sides referenced";
    const DROPPED: &'static str = "the idle side taken out";

    fn name(route: &RouteArn) -> String {
        format!("route {route}")
    }

    /// A target group outside every route reports no health.
    fn misses_a_side(weights: &Weights) -> bool {
        weights.blue.is_none() || weights.green.is_none()
    }

    fn wanted(weights: &Weights, share: Share, idle: Idle) -> Result<Weights, ForwardError> {
        forward::wanted(weights, share, idle)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::elb::weighted_shift::Position;
    use crate::engine::shift::{Aim, itinerary};
    use crate::schedule::{Ramp, Waypoints};
    use crate::share::SplitError;

    fn routes(weights: &[(Option<u32>, Option<u32>)]) -> Position {
        let arn = |nth: usize| {
            let text = format!(
                "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/edge/0123456789abcde{nth}/0123456789abcdef"
            );
            RouteArn::parse(&text).unwrap()
        };
        let weights = weights.iter().map(|(blue, green)| Weights { blue: *blue, green: *green, strangers: vec![] });
        weights.enumerate().map(|(nth, weights)| (arn(nth), weights)).collect()
    }

    #[track_caller]
    fn check(weights: &[(Option<u32>, Option<u32>)], target: u16, idle: Idle, expect: &[&str]) {
        let steps = vec![Share::from_tenths(100).unwrap()];
        let ramp = Ramp::new(Waypoints::Listed(steps), Duration::from_secs(60), false).unwrap();
        let aim = Aim { target: Share::from_tenths(target * 10).unwrap(), ramp, idle };
        let way = itinerary::<Routes>(&routes(weights), &aim).unwrap();
        let labels: Vec<&str> = way.steps.iter().map(|step| step.label.as_str()).collect();
        assert_eq!(labels, expect);
    }

    #[test]
    fn a_missing_side_is_referenced_before_anything_rises() {
        check(&[(Some(1), None)], 100, Idle::Keep, &["both sides referenced", "10%", "100%"]);
        check(&[(Some(1), None)], 0, Idle::Keep, &["both sides referenced"]);
        check(&[(Some(1), None)], 0, Idle::Drop, &[]);
        check(&[(Some(100), Some(0)), (Some(1), None)], 10, Idle::Keep, &["both sides referenced", "10%"]);
    }

    #[test]
    fn an_idle_side_is_dropped_last() {
        check(&[(Some(100), Some(0))], 100, Idle::Drop, &["10%", "100%", "the idle side taken out"]);
        check(&[(Some(0), Some(100))], 100, Idle::Drop, &["the idle side taken out"]);
        check(&[(Some(50), Some(50))], 50, Idle::Drop, &[]);
    }

    #[test]
    fn an_idle_side_that_is_dropped_later_stays_where_it_is_in_or_out() {
        check(&[(Some(100), Some(0))], 100, Idle::DropLater, &["10%", "100%"]);
        check(&[(Some(0), Some(100))], 100, Idle::DropLater, &[]);
        check(&[(None, Some(100))], 100, Idle::DropLater, &[]);
        check(&[(Some(1), None)], 100, Idle::DropLater, &["both sides referenced", "10%", "100%"]);
        check(&[(Some(1), None)], 10, Idle::DropLater, &["both sides referenced", "10%"]);
    }

    #[test]
    fn nothing_is_done_where_the_ratio_is_right() {
        check(&[(Some(1), Some(1))], 50, Idle::Keep, &[]);
        check(&[(Some(100), Some(0))], 0, Idle::Keep, &[]);
    }

    #[test]
    fn a_route_without_traffic_is_unmovable() {
        let none = routes(&[(Some(0), Some(0))]);
        let aim = Aim { target: Share::GREEN, ramp: Ramp::default(), idle: Idle::Keep };
        let refused = itinerary::<Routes>(&none, &aim).unwrap_err();
        assert_eq!(refused.source, ForwardError::Split(SplitError::NoTraffic));
    }
}

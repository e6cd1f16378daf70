//! Where we are, where to, and how: the steps of a change. Pure.
//!
//! Several routes move together, and none ever away from the goal. So a change that was cut short between two writes is
//! planned anew from where things stand, and nothing moves backwards:
//!
//! ```
//! use std::time::Duration;
//!
//! use eksmig_core::schedule::{Ramp, Schedule, Waypoints};
//! use eksmig_core::share::Share;
//!
//! let ramp = Ramp::new(Waypoints::Every("25".parse()?), Duration::from_secs(60), false)?;
//! let now = ["30".parse()?, Share::BLUE];
//! let steps = Schedule::new(&ramp, &now, Share::GREEN).steps;
//! let shares: Vec<Vec<String>> =
//!     steps.iter().map(|step| step.shares.iter().map(Share::to_string).collect()).collect();
//! assert_eq!(shares, [["30", "25"], ["50", "50"], ["75", "75"], ["100", "100"]]);
//!
//! // The way back is one step, and waits for nothing, unless both ways were asked for.
//! let back = Schedule::new(&ramp, &[Share::GREEN], Share::BLUE);
//! assert_eq!((back.steps.len(), back.minimum_duration()), (1, Duration::ZERO));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod ramp;

use std::time::Duration;

use crate::engine::gate::{Side, Sides};
use crate::share::{Share, Weights};

pub use ramp::{Ramp, RampError, Waypoints};

/// One step of a change over several routes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The share that each route has once the step is written, in the order in which the routes were given.
    pub shares: Vec<Share>,
    /// The share that the step is named after: the furthest that any moving route goes in it.
    pub share: Share,
    /// The sides whose share rises in any route.
    pub rising: Sides,
    /// The sides that serve in any route once the step is written.
    pub serving: Sides,
    /// How long the step bakes.
    pub interval: Duration,
}

/// The steps of a change, none where there is nothing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// In the order in which they are taken; the last one reaches the goal on every route.
    pub steps: Vec<Step>,
}

impl Schedule {
    /// The steps that take routes from the shares `from` to `to`.
    ///
    /// All routes move together. A route never moves away from the goal: one that is further on than the others
    /// waits for them, which is what makes a change that was cut short between two writes safe to take up again.
    pub fn new(ramp: &Ramp, from: &[Share], to: Share) -> Schedule {
        let rising_from = from.iter().copied().filter(|share| *share < to).min();
        let falling_from = from.iter().copied().filter(|share| *share > to).max();
        let up = rising_from.map(|low| ramp.between(low, to)).unwrap_or_default();
        let down = falling_from.map(|high| ramp.between(high, to)).unwrap_or_default();

        let mut now = from.to_vec();
        let steps = (0..up.len().max(down.len()))
            .map(|nth| {
                let upper = up.get(nth).copied().unwrap_or(to);
                let lower = down.get(nth).copied().unwrap_or(to);
                let next: Vec<Share> = now
                    .iter()
                    .map(|share| if *share < to { (*share).max(upper) } else { (*share).min(lower).max(to) })
                    .collect();
                let rising = rising(&now, &next);
                let stepped = rising.green || ramp.both_ways();
                let step = Step {
                    share: if up.is_empty() { lower } else { upper },
                    rising,
                    serving: serving(&next),
                    interval: if stepped { ramp.interval() } else { Duration::ZERO },
                    shares: next.clone(),
                };
                now = next;
                step
            })
            .collect();
        Schedule { steps }
    }

    /// The least time that the schedule takes: the sum of its intervals.
    pub fn minimum_duration(&self) -> Duration {
        self.steps.iter().map(|step| step.interval).sum()
    }
}

/// Where weights stand, in their order, with those that express the target as near as whole numbers up to `limit` can
/// counted as being there. None for weights that express no share.
pub(crate) fn positions<'a>(
    now: impl Iterator<Item = &'a Weights>,
    target: Share,
    limit: u32,
) -> impl Iterator<Item = Option<Share>> {
    now.map(move |weights| weights.share().map(|share| if weights.express(target, limit) { target } else { share }))
}

/// How shares are named in logs and errors, `10%` for example: one where all are the same.
pub(crate) fn label(shares: &[Share]) -> String {
    let mut distinct: Vec<String> = shares.iter().map(|share| format!("{share}%")).collect();
    distinct.dedup();
    distinct.join("/")
}

/// The sides that serve where routes have these shares.
pub(crate) fn serving(shares: &[Share]) -> Sides {
    Sides {
        blue: shares.iter().any(|share| *share < Share::GREEN),
        green: shares.iter().any(|share| *share > Share::BLUE),
    }
}

/// The sides whose share rises when routes go from the shares `from` to the shares `to`.
pub(crate) fn rising(from: &[Share], to: &[Share]) -> Sides {
    let any = |side: Side| {
        from.iter().zip(to).any(|(before, after)| match side {
            Side::Blue => after < before,
            Side::Green => after > before,
        })
    };
    Sides { blue: any(Side::Blue), green: any(Side::Green) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    fn share(percent: u16) -> Share {
        Share::from_tenths(percent * 10).unwrap()
    }

    fn ramp(steps: &[u16], both_ways: bool) -> Ramp {
        let steps = steps.iter().map(|step| share(*step)).collect();
        Ramp::new(Waypoints::Listed(steps), Duration::from_secs(300), both_ways).unwrap()
    }

    #[track_caller]
    fn check(ramp: &Ramp, from: &[u16], to: u16, expect: &Expect) {
        let from: Vec<Share> = from.iter().map(|percent| share(*percent)).collect();
        let mut text = String::new();
        for step in Schedule::new(ramp, &from, share(to)).steps {
            let shares: Vec<String> = step.shares.iter().map(Share::to_string).collect();
            let rising: Vec<String> = step.rising.iter().map(|side| side.to_string()).collect();
            text += &format!("{} rises to {}% {}s\n", rising.join("+"), shares.join("/"), step.interval.as_secs());
        }
        expect.assert_eq(&text);
    }

    #[test]
    fn upwards_takes_the_steps_that_are_left() {
        check(
            &ramp(&[1, 10, 50], false),
            &[10],
            100,
            &expect![[r#"
            green rises to 50% 300s
            green rises to 100% 300s
        "#]],
        );
        check(
            &ramp(&[1, 10, 50], false),
            &[0],
            30,
            &expect![[r#"
            green rises to 1% 300s
            green rises to 10% 300s
            green rises to 30% 300s
        "#]],
        );
    }

    #[test]
    fn downwards_is_one_step_unless_asked_otherwise() {
        check(
            &ramp(&[1, 10, 50], false),
            &[100],
            0,
            &expect![[r#"
            blue rises to 0% 0s
        "#]],
        );
        check(
            &ramp(&[1, 10, 50], true),
            &[100],
            5,
            &expect![[r#"
            blue rises to 50% 300s
            blue rises to 10% 300s
            blue rises to 5% 300s
        "#]],
        );
    }

    #[test]
    fn routes_that_disagree_meet_without_going_back() {
        check(
            &ramp(&[10, 50], false),
            &[0, 20, 50],
            100,
            &expect![[r#"
            green rises to 10/20/50% 300s
            green rises to 50/50/50% 300s
            green rises to 100/100/100% 300s
        "#]],
        );
        check(
            &ramp(&[10, 50], false),
            &[0, 80],
            60,
            &expect![[r#"
            blue+green rises to 10/60% 300s
            green rises to 50/60% 300s
            green rises to 60/60% 300s
        "#]],
        );
    }

    #[test]
    fn linear_steps_are_multiples() {
        let linear = Ramp::new(Waypoints::Every(share(25)), Duration::ZERO, false).unwrap();
        check(
            &linear,
            &[30],
            100,
            &expect![[r#"
            green rises to 50% 0s
            green rises to 75% 0s
            green rises to 100% 0s
        "#]],
        );
    }

    #[test]
    fn a_ramp_that_makes_no_sense_is_refused() {
        let listed = |steps: &[u16]| {
            Ramp::new(Waypoints::Listed(steps.iter().map(|step| share(*step)).collect()), Duration::ZERO, false)
                .unwrap_err()
        };
        assert_eq!(listed(&[]), RampError::Empty);
        assert_eq!(listed(&[0, 5]), RampError::Nothing { index: 0 });
        assert_eq!(listed(&[5, 50, 10]), RampError::OutOfOrder { index: 2, share: share(10), before: share(50) });
        assert_eq!(listed(&[5, 5]), RampError::OutOfOrder { index: 1, share: share(5), before: share(5) });
        assert_eq!(Ramp::new(Waypoints::Every(Share::BLUE), Duration::ZERO, false), Err(RampError::Still));
    }

    proptest! {
        #[test]
        fn no_route_ever_moves_away_from_the_goal(
            from in prop::collection::vec(0u16..=1000, 1..5), to in 0u16..=1000,
            steps in prop::collection::btree_set(1u16..=1000, 1..6), both_ways in any::<bool>(),
        ) {
            let tenths = |t: u16| Share::from_tenths(t).unwrap();
            let ramp = Ramp::new(Waypoints::Listed(steps.into_iter().map(tenths).collect()), Duration::ZERO, both_ways).unwrap();
            let mut now: Vec<Share> = from.into_iter().map(tenths).collect();
            let schedule = Schedule::new(&ramp, &now, tenths(to));
            for step in &schedule.steps {
                prop_assert!(step.shares != now, "a step that moves nothing");
                prop_assert_eq!(step.rising, rising(&now, &step.shares));
                for (before, after) in now.iter().zip(&step.shares) {
                    prop_assert!(after.tenths().abs_diff(to) <= before.tenths().abs_diff(to));
                    prop_assert!((before.tenths() <= to) == (after.tenths() <= to) || *after == tenths(to));
                }
                now = step.shares.clone();
            }
            prop_assert!(now.iter().all(|share| *share == tenths(to)));
        }
    }
}

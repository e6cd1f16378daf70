//! How a share moves inside one apply, as the user wrote it.

use std::time::Duration;

use crate::share::Share;

/// The shares to stop at on the way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Waypoints {
    /// None: one step.
    #[default]
    Direct,
    /// These shares of green, rising.
    Listed(Vec<Share>),
    /// Every multiple of this share.
    Every(Share),
}

/// Steps, and an interval after each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ramp {
    waypoints: Waypoints,
    interval: Duration,
    both_ways: bool,
}

/// The ramp as written makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RampError {
    /// A list without a step.
    #[error("the list of steps is empty; leave it out to move in one step")]
    Empty,
    /// A step of zero moves nothing.
    #[error("a step must be above 0%, and steps[{index}] is 0")]
    Nothing {
        /// Which step of the list, from zero.
        index: usize,
    },
    /// A step is not above the one before it.
    #[error("steps must rise, and steps[{index}] ({share}%) is not above the {before}% before it")]
    OutOfOrder {
        /// Which step of the list, from zero.
        index: usize,
        /// Its share.
        share: Share,
        /// The share of the step before it.
        before: Share,
    },
    /// A linear step of zero never arrives.
    #[error("a linear step must be above 0%")]
    Still,
}

impl Ramp {
    /// A ramp over `waypoints`, with `interval` after every step, the last one too. With `both_ways` the steps are
    /// walked towards blue as well; otherwise moving back is one step without an interval.
    ///
    /// # Errors
    ///
    /// [`RampError`], where the waypoints do not rise from above 0%.
    pub fn new(waypoints: Waypoints, interval: Duration, both_ways: bool) -> Result<Ramp, RampError> {
        match &waypoints {
            Waypoints::Direct => {}
            Waypoints::Every(step) if *step == Share::BLUE => return Err(RampError::Still),
            Waypoints::Every(_) => {}
            Waypoints::Listed(steps) => {
                if steps.is_empty() {
                    return Err(RampError::Empty);
                }
                let mut before = Share::BLUE;
                for (index, share) in steps.iter().copied().enumerate() {
                    if share == Share::BLUE {
                        return Err(RampError::Nothing { index });
                    }
                    if share <= before {
                        return Err(RampError::OutOfOrder { index, share, before });
                    }
                    before = share;
                }
            }
        }
        Ok(Ramp { waypoints, interval, both_ways })
    }

    /// How long a step bakes.
    pub(crate) fn interval(&self) -> Duration {
        self.interval
    }

    /// Whether the steps are walked towards blue too.
    pub(crate) fn both_ways(&self) -> bool {
        self.both_ways
    }

    /// The shares from `from` (not included) to `to` (the last one), in the order in which they are reached. Empty
    /// where the two are equal. Which waypoints are left depends on where we stand alone, so that a ramp cut short
    /// goes on where it stopped.
    pub(super) fn between(&self, from: Share, to: Share) -> Vec<Share> {
        if from == to {
            return Vec::new();
        }
        let rises = to > from;
        let (low, high) = (from.min(to), from.max(to));
        let mut shares: Vec<Share> = match &self.waypoints {
            _ if !rises && !self.both_ways => Vec::new(),
            Waypoints::Direct => Vec::new(),
            Waypoints::Listed(steps) => steps.clone(),
            Waypoints::Every(step) => {
                (1..=1000 / step.tenths()).filter_map(|nth| Share::from_tenths(nth * step.tenths())).collect()
            }
        };
        shares.retain(|share| low < *share && *share < high);
        if !rises {
            shares.reverse();
        }
        shares.push(to);
        shares
    }
}

//! Two objects of one name as a carrier of weights. Pure.

use crate::engine::shift::{Carrier, Idle};
use crate::route53::{RecordName, WEIGHT_LIMIT};
use crate::share::{Share, SplitError, Weights};

/// The objects that say the weights of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objects;

impl Carrier for Objects {
    type Key = RecordName;
    type Error = SplitError;
    const WEIGHT_LIMIT: u32 = WEIGHT_LIMIT;
    const JOINED: &'static str = "both objects weighted";
    const DROPPED: &'static str = "the idle object left out";

    fn name(name: &RecordName) -> String {
        format!("the pair of objects for {name}")
    }

    /// An object without a weight is refused before.
    fn misses_a_side(_: &Weights) -> bool {
        false
    }

    fn wanted(weights: &Weights, share: Share, _: Idle) -> Result<Weights, SplitError> {
        weights.wanted(share, WEIGHT_LIMIT)
    }
}

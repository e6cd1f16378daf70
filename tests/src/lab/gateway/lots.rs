//! Lots, drawn from a seed: the same in every run.

use std::sync::atomic::{AtomicU64, Ordering};

/// What the state grows by, of SplitMix64 (Steele, Lea and Flood, 2014).
const GROWTH: u64 = 0x9e37_79b9_7f4a_7c15;

/// Who is drawn next.
#[derive(Debug)]
pub struct Lots(AtomicU64);

impl Lots {
    /// Lots of this seed.
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// A percent, from 0 to less than 100.
    pub fn percent(&self) -> f64 {
        let mut mixed = self.0.fetch_add(GROWTH, Ordering::Relaxed).wrapping_add(GROWTH);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        // The 53 bits that a number of this kind can hold.
        (mixed >> 11) as f64 / (1_u64 << 53) as f64 * 100.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_lots_and_they_are_even() {
        let draw = |seed| {
            let lots = Lots::new(seed);
            (0..10_000).map(|_| lots.percent()).collect::<Vec<f64>>()
        };
        let lots = draw(1);
        assert_eq!(lots, draw(1));
        assert_ne!(lots, draw(2));
        for tenth in 0..10 {
            let (from, to) = (f64::from(tenth) * 10.0, f64::from(tenth) * 10.0 + 10.0);
            let found = lots.iter().filter(|lot| **lot >= from && **lot < to).count();
            // Four standard errors of a tenth of 10,000.
            assert!(found.abs_diff(1000) <= 120, "{found} between {from} and {to}");
        }
    }
}

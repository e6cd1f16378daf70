//! How many healthy targets are enough.

/// How healthy a side has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enough {
    /// The fewest healthy targets. 0 counts as 1.
    pub targets: u32,
    /// The smallest part of the registered targets that is healthy, in percent, 0 to 100; more counts as 100.
    pub percent: u8,
}

impl Enough {
    /// Somebody who can serve.
    pub const ANY: Enough = Enough { targets: 1, percent: 0 };

    /// How many of so many registered targets have to be healthy.
    pub(crate) fn of(self, registered: usize) -> usize {
        let part = (registered * usize::from(self.percent.min(100))).div_ceil(100);
        usize::try_from(self.targets).unwrap_or(usize::MAX).max(1).max(part)
    }
}

impl Default for Enough {
    fn default() -> Self {
        Self::ANY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(targets: u32, percent: u8, registered: usize, expect: usize) {
        assert_eq!(Enough { targets, percent }.of(registered), expect);
    }

    #[test]
    fn a_part_is_rounded_up_and_nobody_is_never_enough() {
        check(0, 0, 10, 1);
        check(2, 0, 1, 2);
        check(1, 50, 5, 3);
        check(1, 100, 4, 4);
        check(1, 200, 4, 4);
        check(3, 10, 10, 3);
    }
}

//! What the checkers of a health check see. Pure.

/// Whether a health check finds its endpoint healthy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckStatus {
    /// So many of so many checkers reach it.
    Healthy(usize, usize),
    /// So few of so many checkers reach it.
    Unhealthy(usize, usize),
    /// No checker has reported yet.
    Unreported,
    /// Nobody can be asked: the check is calculated, of an alarm, or disabled.
    Unwatched,
}

impl CheckStatus {
    /// What the reports of checkers add up to: more than 18 % of them have to succeed (Route 53 developer guide, how
    /// Route 53 determines whether a health check is healthy). An inverted check says the opposite.
    pub(crate) fn judge(reports: &[bool], inverted: bool) -> Self {
        let (all, succeeded) = (reports.len(), reports.iter().filter(|succeeded| **succeeded).count());
        match succeeded * 100 > all * 18 {
            _ if all == 0 => CheckStatus::Unreported,
            healthy if healthy != inverted => CheckStatus::Healthy(succeeded, all),
            _ => CheckStatus::Unhealthy(succeeded, all),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_18_percent_of_the_checkers_have_to_succeed() {
        let of = |succeeded: usize, all: usize, inverted| {
            let reports: Vec<bool> = (0..all).map(|nth| nth < succeeded).collect();
            CheckStatus::judge(&reports, inverted)
        };
        assert_eq!(of(1, 8, false), CheckStatus::Unhealthy(1, 8));
        assert_eq!(of(2, 8, false), CheckStatus::Healthy(2, 8));
        assert_eq!(of(18, 100, false), CheckStatus::Unhealthy(18, 100));
        assert_eq!(of(0, 8, true), CheckStatus::Healthy(0, 8));
        assert_eq!(of(0, 0, false), CheckStatus::Unreported);
    }
}

//! Several verdicts as one.

use crate::engine::gate::Verdict;

/// The worst of the verdicts: one that fails beats one that cannot tell, which beats one that passes. The reasons of
/// all that are as bad are kept.
pub(super) fn worst(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
    let (mut failed, mut unclear) = (Vec::new(), Vec::new());
    for verdict in verdicts {
        match verdict {
            Verdict::Pass => {}
            Verdict::Fail(why) => failed.push(why),
            Verdict::Inconclusive(why) => unclear.push(why),
        }
    }
    if !failed.is_empty() {
        Verdict::Fail(failed.join("; "))
    } else if !unclear.is_empty() {
        Verdict::Inconclusive(unclear.join("; "))
    } else {
        Verdict::Pass
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_wins_and_keeps_every_reason() {
        let fail = |why: &str| Verdict::Fail(why.to_owned());
        let unclear = |why: &str| Verdict::Inconclusive(why.to_owned());
        assert_eq!(worst([]), Verdict::Pass);
        assert_eq!(worst([Verdict::Pass, Verdict::Pass]), Verdict::Pass);
        assert_eq!(worst([unclear("a"), Verdict::Pass, unclear("b")]), unclear("a; b"));
        assert_eq!(worst([unclear("a"), fail("b"), Verdict::Pass, fail("c")]), fail("b; c"));
    }
}

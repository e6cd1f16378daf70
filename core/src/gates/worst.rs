//! Several verdicts as one, and the verdict where there was no answer.

use crate::engine::gate::Verdict;

/// The worst of the verdicts: one that will never be able to tell beats one that fails, which beats one that cannot tell
/// now, which beats one that passes. The reasons of all that are as bad are kept.
pub(super) fn worst(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
    let (mut hopeless, mut failed, mut unclear) = (Vec::new(), Vec::new(), Vec::new());
    for verdict in verdicts {
        match verdict {
            Verdict::Pass => {}
            Verdict::Unanswerable(why) => hopeless.push(why),
            Verdict::Fail(why) => failed.push(why),
            Verdict::Inconclusive(why) => unclear.push(why),
        }
    }
    if !hopeless.is_empty() {
        Verdict::Unanswerable(hopeless.join("; "))
    } else if !failed.is_empty() {
        Verdict::Fail(failed.join("; "))
    } else if !unclear.is_empty() {
        Verdict::Inconclusive(unclear.join("; "))
    } else {
        Verdict::Pass
    }
}

/// The verdict of a gate whose question was not answered, by whether the same question may be answered `later`.
pub(super) fn untold(later: bool, why: String) -> Verdict {
    if later { Verdict::Inconclusive(why) } else { Verdict::Unanswerable(why) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_wins_and_keeps_every_reason() {
        let fail = |why: &str| Verdict::Fail(why.to_owned());
        let unclear = |why: &str| Verdict::Inconclusive(why.to_owned());
        let hopeless = |why: &str| Verdict::Unanswerable(why.to_owned());
        assert_eq!(worst([]), Verdict::Pass);
        assert_eq!(worst([Verdict::Pass, Verdict::Pass]), Verdict::Pass);
        assert_eq!(worst([unclear("a"), Verdict::Pass, unclear("b")]), unclear("a; b"));
        assert_eq!(worst([unclear("a"), fail("b"), Verdict::Pass, fail("c")]), fail("b; c"));
        assert_eq!(worst([fail("a"), hopeless("b"), unclear("c"), hopeless("d")]), hopeless("b; d"));
    }
}

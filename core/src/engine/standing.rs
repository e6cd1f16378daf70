//! Where the weights stand that a run moves: before it, on the way, and after it.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::engine::outcome::{Entry, Report};
use crate::engine::shift::Position;
use crate::share::{Share, Weights};

/// A run that began, over what stands at a `P`.
#[derive(Debug, Clone)]
pub struct Began<P> {
    /// Where everything stood before it.
    pub before: P,
    /// Where it was seen, or written, last. That is what the report's look saw, where it saw something.
    pub known: P,
    /// How it went.
    pub report: Report<P>,
}

/// A shift of weights that began.
pub type Shifted<K> = Began<Position<K>>;

impl<P> Began<P> {
    /// This run and one that went on from its end, as one. `passed` is the time between the two beginnings.
    pub fn followed_by(self, later: Self, passed: Duration) -> Self {
        let Report { outcome, position, reached, wrote, history } = later.report;
        let after = history.into_iter().map(|entry| Entry { at: entry.at.saturating_add(passed), ..entry });
        let history = self.report.history.into_iter().chain(after).collect();
        let report = Report { outcome, position, reached, wrote: self.report.wrote || wrote, history };
        Began { before: self.before, known: later.known, report }
    }

    /// The same run, with its positions in other words.
    pub fn map<Q>(self, words: impl Fn(P) -> Q) -> Began<Q> {
        let Report { outcome, position, reached, wrote, history } = self.report;
        let report = Report { outcome, position: position.map(&words), reached, wrote, history };
        Began { before: words(self.before), known: words(self.known), report }
    }
}

/// What a run knows of the weights that it moves.
#[derive(Debug)]
pub(crate) struct Standing<K> {
    /// The shares as the last step left them.
    left: Mutex<BTreeMap<K, Option<Share>>>,
    /// The weights as they were seen or written last.
    known: Mutex<Position<K>>,
    /// The shares that the step under way is to bring, which some of what moves may show already.
    aimed: Mutex<BTreeMap<K, Share>>,
    /// The largest weight that can be written.
    limit: u32,
}

impl<K: Ord + Clone + Display> Standing<K> {
    /// Where a run begins. `limit` is the largest weight that can be written.
    pub(crate) fn new(before: Position<K>, limit: u32) -> Self {
        let left = before.iter().map(|(key, weights)| (key.clone(), weights.share())).collect();
        Self { left: Mutex::new(left), known: Mutex::new(before), aimed: Mutex::default(), limit }
    }

    /// The weights as they were seen or written last.
    pub(crate) fn known(&self) -> Position<K> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes what is seen.
    pub(crate) fn learn(&self, seen: &Position<K>) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone_from(seen);
    }

    /// Notes what was written in one place.
    pub(crate) fn learn_one(&self, key: K, written: Weights) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(key, written);
    }

    /// Notes the shares that a step leaves.
    pub(crate) fn leave(&self, shares: impl Iterator<Item = (K, Option<Share>)>) {
        *self.left.lock().unwrap_or_else(PoisonError::into_inner) = shares.collect();
    }

    /// Notes the shares that the step under way is to bring.
    pub(crate) fn aim(&self, shares: &BTreeMap<K, Share>) {
        self.aimed.lock().unwrap_or_else(PoisonError::into_inner).clone_from(shares);
    }

    /// What someone else moved since the last step, in words.
    pub(crate) fn moved(&self, now: &Position<K>) -> Option<String> {
        self.stray(now, &[])
    }

    /// What someone else moved since the last step, in words, when it is to be undone: a step that was written in part
    /// left some of what moves at its own share, and what a cut-short way back wrote is at its end already.
    pub(crate) fn moved_on_the_way_to(&self, now: &Position<K>, end: &BTreeMap<K, Share>) -> Option<String> {
        let aimed = self.aimed.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.stray(now, &[&aimed, end])
    }

    /// What stands neither where the last step left it nor at one of the shares in `also`.
    fn stray(&self, now: &Position<K>, also: &[&BTreeMap<K, Share>]) -> Option<String> {
        let left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let percent = |share: Option<Share>| share.map_or("undefined".to_owned(), |share| format!("{share}%"));
        now.iter().find_map(|(key, weights)| {
            let (left, live) = (left.get(key).copied().flatten(), weights.share());
            let expected =
                also.iter().filter_map(|shares| shares.get(key)).any(|share| weights.express(*share, self.limit));
            (left != live && !expected).then(|| {
                format!("green's share of {key} is {}, not {} as left by the last step", percent(live), percent(left))
            })
        })
    }
}

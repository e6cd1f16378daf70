//! What a sequence of writes did to routes, to groups of records or to APIs, and what in it must never happen.

use std::collections::{BTreeMap, BTreeSet};

use crate::calls::Call;

/// A side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The side that served before.
    Blue,
    /// The side that takes over.
    Green,
}

/// One write that took effect.
#[derive(Debug, Clone, PartialEq)]
pub struct Write {
    /// The listener or rule; the name and type of a group of records; or the id of an API.
    pub route: String,
    /// The weights before it, by target group or set identifier.
    pub before: BTreeMap<String, i64>,
    /// The weights after it.
    pub after: BTreeMap<String, i64>,
    /// The healthy targets by target group at that moment. One that no route referred to has none. Records have no
    /// targets, and all of them count as healthy.
    pub healthy: BTreeMap<String, u32>,
    /// Of an API, a digest of all that is edited and served, before the write and after it.
    pub whole: Option<[String; 2]>,
    /// Whether the caller never heard that it went through.
    pub reply_lost: bool,
}

/// Writes in the order in which they took effect.
#[derive(Debug, Clone)]
pub struct Ledger {
    blue: String,
    green: String,
    /// The writes.
    pub writes: Vec<Write>,
}

impl Ledger {
    /// The writes among these calls.
    pub fn of(calls: &[Call], blue: &str, green: &str) -> Self {
        let mut effective: Vec<_> = calls.iter().filter_map(|call| Some((call, call.effect.clone()?))).collect();
        effective.sort_by_key(|(_, effect)| effect.order);
        let write = |(call, effect): (&Call, crate::calls::Effect)| Write {
            route: call.place().unwrap().to_owned(),
            before: effect.before,
            after: effect.after,
            healthy: effect.healthy,
            whole: effect.whole,
            reply_lost: call.reply_was_lost(),
        };
        Self::new(blue, green, effective.into_iter().map(write).collect())
    }

    /// A ledger of these writes.
    pub fn new(blue: &str, green: &str, writes: Vec<Write>) -> Self {
        Self { blue: blue.to_owned(), green: green.to_owned(), writes }
    }

    /// Writes that raised a side's share while it had no healthy target.
    pub fn raised_the_dead(&self) -> Vec<String> {
        self.wrongs(|write, _| {
            [Side::Blue, Side::Green].into_iter().find_map(|side| {
                let alive = write.healthy.get(self.arn(side)).is_some_and(|healthy| *healthy > 0);
                let rises = less(self.share(&write.before, side), self.share(&write.after, side));
                (rises && !alive).then(|| format!("raised {side:?}, which had no healthy target"))
            })
        })
    }

    /// Writes that left a route, or the pair's part of it, without any weight.
    pub fn left_empty(&self) -> Vec<String> {
        self.wrongs(|write, _| {
            let (_, pair) = self.share(&write.after, Side::Green);
            (pair == 0).then(|| "left blue and green without any weight".to_owned())
        })
    }

    /// Writes that took share from the side to which everything was to move.
    pub fn moved_back(&self, towards: Side) -> Vec<String> {
        self.wrongs(|write, _| {
            let (before, after) = (self.share(&write.before, towards), self.share(&write.after, towards));
            less(after, before).then(|| format!("took share from {towards:?}"))
        })
    }

    /// Writes that changed the part of a stranger.
    pub fn touched_strangers(&self) -> Vec<String> {
        self.wrongs(|write, _| {
            let all: BTreeSet<&String> = write.before.keys().chain(write.after.keys()).collect();
            let stranger = |arn: &&&String| **arn != &self.blue && **arn != &self.green;
            let changed = all.iter().filter(stranger).find(|arn| {
                let (before, after) = (part(&write.before, arn), part(&write.after, arn));
                less(before, after) || less(after, before)
            });
            changed.map(|arn| format!("changed the part of {arn}"))
        })
    }

    /// Writes that changed nothing: no share, and no side put in or taken out; of an API, nothing at all. One that repeats a write whose reply was
    /// lost is none of them, for whoever sent it could not know.
    pub fn changed_nothing(&self) -> Vec<String> {
        self.wrongs(|write, earlier| {
            let same_sides = write.before.keys().eq(write.after.keys());
            let same_parts = write.after.keys().all(|arn| {
                let (before, after) = (part(&write.before, arn), part(&write.after, arn));
                !less(before, after) && !less(after, before)
            });
            let same = write.whole.as_ref().map_or(same_sides && same_parts, |[before, after]| before == after);
            if !same {
                return None;
            }
            let left = |write: &Write| (write.after.clone(), write.whole.as_ref().map(|whole| whole[1].clone()));
            match earlier.iter().rev().find(|before| before.route == write.route) {
                Some(first) if left(first) == left(write) && first.reply_lost => None,
                Some(first) if left(first) == left(write) => Some("repeated a write that was answered".to_owned()),
                _ => Some("changed nothing".to_owned()),
            }
        })
    }

    /// Panics with all that must never happen on a way towards a side.
    #[track_caller]
    pub fn assert_safe(&self, towards: Side, when: &str) {
        let wrongs = [self.never(), self.moved_back(towards)].concat();
        assert!(wrongs.is_empty(), "{when}: {wrongs:#?}\n{:#?}", self.writes);
    }

    /// What must not happen, whatever the direction.
    pub fn never(&self) -> Vec<String> {
        [self.raised_the_dead(), self.left_empty(), self.touched_strangers()].concat()
    }

    /// What whoever writes may take for the last weights of a route: those after its last write, and where no reply to that
    /// was heard, those before it too. Nothing where nothing was written.
    pub fn last_known(&self, route: &str) -> Vec<&BTreeMap<String, i64>> {
        let mut known = Vec::new();
        for write in self.writes.iter().rev().filter(|write| write.route == route) {
            known.push(&write.after);
            if !write.reply_lost {
                break;
            }
            known.push(&write.before);
        }
        known
    }

    /// The same by blue and green.
    pub fn last_known_sides(&self, route: &str) -> Vec<[Option<i64>; 2]> {
        let sides = |weights: &BTreeMap<String, i64>| [&self.blue, &self.green].map(|arn| weights.get(arn).copied());
        self.last_known(route).into_iter().map(sides).collect()
    }

    fn wrongs(&self, wrong: impl Fn(&Write, &[Write]) -> Option<String>) -> Vec<String> {
        let found = self.writes.iter().enumerate().filter_map(|(index, write)| {
            let what = wrong(write, &self.writes[..index])?;
            Some(format!("write {} of {} {what}: {:?} -> {:?}", index + 1, write.route, write.before, write.after))
        });
        found.collect()
    }

    fn arn(&self, side: Side) -> &str {
        match side {
            Side::Blue => &self.blue,
            Side::Green => &self.green,
        }
    }

    /// A side's weight, and that of the pair.
    fn share(&self, weights: &BTreeMap<String, i64>, side: Side) -> (i64, i64) {
        let of = |arn: &str| weights.get(arn).copied().unwrap_or(0);
        (of(self.arn(side)), of(&self.blue) + of(&self.green))
    }
}

/// A target group's weight, and that of the whole.
fn part(weights: &BTreeMap<String, i64>, arn: &str) -> (i64, i64) {
    (weights.get(arn).copied().unwrap_or(0), weights.values().sum())
}

/// Whether one fraction is less than another. Nothing of nothing is nothing.
fn less(one: (i64, i64), other: (i64, i64)) -> bool {
    one.0 * other.1.max(1) < other.0 * one.1.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weights(blue: i64, green: i64, stranger: i64) -> BTreeMap<String, i64> {
        [("blue", blue), ("green", green), ("stranger", stranger)]
            .map(|(name, weight)| (name.to_owned(), weight))
            .into()
    }

    fn write(before: BTreeMap<String, i64>, after: BTreeMap<String, i64>, healthy: [u32; 2]) -> Write {
        let healthy = [("blue".to_owned(), healthy[0]), ("green".to_owned(), healthy[1])].into();
        Write { route: "rule".to_owned(), before, after, healthy, whole: None, reply_lost: false }
    }

    /// Green's weights, of 100, one after the other, with these healthy targets.
    fn walk(greens: &[i64], healthy: [u32; 2]) -> Ledger {
        let steps = greens.windows(2);
        let at = |green: i64| weights(100 - green, green, 0);
        Ledger::new("blue", "green", steps.map(|step| write(at(step[0]), at(step[1]), healthy)).collect())
    }

    #[test]
    fn a_good_walk_has_no_wrongs() {
        let ledger = walk(&[0, 10, 50, 100], [2, 2]);
        assert_eq!(ledger.never(), [""; 0]);
        assert_eq!([ledger.moved_back(Side::Green), ledger.changed_nothing()].concat(), [""; 0]);
        ledger.assert_safe(Side::Green, "a good walk");
    }

    #[test]
    fn a_share_raised_towards_the_dead_is_seen() {
        assert_eq!(walk(&[0, 10, 50], [2, 0]).raised_the_dead().len(), 2);
        assert_eq!(walk(&[50, 10], [0, 2]).raised_the_dead().len(), 1);
        // Leaving the dead is no wrong, and neither is naming them at weight 0.
        assert_eq!(walk(&[50, 10], [2, 0]).raised_the_dead(), [""; 0]);
        let mut named = write(weights(1, 0, 0), weights(100, 0, 0), [2, 0]);
        named.before.remove("green");
        named.healthy.remove("green");
        assert_eq!(Ledger::new("blue", "green", vec![named]).raised_the_dead(), [""; 0]);
        // A target group that was not referred to before has no healthy target, whatever it has later.
        let mut unheard = write(weights(1, 0, 0), weights(1, 1, 0), [2, 0]);
        unheard.healthy.remove("green");
        assert_eq!(Ledger::new("blue", "green", vec![unheard]).raised_the_dead().len(), 1);
    }

    #[test]
    fn a_pair_without_weight_is_seen() {
        let emptied = |stranger| write(weights(1, 1, stranger), weights(0, 0, stranger), [2, 2]);
        assert_eq!(Ledger::new("blue", "green", vec![emptied(0), emptied(5)]).left_empty().len(), 2);
    }

    #[test]
    fn a_move_back_is_seen_on_its_route_only() {
        let ledger = walk(&[0, 10, 5, 100], [2, 2]);
        assert_eq!(ledger.moved_back(Side::Green).len(), 1);
        assert_eq!(ledger.moved_back(Side::Blue).len(), 2);
        let mut two = walk(&[0, 50], [2, 2]);
        two.writes
            .extend(walk(&[0, 10], [2, 2]).writes.into_iter().map(|write| Write { route: "other".into(), ..write }));
        assert_eq!(two.moved_back(Side::Green), [""; 0]);
        // 1 of 2 and 50 of 100 are the same.
        let same = write(weights(1, 1, 0), weights(50, 50, 0), [2, 2]);
        assert_eq!(Ledger::new("blue", "green", vec![same]).moved_back(Side::Green), [""; 0]);
    }

    #[test]
    fn a_touched_stranger_is_seen() {
        let ledger = |after| Ledger::new("blue", "green", vec![write(weights(80, 10, 10), after, [2, 2])]);
        assert_eq!(ledger(weights(40, 50, 10)).touched_strangers(), [""; 0]);
        assert_eq!(ledger(weights(80, 100, 20)).touched_strangers(), [""; 0]);
        assert_eq!(ledger(weights(40, 50, 20)).touched_strangers().len(), 1);
        let mut without = weights(40, 50, 0);
        without.remove("stranger");
        assert_eq!(ledger(without).touched_strangers().len(), 1);
    }

    #[test]
    fn before_a_write_without_a_reply_is_as_well_known_as_after_it() {
        let mut ledger = walk(&[0, 10, 50, 100], [2, 2]);
        let known = |ledger: &Ledger| -> Vec<i64> {
            ledger.last_known("rule").iter().map(|weights| weights["green"]).collect()
        };
        assert_eq!(known(&ledger), [100]);
        ledger.writes[1].reply_lost = true;
        assert_eq!(known(&ledger), [100]);
        ledger.writes[2].reply_lost = true;
        assert_eq!(known(&ledger), [100, 50, 50, 10, 10]);
        assert!(ledger.last_known("other").is_empty());
    }

    #[test]
    fn a_write_for_nothing_is_seen_unless_its_reply_was_lost() {
        let mut ledger = walk(&[0, 10, 10, 50], [2, 2]);
        assert_eq!(ledger.changed_nothing().len(), 1);
        assert!(ledger.changed_nothing()[0].contains("repeated a write that was answered"));
        ledger.writes[0].reply_lost = true;
        assert_eq!(ledger.changed_nothing(), [""; 0]);
        let same = write(weights(1, 1, 0), weights(50, 50, 0), [2, 2]);
        assert_eq!(Ledger::new("blue", "green", vec![same]).changed_nothing().len(), 1);
        // Putting a side in at weight 0 is a change.
        let mut named = write(weights(1, 0, 0), weights(1, 0, 0), [2, 0]);
        named.before.remove("green");
        assert_eq!(Ledger::new("blue", "green", vec![named]).changed_nothing(), [""; 0]);
    }
}

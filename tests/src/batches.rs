//! The change batches that took effect on one name, and what in them must never happen.

use std::collections::BTreeMap;

use crate::calls::{Batch, Call, GroupEffect, RecordSet};
use crate::ledger::{Ledger, Side, Write};

/// What the two sides of a name are told by.
#[derive(Debug, Clone, Copy)]
pub struct Sides<'a> {
    /// Blue's set identifier.
    pub blue: &'a str,
    /// Green's set identifier.
    pub green: &'a str,
    /// What green's records answer with, of any type. A simple record that answers so is green's, any other blue's.
    pub green_answers: &'a [String],
}

/// Batches in the order in which they took effect.
#[derive(Debug, Clone)]
pub struct Batches {
    blue: String,
    green: String,
    /// The writes of each batch, one a group.
    pub batches: Vec<Vec<Write>>,
}

impl Batches {
    /// The batches among these calls.
    pub fn of(calls: &[Call], sides: Sides<'_>) -> Self {
        let mut effective: Vec<_> = calls.iter().filter_map(|call| Some((call, call.batch.clone()?))).collect();
        effective.sort_by_key(|(_, batch)| batch.order);
        let batches = effective.into_iter().map(|(call, batch)| writes(call, batch, sides)).collect();
        Self { blue: sides.blue.to_owned(), green: sides.green.to_owned(), batches }
    }

    /// All writes, one after the other.
    pub fn ledger(&self) -> Ledger {
        Ledger::new(&self.blue, &self.green, self.batches.concat())
    }

    /// Green's percent before the first batch and after each, by the group of its first write.
    pub fn percents(&self) -> Vec<f64> {
        let mut writes = self.batches.iter().filter_map(|batch| batch.first()).peekable();
        let before = writes.peek().map(|first| self.percent(&first.before));
        before.into_iter().chain(writes.map(|write| self.percent(&write.after))).collect()
    }

    /// Batches after which groups differ in share.
    pub fn torn(&self) -> Vec<String> {
        let mut standing = BTreeMap::new();
        for write in self.batches.concat() {
            standing.entry(write.route).or_insert(write.before);
        }
        let mut found = Vec::new();
        for batch in &self.batches {
            standing.extend(batch.iter().map(|write| (write.route.clone(), write.after.clone())));
            let mut shares = standing.values().map(|weights| self.percent(weights));
            let first = shares.next();
            if shares.any(|share| Some(share) != first) {
                found.push(format!("left types at different shares: {standing:?} after {batch:?}"));
            }
        }
        found
    }

    /// Panics with all that must never happen on a way towards a side.
    #[track_caller]
    pub fn assert_safe(&self, towards: Side, when: &str) {
        self.ledger().assert_safe(towards, when);
        assert_eq!(self.torn(), [""; 0], "{when}");
    }

    fn percent(&self, weights: &BTreeMap<String, i64>) -> f64 {
        let of = |identifier: &str| weights.get(identifier).copied().unwrap_or(0) as f64;
        of(&self.green) * 100.0 / (of(&self.blue) + of(&self.green))
    }
}

fn writes(call: &Call, batch: Batch, sides: Sides<'_>) -> Vec<Write> {
    let write = |(route, GroupEffect { before, after }): (String, GroupEffect)| Write {
        route,
        before: weights(&before, sides),
        after: weights(&after, sides),
        healthy: [sides.blue, sides.green].map(|side| (side.to_owned(), 1)).into(),
        whole: None,
        reply_lost: call.reply_was_lost(),
    };
    batch.groups.into_iter().map(write).collect()
}

/// A simple record has all of the traffic.
fn weights(group: &BTreeMap<String, RecordSet>, sides: Sides<'_>) -> BTreeMap<String, i64> {
    let weight = |(identifier, record): (&String, &RecordSet)| match record.weight {
        Some(weight) => (identifier.clone(), weight),
        None if sides.green_answers.contains(&record.answer) => (sides.green.to_owned(), 1),
        None => (sides.blue.to_owned(), 1),
    };
    group.iter().map(weight).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The weights of blue and green; none for a side without a record.
    type Pair = [Option<i64>; 2];

    /// Batches over these weights, one pair a type.
    fn batches(steps: &[&[Pair]]) -> Batches {
        let weights = |pair: &Pair| {
            let sides = ["blue", "green"].iter().zip(pair);
            sides.filter_map(|(side, weight)| Some(((*side).to_owned(), (*weight)?))).collect()
        };
        let write = |(kind, (before, after)): (usize, (&Pair, &Pair))| Write {
            route: format!("type {kind}"),
            before: weights(before),
            after: weights(after),
            healthy: ["blue", "green"].map(|side| (side.to_owned(), 1)).into(),
            whole: None,
            reply_lost: false,
        };
        let batch = |step: &[&[Pair]]| step[0].iter().zip(step[1]).enumerate().map(write).collect();
        let batches = steps.windows(2).map(batch).collect();
        Batches { blue: "blue".to_owned(), green: "green".to_owned(), batches }
    }

    #[test]
    fn types_that_differ_in_share_are_seen() {
        let (start, half) = ([Some(1), Some(0)], [Some(50), Some(50)]);
        let good = batches(&[&[start, start], &[half, [Some(1), Some(1)]]]);
        assert_eq!((good.torn(), good.percents()), (vec![], vec![0.0, 50.0]));
        assert_eq!(batches(&[&[start, start], &[half, start]]).torn().len(), 1);
        // One type after the other is no better.
        let mut apart = good;
        let second = apart.batches[0].pop().unwrap();
        apart.batches.push(vec![second]);
        assert_eq!(apart.torn().len(), 1);
    }

    #[test]
    fn adopting_and_dropping_are_changes_and_an_empty_group_is_a_wrong() {
        let way = [[Some(1), None], [Some(1), Some(0)], [Some(0), Some(1)], [None, Some(1)]];
        let ledger = batches(&way.each_ref().map(std::slice::from_ref)).ledger();
        assert_eq!([ledger.never(), ledger.changed_nothing(), ledger.moved_back(Side::Green)].concat(), [""; 0]);
        assert_eq!(batches(&[&[way[1]], &[[None, None]]]).ledger().left_empty().len(), 1);
    }

    #[test]
    fn whose_a_simple_record_is_shows_in_its_answer() {
        let sides = Sides { blue: "blue", green: "green", green_answers: &["192.0.2.2".to_owned()] };
        let simple =
            |answer: &str| BTreeMap::from([(String::new(), RecordSet { weight: None, answer: answer.into() })]);
        assert_eq!(weights(&simple("192.0.2.2"), sides), BTreeMap::from([("green".to_owned(), 1)]));
        assert_eq!(weights(&simple("192.0.2.1"), sides), BTreeMap::from([("blue".to_owned(), 1)]));
    }
}

//! Turns by weight, as evenly as they can be: after any whole round, each has had exactly its part.

use std::sync::Mutex;

/// Who is next.
#[derive(Debug)]
pub struct Split {
    weights: Vec<u32>,
    // How much each is owed. The one that is owed most is next.
    owed: Mutex<Vec<i64>>,
}

impl Split {
    /// Turns by these weights.
    pub fn new(weights: Vec<u32>) -> Self {
        let owed = Mutex::new(vec![0; weights.len()]);
        Self { weights, owed }
    }

    /// The weights.
    pub fn weights(&self) -> &[u32] {
        &self.weights
    }

    /// The place of the next; none if nobody has a weight.
    pub fn next(&self) -> Option<usize> {
        let total: i64 = self.weights.iter().copied().map(i64::from).sum();
        let mut owed = self.owed.lock().unwrap();
        for (owed, weight) in owed.iter_mut().zip(&self.weights) {
            *owed += i64::from(*weight);
        }
        let weighty = (0..self.weights.len()).filter(|place| self.weights[*place] > 0);
        let next = weighty.max_by_key(|place| (owed[*place], usize::MAX - place))?;
        owed[next] -= total;
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns(weights: &[u32], count: usize) -> Vec<usize> {
        let split = Split::new(weights.to_vec());
        let mut turns = vec![0; weights.len()];
        for _ in 0..count {
            turns[split.next().unwrap()] += 1;
        }
        turns
    }

    #[test]
    fn a_round_gives_each_exactly_its_part() {
        assert_eq!(turns(&[90, 10], 100), [90, 10]);
        assert_eq!(turns(&[90, 10], 10), [9, 1]);
        assert_eq!(turns(&[0, 100], 50), [0, 50]);
        assert_eq!(turns(&[998, 1], 999), [998, 1]);
        assert_eq!(turns(&[5, 3, 2], 1000), [500, 300, 200]);
    }

    #[test]
    fn no_part_of_a_round_is_off_by_more_than_one() {
        let split = Split::new(vec![70, 30]);
        let mut green = 0;
        for turn in 1..=500 {
            green += split.next().unwrap();
            assert!((green as f64 - f64::from(turn) * 0.3).abs() <= 1.0, "turn {turn}: {green}");
        }
    }

    #[test]
    fn nobody_is_next_where_nobody_has_a_weight() {
        assert_eq!(Split::new(vec![0, 0]).next(), None);
        assert_eq!(Split::new(Vec::new()).next(), None);
    }
}

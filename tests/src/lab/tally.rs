//! What has become of the requests of a load.

use std::collections::BTreeMap;
use std::time::Duration;

/// The cluster that is counted as green.
pub const GREEN: &str = "green";

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// When it was sent.
    pub at: Duration,
    /// How long it took.
    pub took: Duration,
    /// The cluster that answered, if one did.
    pub side: Option<String>,
    /// Why it failed, if it did.
    pub failure: Option<String>,
}

/// Requests, in the order in which they were sent.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    samples: Vec<Sample>,
}

/// The requests that were sent in one piece of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// How many.
    pub sent: usize,
    /// How many green answered.
    pub green: usize,
    /// How many another cluster answered.
    pub other: usize,
    /// How many failed, whoever answered.
    pub failed: usize,
}

impl Count {
    /// Green's percent of what any cluster answered.
    pub fn percent(self) -> Option<f64> {
        let answered = self.green + self.other;
        (answered > 0).then(|| self.green as f64 * 100.0 / answered as f64)
    }

    fn add(&mut self, sample: &Sample) {
        self.sent += 1;
        self.failed += usize::from(sample.failure.is_some());
        self.green += usize::from(sample.side.as_deref() == Some(GREEN));
        self.other += usize::from(sample.side.as_deref().is_some_and(|side| side != GREEN));
    }
}

impl Tally {
    /// The tally of these requests.
    pub fn of(mut samples: Vec<Sample>) -> Self {
        samples.sort_by_key(|sample| sample.at);
        Self { samples }
    }

    /// All of them together.
    pub fn total(&self) -> Count {
        self.count(|_| true)
    }

    /// Those that began and ended in a piece of time.
    pub fn within(&self, from: Duration, to: Duration) -> Count {
        self.count(|sample| sample.at >= from && sample.at + sample.took <= to)
    }

    /// Those that were sent in a piece of time.
    pub fn sent_between(&self, from: Duration, to: Duration) -> Count {
        self.count(|sample| sample.at >= from && sample.at < to)
    }

    /// Those that were sent in each piece of this length from the beginning of time on.
    pub fn pieces(&self, length: Duration) -> Vec<Count> {
        let mut pieces: Vec<Count> = Vec::new();
        for sample in &self.samples {
            let place = (sample.at.as_micros() / length.as_micros()) as usize;
            pieces.resize(pieces.len().max(place + 1), Count::default());
            pieces[place].add(sample);
        }
        pieces
    }

    /// Why requests failed, and how many of them did so.
    pub fn failures(&self) -> BTreeMap<&str, usize> {
        let mut failures = BTreeMap::new();
        for why in self.samples.iter().filter_map(|sample| sample.failure.as_deref()) {
            *failures.entry(why).or_insert(0) += 1;
        }
        failures
    }

    /// The time that so many percent of the requests took at most.
    pub fn percentile(&self, percent: usize) -> Duration {
        let mut times: Vec<Duration> = self.samples.iter().map(|sample| sample.took).collect();
        times.sort_unstable();
        let place = (times.len() * percent / 100).min(times.len().saturating_sub(1));
        times.get(place).copied().unwrap_or_default()
    }

    fn count(&self, wanted: impl Fn(&Sample) -> bool) -> Count {
        let mut count = Count::default();
        self.samples.iter().filter(|sample| wanted(sample)).for_each(|sample| count.add(sample));
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(at: u64, took: u64, side: Option<&str>, failure: Option<&str>) -> Sample {
        let time = Duration::from_millis;
        Sample { at: time(at), took: time(took), side: side.map(str::to_owned), failure: failure.map(str::to_owned) }
    }

    #[test]
    fn requests_are_counted_by_side_by_time_and_by_failure() {
        let tally = Tally::of(vec![
            sample(1500, 10, Some("green"), Some("status 500")),
            sample(100, 20, Some("blue"), None),
            sample(900, 200, Some("green"), None),
            sample(1600, 5, None, Some("no answer in time")),
        ]);
        assert_eq!(tally.total(), Count { sent: 4, green: 2, other: 1, failed: 2 });
        assert_eq!(tally.within(Duration::ZERO, Duration::from_secs(1)).sent, 1);
        assert_eq!(tally.sent_between(Duration::ZERO, Duration::from_secs(1)).sent, 2);
        let pieces = tally.pieces(Duration::from_secs(1));
        assert_eq!(pieces.iter().map(|count| count.sent).collect::<Vec<_>>(), [2, 2]);
        assert_eq!(pieces[0].percent(), Some(50.0));
        assert_eq!(Count::default().percent(), None);
        assert_eq!(tally.failures(), BTreeMap::from([("status 500", 1), ("no answer in time", 1)]));
        assert_eq!(tally.percentile(50), Duration::from_millis(20));
        assert_eq!(tally.percentile(100), Duration::from_millis(200));
        assert_eq!(Tally::default().percentile(99), Duration::ZERO);
    }
}

//! What a look means. Pure.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::LAG;
use super::evidence::{Look, Seen, Untold};
use crate::clock::utc;

/// The period of the counts, in seconds.
const MINUTE: u64 = 60;

/// What keeps a side from being drained.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Remains {
    /// What was counted in the last window, place by place, in words.
    pub served: Vec<String>,
    /// What could not be told.
    pub untold: Vec<Untold>,
    /// What has to be waited for, and until when; the last comes last.
    pub until: Vec<(SystemTime, String)>,
}

impl Remains {
    /// Whether nothing remains.
    pub(crate) fn is_nothing(&self) -> bool {
        self.served.is_empty() && self.untold.is_empty() && self.until.is_empty()
    }

    /// Whether no repetition tells what could not be told.
    pub(crate) fn is_hopeless(&self) -> bool {
        self.untold.iter().any(|untold| !untold.later)
    }
}

impl fmt::Display for Remains {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let untold = self.untold.iter().map(|untold| format!("could not tell: {}", untold.why));
        let until = self.until.iter().map(|(time, what)| format!("not before {}: {what}", utc(*time)));
        let lines: Vec<String> = self.served.iter().cloned().chain(untold).chain(until).collect();
        f.write_str(&lines.join("; "))
    }
}

/// What remains of a side whose weight went to zero at `since`.
///
/// The window ends two minutes ago, for CloudWatch publishes late, and begins no earlier than `since`: what was counted
/// before says nothing. Counts younger than the window speak against it all the same.
pub(crate) fn judge(look: &Look, since: SystemTime, now: SystemTime, window: Duration) -> Remains {
    let (since_second, now_second) = (seconds(since), seconds(now));
    let end = whole(now_second.saturating_sub(LAG.as_secs()));
    let start = end.saturating_sub(window.as_secs());
    let after = since_second.div_ceil(MINUTE) * MINUTE;
    let mut remains = Remains { untold: look.untold.clone(), ..Remains::default() };
    let mut last = since;
    for (place, seen) in &look.places {
        match seen {
            Err(untold) => remains.untold.push(untold.clone()),
            Ok(seen) => {
                let counted: f64 = seen.counts.range(start..).map(|(_, count)| count).sum();
                if counted > 0.0 {
                    let length = now_second.saturating_sub(start);
                    remains.served.push(format!("{place}: CloudWatch counts {counted} in the last {length} s"));
                }
                let latest = seen.counts.iter().rev().find(|(_, count)| **count > 0.0);
                if let Some((minute, _)) = latest {
                    last = last.max((UNIX_EPOCH + Duration::from_secs(minute + MINUTE)).min(now));
                }
                remains.untold.extend(silence(place, seen, start.max(after), end));
            }
        }
    }
    if start < after {
        let told = UNIX_EPOCH + Duration::from_secs(after) + window + LAG;
        remains.until.push((told, format!("{} s without requests since then are not over", window.as_secs())));
    }
    for hold in &look.holds {
        let over = if hold.renewed { last } else { since } + hold.length;
        if over > now {
            remains.until.push((over, format!("{}, {} s", hold.what, hold.length.as_secs())));
        }
    }
    remains.until.sort();
    remains
}

/// That minutes from `start` to `end` have no count, and nothing says that there was none.
fn silence(place: &str, seen: &Seen, start: u64, end: u64) -> Option<Untold> {
    let minutes = (start..end).step_by(60);
    let silent = minutes.clone().filter(|minute| !seen.counts.contains_key(minute) && !seen.told.contains(minute));
    let (silent, all) = (silent.count(), minutes.count());
    let why = format!(
        "{place}: CloudWatch has published neither a count nor the load balancer's other metrics for {silent} of {all} minutes"
    );
    (silent > 0).then_some(Untold { why, later: true })
}

fn seconds(time: SystemTime) -> u64 {
    let passed = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    passed.as_secs() + u64::from(passed.subsec_nanos() > 0)
}

/// The beginning of the minute of a second.
pub(crate) fn whole(second: u64) -> u64 {
    second - second % MINUTE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drain::evidence::Hold;
    use expect_test::{Expect, expect};

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    /// A place with these counts, and these minutes told.
    fn place(counts: &[(u64, f64)], told: &[u64]) -> Look {
        let seen = Seen {
            counts: counts.iter().map(|(minute, count)| (minute * 60, *count)).collect(),
            told: told.iter().map(|minute| minute * 60).collect(),
        };
        Look { places: vec![("blue".to_owned(), Ok(seen))], ..Look::default() }
    }

    fn held(look: Look, length: u64, renewed: bool) -> Look {
        let hold = Hold { what: "sticky sessions".to_owned(), length: Duration::from_secs(length), renewed };
        Look { holds: vec![hold], ..look }
    }

    /// With the weight at zero since the beginning of minute 10 and a window of two minutes.
    #[track_caller]
    fn check(look: &Look, now: u64, expect: &Expect) {
        expect.assert_eq(&judge(look, at(600), at(now), Duration::from_secs(120)).to_string());
    }

    #[test]
    fn zero_all_through_the_window_is_drained() {
        check(&place(&[(10, 0.0), (11, 0.0)], &[]), 14 * 60, &expect![""]);
        check(&place(&[(9, 50.0)], &[10, 11]), 14 * 60, &expect![""]);
    }

    #[test]
    fn the_window_begins_after_the_weight_went_to_zero_and_ends_before_what_may_be_unpublished() {
        check(
            &place(&[], &[8, 9, 10, 11]),
            14 * 60 - 1,
            &expect!["not before 1970-01-01T00:14:00Z: 120 s without requests since then are not over"],
        );
        let since = at(601);
        let early = judge(&place(&[], &[10, 11, 12]), since, at(14 * 60), Duration::from_secs(120));
        assert_eq!(early.until[0].0, at(15 * 60), "the minute in which the weight fell is not a whole one");
    }

    #[test]
    fn a_request_in_the_window_or_since_counts() {
        check(&place(&[(11, 3.0)], &[10]), 14 * 60, &expect!["blue: CloudWatch counts 3 in the last 240 s"]);
        check(&place(&[(13, 1.0)], &[10, 11]), 14 * 60, &expect!["blue: CloudWatch counts 1 in the last 240 s"]);
    }

    #[test]
    fn a_minute_that_nobody_tells_of_is_not_zero() {
        check(
            &place(&[(10, 0.0)], &[]),
            14 * 60,
            &expect![
                "could not tell: blue: CloudWatch has published neither a count nor the load balancer's other metrics for 1 of 2 minutes"
            ],
        );
        let denied = Untold { why: "AccessDenied".to_owned(), later: false };
        let look = Look { places: vec![("blue".to_owned(), Err(denied))], ..Look::default() };
        let remains = judge(&look, at(600), at(14 * 60), Duration::from_secs(120));
        assert!(remains.is_hopeless() && !remains.is_nothing());
    }

    #[test]
    fn sessions_hold_from_the_last_request_on_and_delays_from_the_last_write() {
        let look = place(&[(10, 4.0)], &[11, 12, 13, 14, 15]);
        check(
            &held(look.clone(), 600, true),
            16 * 60,
            &expect!["not before 1970-01-01T00:21:00Z: sticky sessions, 600 s"],
        );
        check(
            &held(look.clone(), 600, false),
            16 * 60,
            &expect!["not before 1970-01-01T00:20:00Z: sticky sessions, 600 s"],
        );
        check(&held(look, 300, true), 16 * 60, &expect![""]);
    }

    #[test]
    fn requests_before_the_last_write_begin_no_session_anew() {
        let look = place(&[(2, 9.0)], &[10, 11]);
        check(&held(look, 240, true), 14 * 60, &expect![""]);
    }
}

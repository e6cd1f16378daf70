//! Reading counters from CloudWatch.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use aws_sdk_cloudwatch::types::{MetricDataQuery, MetricDataResult, StatusCode};

use super::evidence::Untold;
use super::judge::whole;
use super::place::{Counter, Series};
use crate::aws::counts::{self, minute};
use crate::aws::{self, Aws};

/// For how long CloudWatch keeps minutes. (CloudWatch user guide: data points of 60 seconds, 15 days.)
const KEPT: Duration = Duration::from_secs(14 * 24 * 3600);

/// The values of each of these counters from `from` to now, minute by minute.
///
/// # Errors
///
/// Why they could not all be read in full: a series that is not whole would look like one with zeros.
pub(crate) async fn read(
    aws: &Aws,
    counters: BTreeSet<&Counter>,
    from: SystemTime,
) -> Result<BTreeMap<Counter, Series>, Untold> {
    let now = aws.clock().wall();
    let from = from.max(now.checked_sub(KEPT).unwrap_or(now));
    let counters: Vec<&Counter> = counters.into_iter().collect();
    let mut series = BTreeMap::new();
    for chunk in counters.chunks(counts::QUERIES) {
        let answers = ask(aws, chunk, (from, now)).await;
        let answers = answers.map_err(|error| Untold { why: error.to_string(), later: error.retryable() })?;
        for (place, counter) in chunk.iter().enumerate() {
            let answer = answers.get(&id(place));
            let status = answer.and_then(|answer| answer.status.as_ref());
            if status != Some(&StatusCode::Complete) {
                let said = status.map_or("nothing", StatusCode::as_str);
                let why = format!("CloudWatch has no full count of {} of {}: {said}", counter.metric, counter.balancer);
                return Err(Untold { why, later: status != Some(&StatusCode::Forbidden) });
            }
            series.extend(answer.map(|answer| ((*counter).clone(), answer.series.clone())));
        }
    }
    Ok(series)
}

/// What came back for one query.
#[derive(Debug, Default)]
struct Answer {
    series: Series,
    /// How it ended.
    status: Option<StatusCode>,
}

impl Answer {
    fn add(&mut self, result: &MetricDataResult) {
        for (time, value) in result.timestamps().iter().zip(result.values()) {
            let minute = whole(u64::try_from(time.secs()).unwrap_or_default());
            self.series.insert(minute, *value);
        }
        counts::note_status(&mut self.status, result);
    }
}

async fn ask(
    aws: &Aws,
    counters: &[&Counter],
    (from, to): (SystemTime, SystemTime),
) -> Result<BTreeMap<String, Answer>, aws::Error> {
    let queries = counters.iter().enumerate().map(|(place, counter)| query(id(place), counter)).collect();
    let names: BTreeSet<&str> =
        counters.iter().map(|counter| counter.target_group.as_ref().unwrap_or(&counter.balancer).as_str()).collect();
    let object = names.into_iter().collect::<Vec<_>>().join(", ");
    let window = (minute(from), minute(to + Duration::from_secs(60)));
    let mut answers: BTreeMap<String, Answer> = BTreeMap::new();
    for result in aws.counts(&object, queries, window).await?.results {
        answers.entry(result.id().unwrap_or_default().to_owned()).or_default().add(&result);
    }
    Ok(answers)
}

fn id(place: usize) -> String {
    format!("q{place}")
}

fn query(id: String, counter: &Counter) -> MetricDataQuery {
    let group = counter.target_group.as_deref().map(|group| ("TargetGroup", group));
    let dimensions: Vec<(&str, &str)> =
        std::iter::once(("LoadBalancer", counter.balancer.as_str())).chain(group).collect();
    counts::query(id, (counter.namespace, counter.metric, counter.statistic), &dimensions)
}

#[cfg(test)]
mod tests;

//! Reading counters from CloudWatch.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricDataResult, MetricStat, StatusCode};
use aws_smithy_types::DateTime;

use super::evidence::Untold;
use super::judge::whole;
use super::place::{Counter, Series};
use crate::aws::{self, Aws, Kind, Pages, Service};

/// The most queries in a call. (CloudWatch API, GetMetricData.)
const QUERIES: usize = 500;
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
    for chunk in counters.chunks(QUERIES) {
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
    /// How it ended. `PartialData` on a page that is not the last one is no trouble.
    status: Option<StatusCode>,
}

impl Answer {
    fn add(&mut self, result: &MetricDataResult) {
        for (time, value) in result.timestamps().iter().zip(result.values()) {
            let minute = whole(u64::try_from(time.secs()).unwrap_or_default());
            self.series.insert(minute, *value);
        }
        // What went wrong on one page is not mended by the next.
        if !matches!(self.status, Some(StatusCode::InternalError | StatusCode::Forbidden)) {
            self.status = result.status_code().cloned();
        }
    }
}

async fn ask(
    aws: &Aws,
    counters: &[&Counter],
    (from, to): (SystemTime, SystemTime),
) -> Result<BTreeMap<String, Answer>, aws::Error> {
    const ACTION: &str = "count the requests of";
    let queries: Vec<MetricDataQuery> =
        counters.iter().enumerate().map(|(place, counter)| query(id(place), counter)).collect();
    let names: BTreeSet<&str> =
        counters.iter().map(|counter| counter.target_group.as_ref().unwrap_or(&counter.balancer).as_str()).collect();
    let object = names.into_iter().collect::<Vec<_>>().join(", ");
    let mut answers: BTreeMap<String, Answer> = BTreeMap::new();
    let mut pages = Pages::new(ACTION, &object);
    while let Some(token) = pages.open() {
        let client = aws.cloudwatch().await?;
        aws.take(Service::CloudWatch, Kind::Read).await?;
        let request = client.get_metric_data().set_metric_data_queries(Some(queries.clone()));
        let request = request.start_time(minute(from)).end_time(minute(to + Duration::from_secs(60)));
        let asked = request.set_next_token(token).send().await;
        let answer = asked.map_err(|error| aws::Error::call(ACTION, &object, error))?;
        for result in answer.metric_data_results.unwrap_or_default() {
            answers.entry(result.id().unwrap_or_default().to_owned()).or_default().add(&result);
        }
        pages.turn(answer.next_token)?;
    }
    Ok(answers)
}

/// The beginning of a time's minute, to which CloudWatch would round it anyway.
fn minute(time: SystemTime) -> DateTime {
    let seconds = whole(time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs());
    DateTime::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX))
}

fn id(place: usize) -> String {
    format!("q{place}")
}

fn query(id: String, counter: &Counter) -> MetricDataQuery {
    let dimension = |name: &str, value: &str| Dimension::builder().name(name).value(value).build();
    let metric = Metric::builder()
        .namespace(counter.namespace)
        .metric_name(counter.metric)
        .set_dimensions(Some(
            std::iter::once(dimension("LoadBalancer", &counter.balancer))
                .chain(counter.target_group.iter().map(|group| dimension("TargetGroup", group)))
                .collect(),
        ))
        .build();
    let stat = MetricStat::builder().metric(metric).period(60).stat(counter.statistic).build();
    MetricDataQuery::builder().id(id).metric_stat(stat).return_data(true).build()
}

#[cfg(test)]
mod tests;

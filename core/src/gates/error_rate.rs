//! Green's share of answers that are server errors, as CloudWatch counts them.
//!
//! The counts are published once a minute and only with traffic, and the count of errors is left out where it is
//! zero. (Application Load Balancer user guide, CloudWatch metrics.) Only answers of targets count: what the load
//! balancer answers itself, with no target to ask, is not counted by target group.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricDataResult, MetricStat, StatusCode};
use aws_smithy_types::DateTime;

use super::worst::worst;
use crate::aws::{self, Aws, Kind, Service};
use crate::elb::TargetGroupArn;
use crate::engine::gate::{Gate, Question, Side, Verdict};

/// The metrics' period. (Application Load Balancer user guide: 60 seconds.)
const MINUTE: Duration = Duration::from_secs(60);
/// The most target groups in a call, at two queries each. (CloudWatch API, GetMetricData: 500 queries.)
const TARGET_GROUPS: usize = 250;

/// A target group behind one load balancer: what a pair of counts belongs to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MeasuredTargetGroup {
    /// CloudWatch's `LoadBalancer` dimension, `app/NAME/ID`. Network load balancers count no answers.
    pub load_balancer: String,
    /// Green's target group.
    pub target_group: TargetGroupArn,
}

/// How many errors are too many.
#[derive(Debug, Clone, PartialEq)]
pub struct ErrorRateConfig {
    /// Where to count; the counts are added up.
    pub targets: Vec<MeasuredTargetGroup>,
    /// The largest share of answers that may be 5xx, in percent, 0 to 100.
    pub max_percent: f64,
    /// The fewest requests that say anything.
    pub min_requests: u64,
    /// How far back to look: a multiple of 60 seconds, at least 60.
    pub window: Duration,
}

/// Settings that make no gate.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ErrorRateError {
    /// `max_percent` is no percentage.
    #[error("use {0} as the largest error rate: it is a percentage, 0 to 100")]
    MaxPercent(f64),
    /// `window` is not a multiple of a minute.
    #[error(
        "use {0:?} as the window of the error rate: CloudWatch counts by the minute, so it is one or more whole minutes"
    )]
    Window(Duration),
    /// There is nowhere to count.
    #[error("measure an error rate: no target group behind an application load balancer is given")]
    NoTargets,
}

/// Asks CloudWatch for green's requests and errors where green's share rises and green serves already.
#[derive(Debug)]
pub struct ErrorRateGate {
    aws: Aws,
    config: ErrorRateConfig,
}

/// Requests and errors of a window.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Counts {
    requests: f64,
    errors: f64,
}

impl ErrorRateGate {
    /// A gate that asks through `aws`, afresh every time.
    ///
    /// # Errors
    ///
    /// A setting is out of its range.
    pub fn new(aws: Aws, config: ErrorRateConfig) -> Result<Self, ErrorRateError> {
        if !(0.0..=100.0).contains(&config.max_percent) {
            return Err(ErrorRateError::MaxPercent(config.max_percent));
        }
        let whole = config.window.as_secs().is_multiple_of(60) && config.window.subsec_nanos() == 0;
        if config.window < MINUTE || !whole {
            return Err(ErrorRateError::Window(config.window));
        }
        if config.targets.is_empty() {
            return Err(ErrorRateError::NoTargets);
        }
        Ok(Self { aws, config })
    }

    /// The counts over the window, or what keeps them from being told.
    async fn counts(&self) -> Result<Result<Counts, Verdict>, aws::Error> {
        let (start, end) = window(self.aws.clock().wall(), self.config.window);
        let mut readings = Readings::default();
        for (index, chunk) in self.config.targets.chunks(TARGET_GROUPS).enumerate() {
            let queries: Vec<MetricDataQuery> = chunk
                .iter()
                .enumerate()
                .flat_map(|(place, target)| queries(index * TARGET_GROUPS + place, target))
                .collect();
            let mut next = None;
            loop {
                let client = self.aws.cloudwatch().await?;
                self.aws.take(Service::CloudWatch, Kind::Read).await?;
                let answer = client
                    .get_metric_data()
                    .set_metric_data_queries(Some(queries.clone()))
                    .start_time(start)
                    .end_time(end)
                    .set_next_token(next.clone())
                    .send()
                    .await
                    .map_err(|error| {
                        let names: Vec<&str> = chunk.iter().map(|target| target.target_group.as_str()).collect();
                        aws::Error::call("count the requests of", names.join(", "), error)
                    })?;
                for result in answer.metric_data_results.unwrap_or_default() {
                    readings.add(&result);
                }
                for message in answer.messages.unwrap_or_default() {
                    readings.trouble.push(message.value.or(message.code).unwrap_or_default());
                }
                let token = answer.next_token.filter(|token| !token.is_empty());
                if token.is_some() && token == next {
                    readings.trouble.push("CloudWatch's pages go round in a circle".to_owned());
                    break;
                }
                match token {
                    Some(token) => next = Some(token),
                    None => break,
                }
            }
        }
        Ok(readings.counts(self.config.targets.len()))
    }
}

/// The whole minutes of `length` that end with the last one before `now`.
fn window(now: SystemTime, length: Duration) -> (DateTime, DateTime) {
    let seconds = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let end = i64::try_from(seconds - seconds % 60).unwrap_or(i64::MAX);
    let start = end.saturating_sub(i64::try_from(length.as_secs()).unwrap_or(i64::MAX));
    (DateTime::from_secs(start), DateTime::from_secs(end))
}

fn requests_id(place: usize) -> String {
    format!("requests{place}")
}

fn errors_id(place: usize) -> String {
    format!("errors{place}")
}

fn queries(place: usize, target: &MeasuredTargetGroup) -> [MetricDataQuery; 2] {
    let query = |id: String, name: &str| {
        let dimension = |name: &str, value: &str| Dimension::builder().name(name).value(value).build();
        let metric = Metric::builder()
            .namespace("AWS/ApplicationELB")
            .metric_name(name)
            .dimensions(dimension("LoadBalancer", &target.load_balancer))
            .dimensions(dimension("TargetGroup", &target.target_group.dimension()))
            .build();
        let stat = MetricStat::builder().metric(metric).period(60).stat("Sum").build();
        MetricDataQuery::builder().id(id).metric_stat(stat).return_data(true).build()
    };
    [query(requests_id(place), "RequestCount"), query(errors_id(place), "HTTPCode_Target_5XX_Count")]
}

/// What has come back so far, by the query's id.
#[derive(Debug, Default)]
struct Readings {
    sums: BTreeMap<String, f64>,
    /// The status that each query ended with. `PartialData` on a page that is not the last one is no trouble.
    statuses: BTreeMap<String, Option<StatusCode>>,
    trouble: Vec<String>,
}

impl Readings {
    fn add(&mut self, result: &MetricDataResult) {
        let Some(id) = result.id() else {
            self.trouble.push("CloudWatch answered a question that was not asked".to_owned());
            return;
        };
        *self.sums.entry(id.to_owned()).or_default() += result.values().iter().sum::<f64>();
        let status = result.status_code().cloned();
        let last = self.statuses.entry(id.to_owned()).or_default();
        // What went wrong on one page is not mended by the next.
        if !matches!(last, Some(StatusCode::InternalError | StatusCode::Forbidden)) {
            *last = status;
        }
        for message in result.messages() {
            self.trouble.push(message.value().or(message.code()).unwrap_or_default().to_owned());
        }
    }

    /// The sums over `targets` target groups, if every query was answered in full.
    fn counts(&self, targets: usize) -> Result<Counts, Verdict> {
        let mut counts = Counts::default();
        let mut unclear: Vec<Verdict> = self.trouble.iter().cloned().map(Verdict::Inconclusive).collect();
        for place in 0..targets {
            let ids = [(requests_id(place), "RequestCount"), (errors_id(place), "HTTPCode_Target_5XX_Count")];
            for (id, metric) in &ids {
                match self.statuses.get(id) {
                    Some(Some(StatusCode::Complete)) => {}
                    Some(Some(status)) => unclear.push(Verdict::Inconclusive(format!(
                        "CloudWatch has no full count of {metric}: {}",
                        status.as_str()
                    ))),
                    Some(None) | None => {
                        unclear.push(Verdict::Inconclusive(format!("CloudWatch does not answer for {metric}")));
                    }
                }
            }
            let [requests, errors] = ids.map(|(id, _)| self.sums.get(&id).copied().unwrap_or_default());
            counts.requests += requests;
            counts.errors += errors;
        }
        if unclear.is_empty() { Ok(counts) } else { Err(worst(unclear)) }
    }
}

/// What these counts say.
#[expect(clippy::cast_precision_loss, reason = "a floor of more than 2^53 requests is never met anyway")]
fn judge(counts: Counts, config: &ErrorRateConfig) -> Verdict {
    let Counts { requests, errors } = counts;
    let seconds = config.window.as_secs();
    let names: Vec<&str> = config.targets.iter().map(|target| target.target_group.as_str()).collect();
    let names = names.join(", ");
    if requests < 1.0 || requests < config.min_requests as f64 {
        return Verdict::Inconclusive(format!(
            "{names}: {requests} requests in {seconds} s are too few to tell; at least {} are needed",
            config.min_requests.max(1)
        ));
    }
    let percent = 100.0 * errors / requests;
    if percent > config.max_percent {
        return Verdict::Fail(format!(
            "{names}: {errors} of {requests} requests in {seconds} s were answered with 5xx, {percent:.2} %; at most {} % may be",
            config.max_percent
        ));
    }
    Verdict::Pass
}

#[async_trait]
impl Gate for ErrorRateGate {
    fn name(&self) -> &'static str {
        "error_rate"
    }

    fn watches(&self, question: Question) -> bool {
        question.rising.contains(Side::Green) && question.serving.contains(Side::Green)
    }

    async fn judge(&self, _question: Question) -> Verdict {
        match self.counts().await {
            Ok(Ok(counts)) => judge(counts, &self.config),
            Ok(Err(unclear)) => unclear,
            Err(error) => Verdict::Inconclusive(error.to_string()),
        }
    }
}

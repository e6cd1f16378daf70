//! Green's share of answers that are server errors, as CloudWatch counts them.
//!
//! The counts are published once a minute and only with traffic, and the count of errors is left out where it is
//! zero. (Application Load Balancer user guide, CloudWatch metrics.) Only answers of targets count: what the load
//! balancer answers itself, with no target to ask, is not counted by target group.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use aws_sdk_cloudwatch::types::{MetricDataQuery, MetricDataResult, StatusCode};
use aws_smithy_types::DateTime;

use super::worst::{untold, worst};
use crate::aws::{self, Aws, counts};
use crate::elb::TargetGroupArn;
use crate::engine::gate::{Gate, Question, Side, Verdict};

/// The metrics' period. (Application Load Balancer user guide: 60 seconds.)
const MINUTE: Duration = Duration::from_secs(60);
/// The most target groups in a call, at two queries each.
const TARGET_GROUPS: usize = counts::QUERIES / 2;

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
#[non_exhaustive]
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
        let window = window(self.aws.clock().wall(), self.config.window);
        let mut readings = Readings::default();
        for (index, chunk) in self.config.targets.chunks(TARGET_GROUPS).enumerate() {
            let queries = chunk.iter().enumerate();
            let queries = queries.flat_map(|(place, target)| queries_of(index * TARGET_GROUPS + place, target));
            let names: Vec<&str> = chunk.iter().map(|target| target.target_group.as_str()).collect();
            let answer = self.aws.counts(&names.join(", "), queries.collect(), window).await?;
            for result in &answer.results {
                readings.add(result);
            }
            let trouble = answer.messages.into_iter().map(|message| message.value.or(message.code).unwrap_or_default());
            readings.trouble.extend(trouble);
        }
        Ok(readings.counts(self.config.targets.len()))
    }
}

/// How late CloudWatch may publish a minute: the last ones may be missing, so that one looks back by this much more.
const LAG: Duration = Duration::from_secs(120);

/// The whole minutes of `length`, and of the time in which CloudWatch may be late, that end with the last one before
/// `now`.
fn window(now: SystemTime, length: Duration) -> (DateTime, DateTime) {
    let seconds = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let end = i64::try_from(seconds - seconds % 60).unwrap_or(i64::MAX);
    let start = end.saturating_sub(i64::try_from((length + LAG).as_secs()).unwrap_or(i64::MAX));
    (DateTime::from_secs(start), DateTime::from_secs(end))
}

fn requests_id(place: usize) -> String {
    format!("requests{place}")
}

fn errors_id(place: usize) -> String {
    format!("errors{place}")
}

fn queries_of(place: usize, target: &MeasuredTargetGroup) -> [MetricDataQuery; 2] {
    let group = target.target_group.dimension();
    let dimensions = [("LoadBalancer", target.load_balancer.as_str()), ("TargetGroup", group.as_str())];
    let sum = |id: String, metric: &str| counts::query(id, ("AWS/ApplicationELB", metric, "Sum"), &dimensions);
    [sum(requests_id(place), "RequestCount"), sum(errors_id(place), "HTTPCode_Target_5XX_Count")]
}

/// What has come back so far, by the query's id.
#[derive(Debug, Default)]
struct Readings {
    sums: BTreeMap<String, f64>,
    /// The status that each query ended with.
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
        counts::note_status(self.statuses.entry(id.to_owned()).or_default(), result);
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
                    Some(Some(status)) => unclear.push(untold(
                        *status != StatusCode::Forbidden,
                        format!("CloudWatch has no full count of {metric}: {}", status.as_str()),
                    )),
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
            Err(error) => untold(error.retryable(), error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::aws::loopback::{Cbor, Loopback, Reply};
    use crate::clock::SteppedClock;
    use crate::engine::gate::Sides;

    const LATER: Question =
        Question { rising: Sides { blue: false, green: true }, serving: Sides { blue: true, green: true } };

    fn config(targets: usize, max_percent: f64, min_requests: u64) -> ErrorRateConfig {
        let target = |index| MeasuredTargetGroup {
            load_balancer: format!("app/shop{index}/50dc"),
            target_group: TargetGroupArn::parse(
                "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/green/73e2",
            )
            .unwrap(),
        };
        ErrorRateConfig { targets: (0..targets).map(target).collect(), max_percent, min_requests, window: MINUTE * 2 }
    }

    #[test]
    fn a_rate_above_the_limit_fails_with_its_numbers() {
        let check = |requests, errors, max, min| judge(Counts { requests, errors }, &config(1, max, min));
        assert_eq!(check(100.0, 1.0, 1.0, 100), Verdict::Pass);
        assert_eq!(check(100.0, 0.0, 0.0, 100), Verdict::Pass);
        assert_eq!(check(100.0, 100.0, 100.0, 1), Verdict::Pass);
        let Verdict::Fail(why) = check(400.0, 5.0, 1.0, 100) else { panic!("5 of 400 is more than 1 %") };
        for text in ["targetgroup/green", "5 of 400", "1.25 %", "at most 1 %", "120 s"] {
            assert!(why.contains(text), "{text}: {why}");
        }
        assert!(matches!(check(100.0, 1.0, 0.0, 1), Verdict::Fail(_)));
    }

    #[test]
    fn too_few_requests_cannot_tell() {
        let check = |requests, errors, min| judge(Counts { requests, errors }, &config(1, 1.0, min));
        assert!(matches!(check(99.0, 99.0, 100), Verdict::Inconclusive(why) if why.contains("99 requests")));
        assert!(matches!(check(0.0, 0.0, 0), Verdict::Inconclusive(_)));
        assert_eq!(check(1.0, 0.0, 0), Verdict::Pass);
    }

    #[test]
    fn the_window_ends_with_the_last_full_minute_and_allows_for_late_ones() {
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        let check = |now, start, end| {
            assert_eq!(window(at(now), MINUTE * 2), (DateTime::from_secs(start), DateTime::from_secs(end)));
        };
        check(1_000_019, 999_720, 999_960);
        check(1_000_020, 999_780, 1_000_020);
    }

    #[tokio::test]
    async fn settings_out_of_range_make_no_gate() {
        let server = Loopback::serve(|_| Reply::status(500)).await;
        let refused = |change: fn(&mut ErrorRateConfig)| {
            let mut config = config(1, 1.0, 1);
            change(&mut config);
            ErrorRateGate::new(server.aws(Arc::new(SteppedClock::new())), config).unwrap_err()
        };
        assert_eq!(refused(|config| config.max_percent = 100.1), ErrorRateError::MaxPercent(100.1));
        assert_eq!(refused(|config| config.max_percent = -0.1), ErrorRateError::MaxPercent(-0.1));
        assert!(matches!(refused(|config| config.max_percent = f64::NAN), ErrorRateError::MaxPercent(_)));
        assert_eq!(refused(|config| config.targets.clear()), ErrorRateError::NoTargets);
        for window in [Duration::ZERO, Duration::from_secs(30), Duration::from_secs(90), Duration::from_millis(60_001)]
        {
            let mut config = config(1, 1.0, 1);
            config.window = window;
            let error = ErrorRateGate::new(server.aws(Arc::new(SteppedClock::new())), config).unwrap_err();
            assert_eq!(error, ErrorRateError::Window(window));
        }
    }

    fn result(id: &'static str, values: &[f64], status: &'static str) -> Cbor {
        Cbor::Map(vec![
            ("Id", Cbor::Text(id)),
            ("Values", Cbor::List(values.iter().copied().map(Cbor::Number).collect())),
            ("StatusCode", Cbor::Text(status)),
        ])
    }

    async fn gate(
        reply: impl Fn(&str) -> Reply + Send + Sync + 'static,
        config: ErrorRateConfig,
    ) -> (Loopback, ErrorRateGate) {
        let server = Loopback::serve(move |call| reply(&call.body)).await;
        let clock = Arc::new(SteppedClock::new());
        clock.advance(Duration::from_secs(1_000_019));
        let gate = ErrorRateGate::new(server.aws(clock), config).unwrap();
        (server, gate)
    }

    fn page(results: Vec<Cbor>, next: Option<&'static str>) -> Reply {
        let mut reply = vec![("MetricDataResults", Cbor::List(results))];
        reply.extend(next.map(|token| ("NextToken", Cbor::Text(token))));
        Reply::cbor(&Cbor::Map(reply))
    }

    #[tokio::test]
    async fn counts_of_all_pages_and_load_balancers_are_added_up() {
        let pages = |body: &str| {
            if !body.contains("page-2") {
                let results = vec![
                    result("requests0", &[50.0, 50.0], "PartialData"),
                    result("errors0", &[], "Complete"),
                    result("requests1", &[100.0], "Complete"),
                ];
                return page(results, Some("page-2"));
            }
            page(vec![result("requests0", &[100.0], "Complete"), result("errors1", &[6.0], "Complete")], None)
        };
        let (server, gate1) = gate(pages, config(2, 2.0, 300)).await;
        assert_eq!(gate1.judge(LATER).await, Verdict::Pass);
        let body = &server.calls()[0].body;
        for text in [
            "AWS/ApplicationELB",
            "RequestCount",
            "HTTPCode_Target_5XX_Count",
            "Sum",
            "app/shop0/50dc",
            "app/shop1/50dc",
            "targetgroup/green/73e2",
            "LoadBalancer",
            "TargetGroup",
        ] {
            assert!(body.contains(text), "{text}");
        }
        let (_server, gate2) = gate(pages, config(2, 1.9, 300)).await;
        assert!(matches!(gate2.judge(LATER).await, Verdict::Fail(why) if why.contains("6 of 300")));
        let (_server, gate3) = gate(pages, config(2, 2.0, 301)).await;
        assert!(matches!(gate3.judge(LATER).await, Verdict::Inconclusive(why) if why.contains("300 requests")));
    }

    #[tokio::test]
    async fn a_count_that_is_not_full_cannot_tell() {
        for status in ["PartialData", "InternalError", "Sleeping"] {
            let reply = move |_: &str| {
                page(vec![result("requests0", &[1000.0], "Complete"), result("errors0", &[], status)], None)
            };
            let (_server, gate) = gate(reply, config(1, 1.0, 1)).await;
            let verdict = gate.judge(LATER).await;
            assert!(matches!(&verdict, Verdict::Inconclusive(why) if why.contains(status)), "{verdict:?}");
        }
        let (_server, gate1) =
            gate(|_| page(vec![result("requests0", &[9.0], "Complete")], None), config(1, 1.0, 1)).await;
        assert!(
            matches!(gate1.judge(LATER).await, Verdict::Inconclusive(_)),
            "no answer about errors is not zero errors"
        );
        let (_server, gate2) = gate(|_| Reply::status(500), config(1, 1.0, 1)).await;
        assert!(matches!(gate2.judge(LATER).await, Verdict::Inconclusive(_)));
        let circle = |_: &str| {
            page(vec![result("requests0", &[9.0], "Complete"), result("errors0", &[], "Complete")], Some("again"))
        };
        let (_server, gate3) = gate(circle, config(1, 1.0, 1)).await;
        assert!(matches!(gate3.judge(LATER).await, Verdict::Inconclusive(why) if why.contains("already read")));
    }

    #[tokio::test]
    async fn what_is_not_allowed_is_not_waited_for() {
        let forbidden =
            |_: &str| page(vec![result("requests0", &[9.0], "Complete"), result("errors0", &[], "Forbidden")], None);
        let (_server, gate1) = gate(forbidden, config(1, 1.0, 1)).await;
        assert!(matches!(gate1.judge(LATER).await, Verdict::Unanswerable(why) if why.contains("Forbidden")));
        let (_server, gate2) = gate(|_| Reply::status(403), config(1, 1.0, 1)).await;
        assert!(matches!(gate2.judge(LATER).await, Verdict::Unanswerable(why) if why.contains("403")));
    }

    #[tokio::test]
    async fn trouble_on_one_page_is_not_mended_by_the_next() {
        let pages = |body: &str| {
            let status = if body.contains("page-2") { "Complete" } else { "InternalError" };
            let results = vec![result("requests0", &[500.0], "Complete"), result("errors0", &[], status)];
            page(results, (!body.contains("page-2")).then_some("page-2"))
        };
        let (_server, gate) = gate(pages, config(1, 1.0, 1)).await;
        assert!(matches!(gate.judge(LATER).await, Verdict::Inconclusive(why) if why.contains("InternalError")));
    }

    #[tokio::test]
    async fn only_a_rising_green_that_serves_is_watched() {
        let (_server, gate) = gate(|_| Reply::status(500), config(1, 1.0, 1)).await;
        assert!(gate.watches(LATER));
        assert!(!gate.watches(Question { serving: Sides::only(Side::Blue), ..LATER }));
        assert!(!gate.watches(Question { rising: Sides::only(Side::Blue), ..LATER }));
    }
}

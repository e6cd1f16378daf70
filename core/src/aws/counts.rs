//! Counts by the minute, as CloudWatch has them.

use std::time::SystemTime;

use aws_sdk_cloudwatch::types::{
    Dimension, MessageData, Metric, MetricDataQuery, MetricDataResult, MetricStat, StatusCode,
};
use aws_smithy_types::DateTime;

use super::{Aws, Error, Kind, Pages, Service};

/// The most queries in a call. (CloudWatch API, GetMetricData.)
pub(crate) const QUERIES: usize = 500;

/// What came back for queries, page by page: a query has a result on each page that has some of its values.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// The results, in the order in which they came.
    pub results: Vec<MetricDataResult>,
    /// What CloudWatch says of the questions themselves.
    pub messages: Vec<MessageData>,
}

/// A query of a load balancer's metric, minute by minute.
pub(crate) fn query(
    id: String,
    (namespace, metric, statistic): (&str, &str, &str),
    dimensions: &[(&str, &str)],
) -> MetricDataQuery {
    let dimensions = dimensions.iter().map(|(name, value)| Dimension::builder().name(*name).value(*value).build());
    let metric =
        Metric::builder().namespace(namespace).metric_name(metric).set_dimensions(Some(dimensions.collect())).build();
    let stat = MetricStat::builder().metric(metric).period(60).stat(statistic).build();
    MetricDataQuery::builder().id(id).metric_stat(stat).return_data(true).build()
}

/// Notes the status that a page gives to a query. `PartialData` on a page that is not the last one is no trouble; what
/// went wrong on one page is not mended by the next.
pub(crate) fn note_status(known: &mut Option<StatusCode>, result: &MetricDataResult) {
    if !matches!(known, Some(StatusCode::InternalError | StatusCode::Forbidden)) {
        *known = result.status_code().cloned();
    }
}

/// The beginning of a time's minute, to which CloudWatch would round it anyway.
pub(crate) fn minute(time: SystemTime) -> DateTime {
    let seconds = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    DateTime::from_secs(i64::try_from(seconds - seconds % 60).unwrap_or(i64::MAX))
}

impl Aws {
    /// The answers to as many as [`QUERIES`] queries of `object`'s requests, from the first time to the second.
    ///
    /// # Errors
    ///
    /// What AWS answered.
    pub(crate) async fn counts(
        &self,
        object: &str,
        queries: Vec<MetricDataQuery>,
        (from, to): (DateTime, DateTime),
    ) -> Result<Counts, Error> {
        const ACTION: &str = "count the requests of";
        let mut counts = Counts::default();
        let mut pages = Pages::new(ACTION, object);
        while let Some(token) = pages.open() {
            let client = self.cloudwatch().await?;
            self.take(Service::CloudWatch, Kind::Read).await?;
            let request = client.get_metric_data().set_metric_data_queries(Some(queries.clone()));
            let asked = request.start_time(from).end_time(to).set_next_token(token).send().await;
            let answer = asked.map_err(|error| Error::call(ACTION, object, error))?;
            counts.results.extend(answer.metric_data_results.unwrap_or_default());
            counts.messages.extend(answer.messages.unwrap_or_default());
            pages.turn(answer.next_token)?;
        }
        Ok(counts)
    }
}

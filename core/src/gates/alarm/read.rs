//! Reading alarms, metric and composite alike.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudwatch::types::{AlarmType, EvaluationState, StateValue};

use crate::aws::{self, Aws, Kind, Pages, Service};

/// The most names in a call. (CloudWatch API, DescribeAlarms: AlarmNames, 100.)
const NAMES: usize = 100;

/// What one alarm shows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Alarm {
    /// Its state.
    pub state: Option<StateValue>,
    /// AWS's words for why it is in it.
    pub reason: Option<String>,
    /// What kept CloudWatch from evaluating it, if anything.
    pub trouble: Option<EvaluationState>,
}

/// The alarms of these names as they are now; one that does not exist is missing.
///
/// # Errors
///
/// A call failed, or its answer makes no sense.
pub(crate) async fn alarms(aws: &Aws, names: &BTreeSet<String>) -> Result<BTreeMap<String, Alarm>, aws::Error> {
    const ACTION: &str = "describe the alarms";
    let names: Vec<String> = names.iter().cloned().collect();
    let mut alarms = BTreeMap::new();
    for chunk in names.chunks(NAMES) {
        let object = chunk.join(", ");
        let mut pages = Pages::new(ACTION, &object);
        while let Some(token) = pages.open() {
            let client = aws.cloudwatch().await?;
            aws.take(Service::CloudWatch, Kind::Read).await?;
            let answer = client
                .describe_alarms()
                .set_alarm_names(Some(chunk.to_vec()))
                .alarm_types(AlarmType::MetricAlarm)
                .alarm_types(AlarmType::CompositeAlarm)
                .max_records(100)
                .set_next_token(token)
                .send()
                .await
                .map_err(|error| aws::Error::call(ACTION, &object, error))?;
            for alarm in answer.metric_alarms.unwrap_or_default() {
                let Some(name) = alarm.alarm_name else { continue };
                let (state, reason, trouble) = (alarm.state_value, alarm.state_reason, alarm.evaluation_state);
                alarms.insert(name, Alarm { state, reason, trouble });
            }
            for alarm in answer.composite_alarms.unwrap_or_default() {
                let Some(name) = alarm.alarm_name else { continue };
                alarms.insert(name, Alarm { state: alarm.state_value, reason: alarm.state_reason, trouble: None });
            }
            pages.turn(answer.next_token)?;
        }
    }
    Ok(alarms)
}

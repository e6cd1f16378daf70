//! CloudWatch alarms that must be quiet.
//!
//! Composite alarms are found only when asked for by type, and only with a permission on every alarm (`*`); a name
//! that does not exist is left out of the answer without an error. (CloudWatch API, DescribeAlarms.)

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use aws_sdk_cloudwatch::types::{AlarmType, EvaluationState, StateValue};

use super::worst::worst;
use crate::aws::{self, Aws, Kind, Service};
use crate::engine::gate::{Gate, Question, Side, Verdict};

/// The most names in a call. (CloudWatch API, DescribeAlarms: AlarmNames, 100.)
const NAMES: usize = 100;

/// Which alarms have to be quiet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmConfig {
    /// Names of metric alarms and composite alarms.
    pub names: BTreeSet<String>,
}

/// Asks for the state of alarms where green's share rises.
///
/// An alarm without enough data says nothing about a green that serves, so the gate cannot tell. While green carries
/// no traffic, though, missing data is what is to be expected of alarms on it and no reason to keep green from its
/// first share, which would bring the data: then it does not block.
#[derive(Debug)]
pub struct AlarmGate {
    aws: Aws,
    config: AlarmConfig,
}

/// What one alarm shows.
#[derive(Debug, Clone, PartialEq)]
struct Alarm {
    state: Option<StateValue>,
    reason: Option<String>,
    /// What kept CloudWatch from evaluating it, if anything.
    trouble: Option<EvaluationState>,
}

impl AlarmGate {
    /// A gate that asks through `aws`, afresh every time.
    pub fn new(aws: Aws, config: AlarmConfig) -> Self {
        Self { aws, config }
    }

    async fn alarms(&self) -> Result<BTreeMap<String, Alarm>, aws::Error> {
        let names: Vec<String> = self.config.names.iter().cloned().collect();
        let mut alarms = BTreeMap::new();
        for chunk in names.chunks(NAMES) {
            let mut next = None;
            loop {
                let client = self.aws.cloudwatch().await?;
                self.aws.take(Service::CloudWatch, Kind::Read).await?;
                let answer = client
                    .describe_alarms()
                    .set_alarm_names(Some(chunk.to_vec()))
                    .alarm_types(AlarmType::MetricAlarm)
                    .alarm_types(AlarmType::CompositeAlarm)
                    .max_records(100)
                    .set_next_token(next.clone())
                    .send()
                    .await
                    .map_err(|error| aws::Error::call("describe the alarms", chunk.join(", "), error))?;
                for alarm in answer.metric_alarms.unwrap_or_default() {
                    let Some(name) = alarm.alarm_name else { continue };
                    let (state, reason, trouble) = (alarm.state_value, alarm.state_reason, alarm.evaluation_state);
                    alarms.insert(name, Alarm { state, reason, trouble });
                }
                for alarm in answer.composite_alarms.unwrap_or_default() {
                    let Some(name) = alarm.alarm_name else { continue };
                    alarms.insert(name, Alarm { state: alarm.state_value, reason: alarm.state_reason, trouble: None });
                }
                // A token that comes back unchanged would go round for ever; what is missing then counts as missing.
                let token = answer.next_token.filter(|token| !token.is_empty());
                if token.is_none() || token == next {
                    break;
                }
                next = token;
            }
        }
        Ok(alarms)
    }
}

/// What one alarm says; `None` is one that AWS did not list.
fn judge(name: &str, alarm: Option<&Alarm>, green_serves: bool) -> Verdict {
    let Some(alarm) = alarm else {
        return Verdict::Fail(format!("alarm {name:?} does not exist (no metric or composite alarm has this name)"));
    };
    let reason = alarm.reason.as_deref().unwrap_or("no reason given");
    match (&alarm.state, &alarm.trouble) {
        (Some(StateValue::Alarm), _) => Verdict::Fail(format!("alarm {name:?} is in ALARM: {reason}")),
        (_, Some(trouble)) => Verdict::Inconclusive(format!(
            "CloudWatch could not evaluate alarm {name:?} in full ({}): {reason}",
            trouble.as_str()
        )),
        (Some(StateValue::Ok), None) => Verdict::Pass,
        (Some(StateValue::InsufficientData), None) if !green_serves => Verdict::Pass,
        (Some(StateValue::InsufficientData), None) => {
            Verdict::Inconclusive(format!("alarm {name:?} has INSUFFICIENT_DATA: {reason}"))
        }
        (Some(state), None) => {
            Verdict::Inconclusive(format!("alarm {name:?} has the unknown state {}: {reason}", state.as_str()))
        }
        (None, None) => Verdict::Inconclusive(format!("alarm {name:?} has no state")),
    }
}

#[async_trait]
impl Gate for AlarmGate {
    fn name(&self) -> &'static str {
        "alarm_names"
    }

    fn watches(&self, question: Question) -> bool {
        question.rising.contains(Side::Green) && !self.config.names.is_empty()
    }

    async fn judge(&self, question: Question) -> Verdict {
        let green_serves = question.serving.contains(Side::Green);
        match self.alarms().await {
            Ok(alarms) => worst(self.config.names.iter().map(|name| judge(name, alarms.get(name), green_serves))),
            Err(error) => Verdict::Inconclusive(error.to_string()),
        }
    }
}

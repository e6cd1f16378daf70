//! CloudWatch alarms that must be quiet.
//!
//! Composite alarms are found only when asked for by type, and only with a permission on every alarm (`*`); a name
//! that does not exist is left out of the answer without an error. (CloudWatch API, DescribeAlarms.)

mod read;

use std::collections::BTreeSet;

use async_trait::async_trait;
use aws_sdk_cloudwatch::types::StateValue;

use super::worst::{untold, worst};
use crate::aws::Aws;
use crate::engine::gate::{Gate, Question, Side, Verdict};

pub(crate) use read::{Alarm, alarms};

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

impl AlarmGate {
    /// A gate that asks through `aws`, afresh every time.
    pub fn new(aws: Aws, config: AlarmConfig) -> Self {
        Self { aws, config }
    }
}

/// What one alarm says; `None` is one that AWS did not list.
fn judge(name: &str, alarm: Option<&Alarm>, green_serves: bool) -> Verdict {
    let Some(alarm) = alarm else {
        return Verdict::Unanswerable(format!(
            "alarm {name:?} does not exist (no metric or composite alarm has this name)"
        ));
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
        match alarms(&self.aws, &self.config.names).await {
            Ok(alarms) => worst(self.config.names.iter().map(|name| judge(name, alarms.get(name), green_serves))),
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

    const FIRST: Question =
        Question { rising: Sides { blue: false, green: true }, serving: Sides { blue: true, green: false } };
    const LATER: Question =
        Question { rising: Sides { blue: false, green: true }, serving: Sides { blue: true, green: true } };

    fn alarm(state: &str, trouble: Option<&str>) -> Alarm {
        Alarm {
            state: (!state.is_empty()).then(|| state.into()),
            reason: Some("threshold crossed".into()),
            trouble: trouble.map(Into::into),
        }
    }

    #[test]
    fn only_an_alarm_that_is_ok_passes_once_green_serves() {
        let judge = |state, trouble| judge("orders-5xx", Some(&alarm(state, trouble)), true);
        assert_eq!(judge("OK", None), Verdict::Pass);
        assert_eq!(judge("ALARM", None), Verdict::Fail("alarm \"orders-5xx\" is in ALARM: threshold crossed".into()));
        assert_eq!(judge("ALARM", Some("PARTIAL_DATA")), judge("ALARM", None));
        for (state, trouble) in [
            ("INSUFFICIENT_DATA", None),
            ("OK", Some("PARTIAL_DATA")),
            ("OK", Some("EVALUATION_ERROR")),
            ("OK", Some("EVALUATION_FAILURE")),
            ("SLEEPING", None),
            ("", None),
        ] {
            assert!(matches!(judge(state, trouble), Verdict::Inconclusive(_)), "{state} {trouble:?}");
        }
    }

    #[test]
    fn missing_data_does_not_keep_green_from_its_first_share() {
        let judge = |state, trouble| judge("orders-5xx", Some(&alarm(state, trouble)), false);
        assert_eq!(judge("INSUFFICIENT_DATA", None), Verdict::Pass);
        assert!(matches!(judge("INSUFFICIENT_DATA", Some("EVALUATION_ERROR")), Verdict::Inconclusive(_)));
        assert!(matches!(judge("ALARM", None), Verdict::Fail(_)));
        assert!(matches!(judge("", None), Verdict::Inconclusive(_)));
    }

    #[test]
    fn an_alarm_that_does_not_exist_is_no_matter_of_time() {
        assert!(
            matches!(judge("orders-5xx", None, false), Verdict::Unanswerable(why) if why.contains("does not exist"))
        );
    }

    fn listed(name: &'static str, state: &'static str) -> Cbor {
        Cbor::Map(vec![("AlarmName", Cbor::Text(name)), ("StateValue", Cbor::Text(state))])
    }

    async fn gate(reply: impl Fn(&str) -> Reply + Send + Sync + 'static, names: &[&str]) -> (Loopback, AlarmGate) {
        let server = Loopback::serve(move |call| reply(&call.body)).await;
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        let gate = AlarmGate::new(server.aws(Arc::new(SteppedClock::new())), AlarmConfig { names });
        (server, gate)
    }

    #[tokio::test]
    async fn metric_and_composite_alarms_are_found_on_every_page() {
        let pages = |body: &str| {
            assert!(body.contains("CompositeAlarm") && body.contains("MetricAlarm"));
            if body.contains("page-2") {
                return Reply::cbor(&Cbor::Map(vec![("CompositeAlarms", Cbor::List(vec![listed("b", "ALARM")]))]));
            }
            let alarms = Cbor::List(vec![listed("a", "OK")]);
            Reply::cbor(&Cbor::Map(vec![("MetricAlarms", alarms), ("NextToken", Cbor::Text("page-2"))]))
        };
        let (server, gate1) = gate(pages, &["a", "b"]).await;
        assert!(matches!(gate1.judge(LATER).await, Verdict::Fail(why) if why.contains("\"b\" is in ALARM")));
        assert_eq!(server.calls().len(), 2);
        let (_server, gate2) = gate(pages, &["a"]).await;
        assert_eq!(gate2.judge(LATER).await, Verdict::Pass);
        let (_server, gate3) = gate(pages, &["a", "c"]).await;
        assert!(matches!(gate3.judge(LATER).await, Verdict::Unanswerable(why) if why.contains("\"c\" does not exist")));
    }

    #[tokio::test]
    async fn pages_that_go_round_in_a_circle_cannot_tell() {
        let circle = |_: &str| Reply::cbor(&Cbor::Map(vec![("NextToken", Cbor::Text("again"))]));
        let (_server, gate) = gate(circle, &["a"]).await;
        assert!(matches!(gate.judge(LATER).await, Verdict::Inconclusive(why) if why.contains("already read")));
    }

    #[tokio::test]
    async fn names_go_out_a_hundred_at_a_time() {
        let names: Vec<String> = (0..150).map(|index| format!("alarm-{index:03}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let (server, gate) = gate(|_| Reply::cbor(&Cbor::Map(vec![])), &names).await;
        assert!(matches!(gate.judge(LATER).await, Verdict::Unanswerable(_)));
        let calls = server.calls();
        assert_eq!(calls.len(), 2);
        assert!(calls[0].body.contains("alarm-099") && !calls[0].body.contains("alarm-100"));
        assert!(calls[1].body.contains("alarm-100") && calls[1].body.contains("alarm-149"));
    }

    #[tokio::test]
    async fn a_call_that_fails_cannot_tell() {
        let (_server, gate) = gate(|_| Reply::status(500), &["a"]).await;
        assert!(matches!(gate.judge(FIRST).await, Verdict::Inconclusive(why) if why.contains("describe the alarms a")));
        let (_server, gate) = self::gate(|_| Reply::status(403), &["a"]).await;
        assert!(matches!(gate.judge(FIRST).await, Verdict::Unanswerable(why) if why.contains("describe the alarms a")));
    }

    #[tokio::test]
    async fn only_a_rising_green_is_watched() {
        let (server, gate1) = gate(
            |_| Reply::cbor(&Cbor::Map(vec![("MetricAlarms", Cbor::List(vec![listed("a", "INSUFFICIENT_DATA")]))])),
            &["a"],
        )
        .await;
        assert!(gate1.watches(FIRST) && gate1.watches(LATER));
        assert!(!gate1.watches(Question { rising: Sides::only(Side::Blue), ..LATER }));
        assert_eq!(gate1.judge(FIRST).await, Verdict::Pass);
        assert!(matches!(gate1.judge(LATER).await, Verdict::Inconclusive(_)));
        assert_eq!(server.calls().len(), 2);
        let (_server, gate2) = gate(|_| Reply::status(500), &[]).await;
        assert!(!gate2.watches(FIRST));
    }
}

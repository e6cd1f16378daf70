//! Whether alarms can guard the move.

use aws_sdk_cloudwatch::types::StateValue;

use crate::gates::Alarm;
use crate::preflight::check::{Check, Family, Found, Severity};
use crate::preflight::picture::Picture;

/// The checks.
pub(crate) const FAMILY: Family =
    Family { title: "Alarms", checks: &[ALARM_NOT_FOUND, ALARM_FIRING, ALARM_NOT_EVALUATED, ALARM_WITHOUT_DATA] };

/// The alarms that exist and are like this, with AWS's reason.
fn found(picture: &Picture, like: fn(&Alarm) -> bool, text: fn(&Alarm) -> String) -> Vec<Found> {
    let there = picture.alarms.iter().filter_map(|(name, alarm)| Some((name, alarm.as_ref()?)));
    there
        .filter(|(_, alarm)| like(alarm))
        .map(|(name, alarm)| {
            let reason = alarm.reason.as_deref().unwrap_or("AWS gives no reason");
            Found::new(name, format!("{}: {reason}", text(alarm)))
        })
        .collect()
}

const ALARM_NOT_FOUND: Check = Check {
    code: "alarm_not_found",
    severity: Severity::Error,
    about: "A CloudWatch alarm does not exist. A gate that names it can never pass. Composite alarms are found only with \
            `cloudwatch:DescribeAlarms` on `*`.",
    remedy: "Name an alarm that exists in the provider's region.",
    find: |picture| {
        let missing = picture.alarms.iter().filter(|(_, alarm)| alarm.is_none());
        missing.map(|(name, _)| Found::new(name, "No metric or composite alarm has this name.")).collect()
    },
};

const ALARM_FIRING: Check = Check {
    code: "alarm_firing",
    severity: Severity::Error,
    about: "An alarm is in ALARM. A gate on it would keep green's share from rising.",
    remedy: "Find out what it tells of before anything is moved.",
    find: |picture| found(picture, |alarm| alarm.state == Some(StateValue::Alarm), |_| "It is in ALARM".to_owned()),
};

const ALARM_NOT_EVALUATED: Check = Check {
    code: "alarm_not_evaluated",
    severity: Severity::Error,
    about: "CloudWatch could not evaluate an alarm in full, or says nothing of its state. It guards nothing then, and a gate \
            on it cannot pass.",
    remedy: "Look at the alarm's metric and expression in CloudWatch.",
    find: |picture| {
        let known = |alarm: &Alarm| {
            let state = alarm.state.as_ref();
            alarm.trouble.is_none() && state.is_some_and(|state| StateValue::values().contains(&state.as_str()))
        };
        let trouble = |alarm: &Alarm| match (&alarm.trouble, &alarm.state) {
            (Some(trouble), _) => trouble.as_str().to_owned(),
            (None, Some(state)) => format!("unknown state {}", state.as_str()),
            (None, None) => "no state".to_owned(),
        };
        let like = |alarm: &Alarm| alarm.state != Some(StateValue::Alarm);
        let there = picture.alarms.iter().filter_map(|(name, alarm)| Some((name, alarm.as_ref()?)));
        let unsure = there.filter(|(_, alarm)| like(alarm) && !known(alarm));
        unsure
            .map(|(name, alarm)| {
                let reason = alarm.reason.as_deref().unwrap_or("AWS gives no reason");
                Found::new(name, format!("It was not evaluated ({}): {reason}", trouble(alarm)))
            })
            .collect()
    },
};

const ALARM_WITHOUT_DATA: Check = Check {
    code: "alarm_without_data",
    severity: Severity::Warning,
    about: "An alarm has INSUFFICIENT_DATA. For one on green that is to be expected while green has no traffic, and a gate \
            lets green have its first share; after that it waits for data.",
    remedy: "See that the alarm's metric and dimensions are those of green, and how it treats missing data.",
    find: |picture| {
        let like = |alarm: &Alarm| alarm.state == Some(StateValue::InsufficientData) && alarm.trouble.is_none();
        found(picture, like, |_| "It has INSUFFICIENT_DATA".to_owned())
    },
};

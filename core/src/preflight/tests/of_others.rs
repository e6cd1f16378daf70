//! Records, swaps and alarms, spoilt; and what could not be read.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_cloudwatch::types::{EvaluationState, StateValue};

use super::Case;
use super::well::{a_record, alarm, greens, group_arn, orders, seen};
use crate::elb::TargetHealth;
use crate::preflight::picture::{Absent, Picture, Untold};
use crate::route53::GroupError;
use crate::route53::external_dns::Owner;
use crate::route53::record_shift::Sight;

/// A target group without targets behind blue's record.
fn empty_behind(picture: &mut Picture) {
    let behind = picture.records[0].aliases[0].behind.as_mut().unwrap();
    behind.insert(group_arn("empty"), TargetHealth::default());
}

fn undeployed(picture: &mut Picture, stages: &[(&str, &[&str])]) {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    let stages: BTreeMap<String, Vec<String>> =
        stages.iter().map(|(stage, changes)| ((*stage).to_owned(), texts(changes))).collect();
    picture.swaps[0].undeployed = Some(Ok(stages));
}

pub(crate) const CASES: &[Case] = &[
    Case {
        code: "could_not_tell",
        spoil: |picture| {
            let why = "describe the rules of listener edge: AWS answered AccessDenied: no".to_owned();
            picture.untold.push(Untold { object: "edge".into(), why });
        },
        nearly: |picture| picture.absent.push(Absent { what: "target group", object: "gone".into() }),
    },
    Case {
        code: "not_found",
        spoil: |picture| picture.absent.push(Absent { what: "target group", object: "gone".into() }),
        nearly: |picture| picture.untold.push(Untold { object: "edge".into(), why: "no".into() }),
    },
    Case {
        code: "record_not_shiftable",
        spoil: |picture| {
            picture.records[0].sights.insert(a_record(), Sight::Foreign(GroupError::Simple));
        },
        nearly: |picture| picture.records[0].sights.clear(),
    },
    Case {
        code: "green_without_record",
        spoil: |picture| seen(picture).weights.green = None,
        nearly: |picture| seen(picture).weights.blue = None,
    },
    Case {
        code: "no_room_for_record",
        spoil: |picture| {
            seen(picture).weights.green = None;
            seen(picture).weights.strangers = vec![1; 99];
        },
        nearly: |picture| seen(picture).weights.strangers = vec![1; 98],
    },
    Case {
        code: "no_room_for_record",
        spoil: |picture| {
            seen(picture).weights.green = None;
            seen(picture).weights.strangers = vec![1; 120];
        },
        nearly: |picture| {
            seen(picture).weights.green = None;
            seen(picture).weights.strangers = vec![1; 98];
        },
    },
    Case {
        code: "records_all_zero",
        spoil: |picture| seen(picture).weights.blue = Some(0),
        nearly: |picture| {
            seen(picture).weights.blue = Some(0);
            seen(picture).weights.strangers = vec![1];
        },
    },
    Case {
        code: "uneven_ttls",
        spoil: |picture| seen(picture).uneven_ttls = [60, 300].map(Duration::from_secs).into(),
        nearly: |picture| seen(picture).ttl = Duration::from_secs(300),
    },
    Case {
        code: "owned_by_external_dns",
        spoil: |picture| {
            let owner = Owner {
                id: Some("blue".into()),
                resource: Some("ingress/shop/orders".into()),
                said_by: "a-orders.example.com.".into(),
            };
            picture.records[0].owner = Some(owner);
        },
        nearly: |_| {},
    },
    Case {
        code: "evaluate_target_health",
        spoil: empty_behind,
        nearly: |picture| {
            // What could not be read is told elsewhere.
            picture.records[0].aliases[0].behind = None;
        },
    },
    Case {
        code: "evaluate_target_health",
        // Green is to join the load balancer that blue's record watches, and is empty.
        spoil: |picture| greens(picture, vec![]),
        nearly: |picture| {
            orders(picture).portions.clear();
            picture.pairs[0].blue.balancers.clear();
            picture.pairs[0].green.balancers.clear();
            greens(picture, vec![]);
        },
    },
    Case {
        code: "alias_elsewhere",
        spoil: |picture| picture.records[0].elsewhere.push("edge-1.us-east-1.elb.amazonaws.com".into()),
        nearly: |picture| picture.records[0].aliases.clear(),
    },
    Case {
        code: "no_swap",
        spoil: |picture| picture.swaps[0].undeployed = Some(Err("listener b does not exist".into())),
        nearly: |picture| picture.swaps[0].undeployed = None,
    },
    Case {
        code: "undeployed_changes",
        spoil: |picture| undeployed(picture, &[("prod", &["GET /a: is new", "b", "c", "d", "e", "f", "g"])]),
        nearly: |picture| undeployed(picture, &[("prod", &[])]),
    },
    Case {
        code: "alarm_not_found",
        spoil: |picture| drop(picture.alarms.insert("orders-4xx".into(), None)),
        nearly: |picture| picture.alarms.clear(),
    },
    Case {
        code: "alarm_firing",
        spoil: |picture| {
            alarm(picture).state = Some(StateValue::Alarm);
            alarm(picture).reason = Some("12 errors".into());
        },
        nearly: |picture| alarm(picture).state = Some(StateValue::InsufficientData),
    },
    Case {
        code: "alarm_not_evaluated",
        spoil: |picture| alarm(picture).trouble = Some(EvaluationState::PartialData),
        // That it fires is told already.
        nearly: |picture| {
            alarm(picture).state = Some(StateValue::Alarm);
            alarm(picture).trouble = Some(EvaluationState::PartialData);
        },
    },
    Case {
        code: "alarm_not_evaluated",
        spoil: |picture| {
            alarm(picture).state = None;
            alarm(picture).reason = None;
        },
        nearly: |picture| alarm(picture).state = Some(StateValue::InsufficientData),
    },
    Case {
        code: "alarm_not_evaluated",
        spoil: |picture| alarm(picture).state = Some(StateValue::from("DREAMING")),
        nearly: |_| {},
    },
    Case {
        code: "alarm_without_data",
        spoil: |picture| alarm(picture).state = Some(StateValue::InsufficientData),
        nearly: |picture| alarm(picture).trouble = Some(EvaluationState::EvaluationError),
    },
];

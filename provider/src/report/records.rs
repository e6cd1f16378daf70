//! What users are told of records.

use std::collections::BTreeMap;
use std::time::SystemTime;

use eksmig_core::aws::Error;
use eksmig_core::clock::utc;
use eksmig_core::engine::gate::{Side, Verdict};
use eksmig_core::gates::{RecordHealthGate, Watch};
use eksmig_core::route53::external_dns::Owner;
use eksmig_core::route53::record_shift::{Pointer, Refusal, Shifted, Sight};
use eksmig_core::route53::{GroupError, RecordType};
use eksmig_core::share::SplitError;
use tfplugin::{Diagnostic, Path};

use super::sentence;
use crate::blocks::duration;
use crate::claims::Claim;
use crate::notices;

/// A plan that cannot be made, at the attribute that is wrong.
pub fn at_plan(refusal: &Refusal) -> Diagnostic {
    let (notice, attribute, advice) = match refusal {
        Refusal::Stale { .. } => (notices::WEIGHTS_HAVE_CHANGED, "green_weight", "Plan again."),
        Refusal::Stopped => (notices::STOPPED, "name", "Apply again to go on."),
        Refusal::Unread(error) => return unread(error),
        Refusal::Unmovable(unmovable) => match &unmovable.source {
            GroupError::Missing => (
                notices::RECORD_NOT_FOUND,
                "types",
                "Leave the type out of types, or make blue's record where it is managed. A record made in the last \
                 seconds may not be listed yet.",
            ),
            GroupError::Apex => {
                (notices::CNAME_AT_THE_APEX, "types", "Shift aliases there: records of type A and AAAA.")
            }
            GroupError::Simple => (
                notices::SIMPLE_RECORD,
                "adopt_simple_record",
                "With adopt_simple_record = true it becomes blue's weighted record, in the same change that adds \
                 green's; whatever manages it must not write it back.",
            ),
            GroupError::OtherPolicy(_) => {
                (notices::RECORD_NOT_WEIGHTED, "name", "Only weighted records and simple ones can be shifted.")
            }
            GroupError::NeitherSide(_) => {
                (notices::RECORDS_WITHOUT_BLUE_AND_GREEN, "blue", "Name the set identifiers that the records have.")
            }
            GroupError::NoBlue => {
                (notices::NO_RECORD_FOR_BLUE, "blue", "Only 100 can be asked for while blue has no record.")
            }
            GroupError::NoGreen => (
                notices::NO_RECORD_FOR_GREEN,
                "green",
                "Describe it in green with an alias, or with ttl and records, or make it where it is managed.",
            ),
            GroupError::Full(_) => (notices::NO_ROOM_FOR_GREEN, "green", "Take a record out of the group."),
            GroupError::BadWeight { .. } => (notices::WEIGHT_NOT_READABLE, "name", "Please report this."),
            GroupError::Split(SplitError::OutOfReach { .. }) => (
                notices::SHARE_NOT_EXPRESSIBLE,
                "green_weight",
                "Choose another share, other steps, or smaller weights for the other records.",
            ),
            GroupError::Split(SplitError::NoTraffic) => (
                notices::NO_TRAFFIC_TO_SHIFT,
                "name",
                "Give blue's or green's record a weight above zero where it is managed.",
            ),
        },
    };
    notice.says(format!("{} {advice}", sentence(&refusal.to_string()))).at(Path::root().attr(attribute))
}

/// The zone could not be read.
pub fn unread(error: &Error) -> Diagnostic {
    match error.code() {
        Some("NoSuchHostedZone") => {
            notices::HOSTED_ZONE_NOT_FOUND.says(sentence(&error.to_string())).at(Path::root().attr("zone_id"))
        }
        Some(_) => notices::RECORDS_NOT_READABLE.says(sentence(&error.to_string())),
        None => super::unreachable(error),
    }
}

/// An apply that did not begin.
pub fn refused(refusal: &Refusal) -> Diagnostic {
    const STAYS: &str = "Nothing was written, and the traffic stays as it is.";
    if matches!(refusal, Refusal::Stale { .. }) {
        let what = sentence(&refusal.to_string());
        let detail = format!("{what} {STAYS} Plan again and review what it shows; then apply that.");
        return notices::WEIGHTS_HAVE_CHANGED_SINCE_THE_PLAN.says(detail);
    }
    let planned = at_plan(refusal);
    super::unwritten(planned, STAYS)
}

/// Records that ExternalDNS owns.
pub fn owned(owner: &Owner) -> Diagnostic {
    let detail = format!(
        "The records belong to {owner}. It writes its own weights back when it next reconciles. Shift at the source, with \
         eksmig_external_dns_shift. external_dns = \"override\" goes ahead \
         all the same.",
    );
    notices::EXTERNAL_DNS_OWNS_THE_RECORDS.says(detail).at(Path::root().attr("external_dns"))
}

/// Records that ExternalDNS owns and that are shifted all the same.
pub fn overridden(owner: &Owner) -> Diagnostic {
    let detail = format!("The records belong to {owner}, which writes its own weights back when it next reconciles.");
    notices::EXTERNAL_DNS_OWNS_THE_RECORDS_OVERRIDDEN.says(detail).at(Path::root().attr("external_dns"))
}

/// Records of one type with several TTLs.
pub fn uneven(sights: &BTreeMap<RecordType, Sight>) -> Vec<Diagnostic> {
    let uneven = sights.iter().filter_map(|(kind, sight)| match sight {
        Sight::Seen(seen) if !seen.uneven_ttls.is_empty() => Some((kind, &seen.uneven_ttls)),
        _ => None,
    });
    uneven
        .map(|(kind, ttls)| {
            let ttls: Vec<String> = ttls.iter().map(|ttl| duration::text(*ttl)).collect();
            let detail = format!(
                "The {kind} records have the TTLs {}, where an alias of a load balancer has 60 s. Resolvers stay longer \
                 with the records of the longer one, so that clients do not meet the shares that the weights say. Give \
                 all of them one TTL where they are managed.",
                ttls.join(" and ")
            );
            notices::UNEVEN_TTLS.naming([kind], detail).at(Path::root().attr("name"))
        })
        .collect()
}

/// Adds to how a run ended until when the former weights are met, where they were written and may still be.
pub fn until_effective(mut ended: Diagnostic, shifted: &Shifted, effective_at: SystemTime) -> Diagnostic {
    if shifted.report.wrote {
        ended.detail += &format!(
            "\n\nResolvers may keep former answers until {}. Both sides are needed until then.",
            utc(effective_at)
        );
    }
    ended
}

/// A side that is to rise and that nothing watches.
fn unwatched(side: Side, pointer: &Pointer) -> Diagnostic {
    let leads = match &pointer.alias {
        Some(name) => format!("is an alias of {name}, which is no load balancer of this account and region"),
        None => "is no alias of a load balancer".to_owned(),
    };
    let detail = format!(
        "Nothing tells whether {side} can answer: its {} record has no health check and {leads}. Its share rises \
         all the same. Add gate.http_probe or gate.alarm_names.",
        pointer.kind
    );
    notices::NOTHING_WATCHES.naming([&side], detail).at(Path::root().attr("gate"))
}

/// What a plan warns of a side that is to rise: that it is not healthy, that nothing watches it, or that nobody can tell.
/// `otherwise` says whether something else asks the service.
pub async fn fitness(gate: &RecordHealthGate, side: Side, otherwise: bool) -> Vec<Diagnostic> {
    let watches = match gate.watches_of(side).await {
        Ok(watches) => watches,
        Err(error) => return vec![unwatchable(side, &error.to_string())],
    };
    let mut warnings = Vec::new();
    for watch in watches {
        warnings.extend(match (watch, gate.judge_watch(side, watch).await) {
            (Watch::Nobody(pointer), _) if !otherwise => Some(unwatched(side, pointer)),
            (_, Verdict::Pass) => None,
            (_, Verdict::Fail(why) | Verdict::Inconclusive(why) | Verdict::Unanswerable(why)) => {
                Some(unfit(side, &why))
            }
        });
    }
    warnings
}

/// A side that is to rise and is not healthy.
fn unfit(side: Side, why: &str) -> Diagnostic {
    let detail = format!("{} Its share does not rise before that has changed.", sentence(why));
    notices::NOT_READY_FOR_MORE_TRAFFIC.naming([&side], detail).at(Path::root().attr(side.to_string()))
}

/// A side of which cannot be told what watches it.
fn unwatchable(side: Side, why: &str) -> Diagnostic {
    let detail =
        format!("What tells whether {side} can answer could not be found out: {why}. Its share does not rise before.");
    notices::HEALTH_NOT_READABLE.naming([&side], detail).at(Path::root().attr(side.to_string()))
}

/// Another resource moves the same record.
pub fn claimed(conflict: &Claim) -> Diagnostic {
    let detail = format!(
        "Another eksmig_route53_shift in this configuration moves record {:?} of {} already. The two would undo each \
         other's work. Keep one of them.",
        conflict.side, conflict.place
    );
    notices::RECORD_SHIFTED_TWICE.says(detail).at(Path::root().attr("name"))
}

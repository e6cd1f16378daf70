//! What users are told of objects whose records ExternalDNS writes.

use eksmig_core::clock::utc;
use eksmig_core::engine::gate::Side;
use eksmig_core::external_dns::{ExternalDnsShift, Look, Refusal, Run, Unfit};
use eksmig_core::share::SplitError;
use tfplugin::{Diagnostic, Diagnostics, Path};

use super::{clusters, records, sentence};
use crate::claims::Claim;
use crate::notices;

/// A plan that cannot be made, at the attribute that is wrong.
pub fn at_plan(refusal: &Refusal) -> Diagnostics {
    let (notice, attribute, advice) = match refusal {
        Refusal::Unfit(found) => return found.iter().map(unfit).collect(),
        Refusal::Unread(error) => return records::unread(error).into(),
        Refusal::Cluster(error) => return clusters::unread(error).into(),
        Refusal::NoObject { side, .. } => {
            (notices::OBJECT_NOT_FOUND, side.to_string(), "Name the object that ExternalDNS makes the record from.")
        }
        Refusal::NotServed { side, .. } => (
            notices::KIND_NOT_SERVED,
            side.to_string(),
            "Install its custom resource definition, of the Gateway API as a rule, or name an object of another kind.",
        ),
        Refusal::Untold { side, .. } => (
            notices::EXTERNAL_DNS_NOT_CLEAR,
            side.to_string(),
            "Say in external_dns of this side what it does: annotation_prefix, txt_owner_id and policy.",
        ),
        Refusal::Owned { .. } => (
            notices::WEIGHT_BELONGS_TO_SOMEONE_ELSE,
            "force_conflicts".to_owned(),
            "Have them leave it out, or take it with force_conflicts = true where they do not write it back.",
        ),
        Refusal::Stale(_) => (notices::WEIGHTS_HAVE_CHANGED, "green_weight".to_owned(), "Plan again."),
        Refusal::Stopped => (notices::STOPPED, "name".to_owned(), "Apply again to go on."),
        Refusal::Unmovable(unmovable) => match &unmovable.source {
            SplitError::NoTraffic => {
                (notices::NO_TRAFFIC_TO_SHIFT, "name".to_owned(), "Give blue's or green's object a weight above zero.")
            }
            SplitError::OutOfReach { .. } => {
                (notices::SHARE_NOT_EXPRESSIBLE, "green_weight".to_owned(), "Choose another share, or other steps.")
            }
        },
    };
    let detail = format!("{} {advice}", sentence(&refusal.to_string()));
    notice.says(detail).at(Path::root().attr(attribute)).into()
}

/// Something that stands in the way.
fn unfit(unfit: &Unfit) -> Diagnostic {
    let (notice, advice) = match unfit {
        Unfit::OneOwner(_) => (notices::ONE_OWNER_ID_IN_BOTH_CLUSTERS, "Give each its own --txt-owner-id."),
        Unfit::CreateOnly { .. } => (notices::POLICY_CHANGES_NO_WEIGHTS, "Give it --policy=upsert-only or sync."),
        Unfit::OtherSetIdentifier { .. } => (
            notices::OTHER_SET_IDENTIFIER,
            "Name the one that the object has. To change it makes ExternalDNS delete one record and make another.",
        ),
        Unfit::NoEndpoint { .. } => (
            notices::ENDPOINT_NOT_FOUND,
            "Name the DNSEndpoint that has the record, and its set identifier as it stands there.",
        ),
        Unfit::NoWeight { .. } => (notices::OBJECT_WITHOUT_A_WEIGHT, "Give it one, where it is managed: 0 for green."),
        Unfit::NoRecord { .. } | Unfit::NoRecords(_) => (
            notices::RECORD_NOT_FOUND,
            "See why ExternalDNS does not make it: a simple record of the name, for example, stands in the way of weighted \
             ones.",
        ),
        Unfit::NotAPair { .. } => (notices::RECORD_NOT_WEIGHTED, "Both records have to be weighted."),
        Unfit::Stranger { .. } => {
            (notices::A_THIRD_WEIGHTED_RECORD, "Give it weight 0 where it is managed, or take it out of the name.")
        }
        Unfit::Uneven { .. } => {
            (notices::UNEVEN_RECORDS, "Give both objects one annotation ttl, or have both be aliases.")
        }
        Unfit::NotOwned { .. } => {
            (notices::RECORD_NOT_EXTERNAL_DNS, "ExternalDNS leaves it alone then: move it with eksmig_route53_shift.")
        }
        Unfit::OwnedByOther { .. } => {
            (notices::RECORD_OF_ANOTHER_EXTERNAL_DNS, "Name the cluster whose ExternalDNS made the record.")
        }
    };
    let attribute = unfit.side().map_or("name".to_owned(), |side| side.to_string());
    let detail = format!("{} {advice}", sentence(&unfit.to_string()));
    notice.says(detail).at(Path::root().attr(attribute))
}

/// Whether nothing is left that could be shifted.
pub fn is_gone(refusal: &Refusal) -> bool {
    match refusal {
        Refusal::NoObject { .. } => true,
        Refusal::Unread(error) => error.code() == Some("NoSuchHostedZone"),
        _ => false,
    }
}

/// An apply that did not begin.
pub fn refused(refusal: &Refusal) -> Diagnostics {
    const STAYS: &str = "Nothing was written, and the traffic stays as it is.";
    if matches!(refusal, Refusal::Stale(_)) {
        let what = sentence(&refusal.to_string());
        let detail = format!("{what} {STAYS} Plan again and review what it shows; then apply that.");
        return notices::WEIGHTS_HAVE_CHANGED_SINCE_THE_PLAN.says(detail).into();
    }
    at_plan(refusal).into_iter().map(|planned| super::unwritten(planned, STAYS)).collect()
}

/// Adds to how a run ended what Route 53 shows, and until when former weights are met.
pub fn in_route53(mut ended: Diagnostic, run: &Run) -> Diagnostic {
    let shown: Vec<String> = run.records.iter().map(|(kind, weights)| format!("{kind} {weights}")).collect();
    ended.detail += &format!(
        "\n\nRoute 53 was last seen with {}; ExternalDNS brings there what the objects say.",
        shown.join("; ")
    );
    if run.shifted.report.wrote {
        let until = utc(run.effective_at);
        ended.detail += &format!(" Resolvers may keep former answers until {until}. Both sides are needed until then.");
    }
    ended
}

/// Other names that move as well.
pub fn moves_more(look: &Look) -> Option<Diagnostic> {
    let names: Vec<&str> = look.other_names.iter().map(String::as_str).collect();
    let detail = format!(
        "The weight annotation is for every name that an object asks ExternalDNS for: {} move as well, and are not waited \
         for. Give them objects of their own to shift them apart.",
        names.join(", ")
    );
    (!names.is_empty()).then(|| notices::OTHER_NAMES_MOVE_AS_WELL.says(detail).at(Path::root().attr("name")))
}

/// Objects that a GitOps controller keeps as they are in Git, and what to have it do, so that it does not take weights back.
pub fn kept_in_git(shift: &ExternalDnsShift, look: &Look) -> Vec<Diagnostic> {
    let warn = |side: Side| {
        let why = shift.kept_in_git(look, side)?;
        let detail = format!(
            "A weight that is written to {side}'s object may be taken back, with the traffic. {why} The apply notices what is \
             taken back while it runs, and stops; nothing notices it afterwards but the next plan."
        );
        let warning = notices::WEIGHT_MAY_BE_TAKEN_BACK.says(detail);
        Some(warning.at(Path::root().attr(side.to_string())))
    };
    [Side::Blue, Side::Green].into_iter().filter_map(warn).collect()
}

/// Another resource moves the same record.
pub fn claimed(conflict: &Claim) -> Diagnostic {
    let detail = format!(
        "Another eksmig_external_dns_shift in this configuration moves record {:?} of {} already. The two would undo each \
         other's work. Keep one of them.",
        conflict.side, conflict.place
    );
    notices::RECORD_SHIFTED_TWICE.says(detail).at(Path::root().attr("name"))
}

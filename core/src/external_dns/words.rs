//! What is said when a weight is not brought to Route 53, or does not stay. Pure.

use std::time::Duration;

use super::deployed::Settings;
use super::desk::Unset;
use super::field::{Field, WEIGHT_PROPERTY};
use super::source::Source;
use super::{Place, Write};
use crate::kubernetes::{GitOps, Tracked};
use crate::route53::record_shift::Position;
use crate::share::Weights;

/// Route 53 does not show what the objects say.
pub(super) fn not_brought(records: &Position, said: &Weights, settings: [&Settings; 2], waited: Duration) -> String {
    let shown: Vec<String> = records.iter().map(|(kind, weights)| format!("{kind} shows {weights}")).collect();
    let shown = if shown.is_empty() { "no record is there".to_owned() } else { shown.join("; ") };
    let [blue, green] = settings.map(|settings| settings.said_by.as_str());
    format!(
        "the objects say {said}, and after {} s Route 53 does not: {shown}. Blue's {blue}, green's {green}: see their logs, \
         and whether they select these objects and this zone. Route 53 was not edited, for they would write it back",
        waited.as_secs()
    )
}

/// A weight that was written is another one now.
pub(super) fn taken_back(place: &Place, field: &Field, wrote: Option<u32>, now: &Source) -> String {
    let number = |weight: Option<u32>| weight.map_or("none".to_owned(), |weight| weight.to_string());
    let owners = now.owners(field);
    let by = if owners.is_empty() { "nobody says who".to_owned() } else { format!("by {}", owners.join(" and ")) };
    let remedy = match &now.tracked {
        Some(tracked) => kept_in_git(place, field, tracked),
        None => format!("Have whoever writes it leave {field} alone."),
    };
    let (now, wrote) = (number(now.weight(field)), number(wrote));
    format!(
        "{} in cluster {} has {now} in {field}, not {wrote} as it should ({by}). {remedy}",
        place.object, place.cluster
    )
}

/// Who keeps an object as it is in Git, and what to have them do, so that its weight stays.
pub(super) fn kept_in_git(place: &Place, field: &Field, tracked: &Tracked) -> String {
    let Tracked { by, evidence, keeper } = tracked;
    let called = |what: &str| keeper.as_ref().map_or(format!("its {what}"), |keeper| format!("{what} {keeper}"));
    let kind = place.object.kind;
    let remedy = match (by, field) {
        (GitOps::ArgoCd, Field::Annotation(key)) => {
            let pointer = key.replace('~', "~0").replace('/', "~1");
            format!(
                "Have {} leave the weight alone: spec.ignoreDifferences for group {:?}, kind {} with managedFieldsManagers: \
                 [eksmig] or jsonPointers: [/metadata/annotations/{pointer}], {RESPECTED}",
                called("Application"),
                kind.group(),
                kind.as_str()
            )
        }
        (GitOps::ArgoCd, Field::Endpoints { set_identifier, .. }) => format!(
            "Have {} leave the weight alone: spec.ignoreDifferences for group {:?}, kind {} with jqPathExpressions: \
             ['.spec.endpoints[] | select(.setIdentifier == {set_identifier:?}) | .providerSpecific[] | select(.name == \
             {WEIGHT_PROPERTY:?}) | .value'], {RESPECTED}",
            called("Application"),
            kind.group(),
            kind.as_str()
        ),
        (GitOps::Flux, Field::Annotation(_)) => format!(
            "Have {} leave the weight alone: take it out of Git, and annotate the object there with \
             kustomize.toolkit.fluxcd.io/ssa: Merge, so that what Git does not have stays",
            called("Kustomization")
        ),
        (GitOps::Flux, Field::Endpoints { .. }) => format!(
            "Have {} leave the object alone once it is made, for it applies the list as a whole: annotate it in Git with \
             kustomize.toolkit.fluxcd.io/ssa: IfNotPresent",
            called("Kustomization")
        ),
        (GitOps::FluxHelm, _) => format!(
            "Have {} leave the weight alone: take it out of the chart's values, for each upgrade writes them, and put its \
             path into spec.driftDetection.ignore where that detection is on",
            called("HelmRelease")
        ),
    };
    format!("{by} keeps the object as it is in Git ({evidence}). {remedy}.")
}

/// What an Application needs besides.
const RESPECTED: &str = "and RespectIgnoreDifferences=true in spec.syncPolicy.syncOptions, without which a sync writes it all \
                         the same";

/// A weight could not be written.
pub(super) fn unwritten(place: &Place, field: &Field, write: Write, unset: &Unset) -> String {
    if unset.is_owned() {
        return format!(
            "{unset}. {field} of {} belongs to someone else, and stays as it is: have them leave it out, or take it with \
             force_conflicts = true where they do not write it back",
            place.object
        );
    }
    format!("{side}'s weight {} could not be written: {unset}", write.weight, side = write.side)
}

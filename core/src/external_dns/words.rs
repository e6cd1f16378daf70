//! What is said when a weight is not brought to Route 53, or does not stay. Pure.

use std::time::Duration;

use super::deployed::Settings;
use super::object::Annotated;
use super::{Place, Write};
use crate::kubernetes::{Error, GitOps};
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
pub(super) fn taken_back(place: &Place, key: &str, wrote: Option<u32>, now: &Annotated) -> String {
    let number = |weight: Option<u32>| weight.map_or("none".to_owned(), |weight| weight.to_string());
    let owners = now.owners(key);
    let by = if owners.is_empty() { "nobody says who".to_owned() } else { format!("by {}", owners.join(" and ")) };
    let pointer = key.replace('~', "~0").replace('/', "~1");
    let remedy = match now.gitops {
        Some(GitOps::ArgoCd) => format!(
            "Argo CD tracks the object. Have its Application leave the weight alone: spec.ignoreDifferences with \
             managedFieldsManagers: [eksmig] or jsonPointers: [/metadata/annotations/{pointer}], and \
             RespectIgnoreDifferences=true in spec.syncPolicy.syncOptions, without which a sync writes it all the same"
        ),
        Some(GitOps::Flux) => {
            "Flux applies the object. Take the weight out of Git, and annotate the object there with \
                               kustomize.toolkit.fluxcd.io/ssa: Merge, so that what it does not have stays"
                .to_owned()
        }
        None => "Have whoever writes it leave this annotation alone".to_owned(),
    };
    format!(
        "{} in cluster {} has {} in annotation {key}, not {} as it should ({by}). {remedy}",
        place.object,
        place.cluster,
        number(now.weight(key)),
        number(wrote)
    )
}

/// A weight could not be written.
pub(super) fn unwritten(place: &Place, key: &str, write: Write, error: &Error) -> String {
    if error.is_conflict() {
        return format!(
            "{error}. Annotation {key} of {} belongs to someone else, and stays as it is: have them leave it out, or take \
             it with force_conflicts = true where they do not write it back",
            place.object
        );
    }
    format!("weight {} could not be written: {error}", write.weight)
}

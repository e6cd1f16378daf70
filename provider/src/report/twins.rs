//! What users are told of twins.

use std::collections::BTreeSet;
use std::fmt::Display;

use eksmig_core::elb::twin::{Difference, MARK, TwinError, Unfit};
use eksmig_core::elb::{Error, RouteArn};
use tfplugin::{Diagnostic, Path};

use super::sentence;
use crate::notices;

/// A source or a twin could not be read.
pub fn unread(error: &Error) -> Diagnostic {
    match error {
        Error::Aws(error) => super::unreachable(error),
        other => notices::TWIN_NOT_READABLE.says(sentence(&other.to_string())),
    }
}

/// An object that is to have or to be a twin, and does not exist.
pub fn no_source(arn: &dyn Display, path: Path) -> Diagnostic {
    let detail = format!("{arn} does not exist. A twin can only be made while its source is there.");
    notices::SOURCE_NOT_FOUND.says(detail).at(path)
}

/// An override that the source cannot have.
pub fn unfit(source: &dyn Display, unfit: &Unfit) -> Diagnostic {
    let detail = format!("{source} cannot have a twin with this {}: {unfit}.", unfit.part);
    notices::OVERRIDE_DOES_NOT_FIT_THE_SOURCE.says(detail).at(Path::root().attr(unfit.part))
}

/// A name that belongs to something that is no twin.
pub fn taken(name: &str, holder: &str) -> Diagnostic {
    let detail = format!(
        "The name {name} is taken by {holder}, which bears no tag {MARK} and so is nobody's twin. Set `name` or \
         `name_suffix`; or, if that is the twin, import it."
    );
    notices::NAME_TAKEN.says(detail).at(Path::root().attr("name"))
}

/// What a twin is replaced for; nothing where it is not.
pub fn replacing(arn: &str, differences: &[Difference]) -> Option<Diagnostic> {
    if differences.is_empty() {
        return None;
    }
    let differences: Vec<String> = differences.iter().map(ToString::to_string).collect();
    let detail = format!(
        "AWS does not change in a target group: {}. So {arn} is deleted and made anew, which AWS refuses while a route \
         refers to it. Take it out of its routes first, or, if the source changed for another reason, set here what the \
         twin has.",
        differences.join(", ")
    );
    Some(notices::TWIN_TO_BE_REPLACED.says(detail))
}

/// How a target group stays when its resource goes.
const LET_GO: &str = "If it is to stay and only to leave this configuration, have Terraform forget it: a `removed` block with \
                      `destroy = false`, or `terraform state rm`.";

/// A twin that is to be deleted, or replaced, while routes forward to it; nothing where none does.
pub fn leaving(arn: &str, routes: &BTreeSet<RouteArn>) -> Option<Diagnostic> {
    if routes.is_empty() {
        return None;
    }
    let detail = format!(
        "{arn} is to be deleted, and these routes forward to it:\n{}\nAs long as they do, be it with weight 0, AWS refuses to \
         delete it; the apply then ends with an error, and the traffic stays as it is. {LET_GO} If it is to go, take it out \
         of these routes first.",
        listed(routes)
    );
    Some(notices::TWIN_TO_BE_DELETED_IS_IN_USE.says(detail))
}

/// Whether a twin that is to be deleted is in use could not be told.
pub fn use_unread(arn: &str, error: &Error) -> Diagnostic {
    let detail = format!(
        "Whether a route forwards to {arn}, which is to be deleted, could not be told: {error}. AWS deletes none that is in \
         use."
    );
    notices::USE_OF_THE_TWIN_NOT_KNOWN.says(detail)
}

/// A twin whose source does not exist any more.
pub fn outlived(arn: &str, source: &str) -> Diagnostic {
    let detail = format!(
        "{source} does not exist any more, and its twin {arn} stays as it is: plans compare it with the source as it was \
         last seen. When the migration is over, have it managed as what it is: import it where target groups are managed, \
         and have this configuration forget it with a `removed` block with `destroy = false`."
    );
    notices::SOURCE_OF_THE_TWIN_IS_GONE.says(detail)
}

fn listed<'a>(routes: impl IntoIterator<Item = &'a RouteArn>) -> String {
    routes.into_iter().map(|route| format!("  {route}")).collect::<Vec<_>>().join("\n")
}

/// A twin that was there before its create.
pub fn adopted(adopted: bool, arn: &str, source: &str) -> Option<Diagnostic> {
    let detail = format!(
        "{arn} bears the tag {MARK} = {source}, so it was made by an apply that did not live to tell, and this one went \
         on with it. If another configuration manages it, remove it from one of the two with `terraform state rm`."
    );
    adopted.then(|| notices::TWIN_FOUND_AND_TAKEN_OVER.says(detail))
}

/// A create that made nothing.
pub fn not_made(source: &str, what: &str, error: &TwinError) -> Diagnostic {
    let path = |name: &str| Path::root().attr(name);
    let (notice, advice, attribute) = match error {
        TwinError::Missing(_) => {
            (notices::SOURCE_NOT_FOUND, "A twin can only be made while its source is there.", "source_arn")
        }
        TwinError::Unfit { unfit, .. } => return self::unfit(&source, unfit),
        TwinError::Taken { .. } => {
            (notices::NAME_TAKEN, "Set `name` or `name_suffix`; or, if that is the twin, import it.", "name")
        }
        TwinError::Apart { .. } => (
            notices::TWIN_ALREADY_THERE_AND_ANOTHER,
            "Delete that one if nothing uses it, or set another name.",
            "name",
        ),
        TwinError::PortTaken { .. } => {
            (notices::PORT_TAKEN, "Set another port, or `port_range`; or, if that is the twin, import it.", "port")
        }
        TwinError::NoFreePort { .. } => (notices::NO_FREE_PORT, "Set another range.", "port_range"),
        TwinError::NotOfNetwork { .. } => (
            notices::SOURCE_IS_NO_LISTENER_OF_A_NETWORK_LOAD_BALANCER,
            "On an application load balancer, shift a rule or the listener's default action.",
            "source_arn",
        ),
        TwinError::Leaving(_) => (notices::TWIN_IS_BEING_DELETED, "Apply again.", "source_arn"),
        TwinError::Stopped => (
            notices::STOPPED,
            "Apply again: whatever AWS made of it is found by its tag and gone on with.",
            "source_arn",
        ),
        TwinError::Elb(_) | TwinError::InUse { .. } => (
            notices::TWIN_NOT_MADE,
            "Mend what AWS says and apply again: whatever AWS made of it is found by its tag and gone on with.",
            "source_arn",
        ),
    };
    let detail = format!(
        "The twin {what} of {source} was not made: {}. No route was touched, and the traffic stays as it is. {advice}",
        error.to_string().trim_end_matches('.')
    );
    notice.says(detail).at(path(attribute))
}

/// A create that made the twin, and did not get to the end.
pub fn unfinished(arn: &str, error: &TwinError) -> Diagnostic {
    let detail = format!(
        "The twin {arn} is made, and not all that is to be written of it is: {}. No route was touched, and the traffic \
         stays as it is. The next apply replaces it; `terraform untaint` has it finished instead.",
        error.to_string().trim_end_matches('.')
    );
    notices::TWIN_NOT_FINISHED.says(detail)
}

/// An update that did not get to the end.
pub fn not_changed(arn: &str, error: &TwinError) -> Diagnostic {
    let detail = format!(
        "The twin {arn} did not get all that was planned: {}. The state says what it is now. No route was touched. Plan \
         and apply again to go on.",
        error.to_string().trim_end_matches('.')
    );
    notices::TWIN_NOT_CHANGED.says(detail)
}

/// A twin that was not deleted.
pub fn not_deleted(arn: &str, error: &TwinError) -> Diagnostic {
    let TwinError::InUse { routes, .. } = error else {
        let why = error.to_string();
        let detail = format!("The twin {arn} was not deleted: {}. Apply again.", why.trim_end_matches('.'));
        return notices::TWIN_NOT_DELETED.says(detail);
    };
    let detail = if routes.is_empty() {
        format!(
            "AWS says that {arn} is in use, and no listener or rule that refers to it can be found. What was just \
             changed may not have arrived everywhere: apply again in a minute."
        )
    } else {
        format!(
            "AWS does not delete {arn} while a route refers to it, be it with weight 0. These do:\n{}\nNothing was \
             changed, and the traffic stays as it is. {LET_GO} If it is to go, send their traffic elsewhere, take the target \
             group out of them (`drop_idle_target_group` of eksmig_weighted_shift does), and apply again.",
            listed(routes)
        )
    };
    notices::TWIN_IN_USE.says(detail)
}

//! What users are told of swaps between ports.

use eksmig_core::apigateway::port_swap::{Refusal, Undeployed, Unplaced};
use eksmig_core::apigateway::{ApiId, Error};
use eksmig_core::elb::PortPairError;
use tfplugin::{Diagnostic, Path};

use super::sentence;
use crate::claims::Claim;
use crate::notices;

/// How many undeployed edits are named.
const NAMED: usize = 10;

/// A plan that cannot be made, at the attribute that is wrong.
pub fn at_plan(refusal: &Refusal) -> Diagnostic {
    let (notice, attribute, advice) = match refusal {
        Refusal::Stale { .. } => (notices::SHARES_HAVE_CHANGED, "green_weight", ""),
        Refusal::Stopped => (notices::STOPPED, "stage_names", "Apply again to go on."),
        Refusal::Unread(error) => return unread(error),
        Refusal::NoParts(_) => (notices::NO_PARTS_OF_AN_HTTP_API_REQUESTS, "green_weight", ""),
        Refusal::Mixed { .. } => (notices::STAGE_SERVES_BOTH_SIDES, "stage_names", ""),
        Refusal::Unplaced { source, .. } => match source.as_ref() {
            Unplaced::NoStage => (notices::STAGE_NOT_FOUND, "stage_names", "Name a stage of the API."),
            Unplaced::NoRoute(_) | Unplaced::Elsewhere { .. } => (notices::ROUTE_NOT_MOVABLE, "routes", ""),
            Unplaced::NoIntegration { .. } => (
                notices::NO_INTEGRATION_ON_EITHER_PORT,
                "blue_listener_arn",
                "Name the listeners whose ports the integrations' URIs lead to, and deploy the API first.",
            ),
            Unplaced::SharedVariable { .. } => (notices::STAGE_VARIABLE_MOVES_MORE, "routes", ""),
            Unplaced::AlsoDeployed(_) => (notices::ANOTHER_STAGE_WOULD_MOVE, "stage_names", ""),
            Unplaced::Link { .. } => (notices::VPC_LINK_NOT_AVAILABLE, "blue_listener_arn", ""),
            Unplaced::ForeignCanary { .. } => (notices::CANARY_OF_SOMEONE_ELSE, "stage_names", ""),
        },
    };
    let detail = format!("{} {advice}", sentence(&refusal.to_string()));
    notice.says(detail.trim_end()).at(Path::root().attr(attribute))
}

/// The API could not be read.
pub fn unread(error: &Error) -> Diagnostic {
    match error {
        error if error.is_not_found() => {
            notices::API_NOT_FOUND.says(sentence(&error.to_string())).at(Path::root().attr("stage_names"))
        }
        Error::Aws(error) if error.code().is_none() => super::unreachable(error),
        error => notices::API_NOT_READABLE.says(sentence(&error.to_string())),
    }
}

/// Listeners that are no pair.
pub fn no_pair(error: &PortPairError) -> Diagnostic {
    let (notice, attribute) = match error {
        PortPairError::Same(_) => (notices::ONE_LISTENER_ON_BOTH_SIDES, "green_listener_arn"),
        PortPairError::OtherBalancer { .. } => (notices::LISTENER_OF_ANOTHER_LOAD_BALANCER, "green_listener_arn"),
        PortPairError::NotNetwork(_) => (notices::NO_NETWORK_LOAD_BALANCER, "blue_listener_arn"),
        PortPairError::Missing(_) => (notices::LISTENER_NOT_FOUND, "green_listener_arn"),
        PortPairError::Protocols { .. } => (notices::PROTOCOLS_DIFFER, "green_listener_arn"),
        PortPairError::Forwards { .. } => (notices::LISTENER_THAT_FORWARDS_TO_NOBODY, "green_listener_arn"),
        PortPairError::Unread(_) => (notices::LISTENERS_NOT_READABLE, "blue_listener_arn"),
    };
    notice.says(sentence(&error.to_string())).at(Path::root().attr(attribute))
}

/// An apply that did not begin.
pub fn refused(refusal: &Refusal) -> Diagnostic {
    const STAYS: &str = "Nothing was written, and the traffic stays as it is.";
    if matches!(refusal, Refusal::Stale { .. }) {
        let detail =
            format!("{} {STAYS} Review what the new plan shows; then apply that.", sentence(&refusal.to_string()));
        return notices::SHARES_HAVE_CHANGED_SINCE_THE_PLAN.says(detail);
    }
    let planned = at_plan(refusal);
    super::unwritten(planned, STAYS)
}

/// Edits of an API that a deployment would ship as well.
pub fn undeployed(api: &ApiId, stage: &str, edits: &[String], undeployed: Undeployed) -> Diagnostic {
    let mut named: Vec<String> = edits.iter().take(NAMED).map(|edit| format!("  {edit}")).collect();
    if edits.len() > NAMED {
        named.push(format!("  and {} more", edits.len() - NAMED));
    }
    let then = match undeployed {
        Undeployed::Deploy => "The apply deploys them, as undeployed_changes = \"deploy\" asks.",
        Undeployed::Refuse => {
            "Where they are not those of other swaps of this configuration, the apply refuses to deploy. Deploy them \
             first, take them back, or set undeployed_changes = \"deploy\"."
        }
    };
    let detail = format!(
        "{api} has edits that stage {stage} does not serve yet, and a deployment ships the whole API:\n{}\n{then}",
        named.join("\n")
    );
    notices::UNDEPLOYED_CHANGES.naming([&stage], detail).at(Path::root().attr("undeployed_changes"))
}

/// Another resource moves the same route.
pub fn claimed(conflict: &Claim) -> Diagnostic {
    let detail = format!(
        "Another eksmig_nlb_port_swap in this configuration moves {} through listener {} already. The two would undo \
         each other's work. Keep one of them.",
        conflict.place, conflict.side
    );
    notices::ROUTE_SWAPPED_TWICE.says(detail).at(Path::root().attr("routes"))
}

//! What users are told of swaps between ports.

use eksmig_core::apigateway::port_swap::{Refusal, Undeployed, Unplaced};
use eksmig_core::apigateway::{ApiId, Error};
use eksmig_core::elb::PortPairError;
use tfplugin::{Diagnostic, Path};

use super::sentence;
use crate::claims::Claim;

/// How many undeployed edits are named.
const NAMED: usize = 10;

/// A plan that cannot be made, at the attribute that is wrong.
pub fn at_plan(refusal: &Refusal) -> Diagnostic {
    let (summary, attribute, advice) = match refusal {
        Refusal::Stale { .. } => ("Shares have changed", "green_weight", ""),
        Refusal::Stopped => ("Stopped", "stage_names", "Apply again to go on."),
        Refusal::Unread(error) => return unread(error),
        Refusal::NoParts(_) => ("No parts of an HTTP API's requests", "green_weight", ""),
        Refusal::Mixed { .. } => ("Stage serves both sides", "stage_names", ""),
        Refusal::Unplaced { source, .. } => match source.as_ref() {
            Unplaced::NoStage => ("Stage not found", "stage_names", "Name a stage of the API."),
            Unplaced::NoRoute(_) | Unplaced::Elsewhere { .. } => ("Route not movable", "routes", ""),
            Unplaced::NoIntegration { .. } => (
                "No integration on either port",
                "blue_listener_arn",
                "Name the listeners whose ports the integrations' URIs lead to, and deploy the API first.",
            ),
            Unplaced::SharedVariable { .. } => ("Stage variable moves more", "routes", ""),
            Unplaced::AlsoDeployed(_) => ("Another stage would move", "stage_names", ""),
            Unplaced::Link { .. } => ("VPC link not available", "blue_listener_arn", ""),
            Unplaced::ForeignCanary { .. } => ("Canary of someone else", "stage_names", ""),
        },
    };
    let detail = format!("{} {advice}", sentence(&refusal.to_string()));
    Diagnostic::error(summary, detail.trim_end()).at(Path::root().attr(attribute))
}

/// The API could not be read.
pub fn unread(error: &Error) -> Diagnostic {
    match error {
        error if error.is_not_found() => {
            Diagnostic::error("API not found", sentence(&error.to_string())).at(Path::root().attr("stage_names"))
        }
        Error::Aws(error) if error.code().is_none() => super::unreachable(error),
        error => Diagnostic::error("API not readable", sentence(&error.to_string())),
    }
}

/// Listeners that are no pair.
pub fn no_pair(error: &PortPairError) -> Diagnostic {
    let (summary, attribute) = match error {
        PortPairError::Same(_) => ("One listener on both sides", "green_listener_arn"),
        PortPairError::OtherBalancer { .. } => ("Listener of another load balancer", "green_listener_arn"),
        PortPairError::NotNetwork(_) => ("No network load balancer", "blue_listener_arn"),
        PortPairError::Missing(_) => ("Listener not found", "green_listener_arn"),
        PortPairError::Protocols { .. } => ("Protocols differ", "green_listener_arn"),
        PortPairError::Forwards { .. } => ("Listener that forwards to nobody", "green_listener_arn"),
        PortPairError::Unread(_) => ("Listeners not readable", "blue_listener_arn"),
    };
    Diagnostic::error(summary, sentence(&error.to_string())).at(Path::root().attr(attribute))
}

/// An apply that did not begin.
pub fn refused(refusal: &Refusal) -> Diagnostic {
    const STAYS: &str = "Nothing was written, and the traffic stays as it is.";
    if matches!(refusal, Refusal::Stale { .. }) {
        let detail =
            format!("{} {STAYS} Review what the new plan shows; then apply that.", sentence(&refusal.to_string()));
        return Diagnostic::error("Shares have changed since the plan", detail);
    }
    let planned = at_plan(refusal);
    Diagnostic::error(planned.summary, format!("{} {STAYS}", planned.detail))
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
    Diagnostic::warning(format!("Undeployed changes beside stage {stage}"), detail)
        .at(Path::root().attr("undeployed_changes"))
}

/// Another resource moves the same route.
pub fn claimed(conflict: &Claim) -> Diagnostic {
    let detail = format!(
        "Another eksmig_nlb_port_swap in this configuration moves {} through listener {} already. The two would undo \
         each other's work. Keep one of them.",
        conflict.place, conflict.side
    );
    Diagnostic::error("Route swapped twice", detail).at(Path::root().attr("routes"))
}

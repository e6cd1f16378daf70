//! What becomes of an apply, whatever it moved: what is saved, and what Terraform is told.

use std::fmt::Display;
use std::sync::Arc;

use eksmig_core::engine::outcome::{Outcome, Report};
use eksmig_core::engine::standing::Shifted;
use eksmig_core::share::Share;
use tfplugin::{ApplyRequest, ApplyResponse, CancellationToken, Diagnostics, Value};

use crate::blocks::policy::OnDestroy;
use crate::notices;
use crate::planned::Written;
use crate::private::Private;
use crate::report;
use crate::saved::{Status, seen, stopped};
use crate::session::{Session, Sessions};

/// A create or an update to be carried out.
pub struct Change<C> {
    /// The state before it; none of a create.
    pub prior: Option<Value>,
    /// What was planned.
    pub planned: Value,
    /// The configuration.
    pub config: C,
    /// The data beside the state.
    pub private: Private,
    /// The way to AWS.
    pub session: Arc<Session>,
    /// Says when to end.
    pub stop: CancellationToken,
}

/// A destroy to be carried out.
pub struct Destroy<C> {
    /// The state before it.
    pub prior: Value,
    /// The part of it that was the configuration.
    pub config: C,
    /// The data beside the state.
    pub private: Private,
    /// Says when to end.
    pub stop: CancellationToken,
}

/// Carries out what a request asks for. `known` is a configuration as run, if all of it is known.
///
/// # Errors
///
/// What is wrong with the configuration or with what is kept beside the state, or why AWS cannot be asked; and those of
/// `change` and `destroy`.
pub async fn apply<W: Written, C, H, D>(
    sessions: &Sessions,
    request: ApplyRequest,
    known: impl Fn(W) -> Option<C>,
    change: impl FnOnce(Change<C>) -> H,
    destroy: impl FnOnce(Destroy<C>) -> D,
) -> Result<ApplyResponse, Diagnostics>
where
    H: Future<Output = Result<ApplyResponse, Diagnostics>>,
    D: Future<Output = Result<ApplyResponse, Diagnostics>>,
{
    let ApplyRequest { prior, planned, config, private, stop } = request;
    let private = Private::read(&private)?;
    match (prior, planned) {
        (prior, Some(planned)) => {
            let config = wholly_known(known(W::read(config.as_ref().unwrap_or(&planned))?))?;
            let session = sessions.needed()?;
            session.note_apply();
            change(Change { prior, planned, config, private, session, stop }).await
        }
        (Some(prior), None) => {
            let config = wholly_known(known(W::read(&prior)?))?;
            destroy(Destroy { prior, config, private, stop }).await
        }
        (None, None) => Ok(ApplyResponse::default()),
    }
}

/// The response to an apply. Without a state, what was saved before stays, and of a create nothing is saved: nothing
/// was written.
pub fn response(applied: Result<ApplyResponse, Diagnostics>, private: Vec<u8>) -> ApplyResponse {
    applied.unwrap_or_else(|diagnostics| ApplyResponse { state: None, private, diagnostics })
}

/// A configuration that is wholly known, as any is in an apply.
///
/// # Errors
///
/// That it is not.
pub fn wholly_known<C>(config: Option<C>) -> Result<C, Diagnostics> {
    config.ok_or_else(|| {
        let detail = "Terraform asked to apply a configuration that is not wholly known. Please report this.";
        notices::CONFIGURATION_NOT_KNOWN.says(detail).into()
    })
}

/// Where a destroy sends the traffic first; none where it moves none, as never after a create that did not finish.
pub fn sent_by_destroy(on_destroy: OnDestroy, private: &Private, prior: &Value) -> Option<Share> {
    match on_destroy {
        _ if private.create_is_unfinished(prior) => None,
        OnDestroy::Keep => None,
        OnDestroy::Blue => Some(Share::BLUE),
        OnDestroy::Green => Some(Share::GREEN),
    }
}

/// Whether a create left everything as it was. Saving it would have Terraform destroy it next time.
pub fn made_nothing<P>(creating: bool, report: &Report<P>) -> bool {
    let undone = matches!(report.outcome, Outcome::RolledBack(_));
    creating && report.outcome != Outcome::Settled && (undone || !report.wrote)
}

/// The end of a create or an update of weights with this state.
pub fn changed<K: Display>(
    state: Value,
    prior: Option<&Value>,
    mut private: Private,
    shifted: &Shifted<K>,
    diagnostics: Diagnostics,
) -> ApplyResponse {
    private.note_strangers(seen(shifted));
    ended(state, prior, private, &shifted.report.outcome, diagnostics)
}

/// The end of a create or an update with this state.
pub fn ended(
    mut state: Value,
    prior: Option<&Value>,
    mut private: Private,
    outcome: &Outcome,
    mut diagnostics: Diagnostics,
) -> ApplyResponse {
    // What has no weight any more and is not left by its traffic is not finished either.
    let settled = *outcome == Outcome::Settled && !diagnostics.has_errors();
    if *outcome == Outcome::Settled && !settled && state.attr("status").as_str() == Some(Status::Settled.as_str()) {
        // Terraform gives the destroy of what it replaces no private data of its own: the state says that this is none
        // that may move traffic.
        state.set_attr("status", Status::Held.as_str());
    }
    let unfinished = prior.is_none_or(|prior| private.create_is_unfinished(prior));
    private.reviewed = None;
    private.unfinished_create = Some(unfinished && !settled);
    if prior.is_none() && stopped(outcome) {
        // An error would have Terraform replace the object next time. It ends with an error of its own after a stop.
        diagnostics = diagnostics.into_iter().map(report::softened).collect();
    } else if !settled {
        // Steps that were not all taken are no longer planned: the next plan is to show its own as a change.
        state.set_attr("schedule", Value::list::<Value>([]));
        state.set_attr("minimum_duration", "0s");
    }
    ApplyResponse { state: Some(state), private: private.bytes(), diagnostics }
}

/// The end of a destroy that moved traffic first, with a state in which is written what is true. Where it did not arrive,
/// the object stays.
pub fn destroyed<K: Display>(
    state: Value,
    mut private: Private,
    shifted: &Shifted<K>,
    diagnostics: Diagnostics,
) -> ApplyResponse {
    if !diagnostics.has_errors() {
        return ApplyResponse::default();
    }
    private.note_strangers(seen(shifted));
    ApplyResponse { state: Some(state), private: private.bytes(), diagnostics }
}

//! Carrying a plan out: hands the order to the engine, and saves what is true afterwards.

use std::time::Duration;

use eksmig_core::engine::driver::Driver;
use eksmig_core::engine::outcome::Outcome;
use eksmig_core::route53::record_shift::{self as core, Order, Refusal, Shifted};
use eksmig_core::schedule::Schedule;
use eksmig_core::share::Share;
use tfplugin::{ApplyRequest, ApplyResponse, CancellationToken, Diagnostic, Diagnostics, Value};

use super::config::{self, Config};
use super::read::shift;
use super::state;
use crate::blocks::policy::OnDestroy;
use crate::private::Private;
use crate::report;
use crate::saved::{self, seen, stopped};
use crate::session::{Session, Sessions};

/// Creates, updates or destroys.
pub async fn apply(sessions: &Sessions, request: ApplyRequest) -> ApplyResponse {
    let ApplyRequest { prior, planned, config, private, stop } = request;
    let applied = match (prior, planned) {
        (prior, Some(planned)) => change(sessions, prior, planned, config, &private, stop).await,
        (Some(prior), None) => destroy(sessions, prior, &private, stop).await,
        (None, None) => Ok(ApplyResponse::default()),
    };
    // Without a state, what was saved before stays, and of a create nothing is saved: nothing was written.
    applied.unwrap_or_else(|diagnostics| ApplyResponse { state: None, private, diagnostics })
}

async fn change(
    sessions: &Sessions,
    prior: Option<Value>,
    planned: Value,
    config: Option<Value>,
    private: &[u8],
    stop: CancellationToken,
) -> Result<ApplyResponse, Diagnostics> {
    let mut private = Private::read(private)?;
    let config = wholly_known(config.as_ref().unwrap_or(&planned))?;
    let session = sessions.needed()?;
    let time_limit = if prior.is_some() { config.timeouts.update } else { config.timeouts.create };
    let reviewed = prior.as_ref().map_or(Ok(state::reviewed(&private)), |prior| state::position(prior, &private))?;
    let order = Order { target: config.target, ramp: config.ramp.clone(), reviewed };
    let run = shift(&session, &config.records).run(&order, &driver(&session, &config, stop, time_limit)?).await;
    let (shifted, ttl) = run.map_err(|refusal| report::records::refused(&refusal))?;

    let creating = prior.is_none();
    let settled = shifted.report.outcome == Outcome::Settled;
    let undone = matches!(shifted.report.outcome, Outcome::RolledBack(_));
    let mut diagnostics = ended(&shifted, &config, config.target);
    if creating && !settled && (undone || !shifted.report.wrote) {
        // A create that left the shares as they were made nothing: saving it would have it destroyed next time.
        return Err(diagnostics);
    }
    let mut state = planned;
    saved::write_truth(&mut state, state::WEIGHTS, &shifted);
    if state.attr("ttl_seconds").is_unknown() {
        state::write_ttl(&mut state, ttl);
    }
    if state.attr("baseline").is_unknown() {
        state.set_attr("baseline", saved::baseline(prior.as_ref(), &shifted.before));
    }
    if state.attr("minimum_duration").is_unknown() {
        let taken = core::schedule(&shifted.before, config.target, &config.ramp)
            .map_err(|unmovable| report::records::refused(&unmovable.into()))?;
        state.set_attr("minimum_duration", saved::minimum_duration(&taken, ttl));
        if state.attr("schedule").is_unknown() {
            state.set_attr("schedule", saved::schedule(&taken));
        }
    }
    private.reviewed = None;
    let unfinished = prior.as_ref().is_none_or(|prior| private.create_is_unfinished(prior));
    private.unfinished_create = Some(unfinished && !settled);
    private.note_strangers(seen(&shifted));

    if creating && stopped(&shifted.report.outcome) {
        // An error would have Terraform replace the object next time. It ends with an error of its own after a stop.
        diagnostics = diagnostics.into_iter().map(report::softened).collect();
    } else if !settled {
        // Steps that were not all taken are no longer planned: the next plan is to show its own as a change.
        state::write_schedule(&mut state, &Schedule { steps: Vec::new() }, Duration::ZERO);
    }
    Ok(ApplyResponse { state: Some(state), private: private.bytes(), diagnostics })
}

async fn destroy(
    sessions: &Sessions,
    prior: Value,
    private: &[u8],
    stop: CancellationToken,
) -> Result<ApplyResponse, Diagnostics> {
    let mut private = Private::read(private)?;
    let config = wholly_known(&prior)?;
    let target = match config.on_destroy {
        _ if private.create_is_unfinished(&prior) => return Ok(ApplyResponse::default()),
        OnDestroy::Keep => return Ok(ApplyResponse::default()),
        OnDestroy::Blue => Share::BLUE,
        OnDestroy::Green => Share::GREEN,
    };
    let session = sessions.needed()?;
    let order = Order { target, ramp: config.ramp.clone(), reviewed: state::position(&prior, &private)? };
    let driver = driver(&session, &config, stop, config.timeouts.delete)?;
    let (shifted, _) = match shift(&session, &config.records).run(&order, &driver).await {
        Ok(run) => run,
        // Nothing is left that could be moved.
        Err(Refusal::Unread(error)) if error.code() == Some("NoSuchHostedZone") => return Ok(ApplyResponse::default()),
        Err(refusal) => return Err(report::records::refused(&refusal).into()),
    };
    let diagnostics = ended(&shifted, &config, target);
    if !diagnostics.has_errors() {
        return Ok(ApplyResponse::default());
    }
    let mut state = prior;
    saved::write_truth(&mut state, state::WEIGHTS, &shifted);
    private.note_strangers(seen(&shifted));
    Ok(ApplyResponse { state: Some(state), private: private.bytes(), diagnostics })
}

fn ended(shifted: &Shifted, config: &Config, target: Share) -> Diagnostics {
    let records = &config.records;
    let side = |set_identifier: &str| format!("{} {set_identifier:?} in zone {}", records.name, records.zone_id);
    let (blue, green) = (side(&records.pair.blue), side(&records.pair.green));
    report::ended(shifted, [&blue, &green], target).into_iter().collect()
}

fn wholly_known(value: &Value) -> Result<Config, Diagnostics> {
    config::read(value)?.known().ok_or_else(|| {
        let detail = "Terraform asked to apply a configuration that is not wholly known. Please report this.";
        Diagnostic::error("Configuration not known", detail).into()
    })
}

fn driver(
    session: &Session,
    config: &Config,
    stop: CancellationToken,
    time_limit: Duration,
) -> Result<Driver, Diagnostic> {
    let gates = config.gate.gates_without_targets(session);
    let gates = gates.map_err(|why| Diagnostic::error("Gate not usable", format!("{why}.")))?;
    let pacing = config.gate.pacing(config.on_failure);
    Ok(Driver { clock: session.clock.clone(), gates, pacing, stop, time_limit: Some(time_limit) })
}

//! Carrying a plan out: hands the order to the engine, and saves what is true afterwards.

use std::collections::BTreeSet;
use std::time::Duration;

use eksmig_core::elb::RouteArn;
use eksmig_core::elb::weighted_shift::{Order, Position, Refusal, Shifted, Sight, schedule};
use eksmig_core::engine::driver::Driver;
use eksmig_core::engine::outcome::{Outcome, Reason};
use eksmig_core::schedule::Schedule;
use eksmig_core::share::Share;
use tfplugin::{ApplyRequest, ApplyResponse, CancellationToken, Diagnostic, Diagnostics, Value};

use super::config::{self, Config};
use super::read::{same_region, shift};
use super::state::{self, Private, Status};
use crate::blocks::policy::OnDestroy;
use crate::report;
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
    session.note_apply();
    same_region(&session, &config.routes).await?;
    let time_limit = if prior.is_some() { config.timeouts.update } else { config.timeouts.create };
    let driver = driver(&session, &config, stop, time_limit)?;
    let mut reviewed = match &prior {
        Some(prior) => state::position(prior, &private)?,
        None => private.reviewed(),
    };
    reviewed.retain(|route, _| config.routes.contains(route));

    let order = Order { target: config.target, ramp: config.ramp.clone(), idle: config.idle, reviewed };
    let shifted = shift(&session, &config).run(&order, &driver).await.map_err(|refusal| report::refused(&refusal))?;

    let creating = prior.is_none();
    let settled = shifted.report.outcome == Outcome::Settled;
    let undone = matches!(shifted.report.outcome, Outcome::RolledBack(_));
    if creating && !settled && (undone || !shifted.report.wrote) {
        // A create that left everything as it was made nothing: saving it would have Terraform destroy it next time.
        return Err(report::ended(&shifted, &config.pair, config.target).into_iter().collect());
    }
    let mut state = saved(planned, prior.as_ref(), &config, &shifted)?;
    private.reviewed = None;
    let unfinished = prior.as_ref().is_none_or(|prior| private.create_is_unfinished(prior));
    private.unfinished_create = Some(unfinished && !settled);
    private.note_strangers(seen(&shifted));

    let mut diagnostics: Diagnostics = report::ended(&shifted, &config.pair, config.target).into_iter().collect();
    if creating && stopped(&shifted.report.outcome) {
        // An error would have Terraform replace the object next time. It ends with an error of its own after a stop.
        diagnostics = diagnostics.into_iter().map(report::softened).collect();
    } else if !settled {
        // Steps that were not all taken are no longer planned: the next plan is to show its own as a change.
        write_schedule(&mut state, &Schedule { steps: Vec::new() });
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
    let mut config = wholly_known(&prior)?;
    let target = match config.on_destroy {
        _ if private.create_is_unfinished(&prior) => return Ok(ApplyResponse::default()),
        OnDestroy::Keep => return Ok(ApplyResponse::default()),
        OnDestroy::Blue => Share::BLUE,
        OnDestroy::Green => Share::GREEN,
    };
    let session = sessions.needed()?;
    same_region(&session, &config.routes).await?;
    let sights = tokio::select! {
        biased;
        () = stop.cancelled() => return Err(report::refused(&Refusal::Stopped).into()),
        sights = async { shift(&session, &config).look_afresh().await } => sights.map_err(|error| report::unread(&error))?,
    };
    config.routes.retain(|route| sights.get(route).is_some_and(|sight| *sight != Sight::Missing));
    if config.routes.is_empty() {
        return Ok(ApplyResponse::default());
    }

    let driver = driver(&session, &config, stop, config.timeouts.delete)?;
    let mut reviewed = state::position(&prior, &private)?;
    reviewed.retain(|route, _| config.routes.contains(route));
    let order = Order { target, ramp: config.ramp.clone(), idle: config.idle, reviewed };
    let shifted = shift(&session, &config).run(&order, &driver).await.map_err(|refusal| report::refused(&refusal))?;
    let diagnostics: Diagnostics = report::ended(&shifted, &config.pair, target).into_iter().collect();
    if !diagnostics.has_errors() {
        return Ok(ApplyResponse::default());
    }
    let mut state = prior;
    write_truth(&mut state, &shifted);
    private.note_strangers(seen(&shifted));
    Ok(ApplyResponse { state: Some(state), private: private.bytes(), diagnostics })
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
    let gates = config
        .gate
        .gates(session, &config.pair, &config.routes)
        .map_err(|why| Diagnostic::error("Gate not usable", format!("{why}.")))?;
    Ok(Driver {
        clock: session.clock.clone(),
        gates,
        pacing: config.gate.pacing(config.on_failure),
        stop,
        time_limit: Some(time_limit),
    })
}

fn stopped(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Held { reason: Reason::Stopped | Reason::StoppedInWrite, .. })
}

/// What was seen last: at the end, or on the way where the end could not be read.
fn seen(shifted: &Shifted) -> &Position {
    shifted.report.position.as_ref().unwrap_or(&shifted.known)
}

/// Writes where the traffic stands into a state.
fn write_truth(state: &mut Value, shifted: &Shifted) {
    state::write_position(state, seen(shifted));
    let status = match shifted.report.outcome {
        Outcome::Settled => Status::Settled,
        Outcome::RolledBack(_) => Status::RolledBack,
        Outcome::Held { .. } | Outcome::Stuck { .. } => Status::Held,
    };
    state.set_attr("status", status.as_str());
}

fn write_schedule(state: &mut Value, schedule: &Schedule) {
    state.set_attr("schedule", state::schedule(schedule));
    state.set_attr("minimum_duration", state::minimum_duration(schedule));
}

/// The state after a change: what was planned, with what is true in place of what was unknown.
fn saved(planned: Value, prior: Option<&Value>, config: &Config, shifted: &Shifted) -> Result<Value, Diagnostics> {
    let mut state = planned;
    write_truth(&mut state, shifted);
    if state.attr("baseline").is_unknown() {
        state.set_attr("baseline", baseline(prior, &config.routes, &shifted.before));
    }
    if state.attr("schedule").is_unknown() {
        let taken = schedule(&shifted.before, config.target, &config.ramp)
            .map_err(|unmovable| report::refused(&unmovable.into()))?;
        write_schedule(&mut state, &taken);
    }
    Ok(state)
}

/// The weights as they were before the resource first touched each route.
fn baseline(prior: Option<&Value>, routes: &BTreeSet<RouteArn>, before: &Position) -> Value {
    let mut baseline = state::routes(before);
    let Some(Value::Map(known)) = prior.map(|prior| prior.attr("baseline")) else { return baseline };
    if let Value::Map(entries) = &mut baseline {
        let first_seen = known.iter().filter(|(name, _)| routes.iter().any(|route| route.as_str() == *name));
        entries.extend(first_seen.map(|(name, entry)| (name.clone(), entry.clone())));
    }
    baseline
}

//! Carrying a plan out: hands the order to the engine, and saves what is true afterwards.

use std::time::Duration;

use eksmig_core::engine::driver::Driver;
use eksmig_core::route53::record_shift::{self as core, Order, Refusal, Shifted};
use eksmig_core::share::Share;
use tfplugin::{ApplyRequest, ApplyResponse, CancellationToken, Diagnostic, Diagnostics, Value};

use super::config::{self, Config};
use super::read::shift;
use super::state;
use crate::applied;
use crate::blocks::policy::OnDestroy;
use crate::private::Private;
use crate::report;
use crate::saved;
use crate::session::{Session, Sessions};

/// Creates, updates or destroys.
pub async fn apply(sessions: &Sessions, request: ApplyRequest) -> ApplyResponse {
    let ApplyRequest { prior, planned, config, private, stop } = request;
    let applied = match (prior, planned) {
        (prior, Some(planned)) => change(sessions, prior, planned, config, &private, stop).await,
        (Some(prior), None) => destroy(sessions, prior, &private, stop).await,
        (None, None) => Ok(ApplyResponse::default()),
    };
    applied::response(applied, private)
}

async fn change(
    sessions: &Sessions,
    prior: Option<Value>,
    planned: Value,
    config: Option<Value>,
    private: &[u8],
    stop: CancellationToken,
) -> Result<ApplyResponse, Diagnostics> {
    let private = Private::read(private)?;
    let config = applied::wholly_known(config::read(config.as_ref().unwrap_or(&planned))?.known())?;
    let session = sessions.needed()?;
    let time_limit = if prior.is_some() { config.timeouts.update } else { config.timeouts.create };
    let reviewed = prior.as_ref().map_or(Ok(state::reviewed(&private)), |prior| state::position(prior, &private))?;
    let order = Order { target: config.target, ramp: config.ramp.clone(), reviewed };
    let run = shift(&session, &config.records).run(&order, &driver(&session, &config, stop, time_limit)?).await;
    let (shifted, ttl) = run.map_err(|refusal| report::records::refused(&refusal))?;

    let diagnostics = ended(&shifted, &config, config.target);
    if applied::made_nothing(prior.is_none(), &shifted) {
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
    Ok(applied::changed(state, prior.as_ref(), private, &shifted, diagnostics))
}

async fn destroy(
    sessions: &Sessions,
    prior: Value,
    private: &[u8],
    stop: CancellationToken,
) -> Result<ApplyResponse, Diagnostics> {
    let private = Private::read(private)?;
    let config = applied::wholly_known(config::read(&prior)?.known())?;
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
    Ok(applied::destroyed(prior, state::WEIGHTS, private, &shifted, diagnostics))
}

fn ended(shifted: &Shifted, config: &Config, target: Share) -> Diagnostics {
    let records = &config.records;
    let side = |set_identifier: &str| format!("{} {set_identifier:?} in zone {}", records.name, records.zone_id);
    let (blue, green) = (side(&records.pair.blue), side(&records.pair.green));
    report::ended(shifted, [&blue, &green], target).into_iter().collect()
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

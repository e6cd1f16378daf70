//! Carrying a plan out: hands the order to the engine, and saves what is true afterwards.

use std::time::Duration;

use eksmig_core::elb::weighted_shift::{Refusal, Routes, Shifted, Sight};
use eksmig_core::engine::driver::Driver;
use eksmig_core::engine::shift::{Aim, Order, schedule};
use eksmig_core::schedule::Schedule;
use tfplugin::{ApplyRequest, ApplyResponse, CancellationToken, Diagnostic, Diagnostics, Value};

use super::config::{self, Config};
use super::read::{same_region, shift};
use super::state;
use crate::applied;
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
    session.note_apply();
    same_region(&session, &config.routes).await?;
    let driver = driver(&session, &config, stop, config.course.time_limit(prior.as_ref()))?;
    let mut reviewed = match &prior {
        Some(prior) => state::position(prior, &private)?,
        None => state::reviewed(&private),
    };
    reviewed.retain(|route, _| config.routes.contains(route));

    let order = Order { aim: config.course.aim.clone(), reviewed };
    let shifted = shift(&session, &config).run(&order, &driver).await.map_err(|refusal| report::refused(&refusal))?;

    let sides: [&dyn std::fmt::Display; 2] = [&config.pair.blue, &config.pair.green];
    let diagnostics: Diagnostics = report::ended(&shifted, sides, config.course.aim.target).into_iter().collect();
    if applied::made_nothing(prior.is_none(), &shifted.report) {
        return Err(diagnostics);
    }
    let state = state_after(planned, prior.as_ref(), &config, &shifted)?;
    Ok(applied::changed(state, prior.as_ref(), private, &shifted, diagnostics))
}

async fn destroy(
    sessions: &Sessions,
    prior: Value,
    private: &[u8],
    stop: CancellationToken,
) -> Result<ApplyResponse, Diagnostics> {
    let private = Private::read(private)?;
    let mut config = applied::wholly_known(config::read(&prior)?.known())?;
    let Some(target) = applied::sent_by_destroy(config.course.on_destroy, &private, &prior) else {
        return Ok(ApplyResponse::default());
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

    let driver = driver(&session, &config, stop, config.course.timeouts.delete)?;
    let mut reviewed = state::position(&prior, &private)?;
    reviewed.retain(|route, _| config.routes.contains(route));
    let order = Order { aim: Aim { target, ..config.course.aim.clone() }, reviewed };
    let shifted = shift(&session, &config).run(&order, &driver).await.map_err(|refusal| report::refused(&refusal))?;
    let diagnostics: Diagnostics =
        report::ended(&shifted, [&config.pair.blue, &config.pair.green], target).into_iter().collect();
    let mut state = prior;
    saved::write_truth(&mut state, state::WEIGHTS, &shifted);
    Ok(applied::destroyed(state, private, &shifted, diagnostics))
}

fn driver(
    session: &Session,
    config: &Config,
    stop: CancellationToken,
    time_limit: Duration,
) -> Result<Driver, Diagnostic> {
    let gates = config
        .course
        .gate
        .gates(session, &config.pair, &config.routes)
        .map_err(|why| Diagnostic::error("Gate not usable", format!("{why}.")))?;
    let observer = session.events.observer(super::TYPE, &state::id(&config.pair));
    Ok(config.course.driver(session, observer, gates, stop, time_limit))
}

fn write_schedule(state: &mut Value, schedule: &Schedule) {
    state.set_attr("schedule", saved::schedule(schedule));
    state.set_attr("minimum_duration", state::minimum_duration(schedule));
}

/// The state after a change: what was planned, with what is true in place of what was unknown.
fn state_after(
    planned: Value,
    prior: Option<&Value>,
    config: &Config,
    shifted: &Shifted,
) -> Result<Value, Diagnostics> {
    let mut state = planned;
    saved::write_truth(&mut state, state::WEIGHTS, shifted);
    if state.attr("baseline").is_unknown() {
        state.set_attr("baseline", saved::baseline(prior, &shifted.before));
    }
    if state.attr("schedule").is_unknown() {
        let taken = schedule::<Routes>(&shifted.before, &config.course.aim)
            .map_err(|unmovable| report::refused(&unmovable.into()))?;
        write_schedule(&mut state, &taken);
    }
    Ok(state)
}

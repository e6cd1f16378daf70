//! Carrying a plan out: hands the order to the engine, and saves what is true afterwards.

use std::time::Duration;

use eksmig_core::apigateway::port_swap::{Order, PATIENCE, Refusal, Swap, Swapped};
use eksmig_core::elb::ListenerArn;
use eksmig_core::engine::driver::Driver;
use eksmig_core::engine::standing::Shifted;
use eksmig_core::schedule::Schedule;
use eksmig_core::share::Share;
use tfplugin::{ApplyRequest, ApplyResponse, CancellationToken, Diagnostic, Diagnostics, Value};

use super::config::{self, Config};
use super::read::swap;
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
    let aim = &config.course.aim;
    let reviewed = state::reviewed(prior.as_ref(), &private)?;
    let order = Order { target: aim.target, ramp: aim.ramp.clone(), reviewed, patience: PATIENCE };
    let swapped = run(&session, &config, &order, stop, config.course.time_limit(prior.as_ref())).await?;

    let before = state::stages(&swapped.before);
    let mut state = planned;
    state::write_truth(&mut state, &swapped);
    if state.attr("baseline").is_unknown() {
        state::write_baseline(&mut state, prior.as_ref(), &before);
    }
    if state.attr("minimum_duration").is_unknown() || state.attr("schedule").is_unknown() {
        let shares: Vec<Share> = before.values().filter_map(|stage| stage.share).collect();
        let taken = Schedule::new(&aim.ramp, &shares, aim.target);
        state.set_attr("schedule", saved::schedule(&taken));
        state.set_attr("minimum_duration", saved::minimum_duration(&taken, Duration::ZERO));
    }
    let shifted = state::shifted(swapped);
    let diagnostics = ended(&shifted, &config, aim.target);
    if applied::made_nothing(prior.is_none(), &shifted.report) {
        return Err(diagnostics);
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
    let Some(target) = applied::sent_by_destroy(config.course.on_destroy, &private, &prior) else {
        return Ok(ApplyResponse::default());
    };
    let session = sessions.needed()?;
    let reviewed = state::reviewed(Some(&prior), &private)?;
    let order = Order { target, ramp: config.course.aim.ramp.clone(), reviewed, patience: PATIENCE };
    let swapped = run(&session, &config, &order, stop, config.course.timeouts.delete).await?;
    let mut state = prior;
    state::write_truth(&mut state, &swapped);
    let shifted = state::shifted(swapped);
    let diagnostics = ended(&shifted, &config, target);
    Ok(applied::destroyed(state, private, &shifted, diagnostics))
}

async fn run(
    session: &Session,
    config: &Config,
    order: &Order,
    stop: CancellationToken,
    time_limit: Duration,
) -> Result<Swapped, Diagnostics> {
    let found = tokio::select! {
        biased;
        () = stop.cancelled() => return Err(report::swaps::refused(&Refusal::Stopped).into()),
        found = swap(session, &config.place, config.undeployed) => found,
    };
    let (swap, described) = found?;
    let driver = driver(session, config, &described, stop, time_limit)?;
    Ok(swap.run(order, &driver).await.map_err(|refusal| report::swaps::refused(&refusal))?)
}

fn driver(
    session: &Session,
    config: &Config,
    swap: &Swap,
    stop: CancellationToken,
    time_limit: Duration,
) -> Result<Driver, Diagnostic> {
    let gates = config.course.gate.port_gates(session, &swap.pair);
    let gates = gates.map_err(|why| Diagnostic::error("Gate not usable", format!("{why}.")))?;
    let observer = session.events.observer(super::TYPE, &state::id(&config.place));
    Ok(config.course.driver(session, observer, gates, stop, time_limit))
}

fn ended(shifted: &Shifted<String>, config: &Config, target: Share) -> Diagnostics {
    let place = &config.place;
    let side = |listener: &ListenerArn| format!("{} through listener {listener}", place.api);
    let (blue, green) = (side(&place.blue), side(&place.green));
    report::ended(shifted, [&blue, &green], target).into_iter().collect()
}

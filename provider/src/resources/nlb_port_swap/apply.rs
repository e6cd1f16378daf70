//! Carrying a plan out: hands the order to the engine, and saves what is true afterwards.

use std::time::Duration;

use eksmig_core::apigateway::port_swap::{Order, PATIENCE, Refusal, Swap, Swapped};
use eksmig_core::aws::PortPair;
use eksmig_core::elb::ListenerArn;
use eksmig_core::engine::driver::Driver;
use eksmig_core::engine::standing::Shifted;
use eksmig_core::schedule::Schedule;
use eksmig_core::share::Share;
use tfplugin::{ApplyRequest, ApplyResponse, CancellationToken, Diagnostic, Diagnostics};

use super::config::{Config, Written};
use super::read::{idle, swap};
use super::state;
use crate::applied::{self, Change, Destroy};
use crate::drain::{Drain, side, told};
use crate::notices;
use crate::report;
use crate::saved;
use crate::session::{Session, Sessions};

/// Creates, updates or destroys.
pub async fn apply(sessions: &Sessions, request: ApplyRequest) -> Result<ApplyResponse, Diagnostics> {
    applied::apply(sessions, request, Written::known, change, |asked| destroy(sessions, asked)).await
}

async fn change(asked: Change<Config>) -> Result<ApplyResponse, Diagnostics> {
    let Change { prior, planned, config, mut private, session, stop } = asked;
    let aim = &config.course.aim;
    let reviewed = state::reviewed(prior.as_ref(), &private)?;
    let order = Order { target: aim.target, ramp: aim.ramp.clone(), reviewed, patience: PATIENCE };
    let time_limit = config.course.time_limit(prior.as_ref());
    let drain = Drain::of(&session, &config.course, &planned, &stop, time_limit);
    let (swapped, pair) = run(&session, &config, &order, stop.clone(), time_limit).await?;

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
        state.set_attr("minimum_duration", saved::minimum_duration(&taken, Duration::ZERO, drain.least()));
    }
    let shifted = state::shifted(swapped);
    let mut diagnostics = ended(&shifted, &config, aim.target);
    if applied::made_nothing(prior.is_none(), &shifted.report) {
        return Err(diagnostics);
    }
    drain.note_idle(&mut private, &shifted, session.clock.wall());
    let (listener, port) = idle(&config.place, &pair, aim.target);
    let side = side::of_port(listener, port);
    if let Err(undrained) = drain.wait(&mut state, &private, &shifted.report.outcome, side, listener.as_str()).await {
        diagnostics.extend(told(undrained, prior.is_none(), &stop));
    }
    drain.write_status(&mut state);
    Ok(applied::changed(state, prior.as_ref(), private, &shifted, diagnostics))
}

async fn destroy(sessions: &Sessions, asked: Destroy<Config>) -> Result<ApplyResponse, Diagnostics> {
    let Destroy { prior, config, private, stop } = asked;
    let Some(target) = applied::sent_by_destroy(config.course.on_destroy, &private, &prior) else {
        return Ok(ApplyResponse::default());
    };
    let session = sessions.needed()?;
    let reviewed = state::reviewed(Some(&prior), &private)?;
    let order = Order { target, ramp: config.course.aim.ramp.clone(), reviewed, patience: PATIENCE };
    let (swapped, _) = run(&session, &config, &order, stop, config.course.timeouts.delete).await?;
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
) -> Result<(Swapped, PortPair), Diagnostics> {
    let found = tokio::select! {
        biased;
        () = stop.cancelled() => return Err(report::swaps::refused(&Refusal::Stopped).into()),
        found = swap(session, &config.place, config.undeployed) => found,
    };
    let (swap, described) = found?;
    let driver = driver(session, config, &described, stop, time_limit)?;
    let swapped = swap.run(order, &driver).await.map_err(|refusal| report::swaps::refused(&refusal))?;
    Ok((swapped, described.pair))
}

fn driver(
    session: &Session,
    config: &Config,
    swap: &Swap,
    stop: CancellationToken,
    time_limit: Duration,
) -> Result<Driver, Diagnostic> {
    let gates = config.course.gate.port_gates(session, &swap.pair);
    let gates = gates.map_err(|why| notices::GATE_NOT_USABLE.says(format!("{why}.")))?;
    let observer = session.events.observer(super::TYPE, &state::id(&config.place));
    Ok(config.course.driver(session, observer, gates, stop, time_limit))
}

fn ended(shifted: &Shifted<String>, config: &Config, target: Share) -> Diagnostics {
    let place = &config.place;
    let side = |listener: &ListenerArn| format!("{} through listener {listener}", place.api);
    let (blue, green) = (side(&place.blue), side(&place.green));
    report::ended(shifted, [&blue, &green], target).into_iter().collect()
}

//! Carrying a plan out: hands the order to the engine, and saves what is true afterwards.

use std::time::Duration;

use eksmig_core::elb::cutover::{Aim, Cutover, Order, Refusal, Serving};
use eksmig_core::engine::driver::Driver;
use tfplugin::{ApplyRequest, ApplyResponse, CancellationToken, Diagnostic, Diagnostics, Value};

use super::config::{Config, Written};
use super::read::cutover;
use super::state;
use crate::applied::{self, Change, Destroy};
use crate::blocks::policy::OnDestroy;
use crate::notices;
use crate::report;
use crate::session::{Session, Sessions};

/// Creates, updates or destroys.
pub async fn apply(sessions: &Sessions, request: ApplyRequest) -> Result<ApplyResponse, Diagnostics> {
    applied::apply(sessions, request, Written::known, change, |asked| destroy(sessions, asked)).await
}

async fn change(asked: Change<Config>) -> Result<ApplyResponse, Diagnostics> {
    let Change { prior, planned, config, private, session, stop } = asked;
    let cutover = cutover(&session, &config, prior.as_ref())?;
    let order = order(&config, config.aim.clone(), prior.as_ref())?;
    let driver = driver(&session, &config, &cutover, config.aim.serving, stop, config.time_limit(prior.as_ref()))?;
    let cut = cutover.run(&order, &driver).await.map_err(|refusal| report::targets::refused(&refusal))?;
    let diagnostics: Diagnostics = report::targets::ended(&cut, config.aim.serving).into_iter().collect();
    if applied::made_nothing(prior.is_none(), &cut.report) {
        return Err(diagnostics);
    }
    let mut state = planned;
    state::write_truth(&mut state, &cut, &config.aim);
    if state.attr("baseline").is_unknown() {
        state.set_attr("baseline", state::seats_value(&cut.before.seats()));
    }
    Ok(applied::ended(state, prior.as_ref(), private, &cut.report.outcome, diagnostics))
}

async fn destroy(sessions: &Sessions, asked: Destroy<Config>) -> Result<ApplyResponse, Diagnostics> {
    let Destroy { prior, config, private, stop } = asked;
    let serving = match config.on_destroy {
        _ if private.create_is_unfinished(&prior) => return Ok(ApplyResponse::default()),
        OnDestroy::Keep => return Ok(ApplyResponse::default()),
        OnDestroy::Blue => Serving::Blue,
        OnDestroy::Green => Serving::Green,
    };
    let session = sessions.needed()?;
    let cutover = cutover(&session, &config, Some(&prior))?;
    let aim = Aim { serving, ..config.aim.clone() };
    let order = order(&config, aim.clone(), Some(&prior))?;
    let driver = driver(&session, &config, &cutover, serving, stop, config.timeouts.delete)?;
    let cut = match cutover.run(&order, &driver).await {
        Ok(cut) => cut,
        // Nothing is left that could be handed over.
        Err(Refusal::NoTargetGroup(_)) if config.target_groups.len() == 1 => return Ok(ApplyResponse::default()),
        Err(refusal) => return Err(report::targets::refused(&refusal).into()),
    };
    let diagnostics: Diagnostics = report::targets::ended(&cut, serving).into_iter().collect();
    if !diagnostics.has_errors() {
        return Ok(ApplyResponse::default());
    }
    let mut state = prior;
    state::write_truth(&mut state, &cut, &aim);
    Ok(ApplyResponse { state: Some(state), private: private.bytes(), diagnostics })
}

fn order(config: &Config, aim: Aim, prior: Option<&Value>) -> Result<Order, Diagnostic> {
    let reviewed = prior.map(state::seats).transpose()?.map(|seats| state::registered(&seats));
    Ok(Order { aim, reviewed, enough: config.gate.enough(), patience: config.gate.timeout() })
}

fn driver(
    session: &Session,
    config: &Config,
    cutover: &Cutover,
    serving: Serving,
    stop: CancellationToken,
    time_limit: Duration,
) -> Result<Driver, Diagnostic> {
    let gates = config.gate.cutover_gates(session, cutover.clone(), serving);
    let gates = gates.map_err(|why| notices::GATE_NOT_USABLE.says(format!("{why}.")))?;
    let pacing = config.gate.pacing(config.on_failure);
    let observer = session.events.observer(super::TYPE, &state::id(&config.target_groups));
    Ok(Driver { clock: session.clock.clone(), gates, pacing, stop, time_limit: Some(time_limit), observer })
}

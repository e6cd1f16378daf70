//! Carrying a plan out: hands the order to the engine, and saves what is true afterwards.

use std::time::Duration;

use eksmig_core::engine::driver::Driver;
use eksmig_core::engine::shift::{Aim, Order, schedule};
use eksmig_core::external_dns::{Look, Objects, Refusal, Run};
use eksmig_core::share::Share;
use tfplugin::{ApplyRequest, ApplyResponse, CancellationToken, Diagnostic, Diagnostics};

use super::config::{Config, Written};
use super::read::{records, shift_needed};
use super::state;
use crate::applied::{self, Change, Destroy};
use crate::notices;
use crate::report;
use crate::saved;
use crate::session::{Session, Sessions};

/// Creates, updates or destroys.
pub async fn apply(sessions: &Sessions, request: ApplyRequest) -> Result<ApplyResponse, Diagnostics> {
    applied::apply(sessions, request, Written::known, change, |asked| destroy(sessions, asked)).await
}

async fn change(asked: Change<Config>) -> Result<ApplyResponse, Diagnostics> {
    let Change { prior, planned, config, private, session, stop } = asked;
    let reviewed = prior.as_ref().map_or(Ok(state::reviewed(&private)), |prior| state::position(prior, &private))?;
    let order = Order { aim: config.course.aim.clone(), reviewed };
    let shift = shift_needed(&session, &config.names, config.force_conflicts)?;
    let look = looked(shift.look(), &stop).await.map_err(|refusal| report::external_dns::refused(&refusal))?;
    let driver = driver(&session, &config, &look, stop, config.course.time_limit(prior.as_ref()))?;
    let run = shift.run(&look, &order, &driver).await.map_err(|refusal| report::external_dns::refused(&refusal))?;

    let diagnostics = ended(&run, &config, order.aim.target);
    if applied::made_nothing(prior.is_none(), &run.shifted.report) {
        return Err(diagnostics);
    }
    let mut state = planned;
    state::write_truth(&mut state, &run);
    if state.attr("baseline").is_unknown() {
        state.set_attr("baseline", saved::baseline(prior.as_ref(), &run.shifted.before));
    }
    if state.attr("minimum_duration").is_unknown() {
        let taken = schedule::<Objects>(&run.shifted.before, &config.course.aim)
            .map_err(|unmovable| report::external_dns::refused(&unmovable.into()))?;
        state.set_attr("minimum_duration", saved::minimum_duration(&taken, run.ttl, Duration::ZERO));
        if state.attr("schedule").is_unknown() {
            state.set_attr("schedule", saved::schedule(&taken));
        }
    }
    Ok(applied::changed(state, prior.as_ref(), private, &run.shifted, diagnostics))
}

async fn destroy(sessions: &Sessions, asked: Destroy<Config>) -> Result<ApplyResponse, Diagnostics> {
    let Destroy { prior, config, private, stop } = asked;
    let Some(target) = applied::sent_by_destroy(config.course.on_destroy, &private, &prior) else {
        return Ok(ApplyResponse::default());
    };
    let session = sessions.needed()?;
    let aim = Aim { target, ..config.course.aim.clone() };
    let order = Order { aim, reviewed: state::position(&prior, &private)? };
    let shift = shift_needed(&session, &config.names, config.force_conflicts)?;
    let look = match looked(shift.look(), &stop).await {
        Ok(look) => look,
        // Nothing is left that could be moved.
        Err(refusal) if report::external_dns::is_gone(&refusal) => return Ok(ApplyResponse::default()),
        Err(refusal) => return Err(report::external_dns::refused(&refusal)),
    };
    let driver = driver(&session, &config, &look, stop, config.course.timeouts.delete)?;
    let run = shift.run(&look, &order, &driver).await.map_err(|refusal| report::external_dns::refused(&refusal))?;
    let diagnostics = ended(&run, &config, target);
    let mut state = prior;
    state::write_truth(&mut state, &run);
    Ok(applied::destroyed(state, private, &run.shifted, diagnostics))
}

async fn looked(look: impl Future<Output = Result<Look, Refusal>>, stop: &CancellationToken) -> Result<Look, Refusal> {
    tokio::select! {
        biased;
        () = stop.cancelled() => Err(Refusal::Stopped),
        look = look => look,
    }
}

fn ended(run: &Run, config: &Config, target: Share) -> Diagnostics {
    let places = &config.names.places;
    let [blue, green] =
        [&places.blue, &places.green].map(|place| format!("{} in cluster {:?}", place.object, place.cluster));
    let ended = report::ended(&run.shifted, [&blue, &green], target);
    ended.map(|ended| report::external_dns::in_route53(ended, run)).into_iter().collect()
}

fn driver(
    session: &Session,
    config: &Config,
    look: &Look,
    stop: CancellationToken,
    time_limit: Duration,
) -> Result<Driver, Diagnostic> {
    let gates = config.course.gate.record_gates(session, records(session, look));
    let gates = gates.map_err(|why| notices::GATE_NOT_USABLE.says(format!("{why}.")))?;
    let observer = session.events.observer(super::TYPE, &state::id(&config.names));
    Ok(config.course.driver(session, observer, gates, stop, time_limit))
}

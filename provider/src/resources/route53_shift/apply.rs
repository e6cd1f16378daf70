//! Carrying a plan out: hands the order to the engine, and saves what is true afterwards.

use std::time::Duration;

use eksmig_core::engine::driver::Driver;
use eksmig_core::engine::shift::{Aim, Order, schedule};
use eksmig_core::route53::record_shift::{RecordShift, Refusal, Run, Types};
use eksmig_core::share::Share;
use tfplugin::{ApplyRequest, ApplyResponse, CancellationToken, Diagnostic, Diagnostics, Value};

use super::config::{self, Config};
use super::read::shift;
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
    let reviewed = prior.as_ref().map_or(Ok(state::reviewed(&private)), |prior| state::position(prior, &private))?;
    let order = Order { aim: config.course.aim.clone(), reviewed };
    let shift = shift(&session, &state::with_answers(config.records.clone(), prior.as_ref())?);
    let driver = driver(&session, &config, &shift, stop, config.course.time_limit(prior.as_ref()))?;
    let run = shift.run(&order, &driver).await;
    let run = run.map_err(|refusal| report::records::refused(&refusal))?;
    let shifted = &run.shifted;

    let diagnostics = ended(&run, &config, config.course.aim.target);
    if applied::made_nothing(prior.is_none(), &shifted.report) {
        return Err(diagnostics);
    }
    let mut state = planned;
    state::write_truth(&mut state, &run);
    if state.attr("baseline").is_unknown() {
        state.set_attr("baseline", saved::baseline(prior.as_ref(), &shifted.before));
    }
    if state.attr("minimum_duration").is_unknown() {
        let taken = schedule::<Types>(&shifted.before, &config.course.aim)
            .map_err(|unmovable| report::records::refused(&unmovable.into()))?;
        state.set_attr("minimum_duration", saved::minimum_duration(&taken, run.ttl));
        if state.attr("schedule").is_unknown() {
            state.set_attr("schedule", saved::schedule(&taken));
        }
    }
    Ok(applied::changed(state, prior.as_ref(), private, shifted, diagnostics))
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
    let aim = Aim { target, ..config.course.aim.clone() };
    let order = Order { aim, reviewed: state::position(&prior, &private)? };
    let shift = shift(&session, &state::with_answers(config.records.clone(), Some(&prior))?);
    let driver = driver(&session, &config, &shift, stop, config.course.timeouts.delete)?;
    let run = match shift.run(&order, &driver).await {
        Ok(run) => run,
        // Nothing is left that could be moved.
        Err(Refusal::Unread(error)) if error.code() == Some("NoSuchHostedZone") => return Ok(ApplyResponse::default()),
        Err(refusal) => return Err(report::records::refused(&refusal).into()),
    };
    let diagnostics = ended(&run, &config, target);
    let mut state = prior;
    state::write_truth(&mut state, &run);
    Ok(applied::destroyed(state, private, &run.shifted, diagnostics))
}

fn ended(run: &Run, config: &Config, target: Share) -> Diagnostics {
    let records = &config.records;
    let side = |set_identifier: &str| format!("{} {set_identifier:?} in zone {}", records.name, records.zone_id);
    let (blue, green) = (side(&records.pair.blue), side(&records.pair.green));
    let ended = report::ended(&run.shifted, [&blue, &green], target);
    ended.map(|ended| report::records::until_effective(ended, &run.shifted, run.effective_at)).into_iter().collect()
}

fn driver(
    session: &Session,
    config: &Config,
    shift: &RecordShift,
    stop: CancellationToken,
    time_limit: Duration,
) -> Result<Driver, Diagnostic> {
    let gates = config.course.gate.record_gates(session, shift.clone());
    let gates = gates.map_err(|why| Diagnostic::error("Gate not usable", format!("{why}.")))?;
    let observer = session.events.observer(super::TYPE, &state::id(&config.records));
    Ok(config.course.driver(session, observer, gates, stop, time_limit))
}

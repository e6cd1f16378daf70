//! Carrying a plan out: hands the order to the engine, and saves what is true afterwards.

use std::time::Duration;

use eksmig_core::engine::driver::Driver;
use eksmig_core::engine::shift::{Aim, Idle, Order, schedule};
use eksmig_core::route53::record_shift::{Position, RecordShift, Refusal, Run, Types};
use eksmig_core::share::Share;
use tfplugin::{ApplyRequest, ApplyResponse, CancellationToken, Diagnostic, Diagnostics};

use super::config::{Config, Written};
use super::read::shift;
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
    let reviewed = prior.as_ref().map_or(Ok(state::reviewed(&private)), |prior| state::position(prior, &private))?;
    let aim = &config.course.aim;
    let time_limit = config.course.time_limit(prior.as_ref());
    let drain = Drain::of(&session, &config.course, &planned, &stop, time_limit);
    let order = Order { aim: if drain.is_due() { aim.dropping_later() } else { aim.clone() }, reviewed };
    let records = state::with_answers(config.records.clone(), prior.as_ref())?;
    let shift = shift(&session, &records);
    let driver = driver(&session, &config, &shift, stop.clone(), time_limit)?;
    let mut run = shift.run(&order, &driver).await.map_err(|refusal| report::records::refused(&refusal))?;
    drain.note_idle(&mut private, &run.shifted, run.effective_at);

    let mut diagnostics = ended(&run, &config, aim.target);
    if applied::made_nothing(prior.is_none(), &run.shifted.report) {
        return Err(diagnostics);
    }
    let mut state = planned;
    let side = side::of_records(&run.answers, &records.seen, aim.target);
    let idle = if aim.target == Share::BLUE { &records.pair.green } else { &records.pair.blue };
    let mut last = Diagnostics::default();
    match drain.wait(&mut state, &private, &run.shifted.report.outcome, side, &named(&config, idle)).await {
        Err(undrained) => last = undrained,
        Ok(drained) if drained && aim.idle == Idle::Drop => {
            let passed = drain.passed();
            // What the records answered with shows whose the one is that is left.
            let knowing = shift.knowing(&run.answers);
            match knowing.run(&Order { aim: aim.clone(), reviewed: Position::new() }, &driver).await {
                Err(refusal) => last.push(report::records::refused(&refusal)),
                Ok(dropped) => {
                    last.extend(ended(&dropped, &config, aim.target));
                    run = run.followed_by(dropped, passed);
                }
            }
        }
        Ok(_) => {}
    }
    diagnostics.extend(told(last, prior.is_none(), &stop));
    let shifted = &run.shifted;
    state::write_truth(&mut state, &run);
    if state.attr("baseline").is_unknown() {
        state.set_attr("baseline", saved::baseline(prior.as_ref(), &shifted.before));
    }
    if state.attr("minimum_duration").is_unknown() {
        let taken = schedule::<Types>(&shifted.before, &config.course.aim)
            .map_err(|unmovable| report::records::refused(&unmovable.into()))?;
        state.set_attr("minimum_duration", saved::minimum_duration(&taken, run.ttl, drain.least()));
        if state.attr("schedule").is_unknown() {
            state.set_attr("schedule", saved::schedule(&taken));
        }
    }
    drain.write_status(&mut state);
    Ok(applied::changed(state, prior.as_ref(), private, shifted, diagnostics))
}

async fn destroy(sessions: &Sessions, asked: Destroy<Config>) -> Result<ApplyResponse, Diagnostics> {
    let Destroy { prior, config, private, stop } = asked;
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

/// A side's records in words.
fn named(config: &Config, set_identifier: &str) -> String {
    format!("{} {set_identifier:?} in zone {}", config.records.name, config.records.zone_id)
}

fn ended(run: &Run, config: &Config, target: Share) -> Diagnostics {
    let records = &config.records;
    let (blue, green) = (named(config, &records.pair.blue), named(config, &records.pair.green));
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
    let gates = gates.map_err(|why| notices::GATE_NOT_USABLE.says(format!("{why}.")))?;
    let observer = session.events.observer(super::TYPE, &state::id(&config.records));
    Ok(config.course.driver(session, observer, gates, stop, time_limit))
}

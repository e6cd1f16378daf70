//! Carrying a plan out: hands the order to the engine, and saves what is true afterwards.

use std::time::Duration;

use eksmig_core::elb::weighted_shift::{Position, Refusal, Routes, Shifted, Sight};
use eksmig_core::engine::driver::Driver;
use eksmig_core::engine::shift::{Aim, Idle, Order, schedule};
use eksmig_core::share::Share;
use tfplugin::{ApplyRequest, ApplyResponse, CancellationToken, Diagnostic, Diagnostics, Value};

use super::config::{Config, Written};
use super::read::{same_region, shift};
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
    same_region(&session, &config.routes).await?;
    let time_limit = config.course.time_limit(prior.as_ref());
    let drain = Drain::of(&session, &config.course, &planned, &stop, time_limit);
    let driver = driver(&session, &config, stop.clone(), time_limit)?;
    let mut reviewed = match &prior {
        Some(prior) => state::position(prior, &private)?,
        None => state::reviewed(&private),
    };
    reviewed.retain(|route, _| config.routes.contains(route));
    if config.routes.iter().any(|route| !reviewed.contains_key(route)) {
        // Since when a route has its weights that was not among them is not known.
        private.idle_since = None;
    }

    let (aim, shift) = (&config.course.aim, shift(&session, &config));
    let order = Order { aim: if drain.is_due() { aim.dropping_later() } else { aim.clone() }, reviewed };
    let mut shifted = shift.run(&order, &driver).await.map_err(|refusal| report::refused(&refusal))?;
    drain.note_idle(&mut private, &shifted, session.clock.wall());

    let ended = |shifted: &Shifted| report::ended(shifted, [&config.pair.blue, &config.pair.green], aim.target);
    let mut diagnostics: Diagnostics = ended(&shifted).into_iter().collect();
    if applied::made_nothing(prior.is_none(), &shifted.report) {
        return Err(diagnostics);
    }
    let mut state = planned;
    let side = side::of_routes(&config.routes, &config.pair, aim.target);
    let idle = if aim.target == Share::BLUE { &config.pair.green } else { &config.pair.blue };
    let mut last = Diagnostics::default();
    match drain.wait(&mut state, &private, &shifted.report.outcome, side, idle.as_str()).await {
        Err(undrained) => last = undrained,
        Ok(drained) if drained && aim.idle == Idle::Drop => {
            let passed = drain.passed();
            match shift.run(&Order { aim: aim.clone(), reviewed: Position::new() }, &driver).await {
                Err(refusal) => last.push(report::refused(&refusal)),
                Ok(dropped) => {
                    last.extend(ended(&dropped));
                    shifted = shifted.followed_by(dropped, passed);
                }
            }
        }
        Ok(_) => {}
    }
    diagnostics.extend(told(last, prior.is_none(), &stop));
    let mut state = state_after(state, prior.as_ref(), &config, &shifted, drain.least())?;
    drain.write_status(&mut state);
    Ok(applied::changed(state, prior.as_ref(), private, &shifted, diagnostics))
}

async fn destroy(sessions: &Sessions, asked: Destroy<Config>) -> Result<ApplyResponse, Diagnostics> {
    let Destroy { prior, mut config, private, stop } = asked;
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
        .map_err(|why| notices::GATE_NOT_USABLE.says(format!("{why}.")))?;
    let observer = session.events.observer(super::TYPE, &state::id(&config.pair));
    Ok(config.course.driver(session, observer, gates, stop, time_limit))
}

/// The state after a change: what was planned, with what is true in place of what was unknown.
fn state_after(
    planned: Value,
    prior: Option<&Value>,
    config: &Config,
    shifted: &Shifted,
    drain: Duration,
) -> Result<Value, Diagnostics> {
    let mut state = planned;
    saved::write_truth(&mut state, state::WEIGHTS, shifted);
    if state.attr("baseline").is_unknown() {
        state.set_attr("baseline", saved::baseline(prior, &shifted.before));
    }
    if state.attr("schedule").is_unknown() {
        let taken = schedule::<Routes>(&shifted.before, &config.course.aim)
            .map_err(|unmovable| report::refused(&unmovable.into()))?;
        state::write_schedule(&mut state, &taken, drain);
    }
    Ok(state)
}

//! Carrying a plan out: hands the migration to the engine, and saves what is true afterwards.

use std::time::Duration;

use eksmig_core::engine::driver::Driver;
use eksmig_core::engine::outcome::Outcome;
use eksmig_core::engine::transition::OnFailure;
use eksmig_core::nodes::Refusal;
use tfplugin::{ApplyRequest, ApplyResponse, CancellationToken, Diagnostic, Diagnostics, Value};
use tokio::sync::OwnedMutexGuard;

use super::config::{Config, OnDestroy, Written};
use super::read::needed;
use super::state;
use crate::applied::{self, Change, Destroy};
use crate::notices;
use crate::private::Private;
use crate::report;
use crate::saved::stopped;
use crate::session::{Session, Sessions};

/// Creates, updates or destroys.
pub async fn apply(sessions: &Sessions, request: ApplyRequest) -> Result<ApplyResponse, Diagnostics> {
    applied::apply(sessions, request, Written::known, change, |asked| destroy(sessions, asked)).await
}

async fn change(asked: Change<Config>) -> Result<ApplyResponse, Diagnostics> {
    let Change { prior, planned: mut state, config, private, session, stop } = asked;
    if prior.as_ref().is_some_and(state::is_settled) {
        // Only how it would go was changed.
        return Ok(ApplyResponse { state: Some(state), private: private.bytes(), diagnostics: Diagnostics::default() });
    }
    let limit = if prior.is_some() { config.timeouts.update } else { config.timeouts.create };
    let migration = needed(&session, &config)?;
    let _turn = turn(&session, &config, &stop, limit).await?;
    let gates = config.gate.node_gates(&session, &migration);
    let gates = gates.map_err(|why| notices::GATE_NOT_USABLE.says(format!("{why}.")))?;
    let driver = Driver { gates, ..driver(&session, &config, stop, limit) };
    let moved = migration.run(&driver).await.map_err(|refusal| report::nodes::refused(&refusal))?;
    let diagnostics: Diagnostics = report::nodes::ended(&moved, &config.orders, true).into_iter().collect();
    if applied::made_nothing(prior.is_none(), &moved.report) {
        return Err(diagnostics);
    }
    state::write_truth(&mut state, &moved);
    Ok(ended(state, prior.as_ref(), private, &moved.report.outcome, diagnostics))
}

/// The end of a create or an update with this state. Unlike a ramp, its stages are all there the next time: those that are
/// done are passed by.
fn ended(
    state: Value,
    prior: Option<&Value>,
    mut private: Private,
    outcome: &Outcome,
    mut diagnostics: Diagnostics,
) -> ApplyResponse {
    let unfinished = prior.is_none_or(|prior| private.create_is_unfinished(prior));
    private.unfinished_create = Some(unfinished && *outcome != Outcome::Settled);
    if prior.is_none() && stopped(outcome) {
        // An error would have Terraform replace the object next time. It ends with an error of its own after a stop.
        diagnostics = diagnostics.into_iter().map(report::softened).collect();
    }
    ApplyResponse { state: Some(state), private: private.bytes(), diagnostics }
}

async fn destroy(sessions: &Sessions, asked: Destroy<Config>) -> Result<ApplyResponse, Diagnostics> {
    let Destroy { prior, config, private, stop } = asked;
    // The destroy of an object that is about to be made again comes with the data of that create, which says nothing of
    // this one. The create goes on from where this one was left.
    let made_again = private.unfinished_create.is_none();
    if made_again || state::is_settled(&prior) || config.on_destroy == OnDestroy::Keep {
        return Ok(ApplyResponse::default());
    }
    let session = sessions.needed()?;
    let _turn = turn(&session, &config, &stop, config.timeouts.delete).await?;
    let driver = driver(&session, &config, stop, config.timeouts.delete);
    let moved = needed(&session, &config)?.back(&driver).await.map_err(|refusal| report::nodes::refused(&refusal))?;
    if moved.report.outcome == Outcome::Settled {
        return Ok(ApplyResponse::default());
    }
    let diagnostics: Diagnostics = report::nodes::ended(&moved, &config.orders, false).into_iter().collect();
    let mut state = prior;
    state::write_truth(&mut state, &moved);
    Ok(ApplyResponse { state: Some(state), private: private.bytes(), diagnostics })
}

/// Waits for the resources of the same apply that migrate node groups of the cluster: one at a time. Runs elsewhere are kept
/// off by a lease.
async fn turn(
    session: &Session,
    config: &Config,
    stop: &CancellationToken,
    limit: Duration,
) -> Result<OwnedMutexGuard<()>, Diagnostic> {
    tokio::select! {
        biased;
        () = stop.cancelled() => Err(report::nodes::refused(&Refusal::Stopped)),
        turn = session.clusters.turn(&config.cluster).lock_owned() => Ok(turn),
        () = session.clock.sleep(limit) => Err(report::nodes::no_turn(&config.cluster, limit)),
    }
}

/// What fails is held: what was done is no worse than what was, and a person decides.
fn driver(session: &Session, config: &Config, stop: CancellationToken, limit: Duration) -> Driver {
    let pacing = config.gate.pacing(OnFailure::Hold);
    let observer = session.events.observer(super::TYPE, &state::id(&config.cluster_name, &config.orders.blue));
    Driver { clock: session.clock.clone(), gates: Vec::new(), pacing, stop, time_limit: Some(limit), observer }
}

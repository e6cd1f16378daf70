//! Carrying a plan out, and saving what is true afterwards.

use eksmig_core::elb::twin::{Failed, GroupOrder, MadeGroup};
use tfplugin::{ApplyRequest, ApplyResponse, CancellationToken, Diagnostics, Reader, Value};

use super::config;
use super::read::same_region;
use super::state;
use crate::applied;
use crate::report::twins as report;
use crate::session::Sessions;

/// Creates, updates or destroys.
pub async fn apply(sessions: &Sessions, request: ApplyRequest) -> Result<ApplyResponse, Diagnostics> {
    let ApplyRequest { prior, planned, config, private, stop } = request;
    let applied = match (prior, planned) {
        (None, Some(planned)) => create(sessions, planned, config, &stop).await,
        (Some(_), Some(planned)) => update(sessions, planned, &stop).await,
        (Some(prior), None) => destroy(sessions, &prior, &stop).await,
        (None, None) => Ok(ApplyResponse::default()),
    };
    Ok(ApplyResponse { private, ..applied? })
}

async fn create(
    sessions: &Sessions,
    planned: Value,
    config: Option<Value>,
    stop: &CancellationToken,
) -> Result<ApplyResponse, Diagnostics> {
    let config = applied::wholly_known(config::read(config.as_ref().unwrap_or(&planned))?.known())?;
    let session = sessions.needed()?;
    session.note_apply();
    same_region(&session, &config.source).await?;
    let order = GroupOrder { source: config.source.clone(), name: config.name(), over: config.over };
    match session.group_twins.create(&order, stop).await {
        Ok(made) => {
            let diagnostics = report::adopted(made.adopted, made.arn.as_str(), order.source.as_str());
            Ok(saved(planned, &made, &order.name, diagnostics.into_iter().collect()))
        }
        Err(Failed { error, left: None }) => Err(report::not_made(order.source.as_str(), &order.name, &error).into()),
        Err(Failed { error, left: Some(made) }) => {
            Ok(saved(planned, &made, &order.name, report::unfinished(made.arn.as_str(), &error).into()))
        }
    }
}

fn saved(mut state: Value, made: &MadeGroup, name: &str, diagnostics: Diagnostics) -> ApplyResponse {
    state::write(&mut state, &made.twin);
    state::write_source(&mut state, &made.source);
    state.set_attr("arn", made.arn.as_str());
    state.set_attr("name", name);
    ApplyResponse { state: Some(state), diagnostics, ..Default::default() }
}

async fn update(
    sessions: &Sessions,
    mut planned: Value,
    stop: &CancellationToken,
) -> Result<ApplyResponse, Diagnostics> {
    let session = sessions.needed()?;
    session.note_apply();
    let (arn, wanted) = (state::arn(&planned)?, state::twin(&planned)?);
    let source = applied::wholly_known(config::source(&Reader::new(&planned))?.known())?;
    same_region(&session, &arn).await?;
    let (twin, diagnostics) = match session.group_twins.update(&arn, &source, &wanted, stop).await {
        Ok(twin) => (twin, Diagnostics::default()),
        Err(Failed { error, left: None }) => return Err(report::not_changed(arn.as_str(), &error).into()),
        Err(Failed { error, left: Some(twin) }) => (*twin, report::not_changed(arn.as_str(), &error).into()),
    };
    state::write(&mut planned, &twin);
    Ok(ApplyResponse { state: Some(planned), diagnostics, ..Default::default() })
}

async fn destroy(sessions: &Sessions, prior: &Value, stop: &CancellationToken) -> Result<ApplyResponse, Diagnostics> {
    let session = sessions.needed()?;
    session.note_apply();
    let arn = state::arn(prior)?;
    same_region(&session, &arn).await?;
    session.group_twins.delete(&arn, stop).await.map_err(|error| report::not_deleted(arn.as_str(), &error))?;
    Ok(ApplyResponse::default())
}

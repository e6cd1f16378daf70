//! What an apply would do to the twin.
//!
//! An update's plan comes from the refreshed prior state, the source's part of it included, and a create's from the
//! configuration alone, so that Terraform finds the same when it plans again inside the apply. What is asked of AWS
//! only adds refusals.

use eksmig_core::elb::twin::listener::{is_of_network, twin_of};
use eksmig_core::elb::twin::{Ports, TwinError};
use tfplugin::{Diagnostics, Field, Path, PlanRequest, PlanResponse, Value};

use super::config::{self, Written};
use super::read::same_region;
use super::state;
use crate::report::twins as report;
use crate::session::Sessions;

/// Plans a create, an update or a destroy.
pub async fn plan(sessions: &Sessions, request: PlanRequest) -> Result<PlanResponse, Diagnostics> {
    let private = request.prior_private.clone();
    Ok(PlanResponse { private, ..planned(sessions, request).await? })
}

async fn planned(sessions: &Sessions, request: PlanRequest) -> Result<PlanResponse, Diagnostics> {
    let PlanRequest { prior, proposed, config, .. } = request;
    let (Some(proposed), Some(config)) = (proposed, config) else { return Ok(PlanResponse::default()) };
    let written = config::read(&config)?;
    match prior {
        None => create(sessions, proposed, &config, written).await,
        Some(prior) => update(&prior, proposed, &config, written),
    }
}

async fn create(
    sessions: &Sessions,
    mut planned: Value,
    config: &Value,
    written: Written,
) -> Result<PlanResponse, Diagnostics> {
    leave_open(&mut planned, config);
    if let (Some(session), Field::Known(source)) = (sessions.known(), &written.source)
        && !session.applies()
    {
        same_region(&session, source).await?;
        let found = session.listener_twins.look(source).await.map_err(|error| report::unread(&error))?;
        let listener = found.ok_or_else(|| report::no_source(source, Path::root().attr("source_arn")))?;
        if !is_of_network(&listener.protocol) {
            let error = TwinError::NotOfNetwork { arn: source.to_string(), protocol: listener.protocol };
            return Err(report::not_made(source.as_str(), "on another port", &error).into());
        }
    }
    Ok(PlanResponse { planned: Some(planned), ..Default::default() })
}

fn update(prior: &Value, mut planned: Value, config: &Value, written: Written) -> Result<PlanResponse, Diagnostics> {
    if config.attr("source_arn") != prior.attr("source_arn") {
        leave_open(&mut planned, config);
        let requires_replace = vec![Path::root().attr("source_arn")];
        return Ok(PlanResponse { planned: Some(planned), requires_replace, ..Default::default() });
    }
    let (source, live) = (state::source(prior)?, state::twin(prior)?);
    match written.known() {
        None => leave_open(&mut planned, config),
        Some(config) => {
            let mut after = twin_of(&source, live.port, config.target_group.as_str(), &config.tags);
            let wanted = after.attributes.clone();
            after.attributes = live.attributes;
            after.attributes.extend(wanted);
            state::write(&mut planned, &after);
            match config.ports {
                Ports::One(port) => planned.set_attr("port", i64::from(port)),
                ports if ports.contain(live.port) => {}
                Ports::Range(..) => planned.set_attr("port", Value::unknown()),
            }
        }
    }
    for kept in ["arn", "source"] {
        planned.set_attr(kept, prior.attr(kept).clone());
    }
    Ok(PlanResponse { planned: Some(planned), ..Default::default() })
}

/// Leaves to the apply what cannot be told before it.
fn leave_open(planned: &mut Value, config: &Value) {
    for part in state::SETTINGS.iter().chain(&["arn", "port", "tags_all", "source"]) {
        if config.attr(part).is_null() {
            planned.set_attr(*part, Value::unknown());
        }
    }
}

//! What an apply would do to the twin.
//!
//! An update's plan comes from the refreshed prior state, the source's part of it included, and a create's from the
//! configuration alone, so that Terraform finds the same when it plans again inside the apply. What is asked of AWS
//! only adds refusals.

use eksmig_core::elb::read::Age;
use eksmig_core::elb::twin::group::twin_of;
use eksmig_core::elb::twin::{Group, name};
use tfplugin::{Diagnostic, Diagnostics, Path, PlanRequest, PlanResponse, Reader, Value};

use super::config::{self, Config, Written};
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
    let (Some(proposed), Some(config)) = (proposed, config) else {
        let diagnostics = leaving(sessions, prior.as_ref()).await?;
        return Ok(PlanResponse { diagnostics, ..Default::default() });
    };
    let written = config::read(&config)?;
    let Some(prior) = prior else { return create(sessions, proposed, &config, written).await };
    let mut response = update(&prior, proposed, &config, written)?;
    if !response.requires_replace.is_empty() {
        response.diagnostics.extend(leaving(sessions, Some(&prior)).await?);
    }
    Ok(response)
}

/// Warns of a delete that AWS will refuse. It does not stop the plan, for the routes may change in the same apply.
async fn leaving(sessions: &Sessions, prior: Option<&Value>) -> Result<Diagnostics, Diagnostics> {
    let (Some(prior), Some(session)) = (prior, sessions.known()) else { return Ok(Diagnostics::default()) };
    if session.applies() {
        return Ok(Diagnostics::default());
    }
    let arn = state::arn(prior)?;
    same_region(&session, &arn).await?;
    Ok(match session.group_twins.users(&arn).await {
        Ok(routes) => report::leaving(arn.as_str(), &routes).into_iter().collect(),
        Err(error) => report::use_unread(arn.as_str(), &error).into(),
    })
}

async fn create(
    sessions: &Sessions,
    mut planned: Value,
    config: &Value,
    written: Written,
) -> Result<PlanResponse, Diagnostics> {
    leave_open(&mut planned, config);
    planned.set_attr("name", written.name().map_or(Value::unknown(), Value::from));
    if let (Some(session), Some(config)) = (sessions.known(), written.known())
        && !session.applies()
    {
        same_region(&session, &config.source).await?;
        let twins = &session.group_twins;
        let found = twins.look(&config.source, Age::Shared).await.map_err(|error| report::unread(&error))?;
        let source = found.ok_or_else(|| report::no_source(&config.source, Path::root().attr("source_arn")))?;
        twin_of(&source, &config.over).map_err(|unfit| report::unfit(&config.source, &unfit))?;
        let name = config.name();
        // A twin of that name may be one that this very plan replaces.
        if let Some(holder) = twins.holder(&name).await.map_err(|error| report::unread(&error))? {
            return Err(report::taken(&name, holder.as_str()).into());
        }
    }
    Ok(PlanResponse { planned: Some(planned), ..Default::default() })
}

fn update(prior: &Value, mut planned: Value, config: &Value, written: Written) -> Result<PlanResponse, Diagnostics> {
    let path = |name: &str| Path::root().attr(name);
    if config.attr("source_arn") != prior.attr("source_arn") {
        leave_open(&mut planned, config);
        planned.set_attr("name", written.name().map_or(Value::unknown(), Value::from));
        let requires_replace = vec![path("source_arn")];
        return Ok(PlanResponse { planned: Some(planned), requires_replace, ..Default::default() });
    }
    let Some(config_known) = written.known() else {
        leave_open(&mut planned, config);
        for kept in ["arn", "source"] {
            planned.set_attr(kept, prior.attr(kept).clone());
        }
        let requires_replace = replacing(&mut planned, prior, config);
        return Ok(PlanResponse { planned: Some(planned), requires_replace, ..Default::default() });
    };
    let (source, live) = (state::source(prior)?, state::twin(prior)?);
    let wanted = twin_of(&source, &config_known.over).map_err(|unfit| report::unfit(&config_known.source, &unfit))?;
    let after = after(&live, wanted);
    state::write(&mut planned, &after);
    leave_to_aws(&mut planned, &after);
    planned.set_attr("name", name(prior, &config_known)?);
    for kept in ["arn", "source"] {
        planned.set_attr(kept, prior.attr(kept).clone());
    }
    let differences = live.fixed.differences(&after.fixed);
    let mut requires_replace: Vec<Path> = differences.iter().map(|difference| path(difference.part)).collect();
    if prior.attr("name") != planned.attr("name") {
        requires_replace.push(path("name"));
    }
    let diagnostics = report::replacing(prior.attr("arn").as_str().unwrap_or_default(), &differences);
    Ok(PlanResponse {
        planned: Some(planned),
        requires_replace,
        diagnostics: diagnostics.into_iter().collect(),
        ..Default::default()
    })
}

/// The twin after an update: as wanted, and as it is where nothing is wanted.
fn after(live: &Group, wanted: Group) -> Group {
    let asks_by_http = wanted.health_check.asks_by_http();
    let kept = if asks_by_http { live.health_check.clone() } else { live.health_check.clone().without_http() };
    let mut attributes = live.attributes.clone();
    attributes.extend(wanted.attributes);
    Group { health_check: wanted.health_check.or(&kept), attributes, ..wanted }
}

/// A check that asks by HTTP from now on gets AWS's own path and matcher.
fn leave_to_aws(planned: &mut Value, after: &Group) {
    let check = &after.health_check;
    if check.protocol.is_none() || !check.asks_by_http() || (check.path.is_some() && check.matcher.is_some()) {
        return;
    }
    let mut value = state::health_check(check);
    for (part, given) in [("path", check.path.is_some()), ("matcher", check.matcher.is_some())] {
        if !given {
            value.set_attr(part, Value::unknown());
        }
    }
    planned.set_attr("health_check", value);
}

/// The name after an update. A twin that was imported, or made with a name of its own, is not renamed to the derived
/// one.
fn name(prior: &Value, config: &Config) -> Result<Value, Diagnostic> {
    let now = prior.attr("name");
    if let Some(name) = &config.name {
        return Ok(Value::from(name.as_str()));
    }
    let suffix = config::suffix(&Reader::new(prior))?.known().unwrap_or_default();
    let was_derived = now.as_str() == Some(name::derived(config.source.name(), &suffix).as_str());
    Ok(if was_derived { Value::from(config.name()) } else { now.clone() })
}

/// What an unknown or other value in the configuration replaces the twin for; nothing where none is given.
fn replacing(planned: &mut Value, prior: &Value, config: &Value) -> Vec<Path> {
    let mut paths = Vec::new();
    for part in ["name", "target_type", "protocol", "port", "vpc_id"] {
        if config.attr(part).is_null() {
            planned.set_attr(part, prior.attr(part).clone());
        } else if config.attr(part) != prior.attr(part) {
            paths.push(Path::root().attr(part));
        }
    }
    paths
}

/// Leaves to the apply what cannot be told before it.
fn leave_open(planned: &mut Value, config: &Value) {
    for part in state::FIXED.iter().chain(&["arn", "attributes_all", "tags_all", "source"]) {
        if config.attr(part).is_null() {
            planned.set_attr(*part, Value::unknown());
        }
    }
    let mut check = config.attr("health_check").clone();
    if check.is_null() {
        check = Value::unknown();
    } else if let Value::Object(parts) = state::health_check(&Default::default()) {
        for part in parts.keys().filter(|part| config.attr("health_check").attr(part).is_null()) {
            check.set_attr(part, Value::unknown());
        }
    }
    planned.set_attr("health_check", check);
}

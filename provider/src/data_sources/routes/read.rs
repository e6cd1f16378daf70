//! Looking at the routes.

use std::collections::BTreeMap;

use eksmig_core::elb::RouteArn;
use eksmig_core::survey::{self, Manager, Routes, Selection, SurveyedGroup, SurveyedRoute, Use};
use tfplugin::{CancellationToken, Diagnostic, Diagnostics, Value};

use super::config;
use crate::report::survey as report;
use crate::session::{Session, Sessions};

/// Looks, and adds what is found to the configuration.
pub async fn read(
    sessions: &Sessions,
    config: &Value,
    stop: CancellationToken,
) -> Result<(Value, Diagnostics), Diagnostics> {
    let selection = config::read(config)?.known().ok_or_else(|| report::not_known("load balancers"))?;
    let session = sessions.needed()?;
    within_reach(&session, &selection).await?;
    let look = survey::routes(&session.reader, &selection);
    let found = stop.run_until_cancelled(look).await.ok_or_else(report::stopped)?;
    let Routes { routes, target_groups } = found.map_err(|error| report::failed(&error))?;

    let mut state = config.clone();
    state.set_attr("routes", Value::map(routes.iter().map(|(name, found)| (name.as_str(), route(found)))));
    let groups = target_groups.iter().map(|(name, found)| (name.as_str(), target_group(found)));
    state.set_attr("target_groups", Value::map(groups));
    Ok((state, Diagnostics::default()))
}

async fn within_reach(session: &Session, selection: &Selection) -> Result<(), Diagnostic> {
    match selection {
        Selection::LoadBalancers(arns) => {
            session.reaches("Object", "load_balancer_arns", arns.iter().map(|arn| (arn.as_str(), arn.region()))).await
        }
        Selection::TargetGroups(arns) => {
            session.reaches("Object", "target_group_arns", arns.iter().map(|arn| (arn.as_str(), arn.region()))).await
        }
        Selection::Names(_) | Selection::Tagged(_) => Ok(()),
    }
}

fn route(found: &SurveyedRoute) -> Value {
    let balancer = found.arn.load_balancer_arn();
    let kind = match found.arn {
        RouteArn::Listener(_) => "listener",
        RouteArn::Rule(_) => "rule",
    };
    let portions = found.portions.iter().map(|portion| {
        let arn = Value::from(portion.target_group.as_str());
        (portion.target_group.name(), Value::object([("arn", arn), ("weight", number(portion.weight))]))
    });
    Value::object([
        ("arn", Value::from(found.arn.as_str())),
        ("kind", Value::from(kind)),
        ("load_balancer_arn", Value::from(balancer.as_str())),
        ("load_balancer_name", Value::from(balancer.name())),
        ("load_balancer_type", Value::from(balancer.kind().as_str())),
        ("port", found.port.map_or(Value::Null, number)),
        ("protocol", text(found.protocol.as_deref())),
        ("priority", found.priority.map_or(Value::Null, Value::from)),
        ("conditions", conditions(&found.conditions)),
        ("action", Value::from(found.action.as_str())),
        ("target_groups", Value::map(portions)),
        ("stickiness_seconds", found.stickiness.map_or(Value::Null, |length| Value::from(length.as_secs()))),
        ("manager", manager(found.manager.as_ref())),
    ])
}

fn target_group(found: &SurveyedGroup) -> Value {
    let info = &found.info;
    let tags = found.tags.iter().map(|(key, value)| (key.as_str(), Value::from(value.as_str())));
    Value::object([
        ("arn", Value::from(info.arn.as_str())),
        ("protocol", text(info.protocol.as_deref())),
        ("protocol_version", text(info.protocol_version.as_deref())),
        ("port", info.port.map_or(Value::Null, number)),
        ("target_type", text(info.target_type.as_deref())),
        ("vpc_id", text(info.vpc_id.as_deref())),
        ("tags", Value::map(tags)),
        ("exists", Value::from(found.exists)),
        (
            "twin_arns",
            found.twins.as_ref().map_or(Value::Null, |twins| Value::set(twins.iter().map(|arn| arn.as_str()))),
        ),
        ("route_arns", Value::set(found.shared_routes.iter().map(|arn| arn.as_str()))),
        ("routes", uses(&found.routes)),
        ("load_balancer_arns", Value::set(info.load_balancer_arns.iter().map(String::as_str))),
        ("manager", manager(found.manager.as_ref())),
        ("serves", Value::from(found.serves())),
        ("deletable", Value::from(found.deletable())),
    ])
}

fn uses(routes: &BTreeMap<String, Use>) -> Value {
    Value::map(routes.iter().map(|(name, used)| {
        let entry = Value::object([
            ("arn", Value::from(used.arn.as_str())),
            ("weight", number(used.weight)),
            ("conditions", conditions(&used.conditions)),
        ]);
        (name.as_str(), entry)
    }))
}

fn manager(manager: Option<&Manager>) -> Value {
    let Some(manager) = manager else { return Value::Null };
    Value::object([
        ("kind", Value::from(manager.kind.as_str())),
        ("cluster", text(manager.cluster.as_deref())),
        ("stack", text(manager.stack.as_deref())),
    ])
}

fn conditions(texts: &[String]) -> Value {
    Value::list(texts.iter().map(String::as_str))
}

fn number(number: i32) -> Value {
    Value::from(i64::from(number))
}

fn text(text: Option<&str>) -> Value {
    text.map_or(Value::Null, Value::from)
}

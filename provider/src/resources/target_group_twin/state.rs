//! What is saved of an `eksmig_target_group_twin`: its shape.

use eksmig_core::elb::TargetGroupArn;
use eksmig_core::elb::twin::{Attributes, Fixed, Group, HealthCheck, Tags, carried};
use tfplugin::{Diagnostic, Reader, Value};

use crate::blocks::twin::{map, number, text, texts};
use crate::notices;

/// What AWS does not change, by the names in a state.
pub const FIXED: [&str; 7] =
    ["target_type", "protocol", "protocol_version", "port", "vpc_id", "ip_address_type", "target_control_port"];

/// Writes what a twin is into a state.
pub fn write(state: &mut Value, twin: &Group) {
    write_settings(state, twin);
    write_attributes(state, "attributes_all", &twin.attributes);
    write_tags(state, "tags_all", &twin.tags);
}

/// Writes what its source is into a state.
pub fn write_source(state: &mut Value, source: &Group) {
    let mut value = Value::object::<&str>([]);
    write_settings(&mut value, source);
    write_attributes(&mut value, "attributes", &source.attributes);
    write_tags(&mut value, "tags", &source.tags);
    state.set_attr("source", value);
}

/// The twin that a state was written with. What is unknown is `None`.
///
/// # Errors
///
/// The state is not one of ours.
pub fn twin(state: &Value) -> Result<Group, Diagnostic> {
    let root = Reader::new(state);
    group(&root, "attributes_all", "tags_all")
}

/// The source that a state was written with.
///
/// # Errors
///
/// The state is not one of ours.
pub fn source(state: &Value) -> Result<Group, Diagnostic> {
    group(&Reader::new(state).attr("source"), "attributes", "tags")
}

/// The twin's ARN in a state.
///
/// # Errors
///
/// There is none.
pub fn arn(state: &Value) -> Result<TargetGroupArn, Diagnostic> {
    let text = state.attr("arn").as_str().unwrap_or_default();
    TargetGroupArn::parse(text)
        .map_err(|error| notices::DAMAGED_STATE.says(format!("The state does not name the twin: {error}.")))
}

/// The value of a health check.
pub fn health_check(check: &HealthCheck) -> Value {
    Value::object([
        ("enabled", check.enabled.map_or(Value::Null, Value::from)),
        ("protocol", text(&check.protocol)),
        ("port", text(&check.port)),
        ("path", text(&check.path)),
        ("matcher", text(&check.matcher)),
        ("interval", whole(check.interval)),
        ("timeout", whole(check.timeout)),
        ("healthy_threshold", whole(check.healthy_threshold)),
        ("unhealthy_threshold", whole(check.unhealthy_threshold)),
    ])
}

fn write_settings(value: &mut Value, group: &Group) {
    let fixed = &group.fixed;
    value.set_attr("target_type", text(&fixed.target_type));
    value.set_attr("protocol", text(&fixed.protocol));
    value.set_attr("protocol_version", text(&fixed.protocol_version));
    value.set_attr("port", whole(fixed.port));
    value.set_attr("vpc_id", text(&fixed.vpc_id));
    value.set_attr("ip_address_type", text(&fixed.ip_address_type));
    value.set_attr("target_control_port", whole(fixed.target_control_port));
    value.set_attr("health_check", health_check(&group.health_check));
}

fn write_attributes(value: &mut Value, name: &str, attributes: &Attributes) {
    value.set_attr(name, map(attributes));
}

fn write_tags(value: &mut Value, name: &str, tags: &Tags) {
    value.set_attr(name, map(&carried(tags)));
}

fn whole(number: Option<i32>) -> Value {
    number.map_or(Value::Null, |number| Value::from(i64::from(number)))
}

fn group(reader: &Reader<'_>, attributes: &str, tags: &str) -> Result<Group, Diagnostic> {
    let text = |name: &str| Ok::<_, Diagnostic>(reader.attr(name).string()?.known());
    let check = reader.attr("health_check");
    let part = |name: &str| Ok::<_, Diagnostic>(check.attr(name).string()?.known());
    let seconds = |name: &str| Ok::<_, Diagnostic>(number(&check.attr(name))?.known());
    Ok(Group {
        fixed: Fixed {
            target_type: text("target_type")?,
            protocol: text("protocol")?,
            protocol_version: text("protocol_version")?,
            port: number(&reader.attr("port"))?.known(),
            vpc_id: text("vpc_id")?,
            ip_address_type: text("ip_address_type")?,
            target_control_port: number(&reader.attr("target_control_port"))?.known(),
        },
        health_check: HealthCheck {
            enabled: check.attr("enabled").bool()?.known(),
            protocol: part("protocol")?,
            port: part("port")?,
            path: part("path")?,
            matcher: part("matcher")?,
            interval: seconds("interval")?,
            timeout: seconds("timeout")?,
            healthy_threshold: seconds("healthy_threshold")?,
            unhealthy_threshold: seconds("unhealthy_threshold")?,
        },
        attributes: texts(&reader.attr(attributes))?.known().unwrap_or_default(),
        tags: texts(&reader.attr(tags))?.known().unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_saved_is_read_back() {
        let group = Group {
            fixed: Fixed { protocol: Some("HTTP".to_owned()), port: Some(80), ..Fixed::default() },
            health_check: HealthCheck { enabled: Some(true), interval: Some(5), ..HealthCheck::default() },
            attributes: [("stickiness.enabled".to_owned(), "true".to_owned())].into(),
            tags: [("app".to_owned(), "orders".to_owned())].into(),
        };
        let mut state = Value::object::<&str>([]);
        write(&mut state, &group);
        assert_eq!(twin(&state).unwrap(), group);
        write_source(&mut state, &group);
        assert_eq!(source(&state).unwrap(), group);
        assert!(arn(&state).is_err());
    }
}

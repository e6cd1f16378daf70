//! A target group, and what its twin is to be. Nothing here asks AWS.

use std::collections::BTreeMap;

use super::health_check::HealthCheck;
use super::tags::{self, TagChange, Tags};

/// A target group's attributes by key.
pub type Attributes = BTreeMap<String, String>;

/// What a target group is, but for its name and its targets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Group {
    /// What AWS does not change once it is made.
    pub fixed: Fixed,
    /// Its health check.
    pub health_check: HealthCheck,
    /// Its attributes.
    pub attributes: Attributes,
    /// Its tags.
    pub tags: Tags,
}

/// What AWS does not change of a target group: ModifyTargetGroup has no argument for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fixed {
    /// `instance`, `ip`, `lambda` or `alb`.
    pub target_type: Option<String>,
    /// `HTTP`, `TCP`...; `None` for Lambda functions.
    pub protocol: Option<String>,
    /// `HTTP1`, `HTTP2` or `GRPC`; `None` where the protocol has no versions.
    pub protocol_version: Option<String>,
    /// The port that targets listen on unless they are registered with another; `None` for Lambda functions.
    pub port: Option<i32>,
    /// The VPC; `None` for Lambda functions.
    pub vpc_id: Option<String>,
    /// `ipv4` or `ipv6`.
    pub ip_address_type: Option<String>,
    /// The port of the target optimizer's agent, where it is used.
    pub target_control_port: Option<i32>,
}

/// One part in which two target groups differ for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The name of the part.
    pub part: &'static str,
    /// What the first has.
    pub from: Option<String>,
    /// What the second has.
    pub to: Option<String>,
}

/// What a twin is to have in place of what its source has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// Another type of target: `instance` for `ip` or the other way round.
    pub target_type: Option<String>,
    /// Another protocol.
    pub protocol: Option<String>,
    /// Another port.
    pub port: Option<i32>,
    /// Another VPC.
    pub vpc_id: Option<String>,
    /// Another health check, or parts of one.
    pub health_check: HealthCheck,
    /// Attributes.
    pub attributes: Attributes,
    /// Tags.
    pub tags: Tags,
}

/// What is wrong with an override for this source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Unfit {
    /// The override.
    pub part: &'static str,
    /// What is wrong.
    pub reason: String,
}

/// Protocols whose target groups have the same kind of settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Http,
    Flow,
    Geneve,
    Lambda,
}

impl Family {
    fn of(protocol: Option<&str>) -> Family {
        match protocol {
            None => Family::Lambda,
            Some("HTTP" | "HTTPS") => Family::Http,
            Some("GENEVE") => Family::Geneve,
            Some(_) => Family::Flow,
        }
    }
}

impl Fixed {
    /// In what another differs.
    pub fn differences(&self, other: &Fixed) -> Vec<Difference> {
        let number = |number: &Option<i32>| number.map(|number| number.to_string());
        let pairs = [
            ("target_type", self.target_type.clone(), other.target_type.clone()),
            ("protocol", self.protocol.clone(), other.protocol.clone()),
            ("protocol_version", self.protocol_version.clone(), other.protocol_version.clone()),
            ("port", number(&self.port), number(&other.port)),
            ("vpc_id", self.vpc_id.clone(), other.vpc_id.clone()),
            ("ip_address_type", self.ip_address_type.clone(), other.ip_address_type.clone()),
            ("target_control_port", number(&self.target_control_port), number(&other.target_control_port)),
        ];
        let differ = pairs.into_iter().filter(|(_, from, to)| from != to);
        differ.map(|(part, from, to)| Difference { part, from, to }).collect()
    }
}

/// What the twin of `source` is to be.
///
/// # Errors
///
/// An override that this source cannot have.
pub fn twin_of(source: &Group, over: &Overrides) -> Result<Group, Unfit> {
    let fixed = fixed(&source.fixed, over)?;
    let health_check = health_check(&source.health_check, &fixed, over)?;
    let mut attributes = source.attributes.clone();
    attributes.retain(|key, _| goes_along(key, &source.fixed, &fixed));
    attributes.extend(over.attributes.clone());
    Ok(Group { fixed, health_check, attributes, tags: tags::with(&source.tags, &over.tags) })
}

fn fixed(source: &Fixed, over: &Overrides) -> Result<Fixed, Unfit> {
    let unfit = |part, reason: &str| Err(Unfit { part, reason: reason.to_owned() });
    if Family::of(source.protocol.as_deref()) == Family::Lambda {
        let given =
            [("protocol", over.protocol.is_some()), ("port", over.port.is_some()), ("vpc_id", over.vpc_id.is_some())];
        if let Some((part, _)) = given.into_iter().find(|(_, given)| *given) {
            return unfit(part, "the source's targets are Lambda functions, whose target groups have none");
        }
    }
    let of_addresses = |kind: &Option<String>| matches!(kind.as_deref(), Some("instance" | "ip"));
    if over.target_type.is_some() && over.target_type != source.target_type && !of_addresses(&source.target_type) {
        let kind = source.target_type.as_deref().unwrap_or("unknown");
        let reason = format!("the source's targets are of type {kind}, which no other can stand in for");
        return unfit("target_type", &reason);
    }
    let mut fixed = source.clone();
    fixed.target_type = over.target_type.clone().or(fixed.target_type);
    fixed.protocol = over.protocol.clone().or(fixed.protocol);
    fixed.port = over.port.or(fixed.port);
    fixed.vpc_id = over.vpc_id.clone().or(fixed.vpc_id);
    let family = Family::of(fixed.protocol.as_deref());
    if family != Family::of(source.protocol.as_deref()) {
        // (Elastic Load Balancing API, CreateTargetGroup: HTTP1 is the default, and only HTTP and HTTPS have versions.)
        fixed.protocol_version = (family == Family::Http).then(|| "HTTP1".to_owned());
        fixed.target_control_port = None;
    }
    Ok(fixed)
}

fn health_check(source: &HealthCheck, twin: &Fixed, over: &Overrides) -> Result<HealthCheck, Unfit> {
    let protocol = over.health_check.protocol.as_ref().or(source.protocol.as_ref());
    let asks = HealthCheck { protocol: protocol.cloned(), ..HealthCheck::default() }.asks_by_http();
    let source = if asks { source.clone() } else { source.clone().without_http() };
    let check = over.health_check.clone().or(&source);
    let of_http = Family::of(twin.protocol.as_deref()) == Family::Http;
    if of_http && !asks {
        return Err(Unfit {
            part: "health_check",
            reason: format!(
                "its protocol is {}, and target groups of {} are checked by HTTP or HTTPS",
                check.protocol.as_deref().unwrap_or("not set"),
                twin.protocol.as_deref().unwrap_or("HTTP")
            ),
        });
    }
    Ok(check)
}

/// Whether a source's attribute means the same for its twin. (Elastic Load Balancing API, TargetGroupAttribute.)
fn goes_along(key: &str, source: &Fixed, twin: &Fixed) -> bool {
    let of_any = ["deregistration_delay.timeout_seconds", "load_balancing.cross_zone.enabled"];
    if Family::of(source.protocol.as_deref()) != Family::of(twin.protocol.as_deref()) {
        return of_any.contains(&key) || key.starts_with("target_group_health.");
    }
    // Its default, and whether it may be off at all, depend on both.
    let client_address = key == "preserve_client_ip.enabled";
    if client_address {
        return source.protocol == twin.protocol && source.target_type == twin.target_type;
    }
    // There are no sticky connections on TLS.
    let sticky = key.starts_with("stickiness.") && Family::of(twin.protocol.as_deref()) == Family::Flow;
    !sticky || source.protocol == twin.protocol
}

/// What makes of a target group what it is to be, as far as AWS changes it in place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// What to send of the health check.
    pub health_check: HealthCheck,
    /// The attributes to write.
    pub attributes: Attributes,
    /// The tags to write and to remove.
    pub tags: TagChange,
}

impl Change {
    /// From what is `live` to what is `wanted`. Attributes that are not wanted otherwise stay.
    pub(crate) fn between(live: &Group, wanted: &Group) -> Self {
        let attributes = wanted.attributes.iter().filter(|(key, value)| live.attributes.get(*key) != Some(value));
        Self {
            health_check: wanted.health_check.unlike(&live.health_check),
            attributes: attributes.map(|(key, value)| (key.clone(), value.clone())).collect(),
            tags: TagChange::between(&live.tags, &wanted.tags),
        }
    }
}

#[cfg(test)]
mod tests;

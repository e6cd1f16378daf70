//! AWS's words for a target group and a listener, and ours.

use std::collections::BTreeSet;

use aws_sdk_elasticloadbalancingv2::types::{self, Matcher, ProtocolEnum, Tag};

use super::group::{Fixed, Group};
use super::health_check::HealthCheck;
use super::listener::Listener;
use super::tags::Tags;
use crate::elb::read::{WholeGroup, WholeListener, targets};

/// A target group as read.
pub(crate) fn group(whole: WholeGroup) -> Group {
    let (fixed, health_check) = settings(whole.described);
    Group { fixed, health_check, attributes: whole.attributes, tags: whole.tags }
}

impl From<WholeGroup> for Group {
    fn from(whole: WholeGroup) -> Self {
        group(whole)
    }
}

/// What AWS describes of a target group itself.
pub(crate) fn settings(group: types::TargetGroup) -> (Fixed, HealthCheck) {
    let protocol = |protocol: ProtocolEnum| protocol.as_str().to_owned();
    let matcher = |matcher: Matcher| matcher.http_code.or(matcher.grpc_code);
    let fixed = Fixed {
        target_type: group.target_type.map(|kind| kind.as_str().to_owned()),
        protocol: group.protocol.map(protocol),
        protocol_version: group.protocol_version,
        port: group.port,
        vpc_id: group.vpc_id,
        ip_address_type: group.ip_address_type.map(|kind| kind.as_str().to_owned()),
        target_control_port: group.target_control_port,
    };
    let health_check = HealthCheck {
        enabled: group.health_check_enabled,
        protocol: group.health_check_protocol.map(protocol),
        port: group.health_check_port,
        path: group.health_check_path,
        matcher: group.matcher.and_then(matcher),
        interval: group.health_check_interval_seconds,
        timeout: group.health_check_timeout_seconds,
        healthy_threshold: group.healthy_threshold_count,
        unhealthy_threshold: group.unhealthy_threshold_count,
    };
    (fixed, health_check)
}

/// A protocol in AWS's words.
pub(crate) fn protocol(protocol: &Option<String>) -> Option<ProtocolEnum> {
    protocol.as_deref().map(ProtocolEnum::from)
}

/// A matcher in AWS's words, which has two kinds of codes.
pub(crate) fn matcher(codes: &Option<String>, protocol_version: &Option<String>) -> Option<Matcher> {
    let codes = codes.clone()?;
    let matcher = Matcher::builder();
    let of_grpc = protocol_version.as_deref() == Some("GRPC");
    Some(if of_grpc { matcher.grpc_code(codes) } else { matcher.http_code(codes) }.build())
}

/// Tags in AWS's words; none for no tags, for an empty list is refused.
pub(crate) fn tags(tags: &Tags) -> Option<Vec<Tag>> {
    let pairs = tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build());
    (!tags.is_empty()).then(|| pairs.collect())
}

/// A listener as read.
pub(crate) fn listener(whole: WholeListener) -> Listener {
    let described = whole.described;
    let default = |certificate: &types::Certificate| certificate.is_default == Some(true);
    let arns = |wanted: bool| {
        let wanted = whole.certificates.iter().filter(move |certificate| default(certificate) == wanted);
        wanted.filter_map(|certificate| certificate.certificate_arn.clone())
    };
    let certificate = arns(true).next();
    // AWS lists the default certificate once more where it was added as well.
    let more_certificates = arns(false).filter(|arn| Some(arn) != certificate.as_ref()).collect();
    let actions = described.default_actions.unwrap_or_default();
    let target_groups: BTreeSet<String> = actions.iter().flat_map(targets).map(str::to_owned).collect();
    let alpn =
        described.alpn_policy.unwrap_or_default().into_iter().find(|policy| !policy.is_empty() && policy != "None");
    let protocol = described.protocol.map(|protocol| protocol.as_str().to_owned()).unwrap_or_default();
    // AWS has a security policy for TLS alone.
    let ssl_policy = described.ssl_policy.filter(|policy| protocol == "TLS" && !policy.is_empty());
    Listener {
        protocol,
        port: described.port.unwrap_or_default(),
        ssl_policy,
        alpn_policy: alpn,
        certificate,
        more_certificates,
        target_groups,
        attributes: whole.attributes,
        tags: whole.tags,
    }
}

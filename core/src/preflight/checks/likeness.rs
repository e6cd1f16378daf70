//! In what green's target group is unlike blue's.

use std::collections::BTreeSet;

use crate::elb::read::CROSS_ZONE;
use crate::elb::twin::{Group, HealthCheck};
use crate::preflight::check::{Check, Family, Found, Severity};
use crate::preflight::picture::Picture;

/// The checks.
pub(crate) const FAMILY: Family = Family {
    title: "Likeness of the target groups",
    checks: &[
        PROTOCOL_DIFFERS,
        PROTOCOL_VERSION_DIFFERS,
        PORT_DIFFERS,
        TARGET_TYPE_DIFFERS,
        HEALTH_CHECK_DIFFERS,
        SLOW_START_DIFFERS,
        STICKINESS_DIFFERS,
        DEREGISTRATION_DELAY_DIFFERS,
        CROSS_ZONE_DIFFERS,
    ],
};

/// How AWS calls what is not set.
const UNSET: &str = "none";

/// A named value of both sides.
type Difference = (String, String, String);

/// What differs in each pair, in one finding for a pair.
fn differing(picture: &Picture, differences: impl Fn(&Group, &Group) -> Vec<Difference>) -> Vec<Found> {
    let found = picture.pairs.iter().filter_map(|pair| {
        let (blue, green) = pair.groups()?;
        let texts = differences(blue, green).into_iter().filter(|(_, blue, green)| blue != green);
        let texts: Vec<String> =
            texts.map(|(part, blue, green)| format!("{part}: blue {blue}, green {green}")).collect();
        (!texts.is_empty()).then(|| Found::new(&pair.green.arn, format!("{}.", texts.join("; "))))
    });
    found.collect()
}

/// One value of both sides.
fn one<T: ToString>(part: &str, of: impl Fn(&Group) -> Option<T>) -> impl Fn(&Group, &Group) -> Vec<Difference> {
    move |blue, green| {
        let text = |group| of(group).map_or(UNSET.to_owned(), |value| value.to_string());
        vec![(part.to_owned(), text(blue), text(green))]
    }
}

/// The attributes whose keys begin like this, of both sides.
fn attributes(prefix: &str) -> impl Fn(&Group, &Group) -> Vec<Difference> {
    move |blue, green| {
        let keys = blue.attributes.keys().chain(green.attributes.keys()).filter(|key| key.starts_with(prefix));
        let keys: BTreeSet<&String> = keys.collect();
        let value = |group: &Group, key: &String| group.attributes.get(key).cloned().unwrap_or(UNSET.to_owned());
        keys.into_iter().map(|key| (key.clone(), value(blue, key), value(green, key))).collect()
    }
}

fn of_health_checks(blue: &Group, green: &Group) -> Vec<Difference> {
    fn text<T: ToString>(value: &Option<T>) -> String {
        value.as_ref().map_or(UNSET.to_owned(), ToString::to_string)
    }
    let parts = |check: &HealthCheck| {
        [
            ("enabled", text(&check.enabled)),
            ("protocol", text(&check.protocol)),
            ("port", text(&check.port)),
            ("path", text(&check.path)),
            ("matcher", text(&check.matcher)),
            ("interval", text(&check.interval)),
            ("timeout", text(&check.timeout)),
            ("healthy threshold", text(&check.healthy_threshold)),
            ("unhealthy threshold", text(&check.unhealthy_threshold)),
        ]
    };
    let pairs = parts(&blue.health_check).into_iter().zip(parts(&green.health_check));
    pairs.map(|((part, blue), (_, green))| (format!("health check {part}"), blue, green)).collect()
}

const PROTOCOL_DIFFERS: Check = Check {
    code: "protocol_differs",
    severity: Severity::Warning,
    about: "Green's target group speaks another protocol to its targets than blue's: `HTTP` and `HTTPS`, say, or `TCP` and \
            `TLS`, which one action of a network load balancer cannot mix.",
    remedy: "Give green's target group blue's protocol, or see that green's pods speak the other one.",
    find: |picture| differing(picture, one("protocol", |group| group.fixed.protocol.clone())),
};

const PROTOCOL_VERSION_DIFFERS: Check = Check {
    code: "protocol_version_differs",
    severity: Severity::Warning,
    about: "The protocol's versions differ: `HTTP1`, `HTTP2`, `GRPC`. The same clients will not be served alike: gRPC does \
            not get through `HTTP1`, nor a plain request through `GRPC`.",
    remedy: "Make green's target group with blue's version; AWS does not change it later. `eksmig_target_group_twin` takes it \
             over.",
    find: |picture| differing(picture, one("protocol version", |group| group.fixed.protocol_version.clone())),
};

const PORT_DIFFERS: Check = Check {
    code: "port_differs",
    severity: Severity::Warning,
    about: "The target groups have different ports. That may well be meant, for a NodePort is another in each cluster; but a \
            new port is where a rule of a security group is forgotten.",
    remedy: "See that the load balancer may reach green's port: in the security groups of green's nodes or pods.",
    find: |picture| differing(picture, one("port", |group| group.fixed.port)),
};

const TARGET_TYPE_DIFFERS: Check = Check {
    code: "target_type_differs",
    severity: Severity::Warning,
    about: "One side has instances for targets, the other addresses. Then other security groups have to let the load balancer \
            in (the nodes' or the pods'), and behind a network load balancer pods may see the client's address on one side \
            and the load balancer's on the other.",
    remedy: "If it is meant, check the security groups and `preserve_client_ip.enabled` of green's target group.",
    find: |picture| differing(picture, one("target type", |group| group.fixed.target_type.clone())),
};

const HEALTH_CHECK_DIFFERS: Check = Check {
    code: "health_check_differs",
    severity: Severity::Warning,
    about: "Green is checked in another way than blue: another path, port, answer, or pace. What healthy means is then not \
            the same on both sides, and a gate on health is as good as the weaker check.",
    remedy: "Give green's target group blue's health check, unless the difference is meant.",
    find: |picture| differing(picture, of_health_checks),
};

const SLOW_START_DIFFERS: Check = Check {
    code: "slow_start_differs",
    severity: Severity::Warning,
    about: "The slow start differs (`slow_start.duration_seconds`): green's new targets get their full share sooner or later \
            than blue's would.",
    remedy: "Set the same on both. A shift in small steps warms green up as well.",
    find: |picture| differing(picture, attributes("slow_start.")),
};

const STICKINESS_DIFFERS: Check = Check {
    code: "stickiness_differs",
    severity: Severity::Warning,
    about: "The targets' stickiness differs (attributes `stickiness.*`). Sessions that are kept on one target on blue would \
            not be on green, or for another time.",
    remedy: "Set the same `stickiness` attributes on both target groups.",
    find: |picture| differing(picture, attributes("stickiness.")),
};

const DEREGISTRATION_DELAY_DIFFERS: Check = Check {
    code: "deregistration_delay_differs",
    severity: Severity::Warning,
    about: "The deregistration delay differs (attributes `deregistration_delay.*`). Where it is shorter than the longest \
            request, requests are cut off when a pod goes.",
    remedy: "Set the same on both, at least as long as the longest request, and let the pods' preStop hook and grace period \
             be longer.",
    find: |picture| differing(picture, attributes("deregistration_delay.")),
};

const CROSS_ZONE_DIFFERS: Check = Check {
    code: "cross_zone_differs",
    severity: Severity::Warning,
    about: "The target groups say different things about crossing zones (`load_balancing.cross_zone.enabled`), so that \
            traffic spreads differently over the targets of each side.",
    remedy: "Set the same `load_balancing.cross_zone.enabled` on both target groups.",
    find: |picture| differing(picture, attributes(CROSS_ZONE)),
};

//! Target groups, spoilt.

use super::Case;
use super::well::{attribute, balancer_arn, balancer_of, green, greens, pair, target};
use crate::elb::read::CROSS_ZONE;
use crate::preflight::picture::Picture;

const UNUSED: Option<&str> = Some("Target.NotInUse");
const SILENT: Option<&str> = Some("Target.Timeout");

fn change_health_check(picture: &mut Picture) {
    let check = &mut green(picture).health_check;
    check.path = Some("/".into());
    check.interval = Some(30);
}

/// The same load balancer, without its word on crossing zones.
fn zonal(picture: &mut Picture) {
    balancer_of(picture).crosses_zones = Some(false);
}

pub(crate) const CASES: &[Case] = &[
    Case {
        code: "green_without_targets",
        spoil: |picture| greens(picture, vec![target("a", "draining", Some("Target.DeregistrationInProgress"))]),
        nearly: |picture| greens(picture, vec![target("a", "initial", None)]),
    },
    Case {
        code: "green_unhealthy",
        spoil: |picture| {
            picture.enough.percent = 51;
            greens(picture, vec![target("a", "healthy", None), target("b", "initial", None)]);
        },
        nearly: |picture| {
            picture.enough.percent = 50;
            greens(picture, vec![target("a", "healthy", None), target("b", "initial", None)]);
        },
    },
    Case {
        code: "green_unhealthy",
        spoil: |picture| picture.enough.targets = 3,
        nearly: |picture| {
            picture.enough.targets = 2;
            // Its own check tells of targets that nobody looks at.
            greens(picture, vec![target("a", "unused", UNUSED)]);
        },
    },
    Case {
        code: "green_not_checked",
        spoil: |picture| greens(picture, vec![target("a", "unused", UNUSED), target("b", "unused", UNUSED)]),
        nearly: |picture| greens(picture, vec![target("a", "unused", UNUSED), target("b", "unhealthy", SILENT)]),
    },
    Case {
        code: "blue_unhealthy",
        spoil: |picture| pair(picture).blue.health.as_mut().unwrap().targets = vec![target("a", "unhealthy", SILENT)],
        nearly: |picture| pair(picture).blue.health.as_mut().unwrap().targets = vec![target("a", "unused", UNUSED)],
    },
    Case {
        code: "targets_time_out",
        spoil: |picture| {
            green(picture).health_check.port = Some("8081".into());
            greens(picture, ["a", "b", "c", "d"].map(|zone| target(zone, "unhealthy", SILENT)).into());
        },
        nearly: |picture| {
            let mismatch = Some("Target.ResponseCodeMismatch");
            greens(picture, vec![target("a", "unhealthy", mismatch), target("b", "healthy", None)]);
        },
    },
    Case {
        code: "targets_time_out",
        // A network load balancer without security groups.
        spoil: |picture| {
            balancer_of(picture).info.as_mut().unwrap().security_groups.clear();
            greens(picture, vec![target("a", "unhealthy", SILENT)]);
        },
        nearly: |picture| pair(picture).green.health = None,
    },
    Case {
        code: "vpc_differs",
        spoil: |picture| green(picture).fixed.vpc_id = Some("vpc-2".into()),
        nearly: |picture| green(picture).fixed.vpc_id = None,
    },
    Case {
        code: "vpc_differs",
        spoil: |picture| balancer_of(picture).info.as_mut().unwrap().vpc_id = Some("vpc-2".into()),
        nearly: |picture| balancer_of(picture).info = None,
    },
    Case {
        code: "zone_without_green",
        spoil: |picture| {
            zonal(picture);
            greens(picture, vec![target("a", "healthy", None), target("b", "unhealthy", None)]);
        },
        nearly: |picture| {
            zonal(picture);
            greens(picture, vec![target("a", "healthy", None), target("b", "unhealthy", None)]);
            attribute(picture, CROSS_ZONE, "true");
        },
    },
    Case {
        code: "zone_without_green",
        // The target group's word goes before the load balancer's.
        spoil: |picture| {
            attribute(picture, CROSS_ZONE, "false");
            greens(picture, vec![target("a", "unused", UNUSED)]);
        },
        nearly: |picture| {
            zonal(picture);
            greens(picture, vec![target("a", "unused", UNUSED), target("b", "unused", UNUSED)]);
        },
    },
    Case {
        code: "fewer_zones_than_blue",
        spoil: |picture| greens(picture, vec![target("a", "healthy", None), target("a", "healthy", None)]),
        nearly: |picture| {
            let mut anywhere = target("a", "healthy", None);
            anywhere.zone = Some("all".into());
            greens(picture, vec![anywhere]);
        },
    },
    Case {
        code: "fewer_zones_than_balancer",
        spoil: |picture| {
            let zones = &mut balancer_of(picture).info.as_mut().unwrap().zones;
            zones.insert("eu-west-1c".into());
        },
        nearly: |picture| {
            zonal(picture);
            balancer_of(picture).info.as_mut().unwrap().zones.insert("eu-west-1c".into());
        },
    },
    Case {
        code: "fewer_zones_than_balancer",
        spoil: |picture| greens(picture, vec![target("a", "healthy", None)]),
        // A target that takes traffic from every zone.
        nearly: |picture| {
            let mut anywhere = target("a", "healthy", None);
            anywhere.zone = Some("all".into());
            greens(picture, vec![anywhere]);
        },
    },
    Case {
        code: "zones_not_said",
        spoil: |picture| {
            let mut instance = target("a", "healthy", None);
            instance.zone = None;
            greens(picture, vec![instance, target("b", "healthy", None)]);
        },
        nearly: |picture| greens(picture, vec![]),
    },
    Case {
        code: "protocol_differs",
        spoil: |picture| green(picture).fixed.protocol = Some("HTTPS".into()),
        nearly: |picture| pair(picture).green.group = None,
    },
    Case {
        code: "protocol_version_differs",
        spoil: |picture| green(picture).fixed.protocol_version = Some("GRPC".into()),
        nearly: |picture| green(picture).fixed.protocol = Some("HTTPS".into()),
    },
    Case {
        code: "port_differs",
        spoil: |picture| green(picture).fixed.port = Some(30080),
        nearly: |picture| green(picture).health_check.port = Some("30080".into()),
    },
    Case {
        code: "target_type_differs",
        spoil: |picture| green(picture).fixed.target_type = Some("instance".into()),
        nearly: |picture| green(picture).fixed.port = Some(30080),
    },
    Case {
        code: "health_check_differs",
        spoil: change_health_check,
        nearly: |picture| {
            change_health_check(picture);
            let check = green(picture).health_check.clone();
            pair(picture).blue.group.as_mut().unwrap().health_check = check;
        },
    },
    Case {
        code: "slow_start_differs",
        spoil: |picture| attribute(picture, "slow_start.duration_seconds", "30"),
        nearly: |picture| attribute(picture, "deregistration_delay.timeout_seconds", "30"),
    },
    Case {
        code: "stickiness_differs",
        spoil: |picture| attribute(picture, "stickiness.enabled", "true"),
        nearly: |picture| attribute(picture, "slow_start.duration_seconds", "30"),
    },
    Case {
        code: "deregistration_delay_differs",
        spoil: |picture| attribute(picture, "deregistration_delay.timeout_seconds", "5"),
        nearly: |picture| attribute(picture, "stickiness.enabled", "true"),
    },
    Case { code: "cross_zone_differs", spoil: |picture| attribute(picture, CROSS_ZONE, "true"), nearly: zonal },
    Case {
        code: "green_on_another_balancer",
        spoil: |picture| pair(picture).green.balancers = [balancer_arn("app", "other")].into(),
        nearly: |picture| pair(picture).green.balancers.clear(),
    },
];

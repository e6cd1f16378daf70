//! Whether the sides can serve.

use crate::elb::{TargetHealth, TargetState};
use crate::preflight::check::{Check, Family, Found, Severity};
use crate::preflight::picture::{Pair, Side};

/// The checks.
pub(crate) const FAMILY: Family = Family {
    title: "Health of the targets",
    checks: &[GREEN_WITHOUT_TARGETS, GREEN_UNHEALTHY, GREEN_NOT_CHECKED, BLUE_UNHEALTHY],
};

/// Green's side of a pair.
pub(crate) fn green(pair: &Pair) -> &Side {
    &pair.green
}

/// Whether no load balancer looks at any of the targets, so that nothing is known of their health.
pub(crate) fn is_unchecked(health: &TargetHealth) -> bool {
    let mut registered = health.targets.iter().filter(|target| target.is_registered()).peekable();
    let not_in_use = Some("Target.NotInUse");
    registered.peek().is_some()
        && registered.all(|target| target.state == TargetState::Unused && target.reason.as_deref() == not_in_use)
}

const GREEN_WITHOUT_TARGETS: Check = Check {
    code: "green_without_targets",
    severity: Severity::Error,
    about: "No target is registered in green's target group. Every request that green gets would be answered with 503, and \
            no other target group takes it over.",
    remedy: "Register green's targets: see that the TargetGroupBinding, the Service or the Auto Scaling group in the green \
             cluster names this target group, and look at what its controller logs.",
    find: |picture| {
        let empty = picture.healths(green).filter(|(_, health)| health.registered() == 0);
        empty.map(|(side, health)| Found::new(&side.arn, format!("Green has {}.", health.summary()))).collect()
    },
};

const GREEN_UNHEALTHY: Check = Check {
    code: "green_unhealthy",
    severity: Severity::Error,
    about: "Fewer of green's targets are healthy than `min_healthy_targets` and `min_healthy_percent` ask for. A shift would \
            wait for them until its gate times out.",
    remedy: "Look at the reasons that the message gives, at green's pods, and at the path and port of the health check. \
             Targets that were just registered need a while.",
    find: |picture| {
        let sick = picture.healths(green).filter_map(|(side, health)| {
            let (registered, enough) = (health.registered(), picture.enough.of(health.registered()));
            let told = registered > 0 && !is_unchecked(health);
            (told && health.healthy() < enough)
                .then(|| Found::new(&side.arn, format!("Green has {}; wanted {enough}.", health.summary())))
        });
        sick.collect()
    },
};

const GREEN_NOT_CHECKED: Check = Check {
    code: "green_not_checked",
    severity: Severity::Warning,
    about: "No load balancer looks at green's targets yet, because no route forwards to the target group or none of its \
            targets lies in a zone of the load balancer; AWS reports `Target.NotInUse`. Whether they are healthy cannot be \
            told. That is no error, for it is so before every first shift, which puts green into the route at weight 0 and \
            waits for its health before any traffic moves.",
    remedy: "Shift to 0 first (`green_weight = 0`), which has green's targets checked without sending them anything.",
    find: |picture| {
        let unchecked = picture.healths(green).filter(|(_, health)| is_unchecked(health));
        unchecked
            .map(|(side, health)| {
                let text = format!("No load balancer checks green's {} targets yet.", health.registered());
                Found::new(&side.arn, text)
            })
            .collect()
    },
};

const BLUE_UNHEALTHY: Check = Check {
    code: "blue_unhealthy",
    severity: Severity::Warning,
    about: "Blue has no healthy target although a load balancer checks it. There would be nowhere to roll back to: a shift \
            that fails would hold instead.",
    remedy: "Mend blue first, or go ahead only if green is to take over for good.",
    find: |picture| {
        let down =
            picture.healths(|pair| &pair.blue).filter(|(_, health)| health.healthy() == 0 && !is_unchecked(health));
        down.map(|(side, health)| Found::new(&side.arn, format!("Blue has {}.", health.summary()))).collect()
    },
};

//! Whether green is where the load balancer and blue are.

use std::collections::BTreeSet;

use crate::elb::read::CROSS_ZONE;
use crate::elb::{LoadBalancerArn, TargetHealth, TargetState};
use crate::preflight::check::{Check, Family, Found, Severity};
use crate::preflight::checks::health::{green, is_unchecked};
use crate::preflight::picture::{Balancer, Pair, Picture};

/// The checks.
pub(crate) const FAMILY: Family = Family {
    title: "Availability zones",
    checks: &[ZONE_WITHOUT_GREEN, FEWER_ZONES_THAN_BLUE, FEWER_ZONES_THAN_BALANCER, ZONES_NOT_SAID],
};

/// The zone of targets that take traffic from every zone.
const ALL: &str = "all";

/// The zones that targets are in; none where AWS does not say of one, or where there is none.
fn zones(health: &TargetHealth, counts: impl Fn(&TargetState) -> bool) -> Option<BTreeSet<&str>> {
    let targets = || health.targets.iter().filter(|target| target.is_registered());
    let said = targets().count() > 0 && targets().all(|target| target.zone.is_some());
    said.then(|| targets().filter(|target| counts(&target.state)).filter_map(|target| target.zone.as_deref()).collect())
}

fn listed<'a>(zones: impl IntoIterator<Item = &'a str>) -> String {
    zones.into_iter().collect::<Vec<_>>().join(", ")
}

/// Whether the load balancer's nodes send to the targets of every zone. The target group's own word goes before the load
/// balancer's (Elastic Load Balancing API, TargetGroupAttribute).
fn crosses(pair: &Pair, balancer: &Balancer) -> Option<bool> {
    match pair.green.attribute(CROSS_ZONE) {
        Some("true") => Some(true),
        Some("false") => Some(false),
        _ => balancer.crosses_zones,
    }
}

/// The zones of each load balancer before a pair that green has no such target in, where green's zones are known.
fn uncovered<'a>(
    picture: &'a Picture,
    pair: &'a Pair,
    crossing: bool,
) -> impl Iterator<Item = (LoadBalancerArn, Vec<&'a str>)> {
    let health = pair.green.health.as_ref();
    // Where every node sends everywhere, it is enough that there are targets; the others need one that can serve.
    let counts =
        move |state: &TargetState| crossing || *state == TargetState::Healthy || health.is_some_and(is_unchecked);
    let covered = health.and_then(|health| zones(health, counts)).filter(|zones| !zones.contains(ALL));
    let balancers = picture.balancers_of(pair).into_iter();
    let balancers = balancers.filter(move |(_, balancer)| crosses(pair, balancer) == Some(crossing));
    balancers.filter_map(move |(arn, balancer)| {
        let (covered, info) = (covered.as_ref()?, balancer.info.as_ref()?);
        let bare: Vec<&str> = info.zones.iter().map(String::as_str).filter(|zone| !covered.contains(zone)).collect();
        (!bare.is_empty()).then_some((arn, bare))
    })
}

const ZONE_WITHOUT_GREEN: Check = Check {
    code: "zone_without_green",
    severity: Severity::Error,
    about: "Cross-zone load balancing is off, and in a zone of the load balancer green has no healthy target. What arrives at \
            the load balancer in that zone has nowhere to go on green.",
    remedy: "Run green in that zone too, or turn cross-zone load balancing on for green's target group \
             (`load_balancing.cross_zone.enabled`), which may cost for traffic between zones.",
    find: |picture| {
        let found = |pair| {
            uncovered(picture, pair, false).map(|(arn, bare)| {
                let text = format!(
                    "Green has no healthy target in {}, where load balancer {} is, and cross-zone load balancing is off.",
                    listed(bare),
                    arn.name()
                );
                Found::new(&pair.green.arn, text)
            })
        };
        picture.pairs.iter().flat_map(found).collect()
    },
};

const FEWER_ZONES_THAN_BLUE: Check = Check {
    code: "fewer_zones_than_blue",
    severity: Severity::Warning,
    about: "Green's targets are in fewer availability zones than blue's, so that the service survives less than it did.",
    remedy: "Run green in the same zones: look at its node groups' subnets and at the topology spread of its pods.",
    find: |picture| {
        let fewer = picture.pairs.iter().filter_map(|pair| {
            let of = |health| zones(health, |_| true).filter(|zones| !zones.contains(ALL));
            let (blue, green) = (of(pair.blue.health.as_ref()?)?, of(pair.green.health.as_ref()?)?);
            let missing: Vec<&str> = blue.difference(&green).copied().collect();
            let text = format!("Blue has targets in {}, and green only in {}.", listed(blue), listed(green));
            (!missing.is_empty()).then(|| Found::new(&pair.green.arn, text))
        });
        fewer.collect()
    },
};

const FEWER_ZONES_THAN_BALANCER: Check = Check {
    code: "fewer_zones_than_balancer",
    severity: Severity::Warning,
    about: "Green has no target in a zone of the load balancer. Cross-zone load balancing is on, so that traffic from there \
            reaches green all the same, across zones.",
    remedy: "Run green in the load balancer's zones, or accept the way across, which takes longer and may cost.",
    find: |picture| {
        let found = |pair| {
            uncovered(picture, pair, true).map(|(arn, bare)| {
                let text = format!("Green has no target in {}, where load balancer {} is.", listed(bare), arn.name());
                Found::new(&pair.green.arn, text)
            })
        };
        picture.pairs.iter().flat_map(found).collect()
    },
};

const ZONES_NOT_SAID: Check = Check {
    code: "zones_not_said",
    severity: Severity::Info,
    about: "AWS does not say in which zones green's targets are, as it does not for instances. So the other checks of zones \
            say nothing of them.",
    remedy: "See for yourself that green's nodes are in the zones of the load balancer.",
    find: |picture| {
        let unsaid = picture.healths(green).filter(|(_, health)| health.registered() > 0);
        let unsaid = unsaid.filter(|(_, health)| zones(health, |_| true).is_none());
        unsaid.map(|(side, _)| Found::new(&side.arn, "AWS does not say in which zones green's targets are.")).collect()
    },
};

//! Whether there is room under AWS's limits. Those of load balancers are the defaults, and an account may have others.

use std::collections::BTreeSet;

use crate::elb::forward::TARGET_GROUPS_PER_ACTION;
use crate::elb::{LoadBalancerKind, RouteArn, TargetGroupArn};
use crate::preflight::check::{Check, Family, Found, Severity};
use crate::preflight::picture::Picture;

/// How many target groups an application load balancer forwards to, each counted once (default quota of Application Load
/// Balancers, "Target groups per Application Load Balancer").
pub(crate) const TARGET_GROUPS_PER_BALANCER: usize = 100;
/// How many rules an application load balancer has, the listeners' default ones not counted (default quota of Application
/// Load Balancers, "Rules per Application Load Balancer").
pub(crate) const RULES_PER_BALANCER: usize = 100;

/// The checks.
pub(crate) const FAMILY: Family = Family {
    title: "Room under AWS's limits",
    checks: &[NO_ROOM_IN_ACTION, NO_ROOM_ON_BALANCER, RULES_AT_LIMIT, GREEN_ON_ANOTHER_BALANCER],
};

const NO_ROOM_IN_ACTION: Check = Check {
    code: "no_room_in_action",
    severity: Severity::Error,
    about: "A route forwards to 5 target groups already, and green is not among them. An action takes no more; this limit \
            cannot be raised.",
    remedy: "Take a target group out of the route's action where the route is managed.",
    find: |picture| {
        let full = |pair| {
            let routes = picture.routes_of(pair).into_iter();
            routes.filter(|(_, route)| !pair.green.is_in(route) && route.portions.len() >= TARGET_GROUPS_PER_ACTION)
        };
        let found = picture.pairs.iter().flat_map(|pair| full(pair).map(move |found| (pair, found)));
        found
            .map(|(pair, (name, route))| {
                let count = route.portions.len();
                let text =
                    format!("{name} forwards to {count} target groups, and green of {} is not among them.", pair.name);
                Found::new(&route.arn, text)
            })
            .collect()
    },
};

const NO_ROOM_ON_BALANCER: Check = Check {
    code: "no_room_on_balancer",
    severity: Severity::Error,
    about: "With green's, an application load balancer would forward to more than 100 target groups, each counted once. 100 \
            is AWS's default; whether your account has more was not asked.",
    remedy: "Ask AWS for more target groups per Application Load Balancer, take idle ones out of their routes \
             (`drop_idle_target_group`), or move in waves. If your account has more, this can be passed over.",
    find: |picture| {
        let found = application(picture).filter_map(|(name, arn, groups, _)| {
            let greens = picture.pairs.iter().filter(|pair| groups.contains(&pair.blue.arn)).map(|pair| &pair.green.arn);
            let new: BTreeSet<&TargetGroupArn> = greens.filter(|green| !groups.contains(green)).collect();
            let all = groups.len() + new.len();
            let text = format!(
                "{name} forwards to {} target groups, and {} of green's would come on top: {all}, where AWS's default is \
                 {TARGET_GROUPS_PER_BALANCER}.",
                groups.len(),
                new.len()
            );
            (!new.is_empty() && all > TARGET_GROUPS_PER_BALANCER).then(|| Found::new(arn, text))
        });
        found.collect()
    },
};

const RULES_AT_LIMIT: Check = Check {
    code: "rules_at_limit",
    severity: Severity::Warning,
    about: "An application load balancer has 100 rules, not counting the default ones of its listeners: AWS's default limit; \
            whether your account has more was not asked. A shift adds none, but whoever adds a rule for the green cluster \
            will be refused.",
    remedy: "Delete rules that nothing uses, or ask AWS for more rules per Application Load Balancer.",
    find: |picture| {
        let full = application(picture).filter(|(_, _, _, rules)| *rules >= RULES_PER_BALANCER);
        full.map(|(name, arn, _, rules)| {
            Found::new(arn, format!("{name} has {rules} rules, where AWS's default is {RULES_PER_BALANCER}."))
        })
        .collect()
    },
};

/// The application load balancers whose routes are known: name, ARN, the target groups they forward to, how many rules.
fn application(picture: &Picture) -> impl Iterator<Item = (&str, &str, BTreeSet<&TargetGroupArn>, usize)> {
    picture.balancers.iter().filter_map(|(arn, balancer)| {
        let routes = &balancer.routes.as_ref().filter(|_| arn.kind() == LoadBalancerKind::Application)?.routes;
        let portions = routes.values().flat_map(|route| &route.portions);
        let groups = portions.map(|portion| &portion.target_group).collect();
        let rules = routes.values().filter(|route| matches!(route.arn, RouteArn::Rule(_))).count();
        Some((arn.name(), arn.as_str(), groups, rules))
    })
}

const GREEN_ON_ANOTHER_BALANCER: Check = Check {
    code: "green_on_another_balancer",
    severity: Severity::Error,
    about: "Green's target group is used by another load balancer than blue's. A target group can be used with one load \
            balancer only, so AWS would refuse to add it to blue's routes.",
    remedy: "Make a target group of its own for green (`eksmig_target_group_twin`), or move by records from one load balancer \
             to the other (`eksmig_route53_shift`).",
    find: |picture| {
        let found = picture.pairs.iter().filter_map(|pair| {
            let greens = &pair.green.balancers;
            let routes = picture.routes_of(pair).into_iter().map(|(_, route)| route.arn.load_balancer_arn());
            let other = routes.chain(pair.blue.balancers.iter().cloned()).find(|arn| !greens.contains(arn))?;
            let theirs = greens.first()?;
            let text = format!("Green is used by load balancer {}, and blue by {}.", theirs.name(), other.name());
            Some(Found::new(&pair.green.arn, text))
        });
        found.collect()
    },
};

//! Load balancers and their routes, spoilt.

use std::time::Duration;

use super::Case;
use super::well::{attribute, balancer_of, group_arn, orders, pair, route, routes, rule_arn};
use crate::preflight::picture::Picture;
use crate::survey::manager::Kind;
use crate::survey::{Manager, SurveyedRoute};

/// Adds so many rules, each to a target group of its own.
fn crowd(picture: &mut Picture, rules: usize) {
    for number in 2..rules + 2 {
        let name = format!("other-{number}");
        routes(picture).insert(name.clone(), route(rule_arn(number), &[(&name, 1)]));
    }
}

/// Takes green out of its route.
fn without_green(picture: &mut Picture) {
    orders(picture).portions.pop();
}

/// A rule beside the one of the pair, and under which name.
fn beside(picture: &mut Picture, portions: &[(&str, i32)]) {
    routes(picture).insert("edge:443 path=/old/*".into(), route(rule_arn(2), portions));
}

fn stickily(route: &mut SurveyedRoute, seconds: u64) {
    route.stickiness = Some(Duration::from_secs(seconds));
}

pub(crate) const CASES: &[Case] = &[
    Case {
        code: "route_does_not_forward",
        spoil: |picture| {
            orders(picture).action = "redirect".into();
            orders(picture).portions.clear();
        },
        // A redirect that nobody named.
        nearly: |picture| {
            beside(picture, &[]);
            routes(picture).get_mut("edge:443 path=/old/*").unwrap().action = "redirect".into();
        },
    },
    Case {
        code: "route_without_sides",
        spoil: |picture| orders(picture).portions = route(rule_arn(1), &[("other", 1)]).portions,
        nearly: |picture| {
            orders(picture).portions = route(rule_arn(1), &[("other", 1)]).portions;
            picture.pairs.clear();
        },
    },
    Case {
        code: "route_left_out",
        spoil: |picture| beside(picture, &[("orders-blue", 1)]),
        nearly: |picture| beside(picture, &[("orders-blue", 0), ("orders-green", 1)]),
    },
    Case {
        code: "route_left_out",
        spoil: |picture| beside(picture, &[("orders-blue", 1), ("orders-green", 1)]),
        // No route is named, so that all are meant.
        nearly: |picture| {
            beside(picture, &[("orders-blue", 1)]);
            picture.named.clear();
        },
    },
    Case {
        code: "all_zero_weights",
        spoil: |picture| orders(picture).portions.iter_mut().for_each(|portion| portion.weight = 0),
        nearly: |picture| {
            orders(picture).portions = route(rule_arn(1), &[("orders-blue", 0), ("orders-green", 1)]).portions;
        },
    },
    Case {
        code: "all_zero_weights",
        spoil: |picture| {
            picture.named.clear();
            beside(picture, &[("orders-green", 0)]);
        },
        // Of somebody else.
        nearly: |picture| beside(picture, &[("other", 0)]),
    },
    Case {
        code: "all_zero_weights",
        spoil: |picture| orders(picture).portions = route(rule_arn(1), &[("orders-blue", 0)]).portions,
        // It has no weights at all.
        nearly: |picture| orders(picture).portions.clear(),
    },
    Case {
        code: "no_room_in_action",
        spoil: |picture| {
            orders(picture).portions =
                route(rule_arn(1), &[("orders-blue", 1), ("b", 1), ("c", 1), ("d", 1), ("e", 1)]).portions;
        },
        nearly: |picture| {
            orders(picture).portions =
                route(rule_arn(1), &[("orders-blue", 1), ("b", 1), ("c", 1), ("d", 1), ("orders-green", 0)]).portions;
        },
    },
    Case {
        code: "no_room_on_balancer",
        spoil: |picture| {
            without_green(picture);
            crowd(picture, 99);
        },
        nearly: |picture| {
            without_green(picture);
            crowd(picture, 98);
        },
    },
    Case {
        code: "no_room_on_balancer",
        spoil: |picture| {
            without_green(picture);
            crowd(picture, 120);
        },
        // Green is there already.
        nearly: |picture| crowd(picture, 120),
    },
    Case { code: "rules_at_limit", spoil: |picture| crowd(picture, 99), nearly: |picture| crowd(picture, 98) },
    Case {
        code: "sticky_sessions",
        spoil: |picture| stickily(orders(picture), 5400),
        nearly: |picture| {
            beside(picture, &[("other", 1)]);
            stickily(routes(picture).get_mut("edge:443 path=/old/*").unwrap(), 60);
        },
    },
    Case {
        code: "sticky_sessions",
        // A network load balancer's has no length.
        spoil: |picture| stickily(orders(picture), 0),
        nearly: |_| {},
    },
    Case {
        code: "sticky_targets_without_route",
        spoil: |picture| attribute(picture, "stickiness.enabled", "true"),
        nearly: |picture| {
            attribute(picture, "stickiness.enabled", "true");
            stickily(orders(picture), 60);
        },
    },
    Case {
        code: "sticky_targets_without_route",
        spoil: |picture| {
            let blue = pair(picture).blue.group.as_mut().unwrap();
            blue.attributes.insert("stickiness.enabled".into(), "true".into());
        },
        // By the client's address, as network load balancers do.
        nearly: |picture| {
            attribute(picture, "stickiness.enabled", "true");
            attribute(picture, "stickiness.type", "source_ip");
        },
    },
    Case {
        code: "app_cookie_with_weights",
        spoil: |picture| {
            attribute(picture, "stickiness.enabled", "true");
            attribute(picture, "stickiness.type", "app_cookie");
        },
        nearly: |picture| attribute(picture, "stickiness.type", "app_cookie"),
    },
    Case {
        code: "managed_route",
        spoil: |picture| {
            let stack = Some("shop/orders".to_owned());
            let manager = Manager { kind: Kind::LoadBalancerController, cluster: Some("blue".into()), stack };
            orders(picture).manager = Some(manager);
        },
        nearly: |picture| {
            beside(picture, &[("other", 1)]);
            let other = routes(picture).get_mut("edge:443 path=/old/*").unwrap();
            other.manager = Some(Manager { kind: Kind::Ecs, cluster: None, stack: None });
        },
    },
];

#[test]
fn a_balancer_that_could_not_be_surveyed_has_no_findings_of_its_own() {
    let mut picture = super::well::well();
    balancer_of(&mut picture).routes = None;
    assert!(picture.routes().is_empty() && picture.routes_of(&picture.pairs[0]).is_empty());
    assert_eq!(super::judge(&picture), Vec::new(), "the reading tells of it, in {}", group_arn("orders-green"));
}

//! Whether the routes can be shifted.

use crate::preflight::check::{Check, Family, Found, Severity};
use crate::preflight::picture::Pair;
use crate::survey::SurveyedRoute;

/// The checks.
pub(crate) const FAMILY: Family = Family {
    title: "Routes",
    checks: &[ROUTE_DOES_NOT_FORWARD, ROUTE_WITHOUT_SIDES, ROUTE_LEFT_OUT, ALL_ZERO_WEIGHTS],
};

const ROUTE_DOES_NOT_FORWARD: Check = Check {
    code: "route_does_not_forward",
    severity: Severity::Error,
    about: "A route in `route_arns` does something else than forward: it redirects, or answers by itself. It has no weights \
            that could be shifted.",
    remedy: "Take it out of `route_arns`, or name the rule that forwards.",
    find: |picture| {
        let named = picture.routes().into_iter().filter(|(_, route)| picture.named.contains(&route.arn));
        let idle = named.filter(|(_, route)| route.action != "forward");
        idle.map(|(name, route)| {
            Found::new(&route.arn, format!("{name} does not forward: its action is {}.", route.action))
        })
        .collect()
    },
};

const ROUTE_WITHOUT_SIDES: Check = Check {
    code: "route_without_sides",
    severity: Severity::Error,
    about: "A route in `route_arns` forwards to neither side of any pair. A shift of it would be refused.",
    remedy: "Name a route that forwards to blue or green, add the pair that this one forwards to, or leave it out.",
    find: |picture| {
        let named = picture.routes().into_iter().filter(|(_, route)| picture.named.contains(&route.arn));
        let strange = named.filter(|(_, route)| {
            route.action == "forward"
                && !picture.pairs.is_empty()
                && !picture.pairs.iter().any(|pair| pair.is_in(route))
        });
        let names = |route: &SurveyedRoute| {
            let names: Vec<&str> = route.portions.iter().map(|portion| portion.target_group.name()).collect();
            names.join(", ")
        };
        strange
            .map(|(name, route)| {
                Found::new(&route.arn, format!("{name} forwards to neither side of a pair, but to {}.", names(route)))
            })
            .collect()
    },
};

const ROUTE_LEFT_OUT: Check = Check {
    code: "route_left_out",
    severity: Severity::Warning,
    about: "Blue serves a route that is not in `route_arns`. Its traffic would stay on blue when all the others have moved.",
    remedy: "Add it to `route_arns` and to the shift, unless it is to stay.",
    find: |picture| {
        let unnamed =
            picture.all_routes().filter(|(_, route)| !picture.named.is_empty() && !picture.named.contains(&route.arn));
        let served = |pair: &Pair, route: &SurveyedRoute| {
            route.portions.iter().any(|portion| portion.target_group == pair.blue.arn && portion.weight > 0)
        };
        let found = unnamed.filter_map(|(name, route)| {
            let pair = picture.pairs.iter().find(|pair| served(pair, route))?;
            let text = format!(
                "{name} forwards to {}, blue of {}, and is not in route_arns.",
                pair.blue.arn.name(),
                pair.name
            );
            Some(Found::new(&route.arn, text))
        });
        found.collect()
    },
};

const ALL_ZERO_WEIGHTS: Check = Check {
    code: "all_zero_weights",
    severity: Severity::Error,
    about: "All weights of a route are 0. What AWS then does with its requests is not documented, and there is no share to be \
            shifted.",
    remedy: "Give blue a weight above 0 where the route is managed.",
    find: |picture| {
        let zero = picture.routes().into_iter().filter(|(_, route)| {
            !route.portions.is_empty() && route.portions.iter().all(|portion| portion.weight == 0)
        });
        zero.map(|(name, route)| {
            let count = route.portions.len();
            Found::new(&route.arn, format!("{name} forwards to {count} target groups, each at weight 0."))
        })
        .collect()
    },
};

//! Sessions that keep clients where they were, whatever the weights say.

use std::time::Duration;

use crate::preflight::check::{Check, Family, Found, Severity};
use crate::preflight::picture::{Pair, Side};

/// The checks.
pub(crate) const FAMILY: Family = Family {
    title: "Sticky sessions",
    checks: &[STICKY_SESSIONS, STICKY_TARGETS_WITHOUT_ROUTE, APP_COOKIE_WITH_WEIGHTS],
};

/// A length of time in its largest whole units: `1h30m`.
fn spoken(length: Duration) -> String {
    let seconds = length.as_secs();
    let units = [(seconds / 3600, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")];
    let parts = units.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count}{unit}"));
    parts.collect()
}

const STICKY_SESSIONS: Check = Check {
    code: "sticky_sessions",
    severity: Severity::Warning,
    about: "A route keeps clients on the target group that they met first. The weights decide only about new clients: after \
            a shift to 100, clients that know blue still go there for as long as the stickiness lasts, counted from the last \
            answer that they got from blue.",
    remedy: "Keep blue for that long after the last step; or shorten the stickiness where the route is managed, that long \
             before the shift; or take blue out of the route at the end (`drop_idle_target_group`), which ends the sessions.",
    find: |picture| {
        let sticky = picture.routes().into_iter().filter_map(|(name, route)| {
            let until = match route.stickiness? {
                Duration::ZERO => "for as long as their flows last".to_owned(),
                length => format!("for {} after the last answer that they got from it", spoken(length)),
            };
            let text = format!("{name} keeps clients on the target group that they met first: blue serves those who know it {until}, at weight 0 too.");
            Some(Found::new(&route.arn, text))
        });
        sticky.collect()
    },
};

/// The kind of stickiness among a side's targets; none where there is none.
fn among_targets(side: &Side) -> Option<&str> {
    side.attribute("stickiness.enabled").filter(|enabled| *enabled == "true")?;
    side.attribute("stickiness.type")
}

fn sides(pair: &Pair) -> [(&'static str, &Side); 2] {
    [("Blue", &pair.blue), ("Green", &pair.green)]
}

const STICKY_TARGETS_WITHOUT_ROUTE: Check = Check {
    code: "sticky_targets_without_route",
    severity: Severity::Warning,
    about: "A target group keeps clients on one target by a cookie, and a route to it does not keep them on the target group. \
            While both sides serve, a client's requests go now to one side and now to the other, and its session is lost \
            each time. AWS asks for stickiness on the route wherever weights meet sticky targets.",
    remedy: "Turn the stickiness of the route's forward action on for the time of the migration, or that of the targets off.",
    find: |picture| {
        let found = picture.pairs.iter().flat_map(|pair| {
            let loose = picture.routes_of(pair).into_iter().find(|(_, route)| route.stickiness.is_none());
            sides(pair).into_iter().filter_map(move |(whose, side)| {
                let (name, _) = loose?;
                let kind = among_targets(side).filter(|kind| kind.ends_with("_cookie"))?;
                let text = format!(
                    "{whose} keeps clients on one target by {kind}, and {name} does not keep them on one side."
                );
                Some(Found::new(&side.arn, text))
            })
        });
        found.collect()
    },
};

const APP_COOKIE_WITH_WEIGHTS: Check = Check {
    code: "app_cookie_with_weights",
    severity: Severity::Error,
    about: "A target group is sticky by the application's own cookie (`app_cookie`). AWS does not support that in a route \
            with weighted target groups.",
    remedy: "Set `stickiness.type` to `lb_cookie`, or turn `stickiness.enabled` off, on both target groups before the shift.",
    find: |picture| {
        let found = picture.pairs.iter().flat_map(sides).filter(|(_, side)| among_targets(side) == Some("app_cookie"));
        found
            .map(|(whose, side)| Found::new(&side.arn, format!("{whose} is sticky by the application's cookie.")))
            .collect()
    },
};

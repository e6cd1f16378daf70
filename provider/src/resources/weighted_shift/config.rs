//! An `eksmig_weighted_shift` as written, and as run.

use std::collections::BTreeSet;

use eksmig_core::elb::forward::Pair;
use eksmig_core::elb::{RouteArn, TargetGroupArn};
use tfplugin::{Diagnostic, Diagnostics, Field, Path, Reader, Value};

use super::state;
use crate::blocks::course::{self, Course, WrittenCourse};
use crate::blocks::{arn, known, take};
use crate::notices;
use crate::planned;

/// The configuration as written: each part known, or not yet.
#[derive(Debug, Clone)]
pub struct Written {
    /// The routes.
    pub routes: Field<BTreeSet<RouteArn>>,
    /// The target groups.
    pub pair: Field<Pair>,
    /// How it goes.
    pub course: WrittenCourse,
}

/// The configuration as run: all of it known.
#[derive(Debug, Clone)]
pub struct Config {
    /// The routes.
    pub routes: BTreeSet<RouteArn>,
    /// The target groups.
    pub pair: Pair,
    /// How it goes.
    pub course: Course,
}

impl planned::Written for Written {
    fn read(value: &Value) -> Result<Self, Diagnostics> {
        read(value)
    }

    fn id(&self) -> Option<String> {
        self.pair.as_ref().known().map(state::id)
    }

    fn destroying(&self, prior: &Value, unfinished: bool) -> Option<Diagnostic> {
        self.course.destroying(prior, unfinished)
    }
}

impl Written {
    /// The configuration, if all of it is known.
    pub fn known(self) -> Option<Config> {
        Some(Config { routes: self.routes.known()?, pair: self.pair.known()?, course: self.course.known()? })
    }
}

/// Reads a configuration, or the part of a state that was one. What is unknown is left out of the rules.
///
/// # Errors
///
/// Everything that is wrong with it, each at its attribute.
pub fn read(value: &Value) -> Result<Written, Diagnostics> {
    let root = Reader::new(value);
    let mut errors = Diagnostics::default();
    let written = Written {
        routes: take(&mut errors, arn::read_set(&root.attr("route_arns"), RouteArn::parse)),
        pair: take(&mut errors, pair(&root)),
        course: course::read(&root, Some("drop_idle_target_group"), &mut errors),
    };
    if !errors.has_errors() {
        errors.extend(together(&written));
    }
    if errors.has_errors() { Err(errors) } else { Ok(written) }
}

fn pair(root: &Reader<'_>) -> Result<Field<Pair>, Diagnostic> {
    let green = root.attr("green_target_group_arn");
    let side = |reader: &Reader<'_>| arn::read(reader, TargetGroupArn::parse);
    let (Some(blue), Some(green_arn)) = (known!(side(&root.attr("blue_target_group_arn"))?), known!(side(&green)?))
    else {
        return Ok(Field::Null);
    };
    if blue == green_arn {
        return Err(green.error(
            notices::ONE_TARGET_GROUP_ON_BOTH_SIDES,
            format!("blue_target_group_arn and green_target_group_arn are both {blue}. There is nothing to shift."),
        ));
    }
    Ok(Field::Known(Pair { blue, green: green_arn }))
}

/// Rules over several attributes.
fn together(written: &Written) -> Diagnostics {
    let mut errors = Diagnostics::default();
    if let (Field::Known(routes), Field::Known(pair)) = (&written.routes, &written.pair) {
        errors.extend(in_one_place(routes, pair));
    }
    if let (Field::Known(gate), Field::Known(routes)) = (&written.course.gate, &written.routes) {
        let path = Path::root().attr("gate").attr("error_rate");
        errors.extend(gate.unanswerable(routes).map(|why| notices::GATE_WITHOUT_AN_ANSWER.says(why).at(path)));
    }
    errors.extend(written.course.too_short());
    errors
}

/// A load balancer and its target groups are in one region and account.
fn in_one_place(routes: &BTreeSet<RouteArn>, pair: &Pair) -> Option<Diagnostic> {
    let place = |region: &str, account: &str| (region.to_owned(), account.to_owned());
    let blue = place(pair.blue.region(), pair.blue.account());
    if place(pair.green.region(), pair.green.account()) != blue {
        let detail = format!(
            "{} and {} are not in one region and account, so no route can forward to both.",
            pair.blue, pair.green
        );
        let path = Path::root().attr("green_target_group_arn");
        return Some(notices::TARGET_GROUPS_IN_DIFFERENT_PLACES.says(detail).at(path));
    }
    let stray = routes.iter().find(|route| place(route.region(), route.account()) != blue)?;
    let detail = format!(
        "Route {stray} is in region {}, account {}, and the target groups are in region {}, account {}. A route can \
         only forward to target groups in its own region and account.",
        stray.region(),
        stray.account(),
        blue.0,
        blue.1
    );
    Some(notices::ROUTE_IN_ANOTHER_PLACE.says(detail).at(Path::root().attr("route_arns")))
}

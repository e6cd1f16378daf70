//! What the reads of a survey mean. Pure.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_elasticloadbalancingv2::types::{Action, ActionTypeEnum};

use super::fetch::Found;
use super::twins::origin;
use super::{Manager, Portion, Routes, SurveyError, SurveyedGroup, SurveyedRoute, Use, conditions, manager};
use crate::elb::{ArnError, Error, Route, RouteArn, TargetGroupArn, TargetGroupInfo, forward};

/// Puts what was found together: routes under their names, and target groups with the routes that use them. A twin
/// counts as the other side of the one it was made after, and is none of the target groups; unless they were
/// `asked_for`, each for itself. Routes that forward to none of the target groups that were asked for are left out.
pub(crate) fn judge(found: &Found, asked_for: bool) -> Result<Routes, SurveyError> {
    let mut routes = BTreeMap::new();
    let mut uses = Uses::new();
    for route in in_order(&found.routes) {
        let surveyed = surveyed(route, found)?;
        let name = free(&routes, name(&surveyed));
        for portion in &surveyed.portions {
            let conditions = surveyed.conditions.clone();
            let used = Use { arn: surveyed.arn.clone(), weight: portion.weight, conditions };
            uses.entry(portion.target_group.clone()).or_default().insert(name.clone(), used);
        }
        routes.insert(name, surveyed);
    }
    if asked_for {
        // Only now, so that a route has the same name whatever was asked for.
        let used = |portion: &Portion| found.target_groups.contains_key(&portion.target_group);
        routes.retain(|_, route| route.portions.iter().any(used));
    }
    let target_groups = if asked_for { each_for_itself(found, &uses) } else { with_twins(found, &uses)? };
    Ok(Routes { routes, target_groups })
}

/// The routes that use each target group, by their names.
type Uses = BTreeMap<TargetGroupArn, BTreeMap<String, Use>>;

fn each_for_itself(found: &Found, uses: &Uses) -> BTreeMap<String, SurveyedGroup> {
    let group = |info: &TargetGroupInfo| (info.name.clone(), group(info.clone(), true, found, uses));
    found.target_groups.values().map(group).collect()
}

/// The target groups that are nobody's twin, with the twins that routes name in their place or beside them.
fn with_twins(found: &Found, uses: &Uses) -> Result<BTreeMap<String, SurveyedGroup>, SurveyError> {
    let mut twins: BTreeMap<TargetGroupArn, BTreeSet<TargetGroupArn>> = BTreeMap::new();
    for arn in found.target_groups.keys() {
        let first = origin(arn, &found.tags)?;
        let is_twin = first != *arn;
        let of = twins.entry(first).or_default();
        if is_twin && uses.contains_key(arn) {
            of.insert(arn.clone());
        }
    }
    let mut groups = BTreeMap::new();
    // Those that exist come last: whoever gave a new target group the name of a deleted one means the new one.
    let (there, gone): (Vec<_>, Vec<_>) = twins.into_iter().partition(|(arn, _)| found.target_groups.contains_key(arn));
    for (arn, twins) in gone.into_iter().chain(there) {
        let info = found.target_groups.get(&arn);
        let mut group = group(info.cloned().unwrap_or_else(|| deleted(&arn)), info.is_some(), found, uses);
        let of_twins = twins.iter().filter_map(|twin| uses.get(twin)).flat_map(BTreeMap::values);
        group.shared_routes.extend(of_twins.map(|used| used.arn.clone()));
        group.twins = Some(twins);
        groups.insert(group.info.name.clone(), group);
    }
    Ok(groups)
}

fn group(info: TargetGroupInfo, exists: bool, found: &Found, uses: &Uses) -> SurveyedGroup {
    let tags = found.tags.get(info.arn.as_str()).cloned().unwrap_or_default();
    let routes = uses.get(&info.arn).cloned().unwrap_or_default();
    let shared_routes = routes.values().map(|used| used.arn.clone()).collect();
    SurveyedGroup { exists, routes, twins: None, shared_routes, manager: manager::of(&tags), tags, info }
}

/// What is known of a target group that is deleted.
fn deleted(arn: &TargetGroupArn) -> TargetGroupInfo {
    TargetGroupInfo {
        arn: arn.clone(),
        name: arn.name().to_owned(),
        protocol: None,
        protocol_version: None,
        port: None,
        target_type: None,
        vpc_id: None,
        ip_address_type: None,
        load_balancer_arns: BTreeSet::new(),
    }
}

/// The target groups that routes forward to.
pub(crate) fn named_by<'a>(routes: impl Iterator<Item = &'a Route>) -> Result<BTreeSet<TargetGroupArn>, SurveyError> {
    let mut groups = BTreeSet::new();
    for route in routes {
        groups.extend(portions(route)?.into_iter().map(|portion| portion.target_group));
    }
    Ok(groups)
}

/// AWS named something by what is no ARN of it.
pub(crate) fn senseless(object: &str, error: ArnError) -> SurveyError {
    let action = "read the target groups and load balancers that belong together, of";
    SurveyError::Unread(Error::Answer { action, object: object.to_owned(), reason: error.to_string() })
}

/// Listeners before their rules, and rules by priority, so that of two routes with one name the first keeps it.
fn in_order(routes: &BTreeMap<RouteArn, Route>) -> Vec<&Route> {
    let mut routes: Vec<&Route> = routes.values().collect();
    routes.sort_by_key(|route| (route.arn.listener_arn(), priority(route), route.arn.clone()));
    routes
}

fn priority(route: &Route) -> Option<i64> {
    route.priority.as_deref().and_then(|text| text.parse().ok())
}

fn surveyed(route: &Route, found: &Found) -> Result<SurveyedRoute, SurveyError> {
    let listener = found.routes.get(&RouteArn::Listener(route.arn.listener_arn()));
    let last = forwarding(route).or(route.actions.last());
    Ok(SurveyedRoute {
        arn: route.arn.clone(),
        port: listener.and_then(|listener| listener.port),
        protocol: listener.and_then(|listener| listener.protocol.as_ref()).map(|protocol| protocol.as_str().to_owned()),
        priority: priority(route),
        conditions: conditions::in_short(&route.conditions),
        action: last.and_then(Action::r#type).map_or("none", ActionTypeEnum::as_str).to_owned(),
        portions: portions(route)?,
        stickiness: forwarding(route).and_then(forward::stickiness_of),
        manager: manager_of(&route.arn, found),
    })
}

/// The forward action, also beside actions that this program does not know: here nothing is written.
fn forwarding(route: &Route) -> Option<&Action> {
    route.actions.iter().find(|action| action.r#type() == Some(&ActionTypeEnum::Forward))
}

fn portions(route: &Route) -> Result<Vec<Portion>, SurveyError> {
    let tuples = forwarding(route).map(forward::tuples).unwrap_or_default();
    let portion = |arn: &str, weight: Option<i32>| {
        let target_group = TargetGroupArn::parse(arn).map_err(|error| senseless(route.arn.as_str(), error))?;
        // API reference of Elastic Load Balancing: a lone target group has no weight, and gets everything.
        Ok(Portion { target_group, weight: weight.unwrap_or(1) })
    };
    tuples.iter().map(|tuple| portion(tuple.target_group_arn().unwrap_or_default(), tuple.weight())).collect()
}

/// Whoever tagged the route; or else its listener; or else its load balancer.
fn manager_of(route: &RouteArn, found: &Found) -> Option<Manager> {
    let (listener, balancer) = (route.listener_arn(), route.load_balancer_arn());
    let arns = [route.as_str(), listener.as_str(), balancer.as_str()];
    arns.into_iter().find_map(|arn| manager::of(found.tags.get(arn)?))
}

/// A route's name.
fn name(route: &SurveyedRoute) -> String {
    let balancer = route.arn.load_balancer_arn();
    let place = route.port.map_or(balancer.name().to_owned(), |port| format!("{}:{port}", balancer.name()));
    let words = std::iter::once(place).chain(route.conditions.iter().cloned());
    words.collect::<Vec<_>>().join(" ")
}

/// The name, or, where it is taken, the name with a number: two rules of one listener may have the same conditions.
fn free(taken: &BTreeMap<String, SurveyedRoute>, name: String) -> String {
    if !taken.contains_key(&name) {
        return name;
    }
    let mut numbered = (2_u32..).map(|number| format!("{name} ({number})"));
    numbered.find(|name| !taken.contains_key(name)).unwrap_or(name)
}

#[cfg(test)]
mod tests;

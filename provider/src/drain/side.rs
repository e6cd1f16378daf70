//! What the idle side of each kind of shift consists of.

use std::collections::{BTreeMap, BTreeSet};

use eksmig_core::aws::Port;
use eksmig_core::drain::IdleSide;
use eksmig_core::elb::forward::Pair;
use eksmig_core::elb::{ListenerArn, LoadBalancerKind, RouteArn, TargetGroupArn};
use eksmig_core::route53::{Answers, RecordType};
use eksmig_core::share::Share;

/// The target group that routes forward nothing to any more.
pub fn of_routes(routes: &BTreeSet<RouteArn>, pair: &Pair, target: Share) -> IdleSide {
    let group = if target == Share::BLUE { &pair.green } else { &pair.blue };
    let balancers = routes.iter().map(RouteArn::load_balancer_arn).collect();
    let network = routes.iter().filter(|route| route.load_balancer_kind() == LoadBalancerKind::Network);
    let listeners = network.filter_map(|route| match route {
        RouteArn::Listener(listener) => Some(listener.clone()),
        RouteArn::Rule(_) => None,
    });
    IdleSide {
        groups: BTreeMap::from([(group.clone(), balancers)]),
        listeners: listeners.collect(),
        routes: routes.clone(),
        ..IdleSide::default()
    }
}

/// The target groups behind the port that an API leads to no more.
pub fn of_port(listener: &ListenerArn, port: &Port) -> IdleSide {
    let balancers = BTreeSet::from([listener.load_balancer_arn()]);
    let mut side = IdleSide { listeners: BTreeSet::from([listener.clone()]), ..IdleSide::default() };
    for arn in &port.target_groups {
        match TargetGroupArn::parse(arn) {
            Ok(group) => drop(side.groups.insert(group, balancers.clone())),
            Err(error) => side.uncounted.push(error.to_string()),
        }
    }
    side
}

/// What the records led to that are not answered with any more: as they answer `now`, or answered when they were `seen`.
pub fn of_records(
    now: &BTreeMap<RecordType, Answers>,
    seen: &BTreeMap<RecordType, Answers>,
    target: Share,
) -> IdleSide {
    let mut side = IdleSide::default();
    let (name, of): (_, fn(&Answers) -> Option<&String>) = match target {
        Share::BLUE => ("green", |answers| answers.green.as_ref()),
        _ => ("blue", |answers| answers.blue.as_ref()),
    };
    let kinds: BTreeSet<&RecordType> = now.keys().chain(seen.keys()).collect();
    for kind in kinds {
        let answer = [now, seen].into_iter().find_map(|answers| answers.get(kind).and_then(of));
        match answer.map(|answer| (answer, answer.strip_prefix("alias "))) {
            Some((_, Some(alias))) => drop(side.names.insert(alias.to_owned())),
            Some((answer, None)) => side.uncounted.push(format!(
                "{name}'s {kind} record answers with {answer}, which is no alias of a load balancer, so nothing that is \
                 read here counts its requests"
            )),
            None => side.uncounted.push(format!("what {name}'s {kind} record led to is not known")),
        }
    }
    side
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(blue: Option<&str>) -> BTreeMap<RecordType, Answers> {
        let answers = Answers { blue: blue.map(str::to_owned), green: Some("alias green.example.com".to_owned()) };
        BTreeMap::from([(RecordType::parse("A").unwrap(), answers)])
    }

    #[test]
    fn the_idle_records_lead_to_load_balancers_or_to_what_nothing_counts() {
        let none = BTreeMap::new();
        let names = |side: IdleSide| (side.names.into_iter().collect::<Vec<_>>(), side.uncounted.len());
        let alias = answers(Some("alias blue.example.com"));
        assert_eq!(names(of_records(&alias, &none, Share::GREEN)), (vec!["blue.example.com".to_owned()], 0));
        assert_eq!(names(of_records(&alias, &none, Share::BLUE)), (vec!["green.example.com".to_owned()], 0));
        assert_eq!(names(of_records(&answers(None), &alias, Share::GREEN)), (vec!["blue.example.com".to_owned()], 0));
        assert_eq!(names(of_records(&answers(Some("192.0.2.1")), &none, Share::GREEN)), (Vec::new(), 1));
        assert_eq!(names(of_records(&answers(None), &none, Share::GREEN)), (Vec::new(), 1));
    }
}

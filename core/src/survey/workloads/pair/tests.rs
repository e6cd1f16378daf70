use super::super::classify::tests::{binding, group_arn, id};
use super::super::seen::Binding;
use super::*;

fn way(kind: Kind, mover: Mover) -> Path {
    Path { moved_by: Some(mover), ..Path::told(kind, "told") }
}

fn side(paths: Vec<Path>) -> Side {
    Side::from([(id("web"), paths)])
}

/// What is said of service `web`.
fn said(blue: (&Seen, Side), green: Option<(&Seen, Side)>) -> Vec<String> {
    pair(blue, green).remove(&id("web")).unwrap().blockers
}

#[track_caller]
fn check(blue: Vec<Path>, green: Vec<Path>, expected: &[&str]) {
    let seen = Seen::default();
    assert_eq!(said((&seen, side(blue)), Some((&seen, side(green)))), expected);
}

#[test]
fn the_same_in_both_is_moved_and_greens_idle_target_group_is_as_it_should_be() {
    let blue = way(Kind::PodsBehindAlb, Mover::WeightedShift);
    let green = Path { is_idle: true, ..blue.clone() };
    check(vec![blue.clone()], vec![green.clone()], &[]);
    check(vec![green], vec![blue], &["Blue: nothing sends to it now."]);
}

#[test]
fn what_is_not_the_same_is_said() {
    let (alb, internal) = (way(Kind::PodsBehindAlb, Mover::WeightedShift), Path::told(Kind::Internal, "told"));
    check(vec![alb], vec![internal], &["It is reached as pods_behind_alb in blue, and as internal in green."]);
    let cut = |port| Path { node_ports: BTreeSet::from([port]), ..way(Kind::NodePort, Mover::TargetCutover) };
    check(vec![cut(30_080)], vec![cut(30_080)], &[]);
    check(
        vec![cut(30_080)],
        vec![cut(30_081)],
        &[
            "Its node ports are 30080 in blue, and 30081 in green: make them the same, or name green's targets with their \
           port.",
        ],
    );
}

#[test]
fn greens_node_port_is_registered_by_the_cut_over() {
    let ports = BTreeSet::from([30_080]);
    let blue = Path { node_ports: ports.clone(), ..way(Kind::NodePort, Mover::TargetCutover) };
    let blockers = vec!["who uses it is not known".to_owned()];
    let green = Path { node_ports: ports, blockers, ..Path::told(Kind::Unknown, "told") };
    check(vec![blue], vec![green.clone()], &[]);
    let other = way(Kind::PodsBehindAlb, Mover::WeightedShift);
    let differs = "It is reached as pods_behind_alb in blue, and as unknown in green.";
    check(vec![other], vec![green], &["Green: who uses it is not known", differs]);
}

#[test]
fn the_blockers_of_both_are_said_by_side() {
    let blocked = |why: &str| Path { blockers: vec![why.to_owned()], ..way(Kind::NodePort, Mover::Route53Shift) };
    check(vec![blocked("a.")], vec![blocked("b.")], &["Blue: a.", "Green: b."]);
}

#[test]
fn what_is_in_one_alone_is_said_where_two_were_looked_at() {
    let (seen, path) = (Seen::default(), way(Kind::PodsBehindAlb, Mover::WeightedShift));
    let one = said((&seen, side(vec![path.clone()])), Some((&seen, Side::new())));
    assert_eq!(one, ["There is no such service in green."]);
    let other = pair((&seen, Side::new()), Some((&seen, side(vec![path.clone()])))).remove(&id("web")).unwrap();
    assert_eq!(other.blockers, ["There is no such service in blue."]);
    assert_eq!((other.kinds(), other.moved_by()), (BTreeSet::from([Kind::PodsBehindAlb]), BTreeSet::new()));
    assert!(said((&seen, side(vec![path])), None).is_empty());
}

#[test]
fn one_target_group_bound_in_both_is_a_fight_unless_both_know_of_it() {
    let seen = |multi_cluster| {
        let binding = Binding { multi_cluster, ..binding("web", "web") };
        Seen { bindings: vec![binding], ..Seen::default() }
    };
    let paths = || side(vec![way(Kind::PodsBehindAlb, Mover::WeightedShift)]);
    for (blue, green, fights) in [(true, true, false), (true, false, true), (false, true, true), (false, false, true)] {
        let said = said((&seen(blue), paths()), Some((&seen(green), paths())));
        assert_eq!(said.iter().any(|said| said.contains(&group_arn("web"))), fights, "{blue} {green}");
    }
}

#[test]
fn a_target_group_without_an_arn_is_known_by_its_name() {
    let named = |name: &str| Binding { group_arn: None, group_name: Some(name.to_owned()), ..binding("web", "web") };
    assert!(named("web").fights(&binding("web", "web")) && binding("web", "web").fights(&named("web")));
    assert!(!named("web").fights(&binding("web", "other")));
    // One name in another account is another target group.
    let elsewhere =
        Binding { group_arn: Some(group_arn("web").replace("123456789012", "210987654321")), ..named("web") };
    assert!(!elsewhere.fights(&binding("web", "web")));
    let nameless = Binding { group_arn: None, ..Binding::default() };
    assert!(!nameless.fights(&nameless));
}

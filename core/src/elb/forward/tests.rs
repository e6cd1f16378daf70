use aws_sdk_elasticloadbalancingv2::types::{
    AuthenticateOidcActionConfig, FixedResponseActionConfig, TargetGroupStickinessConfig,
};

use super::*;

fn group(name: &str) -> TargetGroupArn {
    let arn = format!("arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/{name}/0123456789abcdef");
    TargetGroupArn::parse(&arn).unwrap()
}

fn pair() -> Pair {
    Pair { blue: group("blue"), green: group("green") }
}

fn share(percent: u16) -> Share {
    Share::from_tenths(percent * 10).unwrap()
}

fn forward_to(groups: &[(&str, Option<i32>)]) -> Action {
    let tuples = groups.iter().map(|(name, weight)| {
        TargetGroupTuple::builder().target_group_arn(group(name).as_str()).set_weight(*weight).build()
    });
    let sticky = TargetGroupStickinessConfig::builder().enabled(true).duration_seconds(600).build();
    let config = ForwardActionConfig::builder()
        .set_target_groups(Some(tuples.collect()))
        .target_group_stickiness_config(sticky)
        .build();
    Action::builder().r#type(ActionTypeEnum::Forward).order(2).forward_config(config).build()
}

fn oidc() -> Action {
    let config = AuthenticateOidcActionConfig::builder()
        .issuer("https://issuer.example.com")
        .authorization_endpoint("https://issuer.example.com/authorize")
        .token_endpoint("https://issuer.example.com/token")
        .user_info_endpoint("https://issuer.example.com/me")
        .client_id("orders")
        .scope("openid")
        .build();
    Action::builder().r#type(ActionTypeEnum::AuthenticateOidc).order(1).authenticate_oidc_config(config).build()
}

fn read(actions: &[Action]) -> (Option<u32>, Option<u32>, Vec<u32>) {
    let weights = weights(actions, &pair()).unwrap();
    (weights.blue, weights.green, weights.strangers)
}

#[track_caller]
fn shift(actions: &[Action], percent: u16, idle: Idle) -> Vec<Action> {
    let now = weights(actions, &pair()).unwrap();
    edit(actions, &pair(), &wanted(&now, share(percent), idle).unwrap()).unwrap()
}

#[test]
fn the_two_weights_change_and_nothing_else() {
    let before = vec![oidc(), forward_to(&[("stranger", Some(10)), ("blue", Some(90)), ("green", Some(0))])];
    let there = shift(&shift(&before, 30, Idle::Keep), 100, Idle::Keep);
    assert_eq!(read(&there), (Some(0), Some(90), vec![10]));
    let back = shift(&there, 0, Idle::Keep);

    let mut expected = before.clone();
    expected[0].authenticate_oidc_config.as_mut().unwrap().use_existing_client_secret = Some(true);
    assert_eq!(back, expected);
}

#[test]
fn all_forms_of_a_single_target_group_are_read_and_one_is_written() {
    let arn = group("blue");
    let short = Action::builder().r#type(ActionTypeEnum::Forward).target_group_arn(arn.as_str()).build();
    let mut both = forward_to(&[("blue", Some(1))]);
    both.target_group_arn = Some(arn.as_str().to_owned());
    for action in [short, both, forward_to(&[("blue", None)])] {
        assert_eq!(read(std::slice::from_ref(&action)), (Some(1), None, vec![]));
        let edited = shift(&[action], 0, Idle::Keep);
        assert_eq!(read(&edited), (Some(1), Some(0), vec![]));
        assert_eq!(edited[0].target_group_arn(), None);
    }
}

#[test]
fn a_share_that_is_there_already_keeps_its_numbers() {
    let halves = vec![forward_to(&[("blue", Some(1)), ("green", Some(1))])];
    assert_eq!(shift(&halves, 50, Idle::Keep), halves);
}

#[test]
fn the_idle_side_is_dropped_where_asked_and_comes_back() {
    let all_blue = vec![forward_to(&[("blue", Some(100)), ("green", Some(0))])];
    let finished = shift(&all_blue, 100, Idle::Drop);
    assert_eq!(read(&finished), (None, Some(100), vec![]));
    assert_eq!(read(&shift(&finished, 40, Idle::Drop)), (Some(60), Some(40), vec![]));
    assert_eq!(read(&shift(&finished, 100, Idle::Keep)), (Some(0), Some(100), vec![]));
}

#[test]
fn a_sixth_target_group_is_refused() {
    let full = [("blue", Some(1)), ("a", Some(1)), ("b", Some(1)), ("c", Some(1)), ("d", Some(1))];
    let now = weights(&[forward_to(&full)], &pair()).unwrap();
    assert_eq!(wanted(&now, share(10), Idle::Keep), Err(ForwardError::Full { present: 5 }));
    assert!(wanted(&now, share(0), Idle::Drop).is_ok());
}

#[test]
fn a_route_without_weights_is_refused() {
    let fixed = Action::builder()
        .r#type(ActionTypeEnum::FixedResponse)
        .fixed_response_config(FixedResponseActionConfig::builder().status_code("503").build())
        .build();
    assert_eq!(weights(&[fixed], &pair()), Err(ForwardError::NotForward("fixed-response".to_owned())));

    let elsewhere = group("other").as_str().to_owned();
    let other = forward_to(&[("other", Some(1))]);
    assert_eq!(weights(&[other], &pair()), Err(ForwardError::NeitherSide(elsewhere)));

    let unknown = Action::builder().r#type(ActionTypeEnum::from("hologram")).build();
    let forward = forward_to(&[("blue", Some(1))]);
    assert_eq!(weights(&[unknown, forward], &pair()), Err(ForwardError::UnknownAction("hologram".to_owned())));
}

#[test]
fn stickiness_is_read() {
    assert_eq!(stickiness(&[forward_to(&[("blue", Some(1))])]), Some(Duration::from_secs(600)));
    assert_eq!(stickiness(&[oidc()]), None);
}

#[test]
fn the_very_weights_come_back_unless_a_stranger_has_another_part() {
    let weights = |blue, green, strangers: &[u32]| Weights { blue, green, strangers: strangers.to_vec() };
    let check = |now: Weights, seen: Weights, expect: Option<Weights>| assert_eq!(now.restored(&seen), expect);
    let odd = || weights(Some(2), Some(1), &[]);
    check(weights(Some(50), Some(50), &[]), odd(), Some(odd()));
    let beside = || weights(Some(2), Some(1), &[3, 0]);
    check(weights(Some(5), Some(5), &[10, 0]), beside(), Some(beside()));
    check(weights(Some(5), Some(5), &[11, 0]), beside(), None);
    check(weights(Some(5), Some(5), &[10]), beside(), None);
    check(weights(Some(50), Some(50), &[1]), odd(), None);
    // A side that was put in stays in.
    check(weights(Some(50), Some(50), &[]), weights(Some(1), None, &[]), Some(weights(Some(1), Some(0), &[])));
}

//! The stand itself: that the emulator keeps AWS's rules, that faults strike, that terraform runs.

use std::time::Duration;

use aws_sdk_cloudwatch::types::StateValue;
use aws_sdk_elasticloadbalancingv2::error::ProvideErrorMetadata;
use aws_sdk_elasticloadbalancingv2::types::{ActionTypeEnum, ProtocolEnum, RuleTransform, TransformTypeEnum};
use eksmig_tests::alarms::Alarms;
use eksmig_tests::blocking::wait;
use eksmig_tests::emulator::Emulator;
use eksmig_tests::faults::Fault;
use eksmig_tests::patience::Watch;
use eksmig_tests::probe_server::ProbeServer;
use eksmig_tests::world::{OIDC_SECRET, World, forward, host, oidc, path, sticky_forward};

fn key(world: &World) -> String {
    format!("WORLD{}", world.name().replace('-', ""))
}

#[test]
fn a_rule_comes_back_as_aws_describes_it() {
    let world = World::new("shape");
    let balancer = world.application_balancer("lb");
    let (blue, green, stranger) =
        (world.target_group("blue"), world.target_group("green"), world.target_group("other"));
    let listener = world.listener(&balancer, ProtocolEnum::Http, 80, vec![forward(&[(&blue, 1)])]);
    let forward = sticky_forward(&[(&blue, 90), (&green, 0), (&stranger, 10)], 600);
    let rule = world.rule(&listener, 7, vec![path("/orders/*"), host("shop.example.com")], vec![oidc(), forward]);

    let route = world.route(&rule);
    assert_eq!(route.green_percent(&blue.arn, &green.arn), 0.0);
    assert_eq!(route.part(&stranger.arn), (1, 10));
    let signing_in = route.actions()[0].authenticate_oidc_config().unwrap();
    assert_eq!(signing_in.client_secret(), None);
    assert_eq!(signing_in.authentication_request_extra_params().unwrap()["prompt"], "login");
    assert_eq!(world.emulator().oidc_secret(&rule).as_deref(), Some(OIDC_SECRET));
    assert!(route.actions()[1].forward_config().unwrap().target_group_stickiness_config().unwrap().enabled().unwrap());

    let single = world.route(&listener);
    assert_eq!(single.actions()[0].target_group_arn(), Some(blue.arn.as_str()));
    assert_eq!(single.weights()[&blue.arn], 1);
}

#[test]
fn rules_come_by_priority_and_in_pages() {
    let world = World::new("pages");
    let balancer = world.application_balancer("lb");
    let blue = world.target_group("blue");
    let listener = world.listener(&balancer, ProtocolEnum::Http, 80, vec![forward(&[(&blue, 1)])]);
    for priority in [30, 10, 20] {
        world.rule(&listener, priority, vec![path(&format!("/{priority}"))], vec![forward(&[(&blue, 1)])]);
    }
    world.emulator().limit_pages(&key(&world), 3);
    let paginator = world.client().describe_rules().listener_arn(&listener).into_paginator();
    let rules = wait(paginator.items().send().try_collect()).unwrap();
    let priorities: Vec<_> = rules.iter().map(|rule| rule.priority().unwrap()).collect();
    assert_eq!(priorities, ["10", "20", "30", "default"]);
}

#[test]
fn a_transform_is_kept_by_a_change_of_actions() {
    let world = World::new("transf");
    let balancer = world.application_balancer("lb");
    let blue = world.target_group("blue");
    let listener = world.listener(&balancer, ProtocolEnum::Http, 80, vec![forward(&[(&blue, 1)])]);
    let rewrite = RuleTransform::builder().r#type(TransformTypeEnum::UrlRewrite).build();
    let request = world.client().create_rule().listener_arn(&listener).priority(1).conditions(path("/a"));
    let made = wait(request.actions(forward(&[(&blue, 1)])).transforms(rewrite).send()).unwrap();
    let rule = made.rules()[0].rule_arn().unwrap();
    world.set_actions(rule, vec![forward(&[(&blue, 5)])]);
    let found = wait(world.client().describe_rules().rule_arns(rule).send()).unwrap();
    assert_eq!(found.rules()[0].transforms().len(), 1);
    assert_eq!(found.rules()[0].conditions()[0].path_pattern_config().unwrap().values(), ["/a"]);
}

/// Checks that AWS would refuse these actions on a rule, with this code.
#[track_caller]
fn refused(
    name: &str,
    code: &str,
    weights: &[i32],
    change: impl Fn(&mut Vec<aws_sdk_elasticloadbalancingv2::types::Action>),
) {
    let world = World::new(name);
    let balancer = world.application_balancer("lb");
    let groups: Vec<_> = (0..weights.len()).map(|n| world.target_group(&format!("g{n}"))).collect();
    let listener = world.listener(&balancer, ProtocolEnum::Http, 80, vec![forward(&[(&groups[0], 1)])]);
    let rule = world.rule(&listener, 1, vec![path("/")], vec![oidc(), forward(&[(&groups[0], 1)])]);
    let before = world.route(&rule);
    let pairs: Vec<_> = groups.iter().zip(weights.iter().copied()).collect();
    let mut actions = vec![before.actions()[0].clone(), forward(&pairs)];
    actions[0].authenticate_oidc_config.as_mut().unwrap().use_existing_client_secret = Some(true);
    change(&mut actions);
    let error = wait(world.client().modify_rule().rule_arn(&rule).set_actions(Some(actions)).send()).unwrap_err();
    assert_eq!(error.code(), Some(code), "{error:?}");
    assert_eq!(world.route(&rule), before);
}

#[test]
fn a_weight_over_999_is_refused() {
    refused("w1000", "ValidationError", &[1000, 0], |_| ());
}

#[test]
fn six_target_groups_are_refused() {
    refused("six", "ValidationError", &[1; 6], |_| ());
}

#[test]
fn a_target_group_twice_is_refused() {
    refused("twice", "ValidationError", &[1, 1], |actions| {
        let groups = actions[1].forward_config.as_mut().unwrap().target_groups.as_mut().unwrap();
        groups[1].target_group_arn = groups[0].target_group_arn.clone();
    });
}

#[test]
fn the_single_form_with_two_target_groups_is_refused() {
    refused("single", "ValidationError", &[1, 1], |actions| {
        let first = actions[1].forward_config.as_ref().unwrap().target_groups()[0].target_group_arn.clone();
        actions[1].target_group_arn = first;
    });
}

#[test]
fn an_oidc_action_without_its_secret_is_refused() {
    refused("oidc", "InvalidLoadBalancerAction", &[1, 1], |actions| {
        actions[0].authenticate_oidc_config.as_mut().unwrap().use_existing_client_secret = None;
    });
}

#[test]
fn a_default_rule_is_changed_through_its_listener_only() {
    let world = World::new("default");
    let balancer = world.network_balancer("lb");
    assert!(balancer.contains(":loadbalancer/net/"));
    let (blue, green) =
        (world.target_group_of("blue", ProtocolEnum::Tcp, 1), world.target_group_of("green", ProtocolEnum::Tcp, 1));
    let listener = world.listener(&balancer, ProtocolEnum::Tls, 443, vec![forward(&[(&blue, 1), (&green, 0)])]);
    let described = || wait(world.client().describe_rules().listener_arn(&listener).send()).unwrap().rules()[0].clone();
    let rule = described().rule_arn().unwrap().to_owned();
    let request = world.client().modify_rule().rule_arn(&rule).actions(forward(&[(&green, 1)]));
    assert_eq!(wait(request.send()).unwrap_err().code(), Some("OperationNotPermitted"));
    world.set_actions(&listener, vec![forward(&[(&blue, 3), (&green, 1)])]);
    assert_eq!(world.green_percent(&listener, &blue, &green), 25.0);
    assert_eq!(described().rule_arn(), Some(rule.as_str()));
    assert_eq!(described().actions(), world.route(&listener).actions());
}

#[test]
fn a_target_is_unused_until_something_refers_to_its_group() {
    let world = World::new("health");
    let balancer = world.application_balancer("lb");
    let (blue, green) = (world.target_group("blue"), world.target_group("green"));
    let listener = world.listener(&balancer, ProtocolEnum::Http, 80, vec![forward(&[(&blue, 1)])]);
    let states = || {
        let found = wait(world.client().describe_target_health().target_group_arn(&green.arn).send()).unwrap();
        let healths = found.target_health_descriptions().iter().map(|target| target.target_health().unwrap());
        healths.map(|health| health.state().unwrap().as_str().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(states(), ["unused", "unused"]);
    world.emulator().set_health_for(&green.arn, "initial", 1, "healthy");
    world.set_actions(&listener, vec![forward(&[(&blue, 1), (&green, 0)])]);
    assert_eq!(states(), ["initial", "initial"]);
    assert_eq!(states(), ["healthy", "healthy"]);
    world.emulator().set_health(&green.arn, Some("10.0.0.2"), "unhealthy");
    assert_eq!(states(), ["healthy", "unhealthy"]);
}

#[test]
fn alarms_of_both_kinds_say_their_states() {
    let world = World::new("alarms");
    let alarms = Alarms::of(&world);
    let (metric, composite) = (format!("{}-m", world.name()), format!("{}-c", world.name()));
    alarms.make(&metric, StateValue::Ok);
    alarms.make_composite(&composite, &format!("ALARM({metric})"), StateValue::Alarm);
    let states = alarms.states(&[&metric, &composite, "no-such-alarm"]);
    assert_eq!(states, [(metric, StateValue::Ok), (composite, StateValue::Alarm)]);
    let error =
        wait(aws_sdk_cloudwatch::Client::new(world.config()).list_managed_insight_rules().resource_arn("x").send());
    assert_eq!(error.unwrap_err().code(), Some("NotImplemented"));
}

#[test]
fn faults_strike_whom_they_are_meant_for_and_are_logged() {
    let world = World::new("faults");
    let (emulator, key) = (world.emulator(), key(&world));
    let since = emulator.calls(&key, 0).last().map_or(0, |call| call.number);
    let watch = Watch::start();
    emulator.order(&Fault::throttle(&key, "DescribeLoadBalancers").times(2));
    emulator.order(&Fault::lose_reply("NOBODY", "DescribeLoadBalancers"));
    wait(world.client().describe_load_balancers().send()).unwrap();
    emulator.order(&Fault::reset(&key, "DescribeLoadBalancers").after(1));
    emulator.order(&Fault::unavailable(&key, "DescribeTargetGroups"));
    emulator.order(&Fault::delay(&key, "DescribeAccountLimits", 50));
    for _ in 0..2 {
        wait(world.client().describe_load_balancers().send()).unwrap();
    }
    wait(world.client().describe_target_groups().send()).unwrap();
    wait(world.client().describe_account_limits().send()).unwrap();
    assert!(watch.passed() > Duration::from_millis(50));
    let calls = emulator.calls(&key, since);
    let seen: Vec<_> = calls.iter().map(|call| (call.action.as_str(), call.fault.as_deref(), call.status)).collect();
    assert_eq!(
        seen,
        [
            ("DescribeLoadBalancers", Some("throttle"), Some(400)),
            ("DescribeLoadBalancers", Some("throttle"), Some(400)),
            ("DescribeLoadBalancers", None, Some(200)),
            ("DescribeLoadBalancers", None, Some(200)),
            ("DescribeLoadBalancers", Some("reset"), None),
            ("DescribeLoadBalancers", None, Some(200)),
            ("DescribeTargetGroups", Some("unavailable"), Some(503)),
            ("DescribeTargetGroups", None, Some(200)),
            ("DescribeAccountLimits", Some("delay"), Some(200)),
        ]
    );
}

#[test]
fn a_lost_reply_is_a_call_done() {
    let world = World::new("lost");
    let balancer = world.application_balancer("lb");
    let (blue, green) = (world.target_group("blue"), world.target_group("green"));
    let listener = world.listener(&balancer, ProtocolEnum::Http, 80, vec![forward(&[(&blue, 1), (&green, 0)])]);
    world.emulator().order(&Fault::lose_reply(&key(&world), "ModifyListener"));
    world.set_actions(&listener, vec![forward(&[(&blue, 1), (&green, 1)])]);
    assert_eq!(world.green_percent(&listener, &blue, &green), 50.0);
    let calls = world.emulator().calls(&key(&world), 0);
    let modified: Vec<_> = calls.iter().filter(|call| call.action == "ModifyListener").collect();
    assert_eq!(modified.len(), 2, "the SDK asks again");
    assert_eq!(modified[0].green_percent(&blue.arn, &green.arn), 50.0);
    assert_eq!(modified[0].route(), Some(listener.as_str()));
    assert!(modified[0].writes() && modified[0].succeeded());
}

#[test]
fn a_jwt_action_is_kept() {
    use aws_sdk_elasticloadbalancingv2::types::{Action, JwtValidationActionConfig};
    let world = World::new("jwt");
    let balancer = world.application_balancer("lb");
    let blue = world.target_group("blue");
    let config = JwtValidationActionConfig::builder().issuer("https://i").jwks_endpoint("https://i/keys").build();
    let action = Action::builder().r#type(ActionTypeEnum::JwtValidation).order(1).jwt_validation_config(config).build();
    let listener = world.listener(&balancer, ProtocolEnum::Http, 80, vec![action, forward(&[(&blue, 1)])]);
    let found = world.route(&listener);
    assert_eq!(found.actions()[0].jwt_validation_config().unwrap().issuer(), Some("https://i"));
}

#[test]
fn ten_clients_at_once_are_all_answered() {
    let world = World::new("ten");
    let balancer = world.application_balancer("lb");
    let blue = world.target_group("blue");
    let listener = world.listener(&balancer, ProtocolEnum::Http, 80, vec![forward(&[(&blue, 1)])]);
    std::thread::scope(|scope| {
        for client in 0..10 {
            let (world, listener, blue) = (&world, &listener, &blue);
            scope.spawn(move || {
                for turn in 0..10 {
                    let priority = 1 + client * 10 + turn;
                    let rule = world.rule(
                        listener,
                        priority,
                        vec![path(&format!("/{priority}"))],
                        vec![forward(&[(blue, 1)])],
                    );
                    assert_eq!(world.route(&rule).weights()[&blue.arn], 1);
                }
            });
        }
    });
    let rules = wait(world.client().describe_rules().listener_arn(&listener).send()).unwrap();
    assert_eq!(rules.rules().len(), 101);
}

#[test]
fn an_emulator_ends_with_its_leash() {
    let watch = Watch::start();
    let emulator = Emulator::start();
    assert!(emulator.calls("nobody", 0).is_empty());
    drop(emulator);
    assert!(watch.passed() < Duration::from_secs(20));
}

#[test]
fn a_probe_server_answers_as_told() {
    let server = ProbeServer::start();
    let ask = || {
        use std::io::{Read, Write};
        let address = server.url();
        let address = address.trim_start_matches("http://").trim_end_matches("/health");
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        stream.write_all(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    };
    assert!(ask().starts_with("HTTP/1.1 200"));
    server.answer_with(503);
    assert!(ask().starts_with("HTTP/1.1 503"));
    assert_eq!(server.asked(), 2);
    assert_eq!(server.last_request()[0], "GET /health HTTP/1.1");
}

#[test]
fn metrics_come_back_as_they_were_counted() {
    let world = World::new("metrics");
    let (balancer, group) = (world.application_balancer("lb"), world.target_group("blue"));
    let alarms = Alarms::of(&world);
    alarms.count(&balancer, &group.arn, "RequestCount", 200.0);
    alarms.count(&balancer, &group.arn, "RequestCount", 50.0);
    assert_eq!(alarms.sum(&balancer, &group.arn, "RequestCount"), 250.0);
    assert_eq!(alarms.sum(&balancer, &group.arn, "HTTPCode_Target_5XX_Count"), 0.0);
}

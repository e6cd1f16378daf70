//! The lab's own parts: a data plane that serves as AWS's does, and health checks that find what is so.

use std::net::SocketAddr;
use std::time::Duration;

use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, FixedResponseActionConfig, HttpHeaderConditionConfig, HttpRequestMethodConditionConfig,
    ProtocolEnum, QueryStringConditionConfig, QueryStringKeyValuePair, RedirectActionConfig,
    RedirectActionStatusCodeEnum, RuleCondition,
};
use eksmig_tests::blocking::{beside, wait};
use eksmig_tests::lab::backend::Manner;
use eksmig_tests::lab::fleet::Fleet;
use eksmig_tests::lab::site::Site;
use eksmig_tests::lab::visit::Visit;
use eksmig_tests::patience::until;
use eksmig_tests::world::{TargetGroup, World, forward, host, path, sticky_forward};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long anything may take.
const LIMIT: Duration = Duration::from_secs(20);

/// A load balancer with one listener, whose default action is shared by two fleets.
struct Scene {
    world: World,
    blue: Fleet,
    green: Fleet,
    listener: String,
    site: Site,
}

impl Scene {
    fn of_http(name: &str, targets: [usize; 2], action: impl Fn(&TargetGroup, &TargetGroup) -> Action) -> Self {
        let world = World::new(name);
        let balancer = world.application_balancer("lb");
        Self::new(world, &balancer, ProtocolEnum::Http, targets, action)
    }

    fn of_tcp(name: &str, action: impl Fn(&TargetGroup, &TargetGroup) -> Action) -> Self {
        let world = World::new(name);
        let balancer = world.network_balancer("lb");
        Self::new(world, &balancer, ProtocolEnum::Tcp, [1, 1], action)
    }

    fn new(
        world: World,
        balancer: &str,
        protocol: ProtocolEnum,
        targets: [usize; 2],
        action: impl Fn(&TargetGroup, &TargetGroup) -> Action,
    ) -> Self {
        let blue = Fleet::new(&world, "blue", protocol.clone(), targets[0]);
        let green = Fleet::new(&world, "green", protocol.clone(), targets[1]);
        let listener = world.listener(balancer, protocol, 80, vec![action(&blue.group, &green.group)]);
        let site = Site::start(&world, &[balancer]);
        let scene = Self { world, blue, green, listener, site };
        for fleet in [&scene.blue, &scene.green] {
            until(LIMIT, "checked target", || {
                (!fleet.all_are(&scene.world, "initial") || fleet.backends.is_empty()).then_some(())
            });
        }
        scene
    }

    fn address(&self) -> SocketAddr {
        self.site.plane.address(&self.listener)
    }

    fn visit(&self, path: &str) -> Visit {
        Visit::to(self.address(), path)
    }

    fn set(&self, weights: [i32; 2]) {
        let weights = [(&self.blue.group, weights[0]), (&self.green.group, weights[1])];
        self.world.set_actions(&self.listener, vec![forward(&weights)]);
        self.site.plane.catch_up();
    }

    fn wait_for(&self, fleet: &Fleet, state: &str, reason: Option<&str>) {
        until(LIMIT, &format!("{state} {reason:?}"), || {
            let states = fleet.states(&self.world);
            states.iter().all(|(found, why)| found == state && why.as_deref() == reason).then_some(())
        });
    }
}

fn shared(blue: i32, green: i32) -> impl Fn(&TargetGroup, &TargetGroup) -> Action {
    move |of_blue, of_green| forward(&[(of_blue, blue), (of_green, green)])
}

fn condition(field: &str) -> aws_sdk_elasticloadbalancingv2::types::builders::RuleConditionBuilder {
    RuleCondition::builder().field(field)
}

fn fixed(status: &str, body: &str) -> Action {
    let config =
        FixedResponseActionConfig::builder().status_code(status).message_body(body).content_type("text/plain").build();
    Action::builder().r#type(ActionTypeEnum::FixedResponse).order(1).fixed_response_config(config).build()
}

#[test]
fn rules_are_tried_by_priority_and_by_every_kind_of_condition() {
    let scene = Scene::of_http("rules", [1, 1], shared(1, 0));
    let say = |priority: i32, conditions: Vec<RuleCondition>| {
        scene.world.rule(&scene.listener, priority, conditions, vec![fixed("299", &priority.to_string())]);
    };
    say(20, vec![path("/orders/*")]);
    say(10, vec![path("/orders/new?")]);
    say(30, vec![host("*.example.org")]);
    let post = HttpRequestMethodConditionConfig::builder().values("POST").build();
    say(40, vec![condition("http-request-method").http_request_method_config(post).build()]);
    let team = HttpHeaderConditionConfig::builder().http_header_name("X-Team").values("pay*").build();
    say(50, vec![condition("http-header").http_header_config(team).build(), path("/pay")]);
    let pair = QueryStringKeyValuePair::builder().key("version").value("2").build();
    let query = QueryStringConditionConfig::builder().values(pair).build();
    say(60, vec![condition("query-string").query_string_config(query).build()]);
    let redirect = RedirectActionConfig::builder()
        .host("new.example.com")
        .path("/to/#{path}")
        .status_code(RedirectActionStatusCodeEnum::Http301)
        .build();
    let redirect = Action::builder().r#type(ActionTypeEnum::Redirect).order(1).redirect_config(redirect).build();
    scene.world.rule(&scene.listener, 70, vec![path("/old")], vec![redirect]);
    scene.site.plane.catch_up();

    let check = |visit: Visit, expect: &str| {
        let answer = visit.make();
        let found = if answer.status == 299 { answer.body.clone() } else { answer.cluster().to_owned() };
        assert_eq!(found, expect, "{visit:?}: {answer:?}");
    };
    check(scene.visit("/"), "blue");
    check(scene.visit("/orders/1"), "20");
    check(scene.visit("/orders/news"), "10");
    check(scene.visit("/orders/new"), "20");
    check(scene.visit("/").with("host", "A.example.ORG:80"), "30");
    check(scene.visit("/orders/1").with("host", "a.example.org"), "20");
    check(scene.visit("/").by("POST"), "40");
    check(scene.visit("/pay").with("x-team", "Payments"), "50");
    check(scene.visit("/pay"), "blue");
    check(scene.visit("/?a=1&version=2"), "60");
    check(scene.visit("/?version=3"), "blue");
    let sent = scene.visit("/old?a=1").make();
    assert_eq!((sent.status, sent.header("location")), (301, "http://new.example.com:80/to/old?a=1"));
}

#[test]
fn a_target_group_without_targets_answers_its_share_with_503() {
    let scene = Scene::of_http("nobody", [1, 0], shared(3, 1));
    let answers: Vec<u16> = (0..40).map(|_| scene.visit("/").make().status).collect();
    assert_eq!(answers.iter().filter(|status| **status == 503).count(), 10, "{answers:?}");
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 30, "{answers:?}");
    scene.set([1, 0]);
    assert!((0..10).all(|_| scene.visit("/").make().status == 200));
}

#[test]
fn a_client_with_a_cookie_stays_with_its_target_group_until_the_cookies_time_is_over() {
    let sticky = |of_blue: &TargetGroup, of_green: &TargetGroup| sticky_forward(&[(of_blue, 1), (of_green, 0)], 2);
    let scene = Scene::of_http("sticky", [1, 1], sticky);
    let first = scene.visit("/").make();
    assert_eq!(first.cluster(), "blue");
    let cookie = first.header("set-cookie").to_owned();
    assert!(cookie.starts_with("AWSALBTG=") && cookie.contains("Max-Age=2"), "{cookie}");
    let pair = cookie.split(';').next().unwrap();

    let weights = [(&scene.blue.group, 0), (&scene.green.group, 1)];
    scene.world.set_actions(&scene.listener, vec![sticky_forward(&weights, 2)]);
    scene.site.plane.catch_up();
    assert_eq!(scene.visit("/").make().cluster(), "green", "without a cookie the weights decide");
    let again = scene.visit("/").with("cookie", pair);
    assert_eq!(again.make().cluster(), "blue", "with a cookie they do not, even at weight 0");
    until(LIMIT, "late cookie", || (again.make().cluster() == "green").then_some(()));

    let of_green = scene.visit("/").make().header("set-cookie").to_owned();
    scene.set([1, 0]);
    let answer = scene.visit("/").with("cookie", of_green.split(';').next().unwrap()).make();
    assert_eq!(answer.cluster(), "blue", "a cookie counts for nothing where nothing is sticky");
    assert_eq!(answer.header("set-cookie"), "");
}

#[test]
fn a_request_under_way_ends_as_it_began_when_the_rules_change() {
    let scene = Scene::of_http("underway", [1, 1], shared(1, 0));
    scene.blue.backends[0].tell_service(Manner::Slow(Duration::from_secs(1)));
    let slow = beside(scene.visit("/").answer());
    until(LIMIT, "request at blue", || (scene.blue.backends[0].served() == 1).then_some(()));
    scene.set([0, 1]);
    assert_eq!(scene.visit("/").make().cluster(), "green");
    assert!(!slow.is_finished(), "it should still be under way");
    let answer = wait(slow).unwrap().unwrap();
    assert_eq!((answer.status, answer.cluster()), (200, "blue"));
}

#[test]
fn a_network_balancer_splits_new_connections_and_leaves_open_ones_where_they_are() {
    let scene = Scene::of_tcp("tcp", shared(4, 1));
    let greens = |count: usize| (0..count).filter(|_| scene.visit("/").make().cluster() == "green").count();
    assert_eq!(greens(100), 20);
    let mut open = until(LIMIT, "connection to blue", || {
        let mut stream = wait(TcpStream::connect(scene.address())).unwrap();
        (asked(&mut stream) == "blue").then_some(stream)
    });
    scene.set([0, 1]);
    assert_eq!(greens(20), 20);
    assert_eq!(asked(&mut open), "blue");
}

/// The cluster that answers a request over an open connection.
fn asked(stream: &mut TcpStream) -> String {
    wait(async {
        stream.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
        let mut text = String::new();
        while !text.contains("-1\n") {
            let mut bytes = [0; 1024];
            let read = stream.read(&mut bytes).await.unwrap();
            assert!(read > 0, "the connection ended: {text:?}");
            text.push_str(std::str::from_utf8(&bytes[..read]).unwrap());
        }
        text.rsplit("\r\n").next().unwrap().trim_end_matches("-1\n").to_owned()
    })
}

#[test]
fn health_checks_find_what_is_wrong_and_what_is_mended() {
    let scene = Scene::of_http("checks", [1, 1], shared(1, 1));
    let healthy = || scene.wait_for(&scene.green, "healthy", None);
    healthy();
    let states = [
        (Manner::Fail(500), "Target.ResponseCodeMismatch"),
        (Manner::Slow(Duration::from_secs(3)), "Target.Timeout"),
        (Manner::Drain, "Target.ResponseCodeMismatch"),
    ];
    for (manner, reason) in states {
        scene.green.tell(manner);
        scene.wait_for(&scene.green, "unhealthy", Some(reason));
        scene.green.tell(Manner::Serve);
        healthy();
    }
    scene.green.refuse();
    scene.wait_for(&scene.green, "unhealthy", Some("Target.FailedHealthChecks"));
    scene.green.backends[0].accept();
    healthy();
    scene.green.backends[0].tell_service(Manner::Fail(500));
    scene.set([0, 1]);
    assert_eq!(scene.visit("/").make().status, 500, "what health checks do not see");
    assert!(scene.green.all_are(&scene.world, "healthy"));
}

#[test]
fn targets_are_unused_without_a_route_initial_with_a_new_one_and_drain_when_they_leave() {
    let scene = Scene::of_http("states", [2, 1], |of_blue, _| forward(&[(of_blue, 1)]));
    scene.wait_for(&scene.green, "unused", Some("Target.NotInUse"));
    scene.wait_for(&scene.blue, "healthy", None);
    let weights = [(&scene.blue.group, 1), (&scene.green.group, 0)];
    scene.world.set_actions(&scene.listener, vec![forward(&weights)]);
    assert_eq!(scene.green.states(&scene.world)[0].0, "initial", "right after the first route");
    scene.wait_for(&scene.green, "healthy", None);

    scene.blue.deregister(&scene.world, 0);
    assert_eq!(scene.blue.states(&scene.world)[0].0, "draining");
    assert_eq!(scene.blue.states(&scene.world)[1].0, "healthy");
    scene.site.plane.catch_up();
    let before = scene.blue.backends[0].served();
    assert!((0..10).all(|_| scene.visit("/").make().status == 200));
    assert_eq!(scene.blue.backends[0].served(), before, "nothing new goes to a target that drains");
    until(LIMIT, "end of the draining", || (scene.blue.states(&scene.world)[0].0 == "gone").then_some(()));
}

#[test]
fn requests_avoid_the_unhealthy_and_go_to_all_where_none_is_healthy() {
    let scene = Scene::of_http("open", [2, 0], shared(1, 0));
    scene.wait_for(&scene.blue, "healthy", None);
    scene.blue.backends[0].tell(Manner::Fail(500));
    until(LIMIT, "unhealthy target", || (scene.blue.states(&scene.world)[0].0 == "unhealthy").then_some(()));
    assert!((0..20).all(|_| scene.visit("/").make().status == 200));
    scene.blue.backends[1].tell(Manner::Fail(501));
    scene.wait_for(&scene.blue, "unhealthy", Some("Target.ResponseCodeMismatch"));
    let statuses: Vec<u16> = (0..20).map(|_| scene.visit("/").make().status).collect();
    assert!(statuses.contains(&500) && statuses.contains(&501), "{statuses:?}");
}

//! From one cluster's pods to another's behind an application load balancer, route by route.

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::types::StateValue;
use aws_sdk_elasticloadbalancingv2::types::ProtocolEnum;
use eksmig_tests::alarms::Alarms;
use eksmig_tests::calls::Call;
use eksmig_tests::ledger::Ledger;
use eksmig_tests::stage::Stage;
use eksmig_tests::story::Story;
use eksmig_tests::world::{TargetGroup, forward, path};

/// A service's target groups, one bound in each cluster.
struct Service {
    blue: TargetGroup,
    green: TargetGroup,
}

/// Two services behind three rules.
struct Pods {
    stage: Stage,
    orders: Service,
    users: Service,
    rules: [String; 3],
}

impl Pods {
    fn start(name: &str) -> Self {
        let stage = Stage::new(name);
        let world = &stage.world;
        let [orders, users] = ["orders", "users"].map(|service| {
            let [blue, green] = ["blue", "green"].map(|side| world.target_group(&format!("{service}-{side}")));
            Service { blue, green }
        });
        let balancer = world.application_balancer("edge");
        let listener = world.listener(&balancer, ProtocolEnum::Http, 80, vec![forward(&[(&users.blue, 1)])]);
        let rule = |priority: i32, pattern: &str, service: &Service| {
            world.rule(&listener, priority, vec![path(pattern)], vec![forward(&[(&service.blue, 1)])])
        };
        let rules =
            [rule(30, "/orders/*", &orders), rule(20, "/orders/admin/*", &orders), rule(10, "/users/*", &users)];
        Alarms::of(world).make(&format!("{}-5xx", world.name()), StateValue::Ok);
        Self { stage, orders, users, rules }
    }

    fn story(&self) -> Story<'_> {
        let pair = |service: &Service| format!("{{ blue = {:?}, green = {:?} }}", service.blue.arn, service.green.arn);
        let place = format!(
            "load_balancer_name = \"{world}-edge\"\nport = 80\nservices = {{ orders = {}, users = {} }}\n\
             alarms = [\"{world}-5xx\"]\ninterval = \"1s\"\npoll_interval = \"1s\"\n",
            pair(&self.orders),
            pair(&self.users),
            world = self.stage.world.name(),
        );
        Story::lay("alb-pod-ip", &self.stage, &place)
    }

    /// Green's percents of the three rules, and in how many of them blue and green are.
    fn standing(&self) -> ([f64; 3], [usize; 2]) {
        let services = [&self.orders, &self.orders, &self.users];
        let weights = |place: usize| self.stage.world.route(&self.rules[place]).weights();
        let percent = |place: usize| {
            self.stage.world.green_percent(&self.rules[place], &services[place].blue, &services[place].green)
        };
        let has = |weights: BTreeMap<_, _>, group: &TargetGroup| weights.contains_key(&group.arn);
        let blues = (0..3).filter(|place| has(weights(*place), &services[*place].blue)).count();
        let greens = (0..3).filter(|place| has(weights(*place), &services[*place].green)).count();
        ([0, 1, 2].map(percent), [blues, greens])
    }
}

#[test]
fn the_pod_story_moves_route_by_route_and_goes_back_from_each_pull_request() {
    let pods = Pods::start("podstory");
    let story = pods.story();
    let wanted = [
        ([0.0, 0.0, 0.0], [3, 3]),
        ([0.0, 10.0, 0.0], [3, 3]),
        ([10.0, 100.0, 0.0], [3, 3]),
        ([100.0, 100.0, 100.0], [3, 3]),
        ([100.0, 100.0, 100.0], [0, 3]),
    ];
    assert_eq!(story.pull_requests.len(), wanted.len());
    for number in [0, 1, 0, 1, 2, 1, 2, 3, 2, 3, 4, 0] {
        story.apply(&story.pull_requests[number]);
        assert_eq!(pods.standing(), wanted[number], "{}", story.pull_requests[number].display());
    }
    let calls = pods.stage.calls(0);
    for (rule, service) in pods.rules.iter().zip([&pods.orders, &pods.orders, &pods.users]) {
        let calls: Vec<Call> = calls.iter().filter(|call| call.route() == Some(rule)).cloned().collect();
        let ledger = Ledger::of(&calls, &service.blue.arn, &service.green.arn);
        assert_eq!(ledger.never(), [""; 0], "{rule}");
        assert!(ledger.writes.len() > 5, "{rule}");
    }
}

#[test]
fn the_pod_storys_own_tests_pass() {
    let pods = Pods::start("podtest");
    pods.story().test(|| ());
    assert_eq!(pods.standing(), ([0.0; 3], [3, 3]));
}

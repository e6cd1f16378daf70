//! What is found, by each way of asking.

use aws_sdk_elasticloadbalancingv2::types::{Action, ActionTypeEnum, FixedResponseActionConfig, ProtocolEnum};
use eksmig_tests::stage::Stage;
use eksmig_tests::world::{TargetGroup, forward, host, path, sticky_forward};
use serde_json::{Value, json};

use crate::scene::{keys, look, one, tag};

/// An application load balancer with a rule that two groups share, and a network load balancer.
struct Shop {
    stage: Stage,
    edge: String,
    net: String,
    rule: String,
    blue: TargetGroup,
    green: TargetGroup,
    flows: TargetGroup,
}

impl Shop {
    fn open(name: &str) -> Self {
        let stage = Stage::new(name);
        let world = &stage.world;
        let (blue, green) = (world.target_group("blue"), world.target_group("green"));
        let flows = world.target_group_of("flows", ProtocolEnum::Tcp, 1);
        let edge = world.application_balancer("edge");
        let answer = FixedResponseActionConfig::builder().status_code("404").build();
        let not_found = Action::builder().r#type(ActionTypeEnum::FixedResponse).fixed_response_config(answer).build();
        let listener = world.listener(&edge, ProtocolEnum::Http, 80, vec![not_found]);
        let conditions = vec![path("/orders/*"), host("shop.example.com")];
        let rule = world.rule(&listener, 20, conditions, vec![sticky_forward(&[(&blue, 90), (&green, 10)], 60)]);
        world.rule(&listener, 10, vec![path("/only")], vec![forward(&[(&blue, 1)])]);
        let net = world.network_balancer("net");
        world.listener(&net, ProtocolEnum::Tcp, 5432, vec![forward(&[(&flows, 1)])]);
        Self { stage, edge, net, rule, blue, green, flows }
    }

    fn look(&self, arguments: &str) -> (Value, Value) {
        let mut found = look(&self.stage, arguments);
        (found["routes"].take(), found["target_groups"].take())
    }
}

#[test]
fn every_route_says_what_it_does() {
    let shop = Shop::open("found");
    let (routes, groups) = shop.look(&format!("load_balancer_arns = [{:?}, {:?}]", shop.edge, shop.net));
    let orders = "edge:80 host=shop.example.com path=/orders/*";
    assert_eq!(keys(&shop.stage, &routes), ["edge:80", orders, "edge:80 path=/only", "net:5432"]);
    let name = |name: &str| format!("{}-{name}", shop.stage.world.name());
    assert_eq!(
        *one(&shop.stage, &routes, orders),
        json!({
            "arn": shop.rule,
            "kind": "rule",
            "load_balancer_arn": shop.edge,
            "load_balancer_name": name("edge"),
            "load_balancer_type": "app",
            "port": 80,
            "protocol": "HTTP",
            "priority": 20,
            "conditions": ["host=shop.example.com", "path=/orders/*"],
            "action": "forward",
            "target_groups": {
                &shop.blue.name: {"arn": shop.blue.arn, "weight": 90},
                &shop.green.name: {"arn": shop.green.arn, "weight": 10},
            },
            "stickiness_seconds": 60,
            "manager": null,
        })
    );
    let default = one(&shop.stage, &routes, "edge:80");
    assert_eq!((&default["kind"], &default["action"]), (&json!("listener"), &json!("fixed-response")));
    assert_eq!((&default["target_groups"], &default["priority"]), (&json!({}), &Value::Null));
    let net = one(&shop.stage, &routes, "net:5432");
    assert_eq!((&net["load_balancer_type"], &net["protocol"]), (&json!("net"), &json!("TCP")));
    assert_eq!(net["target_groups"][&shop.flows.name]["weight"], 1);

    assert_eq!(keys(&shop.stage, &groups), ["blue", "flows", "green"]);
    let blue = one(&shop.stage, &groups, "blue");
    assert_eq!(blue["arn"], shop.blue.arn);
    assert_eq!((&blue["protocol"], &blue["port"], &blue["target_type"]), (&json!("HTTP"), &json!(8080), &json!("ip")));
    assert_eq!((&blue["serves"], &blue["deletable"]), (&json!(true), &json!(false)));
    assert_eq!(keys(&shop.stage, &blue["routes"]), [orders, "edge:80 path=/only"]);
    assert_eq!(
        *one(&shop.stage, &blue["routes"], orders),
        json!({"arn": shop.rule, "weight": 90, "conditions": ["host=shop.example.com", "path=/orders/*"]})
    );
    assert_eq!(blue["route_arns"].as_array().unwrap().len(), 2);
    assert_eq!(one(&shop.stage, &groups, "green")["route_arns"], json!([shop.rule]));
}

#[test]
fn load_balancers_are_found_by_name_and_by_tags() {
    let shop = Shop::open("named");
    let team = shop.stage.world.name();
    tag(&shop.stage, &shop.edge, &[("team", team), ("env", "prod")]);
    tag(&shop.stage, &shop.net, &[("team", team), ("env", "test")]);
    let all = ["edge:80", "edge:80 host=shop.example.com path=/orders/*", "edge:80 path=/only", "net:5432"];
    let found = |arguments: &str| keys(&shop.stage, &shop.look(arguments).0);
    assert_eq!(found(&format!("load_balancer_names = [\"{team}-net\"]")), all[3..]);
    assert_eq!(found(&format!("load_balancer_tags = {{ team = {team:?} }}")), all);
    assert_eq!(found(&format!("load_balancer_tags = {{ team = {team:?}, env = \"prod\" }}")), all[..3]);
}

#[test]
fn target_groups_are_found_wherever_they_are_used_and_unused_ones_too() {
    let shop = Shop::open("groups");
    let idle = shop.stage.world.target_group("idle");
    let arns = [&shop.green.arn, &shop.flows.arn, &idle.arn];
    let (routes, groups) = shop.look(&format!("target_group_arns = {arns:?}"));
    assert_eq!(keys(&shop.stage, &routes), ["edge:80 host=shop.example.com path=/orders/*", "net:5432"]);
    assert_eq!(keys(&shop.stage, &groups), ["flows", "green", "idle"]);
    let standing = |name: &str| {
        let group = one(&shop.stage, &groups, name);
        (group["serves"].as_bool().unwrap(), group["deletable"].as_bool().unwrap())
    };
    assert_eq!(standing("idle"), (false, true));
    assert_eq!(standing("green"), (true, false));
    // At weight 0 it serves nobody, and cannot be deleted all the same.
    shop.stage.world.set_actions(&shop.rule, vec![forward(&[(&shop.blue, 1), (&shop.green, 0)])]);
    let (_, groups) = shop.look(&format!("target_group_arns = {arns:?}"));
    let green = one(&shop.stage, &groups, "green");
    assert_eq!((&green["serves"], &green["deletable"]), (&json!(false), &json!(false)));
}

#[test]
fn whoever_tagged_an_object_manages_it() {
    let shop = Shop::open("managed");
    let arguments = format!("load_balancer_arns = [{:?}]", shop.edge);
    let name = "edge:80 host=shop.example.com path=/orders/*";
    let manager = || one(&shop.stage, &shop.look(&arguments).0, name)["manager"].clone();
    assert_eq!(manager(), Value::Null);
    tag(&shop.stage, &shop.edge, &[("eks:eks-cluster-name", "auto"), ("ingress.eks.amazonaws.com/stack", "a/b")]);
    assert_eq!(manager(), json!({"kind": "eks-auto-mode", "cluster": "auto", "stack": "a/b"}));
    tag(&shop.stage, &shop.rule, &[("elbv2.k8s.aws/cluster", "blue"), ("ingress.k8s.aws/stack", "shop")]);
    assert_eq!(manager(), json!({"kind": "aws-load-balancer-controller", "cluster": "blue", "stack": "shop"}));
    tag(&shop.stage, &shop.blue.arn, &[("AmazonECSManaged", "true")]);
    let (_, groups) = shop.look(&arguments);
    assert_eq!(one(&shop.stage, &groups, "blue")["manager"]["kind"], "ecs");
    assert_eq!(one(&shop.stage, &groups, "blue")["tags"], json!({"AmazonECSManaged": "true"}));
    assert_eq!(one(&shop.stage, &groups, "green")["manager"], Value::Null);
}

//! What exists in AWS before the provider comes: made by the AWS SDK's own client, and read back with it.

use std::sync::atomic::{AtomicU32, Ordering};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_sdk_elasticloadbalancingv2::Client;
use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, AuthenticateOidcActionConfig, ForwardActionConfig, LoadBalancerTypeEnum, ProtocolEnum,
    RuleCondition, TargetDescription, TargetGroupStickinessConfig, TargetGroupTuple, TargetTypeEnum,
};

use crate::blocking::wait;
use crate::emulator::Emulator;
use crate::route::Route;

/// The region in which worlds are made unless a test says otherwise.
pub const REGION: &str = "eu-west-1";

/// The client secret of every OIDC action that a world makes.
pub const OIDC_SECRET: &str = "a-secret-that-must-never-be-seen";

static MADE: AtomicU32 = AtomicU32::new(1);

/// A target group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetGroup {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
}

/// A corner of AWS that belongs to one test: its names are its own.
#[derive(Debug, Clone)]
pub struct World {
    name: String,
    emulator: &'static Emulator,
    region: String,
    config: SdkConfig,
    client: Client,
    vpc: String,
    subnets: Vec<String>,
}

impl World {
    /// An empty corner in the usual region. `name` starts the names of all it makes; 12 characters at most.
    pub fn new(name: &str) -> Self {
        Self::in_region(name, REGION)
    }

    /// An empty corner in a region.
    pub fn in_region(name: &str, region: &str) -> Self {
        let emulator = Emulator::shared();
        let name = format!("{name}-{}", MADE.fetch_add(1, Ordering::Relaxed));
        let credentials = Credentials::new(format!("WORLD{}", name.replace('-', "")), "secret", None, None, "world");
        let config = aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new(region.to_owned()))
            .credentials_provider(credentials)
            .endpoint_url(emulator.endpoint());
        let config = wait(config.load());
        let client = Client::new(&config);
        let (vpc, subnets) = emulator.network(region);
        Self { name, emulator, region: region.to_owned(), config, client, vpc, subnets }
    }

    /// The emulator it lies in.
    pub fn emulator(&self) -> &'static Emulator {
        self.emulator
    }

    /// What its own clients are made from.
    pub fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// Its name, which is like no other's.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its region.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Its VPC.
    pub fn vpc(&self) -> &str {
        &self.vpc
    }

    /// The client for what is not offered here.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Makes an application load balancer; its ARN.
    pub fn application_balancer(&self, name: &str) -> String {
        self.balancer(name, LoadBalancerTypeEnum::Application)
    }

    /// Makes a network load balancer; its ARN.
    pub fn network_balancer(&self, name: &str) -> String {
        self.balancer(name, LoadBalancerTypeEnum::Network)
    }

    fn balancer(&self, name: &str, kind: LoadBalancerTypeEnum) -> String {
        let request = self
            .client
            .create_load_balancer()
            .name(format!("{}-{name}", self.name))
            .set_subnets(Some(self.subnets.clone()))
            .r#type(kind);
        wait(request.send()).unwrap().load_balancers()[0].load_balancer_arn().unwrap().to_owned()
    }

    /// The DNS name of a load balancer.
    pub fn dns_name(&self, balancer: &str) -> String {
        let found = wait(self.client.describe_load_balancers().load_balancer_arns(balancer).send()).unwrap();
        found.load_balancers()[0].dns_name().unwrap().to_owned()
    }

    /// Makes an HTTP target group with two targets that are healthy wherever the target group is in use.
    pub fn target_group(&self, name: &str) -> TargetGroup {
        self.target_group_of(name, ProtocolEnum::Http, 2)
    }

    /// Makes a target group with so many targets.
    pub fn target_group_of(&self, name: &str, protocol: ProtocolEnum, targets: u8) -> TargetGroup {
        let name = format!("{}-{name}", self.name);
        let request = self
            .client
            .create_target_group()
            .name(&name)
            .protocol(protocol)
            .port(8080)
            .vpc_id(&self.vpc)
            .target_type(TargetTypeEnum::Ip);
        let arn = wait(request.send()).unwrap().target_groups()[0].target_group_arn().unwrap().to_owned();
        if targets > 0 {
            let targets = (1..=targets).map(|last| TargetDescription::builder().id(format!("10.0.0.{last}")).build());
            let request = self.client.register_targets().target_group_arn(&arn).set_targets(Some(targets.collect()));
            wait(request.send()).unwrap();
        }
        TargetGroup { name, arn }
    }

    /// Makes a listener on a port of a load balancer; its ARN.
    pub fn listener(&self, balancer: &str, protocol: ProtocolEnum, port: i32, actions: Vec<Action>) -> String {
        let request = self
            .client
            .create_listener()
            .load_balancer_arn(balancer)
            .protocol(protocol)
            .port(port)
            .set_default_actions(Some(actions));
        wait(request.send()).unwrap().listeners()[0].listener_arn().unwrap().to_owned()
    }

    /// Makes a listener rule; its ARN.
    pub fn rule(&self, listener: &str, priority: i32, conditions: Vec<RuleCondition>, actions: Vec<Action>) -> String {
        let request = self
            .client
            .create_rule()
            .listener_arn(listener)
            .priority(priority)
            .set_conditions(Some(conditions))
            .set_actions(Some(actions));
        wait(request.send()).unwrap().rules()[0].rule_arn().unwrap().to_owned()
    }

    /// A route as it is now.
    pub fn route(&self, arn: &str) -> Route {
        Route::read(&self.client, arn)
    }

    /// Green's percent of what blue and green share in a route now.
    pub fn green_percent(&self, arn: &str, blue: &TargetGroup, green: &TargetGroup) -> f64 {
        self.route(arn).green_percent(&blue.arn, &green.arn)
    }

    /// Sets a rule's or a listener's actions, as someone else would.
    pub fn set_actions(&self, arn: &str, actions: Vec<Action>) {
        if arn.contains(":listener-rule/") {
            wait(self.client.modify_rule().rule_arn(arn).set_actions(Some(actions)).send()).unwrap();
        } else {
            wait(self.client.modify_listener().listener_arn(arn).set_default_actions(Some(actions)).send()).unwrap();
        }
    }

    /// As [`World::set_health`], beside other things.
    pub async fn set_health_now(&self, target_group: &TargetGroup, state: &str) {
        let order = serde_json::json!({"target_group_arn": target_group.arn, "target": null, "state": state});
        self.emulator.asked("POST", "health", &order).await;
    }

    /// Sets what health checks find for all targets of a target group.
    pub fn set_health(&self, target_group: &TargetGroup, state: &str) {
        self.emulator.set_health(&target_group.arn, None, state);
    }
}

/// A forward action to target groups with weights.
pub fn forward(weights: &[(&TargetGroup, i32)]) -> Action {
    forward_with(weights, None)
}

/// A forward action that is sticky for so many seconds.
pub fn sticky_forward(weights: &[(&TargetGroup, i32)], seconds: i32) -> Action {
    let stickiness = TargetGroupStickinessConfig::builder().enabled(true).duration_seconds(seconds).build();
    forward_with(weights, Some(stickiness))
}

fn forward_with(weights: &[(&TargetGroup, i32)], stickiness: Option<TargetGroupStickinessConfig>) -> Action {
    let tuples = weights
        .iter()
        .map(|(group, weight)| TargetGroupTuple::builder().target_group_arn(&group.arn).weight(*weight).build());
    let config = ForwardActionConfig::builder()
        .set_target_groups(Some(tuples.collect()))
        .set_target_group_stickiness_config(stickiness)
        .build();
    Action::builder().r#type(ActionTypeEnum::Forward).order(2).forward_config(config).build()
}

/// An action that signs users in by OpenID Connect.
pub fn oidc() -> Action {
    let config = AuthenticateOidcActionConfig::builder()
        .issuer("https://idp.example.com")
        .authorization_endpoint("https://idp.example.com/authorize")
        .token_endpoint("https://idp.example.com/token")
        .user_info_endpoint("https://idp.example.com/user")
        .client_id("orders")
        .client_secret(OIDC_SECRET)
        .scope("openid email")
        .session_timeout(3600)
        .authentication_request_extra_params("prompt", "login")
        .build();
    Action::builder().r#type(ActionTypeEnum::AuthenticateOidc).order(1).authenticate_oidc_config(config).build()
}

/// A condition on the path.
pub fn path(pattern: &str) -> RuleCondition {
    RuleCondition::builder().field("path-pattern").values(pattern).build()
}

/// A condition on the host.
pub fn host(pattern: &str) -> RuleCondition {
    RuleCondition::builder().field("host-header").values(pattern).build()
}

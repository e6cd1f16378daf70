//! One process of swaps: its own clients, its own desk.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use eksmig_core::apigateway::port_swap::{Desk, Order, PATIENCE, Plan, PortSwap, Refusal, Swap, Swapped, Undeployed};
use eksmig_core::apigateway::{ApiId, Apis};
use eksmig_core::aws::{Aws, AwsConfig, PortPair, Service, StaticCredentials};
use eksmig_core::clock::{Clock, SystemClock};
use eksmig_core::elb::{ElbReader, ListenerArn, PortPairError, TargetGroupArn};
use eksmig_core::engine::driver::{Driver, Pacing};
use eksmig_core::engine::gate::Gate;
use eksmig_core::engine::outcome::Outcome;
use eksmig_core::engine::transition::OnFailure;
use eksmig_core::gates::{TargetHealthConfig, TargetHealthGate};
use eksmig_core::schedule::{Ramp, Waypoints};
use eksmig_core::share::Share;
use eksmig_tests::blocking::wait;
use eksmig_tests::calls::Call;
use eksmig_tests::emulator::Emulator;
use eksmig_tests::gateway::Gateway;
use tokio_util::sync::CancellationToken;

use crate::brisk::Brisk;

/// An integration on blue's port.
pub const BLUE: &str = "http://orders.example:8080/{proxy}";

/// A stage that leads to one side and has no canary.
pub fn only(side: &str) -> (Vec<String>, Option<(f64, Vec<String>)>) {
    (vec![side.to_owned()], None)
}

/// A stage that leads to blue, with so much of it to green.
pub fn split(percent: f64) -> (Vec<String>, Option<(f64, Vec<String>)>) {
    (vec!["blue".to_owned()], Some((percent, vec!["green".to_owned()])))
}

/// Runs a swap, which must settle.
#[track_caller]
pub fn settle(process: &Process, gateway: &Gateway, wanted: &Wanted) {
    let swapped = wait(process.run(gateway, wanted)).unwrap();
    assert_eq!(swapped.report.outcome, Outcome::Settled, "{:#?}", swapped.report.history);
}

/// What a process of swaps has in common.
#[derive(Debug, Clone)]
pub struct Process {
    pub clock: Arc<dyn Clock>,
    pub reader: ElbReader,
    pub desk: Desk,
    pub access_key: String,
    pub stop: CancellationToken,
}

/// A swap as a test words it.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub api: ApiId,
    pub routes: Vec<String>,
    pub target: &'static str,
    pub steps: Vec<&'static str>,
    pub interval: Duration,
    pub undeployed: Undeployed,
    pub patience: Duration,
    pub on_failure: OnFailure,
    pub stages: Vec<String>,
    pub reviewed: Option<&'static str>,
}

impl Wanted {
    pub fn rest(api: &str, target: &'static str) -> Self {
        let api = ApiId::Rest(api.to_owned());
        let (steps, routes, interval) = (Vec::new(), Vec::new(), Duration::ZERO);
        Self {
            api,
            routes,
            target,
            steps,
            interval,
            undeployed: Undeployed::Refuse,
            patience: PATIENCE,
            on_failure: OnFailure::RollBack,
            stages: vec!["prod".to_owned()],
            reviewed: None,
        }
    }

    pub fn http(api: &str, target: &'static str) -> Self {
        Self { api: ApiId::Http(api.to_owned()), ..Self::rest(api, target) }
    }

    pub fn is_rest(&self) -> bool {
        matches!(self.api, ApiId::Rest(_))
    }

    pub fn ramp(self, steps: &[&'static str]) -> Self {
        Self { steps: steps.to_vec(), ..self }
    }

    pub fn routes(self, routes: &[String]) -> Self {
        Self { routes: routes.to_vec(), ..self }
    }

    pub fn order(&self) -> Order {
        let steps: Vec<Share> = self.steps.iter().map(|step| step.parse().unwrap()).collect();
        let waypoints = if steps.is_empty() { Waypoints::Direct } else { Waypoints::Listed(steps) };
        let ramp = Ramp::new(waypoints, self.interval, false).unwrap();
        let reviewed = self.reviewed.map(|share| ("prod".to_owned(), share.parse().unwrap()));
        let reviewed: BTreeMap<String, Share> = reviewed.into_iter().collect();
        Order { target: self.target.parse().unwrap(), ramp, reviewed, patience: self.patience }
    }
}

impl Process {
    /// A process that nobody met yet. Its calls carry an access key of their own.
    pub fn new(gateway: &Gateway) -> Self {
        Self::named(gateway, "")
    }

    /// One of several processes of a test.
    pub fn named(gateway: &Gateway, name: &str) -> Self {
        Self::on(gateway, name, Arc::new(Brisk::default()))
    }

    /// One for which time passes as it does.
    pub fn unhurried(gateway: &Gateway, name: &str) -> Self {
        Self::on(gateway, name, Arc::new(SystemClock::new()))
    }

    fn on(gateway: &Gateway, name: &str, clock: Arc<dyn Clock>) -> Self {
        let access_key = format!("SWAP{}{}", gateway.world.name().replace('-', ""), name.to_uppercase());
        let endpoint = Emulator::shared().endpoint();
        let config = AwsConfig {
            region: Some(gateway.world.region().to_owned()),
            credentials: Some(StaticCredentials {
                access_key: access_key.clone(),
                secret_key: "secret".to_owned(),
                token: None,
            }),
            endpoints: [Service::Elbv2, Service::ApiGateway, Service::ApiGatewayV2]
                .map(|service| (service, endpoint.clone()))
                .into(),
            // Fewer than the provider's: a test that wears them out should not wait long for it.
            max_attempts: 3,
            ..AwsConfig::default()
        };
        let aws = Aws::new(config, Arc::clone(&clock));
        let reader = ElbReader::new(aws.clone());
        let desk = Desk::new(Apis::new(aws));
        Self { clock, reader, desk, access_key, stop: CancellationToken::new() }
    }

    /// Two listeners, looked up.
    pub async fn pair(&self, blue: &str, green: &str) -> Result<PortPair, PortPairError> {
        let listener = |arn: &str| ListenerArn::parse(arn).unwrap();
        self.reader.port_pair(&listener(blue), &listener(green)).await
    }

    async fn swap(&self, gateway: &Gateway, wanted: &Wanted) -> PortSwap {
        let pair = self.pair(&gateway.listeners.0, &gateway.listeners.1).await.unwrap();
        let swap = Swap {
            api: wanted.api.clone(),
            stages: wanted.stages.iter().cloned().collect(),
            pair,
            routes: wanted.routes.iter().cloned().collect(),
            undeployed: wanted.undeployed,
        };
        PortSwap::new(self.desk.clone(), swap)
    }

    fn driver(&self, gateway: &Gateway, on_failure: OnFailure) -> Driver {
        let group = |arn: &str| TargetGroupArn::parse(arn).unwrap();
        let health = TargetHealthConfig {
            blue: group(&gateway.groups.0.arn),
            green: group(&gateway.groups.1.arn),
            min_healthy_targets: 1,
            min_healthy_percent: 0,
        };
        let gate: Arc<dyn Gate> = Arc::new(TargetHealthGate::new(self.reader.clone(), health));
        let clock = Arc::clone(&self.clock);
        let pacing = Pacing { gate_timeout: Duration::from_secs(30), on_failure, ..Pacing::default() };
        Driver { clock, gates: vec![gate], pacing, stop: self.stop.clone(), time_limit: None, observer: None }
    }

    pub async fn run(&self, gateway: &Gateway, wanted: &Wanted) -> Result<Swapped, Refusal> {
        let swap = self.swap(gateway, wanted).await;
        swap.run(&wanted.order(), &self.driver(gateway, wanted.on_failure)).await
    }

    pub async fn plan(&self, gateway: &Gateway, wanted: &Wanted) -> Result<Plan, Refusal> {
        let order = wanted.order();
        self.swap(gateway, wanted).await.plan(order.target, &order.ramp).await
    }

    pub fn calls(&self) -> Vec<Call> {
        Emulator::shared().calls(&self.access_key, 0)
    }

    /// The names of the writes after this call, in order.
    pub fn writes(&self, since: u64) -> Vec<String> {
        let calls = Emulator::shared().calls(&self.access_key, since);
        calls.into_iter().filter(Call::writes).map(|call| call.action).collect()
    }

    /// How many writes have begun, done or not.
    pub fn writes_begun(&self) -> usize {
        self.writes(0).len()
    }

    pub fn mark(&self) -> u64 {
        self.calls().last().map_or(0, |call| call.number)
    }
}

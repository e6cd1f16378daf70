//! One process of swaps: its own clients, its own desk.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use eksmig_core::apigateway::port_swap::{Desk, Order, PATIENCE, PortSwap, Refusal, Swap, Swapped, Undeployed};
use eksmig_core::apigateway::{ApiId, Apis};
use eksmig_core::aws::{Aws, AwsConfig, Service, StaticCredentials};
use eksmig_core::clock::Clock;
use eksmig_core::elb::{ElbReader, ListenerArn, PortPairError, TargetGroupArn};
use eksmig_core::engine::driver::{Driver, Pacing};
use eksmig_core::engine::gate::Gate;
use eksmig_core::gates::{TargetHealthConfig, TargetHealthGate};
use eksmig_core::schedule::{Ramp, Waypoints};
use eksmig_core::share::Share;
use eksmig_tests::calls::Call;
use eksmig_tests::emulator::Emulator;
use eksmig_tests::gateway::Gateway;
use tokio_util::sync::CancellationToken;

use crate::brisk::Brisk;

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
}

impl Wanted {
    pub fn rest(api: &str, target: &'static str) -> Self {
        let api = ApiId::Rest(api.to_owned());
        let (steps, routes, interval) = (Vec::new(), Vec::new(), Duration::ZERO);
        Self { api, routes, target, steps, interval, undeployed: Undeployed::Refuse, patience: PATIENCE }
    }

    pub fn http(api: &str, target: &'static str) -> Self {
        Self { api: ApiId::Http(api.to_owned()), ..Self::rest(api, target) }
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
        Order { target: self.target.parse().unwrap(), ramp, reviewed: BTreeMap::new(), patience: self.patience }
    }
}

impl Process {
    /// A process that nobody met yet. Its calls carry an access key of their own.
    pub fn new(gateway: &Gateway) -> Self {
        let access_key = format!("SWAP{}", gateway.world.name().replace('-', ""));
        let endpoint = Emulator::shared().endpoint();
        let clock: Arc<dyn Clock> = Arc::new(Brisk::default());
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
            ..AwsConfig::default()
        };
        let aws = Aws::new(config, Arc::clone(&clock));
        let reader = ElbReader::new(aws.clone());
        let desk = Desk::new(Apis::new(aws));
        Self { clock, reader, desk, access_key, stop: CancellationToken::new() }
    }

    /// The swap, with its two listeners looked up.
    pub async fn swap(&self, gateway: &Gateway, wanted: &Wanted) -> Result<PortSwap, PortPairError> {
        let listener = |arn: &str| ListenerArn::parse(arn).unwrap();
        let (blue, green) = (listener(&gateway.listeners.0), listener(&gateway.listeners.1));
        let pair = self.reader.port_pair(&blue, &green).await?;
        let swap = Swap {
            api: wanted.api.clone(),
            stages: BTreeSet::from(["prod".to_owned()]),
            pair,
            routes: wanted.routes.iter().cloned().collect(),
            undeployed: wanted.undeployed,
        };
        Ok(PortSwap::new(self.desk.clone(), swap))
    }

    pub fn driver(&self, gateway: &Gateway) -> Driver {
        let group = |arn: &str| TargetGroupArn::parse(arn).unwrap();
        let health = TargetHealthConfig {
            blue: group(&gateway.groups.0.arn),
            green: group(&gateway.groups.1.arn),
            min_healthy_targets: 1,
            min_healthy_percent: 0,
        };
        let gate: Arc<dyn Gate> = Arc::new(TargetHealthGate::new(self.reader.clone(), health));
        let clock = Arc::clone(&self.clock);
        let pacing = Pacing { gate_timeout: Duration::from_secs(30), ..Pacing::default() };
        Driver { clock, gates: vec![gate], pacing, stop: self.stop.clone(), time_limit: None }
    }

    pub async fn run(&self, gateway: &Gateway, wanted: &Wanted) -> Result<Swapped, Refusal> {
        let swap = self.swap(gateway, wanted).await.unwrap();
        swap.run(&wanted.order(), &self.driver(gateway)).await
    }

    pub fn calls(&self) -> Vec<Call> {
        Emulator::shared().calls(&self.access_key, 0)
    }

    /// The names of the writes after this call, in order.
    pub fn writes(&self, since: u64) -> Vec<String> {
        let calls = Emulator::shared().calls(&self.access_key, since);
        calls.into_iter().filter(Call::writes).map(|call| call.action).collect()
    }

    pub fn mark(&self) -> u64 {
        self.calls().last().map_or(0, |call| call.number)
    }
}

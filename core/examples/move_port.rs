//! Moves a REST API of API Gateway from one port of a network load balancer to another:
//!
//! ```text
//! cargo run -p eksmig-core --example move_port -- API_ID STAGE BLUE_LISTENER_ARN GREEN_LISTENER_ARN PERCENT [SECONDS]
//! ```
//!
//! It goes by 10 %, in a canary of the stage, and stays there for a minute, or for SECONDS, as long as every target group
//! of the listener that takes over has a healthy target. Ctrl-C holds where it is.
//!
//! Region and credentials come from the AWS SDK's own chain, and so does an endpoint: AWS_ENDPOINT_URL.

// The SDK's futures nest deeply.
#![recursion_limit = "256"]

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use eksmig_core::apigateway::port_swap::{Desk, Order, PATIENCE, PortSwap, Swap, Undeployed};
use eksmig_core::apigateway::{ApiId, Apis};
use eksmig_core::aws::{Aws, AwsConfig};
use eksmig_core::clock::{Clock, SystemClock};
use eksmig_core::elb::{ElbReader, ListenerArn};
use eksmig_core::engine::driver::Driver;
use eksmig_core::engine::gate::Gate;
use eksmig_core::engine::outcome::Outcome;
use eksmig_core::gates::TargetHealthGate;
use eksmig_core::schedule::{Ramp, Waypoints};
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match swap(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn swap(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let [api, stage, blue, green, percent, more @ ..] = arguments else {
        return Err("usage: move_port API_ID STAGE BLUE_LISTENER_ARN GREEN_LISTENER_ARN PERCENT [SECONDS]".into());
    };
    let (blue, green) = (ListenerArn::parse(blue)?, ListenerArn::parse(green)?);
    let interval = Duration::from_secs(more.first().map_or(Ok(60), |seconds| seconds.parse())?);
    let ramp = Ramp::new(Waypoints::Listed(vec!["10".parse()?]), interval, false)?;
    let order = Order { target: percent.parse()?, ramp, reviewed: BTreeMap::new(), patience: PATIENCE };

    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let aws = Aws::new(AwsConfig::default(), Arc::clone(&clock));
    let reader = ElbReader::new(aws.clone());
    // Swaps at one desk share deployments and canaries.
    let desk = Desk::new(Apis::new(aws));

    let pair = reader.port_pair(&blue, &green).await.map_err(|why| format!("nothing was written: {why}"))?;
    let health = TargetHealthGate::of_ports(&reader, &pair, 1, 0)?;
    let gates = health.into_iter().map(|gate| Arc::new(gate) as Arc<dyn Gate>).collect();
    let driver = Driver { stop: on_interrupt(), ..Driver::new(clock, gates) };

    let (api, stages) = (ApiId::Rest(api.clone()), BTreeSet::from([stage.clone()]));
    // Edits of others that were not deployed yet are not shipped along: with any, the swap is refused.
    let swap = Swap { api, stages, pair, routes: BTreeSet::new(), undeployed: Undeployed::Refuse };
    let swapped = PortSwap::new(desk, swap).run(&order, &driver).await;
    let swapped = swapped.map_err(|refusal| format!("nothing was written: {refusal}"))?;
    for entry in &swapped.report.history {
        println!("{:>5} s  {}", entry.at.as_secs(), entry.what);
    }
    for (stage, standing) in &swapped.known {
        println!("{stage}: {}% green", standing.share);
    }
    match swapped.report.outcome {
        Outcome::Settled => Ok(()),
        other => Err(other.to_string().into()),
    }
}

/// Cancelled by Ctrl-C: the write in flight is finished, and nothing new begun.
fn on_interrupt() -> CancellationToken {
    let stop = CancellationToken::new();
    let cancelled = stop.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            cancelled.cancel();
        }
    });
    stop
}

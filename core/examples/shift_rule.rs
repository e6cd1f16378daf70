//! Shifts one listener or rule, without Terraform:
//!
//! ```text
//! cargo run -p eksmig-core --example shift_rule -- ROUTE_ARN BLUE_ARN GREEN_ARN PERCENT
//! ```
//!
//! It walks through 1%, 10% and 50%, a minute each, as long as the side that takes over has a healthy target, and goes
//! back when it has none. Credentials and region come from the AWS SDK's own chain. Ctrl-C holds where it is.

// The SDK's futures nest deeply.
#![recursion_limit = "256"]

use std::collections::BTreeSet;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use eksmig_core::aws::{Aws, AwsConfig};
use eksmig_core::clock::{Clock, SystemClock};
use eksmig_core::elb::forward::Pair;
use eksmig_core::elb::weighted_shift::{Position, WeightedShift};
use eksmig_core::elb::write::ElbWriter;
use eksmig_core::elb::{ElbReader, RouteArn, TargetGroupArn};
use eksmig_core::engine::driver::{Driver, Pacing};
use eksmig_core::engine::outcome::Outcome;
use eksmig_core::engine::shift::{Aim, Idle, Order};
use eksmig_core::gates::{TargetHealthConfig, TargetHealthGate};
use eksmig_core::schedule::{Ramp, Waypoints};
use eksmig_core::share::Share;
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [route, blue, green, percent] = arguments.as_slice() else {
        return Err("usage: shift_rule ROUTE_ARN BLUE_ARN GREEN_ARN PERCENT".into());
    };
    let pair = Pair { blue: TargetGroupArn::parse(blue)?, green: TargetGroupArn::parse(green)? };
    let routes = BTreeSet::from([RouteArn::parse(route)?]);

    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let aws = Aws::new(AwsConfig::default(), clock.clone());
    let reader = ElbReader::new(aws.clone());
    let writer = ElbWriter::new(aws, reader.clone());

    let health = TargetHealthConfig {
        blue: pair.blue.clone(),
        green: pair.green.clone(),
        min_healthy_targets: 1,
        min_healthy_percent: 0,
    };
    let stop = CancellationToken::new();
    let on_interrupt = stop.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            on_interrupt.cancel();
        }
    });
    let driver = Driver {
        clock,
        gates: vec![Arc::new(TargetHealthGate::new(reader.clone(), health))],
        pacing: Pacing::default(),
        stop,
        time_limit: None,
        observer: None,
    };

    let steps = ["1", "10", "50"].iter().map(|step| step.parse()).collect::<Result<Vec<Share>, _>>()?;
    let order = Order {
        aim: Aim {
            target: percent.parse()?,
            ramp: Ramp::new(Waypoints::Listed(steps), Duration::from_secs(60), false)?,
            idle: Idle::Keep,
        },
        reviewed: Position::new(),
    };
    let shifted = WeightedShift::new(reader, writer, pair, routes).run(&order, &driver).await?;
    for entry in &shifted.report.history {
        println!("{:>5} s  {}", entry.at.as_secs(), entry.what);
    }
    match shifted.report.outcome {
        Outcome::Settled => Ok(()),
        other => Err(format!("{other:?}").into()),
    }
}

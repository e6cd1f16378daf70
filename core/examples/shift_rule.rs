//! Shifts one listener or rule from a blue target group to a green one:
//!
//! ```text
//! cargo run -p eksmig-core --example shift_rule -- ROUTE_ARN BLUE_ARN GREEN_ARN PERCENT [SECONDS]
//! ```
//!
//! It goes by 1, 10 and 50 % and stays at each for a minute, or for SECONDS, as long as the side that takes over has a
//! healthy target. When it has none, it goes back. Ctrl-C holds where it is.
//!
//! Region and credentials come from the AWS SDK's own chain, and so does an endpoint: AWS_ENDPOINT_URL.

// The SDK's futures nest deeply.
#![recursion_limit = "256"]

use std::collections::BTreeSet;
use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use eksmig_core::aws::{Aws, AwsConfig};
use eksmig_core::clock::{Clock, SystemClock};
use eksmig_core::elb::forward::Pair;
use eksmig_core::elb::weighted_shift::{Position, WeightedShift};
use eksmig_core::elb::write::ElbWriter;
use eksmig_core::elb::{ElbReader, RouteArn, TargetGroupArn};
use eksmig_core::engine::driver::Driver;
use eksmig_core::engine::outcome::Outcome;
use eksmig_core::engine::shift::{Aim, Idle, Order};
use eksmig_core::gates::{TargetHealthConfig, TargetHealthGate};
use eksmig_core::schedule::{Ramp, Waypoints};
use eksmig_core::share::Share;
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match shift(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn shift(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let [route, blue, green, percent, more @ ..] = arguments else {
        return Err("usage: shift_rule ROUTE_ARN BLUE_ARN GREEN_ARN PERCENT [SECONDS]".into());
    };
    // What to move: everything is parsed before anything is asked of AWS.
    let routes = BTreeSet::from([RouteArn::parse(route)?]);
    let pair = Pair { blue: TargetGroupArn::parse(blue)?, green: TargetGroupArn::parse(green)? };

    // Where to, and how fast.
    let interval = Duration::from_secs(more.first().map_or(Ok(60), |seconds| seconds.parse())?);
    let steps = ["1", "10", "50"].iter().map(|step| step.parse()).collect::<Result<Vec<Share>, _>>()?;
    let ramp = Ramp::new(Waypoints::Listed(steps), interval, false)?;
    let aim = Aim { target: percent.parse()?, ramp, idle: Idle::Keep };

    // Who reads and writes. One `Aws` keeps one budget of calls, however many shifts share it.
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let aws = Aws::new(AwsConfig::default(), Arc::clone(&clock));
    let reader = ElbReader::new(aws.clone());
    let writer = ElbWriter::new(aws, reader.clone());

    // Under which conditions.
    let (min_healthy_targets, min_healthy_percent) = (1, 0);
    let (blue, green) = (pair.blue.clone(), pair.green.clone());
    let health = TargetHealthConfig { blue, green, min_healthy_targets, min_healthy_percent };
    let health = TargetHealthGate::new(reader.clone(), health);
    let driver = Driver { stop: on_interrupt(), ..Driver::new(clock, vec![Arc::new(health)]) };

    // A refusal wrote nothing; whatever began ends with a report.
    let order = Order { aim, reviewed: Position::new() };
    let shift = WeightedShift::new(reader, writer, pair, routes);
    let shifted = shift.run(&order, &driver).await.map_err(|refusal| format!("nothing was written: {refusal}"))?;
    for entry in &shifted.report.history {
        println!("{:>5} s  {}", entry.at.as_secs(), entry.what);
    }
    for (route, weights) in &shifted.known {
        println!("{route}: {weights}");
    }
    match shifted.report.outcome {
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

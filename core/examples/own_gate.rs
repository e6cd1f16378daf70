//! Guards a shift with a gate of one's own: a file in which the people on call keep their word.
//!
//! ```text
//! echo go >word
//! cargo run -p eksmig-core --example own_gate -- ROUTE_ARN BLUE_ARN GREEN_ARN PERCENT word
//! ```
//!
//! It goes by 50 % and stays there for a minute. Nothing moves before the file says `go`; anything else in it while the
//! traffic moves takes everything back. The rest is as in `shift_rule`, but that nothing listens for Ctrl-C.

// The SDK's futures nest deeply.
#![recursion_limit = "256"]

use std::collections::BTreeSet;
use std::error::Error;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use eksmig_core::aws::{Aws, AwsConfig};
use eksmig_core::clock::{Clock, SystemClock};
use eksmig_core::elb::forward::Pair;
use eksmig_core::elb::weighted_shift::{Position, WeightedShift};
use eksmig_core::elb::write::ElbWriter;
use eksmig_core::elb::{ElbReader, RouteArn, TargetGroupArn};
use eksmig_core::engine::driver::{Driver, Pacing};
use eksmig_core::engine::gate::{Gate, Question, Verdict};
use eksmig_core::engine::outcome::Outcome;
use eksmig_core::engine::shift::{Aim, Idle, Order};
use eksmig_core::gates::{TargetHealthConfig, TargetHealthGate};
use eksmig_core::schedule::{Ramp, Waypoints};

/// The word of the people on call.
#[derive(Debug)]
struct OnCall {
    file: PathBuf,
}

#[async_trait]
impl Gate for OnCall {
    fn name(&self) -> &'static str {
        "on_call"
    }

    /// Whether it has a say: where green's share rises, or has risen and bakes. Nobody is asked on the way back to blue.
    fn watches(&self, question: Question) -> bool {
        question.rising.green
    }

    /// Asked before a step, and again and again while the step bakes.
    async fn judge(&self, _: Question) -> Verdict {
        let file = self.file.display();
        match tokio::fs::read_to_string(&self.file).await {
            Ok(word) if word.trim() == "go" => Verdict::Pass,
            // Before the first step this is waited out; later it takes the traffic back.
            Ok(word) => Verdict::Fail(format!("{file} says {:?}, wanted \"go\"", word.trim())),
            // Could not tell, and may be able to later: never a pass, and no reason to go back either.
            Err(error) if error.kind() == ErrorKind::NotFound => Verdict::Inconclusive(format!("there is no {file}")),
            // No repetition mends this. Nobody waits for it.
            Err(error) => Verdict::Unanswerable(format!("{file} cannot be read: {error}")),
        }
    }
}

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
    let [route, blue, green, percent, file] = arguments else {
        return Err("usage: own_gate ROUTE_ARN BLUE_ARN GREEN_ARN PERCENT FILE".into());
    };
    let routes = BTreeSet::from([RouteArn::parse(route)?]);
    let pair = Pair { blue: TargetGroupArn::parse(blue)?, green: TargetGroupArn::parse(green)? };
    let ramp = Ramp::new(Waypoints::Listed(vec!["50".parse()?]), Duration::from_secs(60), false)?;
    let aim = Aim { target: percent.parse()?, ramp, idle: Idle::Keep };

    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let aws = Aws::new(AwsConfig::default(), Arc::clone(&clock));
    let reader = ElbReader::new(aws.clone());
    let writer = ElbWriter::new(aws, reader.clone());

    // Gates add up: a step begins once all of them pass. Without the first, a share might rise for a side that is dead.
    let (min_healthy_targets, min_healthy_percent) = (1, 0);
    let (blue, green) = (pair.blue.clone(), pair.green.clone());
    let health = TargetHealthConfig { blue, green, min_healthy_targets, min_healthy_percent };
    let gates: Vec<Arc<dyn Gate>> =
        vec![Arc::new(TargetHealthGate::new(reader.clone(), health)), Arc::new(OnCall { file: file.into() })];
    // Asked every second, and waited for as long as ten.
    let (poll_interval, gate_timeout) = (Duration::from_secs(1), Duration::from_secs(10));
    let pacing = Pacing { poll_interval, gate_timeout, ..Pacing::default() };
    let driver = Driver { pacing, ..Driver::new(clock, gates) };

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

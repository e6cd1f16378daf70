#![doc = include_str!("../README.md")]
#![doc(test(attr(recursion_limit = "256")))]
//!
//! # The rooms
//!
//! | room | what it is for |
//! |---|---|
//! | [`share`], [`schedule`] | how much goes to green, in tenths of a percent, and the steps of a change (pure) |
//! | [`engine`] | what comes next (pure), the one loop that does it, and the traits for what is moved and what guards it |
//! | [`gates`] | what a step waits for: healthy targets, alarms, a probe, a rate of errors |
//! | [`elb`] | load balancers: shifts of weights, the hand-over of target groups, twins of target groups and listeners |
//! | [`route53`] | shifts of weighted records |
//! | [`external_dns`] | shifts of records that ExternalDNS writes |
//! | [`apigateway`] | swaps of the port that an API leads to |
//! | [`nodes`] | migrations from one node group to another |
//! | [`drain`] | whether the side without a share is left by its last client |
//! | [`survey`], [`preflight`] | what is there, and what would go wrong; nothing is written |
//! | [`aws`], [`kubernetes`], [`clock`] | the way to AWS, to a cluster, and to the time |
//!
//! Whatever is moved, one goes about it in the same way: a description of what is to be moved, an order that says where to,
//! and a [`Driver`](engine::driver::Driver) with the gates. `run` refuses, and has written nothing; or it ends with a
//! [`Report`](engine::outcome::Report), whatever happened.
//!
//! # A rule, shifted
//!
//! ```no_run
//! use std::collections::BTreeSet;
//! use std::sync::Arc;
//!
//! use eksmig_core::aws::{Aws, AwsConfig};
//! use eksmig_core::clock::{Clock, SystemClock};
//! use eksmig_core::elb::forward::Pair;
//! use eksmig_core::elb::weighted_shift::{Position, WeightedShift};
//! use eksmig_core::elb::write::ElbWriter;
//! use eksmig_core::elb::{ElbReader, RouteArn, TargetGroupArn};
//! use eksmig_core::engine::driver::Driver;
//! use eksmig_core::engine::shift::{Aim, Idle, Order};
//! use eksmig_core::gates::{TargetHealthConfig, TargetHealthGate};
//! use eksmig_core::schedule::Ramp;
//! use eksmig_core::share::Share;
//!
//! # async fn shift(rule: &str, blue: &str, green: &str) -> Result<(), Box<dyn std::error::Error>> {
//! let pair = Pair { blue: TargetGroupArn::parse(blue)?, green: TargetGroupArn::parse(green)? };
//! let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
//! let aws = Aws::new(AwsConfig::default(), clock.clone());
//! let reader = ElbReader::new(aws.clone());
//! let writer = ElbWriter::new(aws, reader.clone());
//!
//! let (blue, green) = (pair.blue.clone(), pair.green.clone());
//! let health = TargetHealthConfig { blue, green, min_healthy_targets: 2, min_healthy_percent: 50 };
//! let driver = Driver::new(clock, vec![Arc::new(TargetHealthGate::new(reader.clone(), health))]);
//!
//! // All at once, from wherever it stands, and blue stays in the rule, for going back is fast then.
//! let aim = Aim { target: Share::GREEN, ramp: Ramp::default(), idle: Idle::Keep };
//! let order = Order { aim, reviewed: Position::new() };
//! let routes = BTreeSet::from([RouteArn::parse(rule)?]);
//! let shifted = WeightedShift::new(reader, writer, pair, routes).run(&order, &driver).await?;
//! println!("{}", shifted.report.outcome);
//! # Ok(())
//! # }
//! ```
//!
//! # What every room has in common
//!
//! - **Errors** are an enumeration to a room. Their texts are for whoever is woken by them: what was tried, on which object,
//!   what came back. A `Refusal` is the error of a run that did not begin, and means that nothing was written.
//! - **Stop** is a [`CancellationToken`](tokio_util::sync::CancellationToken) of the driver. The write in flight is finished,
//!   nothing new begun, and the report says where the traffic stands. To drop the future of a run instead is to be killed:
//!   the share stays where the last write put it, and the next run goes on from there.
//! - **Time** comes from a [`Clock`](clock::Clock), so that a ten-minute bake takes none in a test.
//! - **Calls** of everything that shares one [`Aws`](aws::Aws) share one budget, and reads that many need are made once.
//! - **Logs** go to `tracing`. Credentials and tokens are neither logged nor shown by `Debug`.
//! - Futures need tokio, and those of the AWS SDK nest deeply: `#![recursion_limit = "256"]` in a program that runs them.

// The SDK's futures nest deeply.
#![recursion_limit = "256"]
// What says `pub` is offered; the list of all that is, is in public-api.txt.
#![warn(unreachable_pub)]

pub mod apigateway;
pub mod aws;
mod causes;
pub mod clock;
pub mod drain;
pub mod elb;
pub mod engine;
#[expect(unreachable_pub, reason = "not gone through yet")]
pub mod external_dns;
pub mod gates;
pub mod kubernetes;
#[expect(unreachable_pub, reason = "not gone through yet")]
pub mod nodes;
pub mod preflight;
pub mod route53;
pub mod schedule;
pub mod share;
pub mod survey;

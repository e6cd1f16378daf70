//! API Gateway in front of a network load balancer: moving an API between two of its ports.
//!
//! # How a caller goes about it
//!
//! ```no_run
//! # use std::collections::{BTreeMap, BTreeSet};
//! # use std::sync::Arc;
//! # use eksmig_core::apigateway::port_swap::{Desk, Order, PATIENCE, PortSwap, Swap, Undeployed};
//! # use eksmig_core::apigateway::{ApiId, Apis};
//! # use eksmig_core::aws::Aws;
//! # use eksmig_core::elb::{ElbReader, ListenerArn};
//! # use eksmig_core::engine::driver::Driver;
//! # use eksmig_core::schedule::Ramp;
//! # use eksmig_core::share::Share;
//! # async fn swap(
//! #     aws: Aws, reader: ElbReader, driver: Driver, blue: ListenerArn, green: ListenerArn,
//! # ) -> Result<(), Box<dyn std::error::Error>> {
//! let pair = reader.port_pair(&blue, &green).await?; // refuses what is no pair
//! let desk = Desk::new(Apis::new(aws)); // one for a whole program
//! let (api, stages) = (ApiId::Rest("a1b2c3".to_owned()), BTreeSet::from(["prod".to_owned()]));
//! let swap = Swap { api, stages, pair, routes: BTreeSet::new(), undeployed: Undeployed::Refuse };
//! let swap = PortSwap::new(desk, swap);
//!
//! let position = swap.look().await?; // green's share by stage
//! let ramp = Ramp::default();
//! let plan = swap.plan(Share::GREEN, &ramp).await?; // the steps, and other people's edits that they would ship
//! let reviewed = position.iter().map(|(stage, standing)| (stage.clone(), standing.share)).collect();
//! let order = Order { target: Share::GREEN, ramp, reviewed, patience: PATIENCE };
//! let swapped = swap.run(&order, &driver).await?; // gates and stop come with the driver
//! # Ok(())
//! # }
//! ```
//!
//! The health of the target groups that `pair` names is for gates in the driver, as with every other shift:
//! [`TargetHealthGate::of_ports`](crate::gates::TargetHealthGate::of_ports).
//!
//! # What is decided here
//!
//! - **The truth.** What a stage serves is read from its export, and compared with the API's own integrations: edited and
//!   not deployed, deployed, half way through a canary, promoted and not tidied up all look different, and a run goes on
//!   from whichever it finds. Of a canary AWS exports nothing; our deployments carry a description that names the
//!   swaps in it and the deployment before it. A canary without one that changes anything but variables of known swaps is
//!   someone else's, and refused.
//! - **The queue.** Swaps hand in what they want of an API. The first waits for a short window, looks once,
//!   makes everyone's edits and then as few deployments as can be: one per stage for those that move whole, one for those
//!   that begin or join a canary.
//! - **One canary per stage.** Swaps that ask for the percent that the canary has join it. It is raised, and promoted, once
//!   all in it ask for the same; until then the early ones wait. A swap that asks for something else waits for the canary
//!   to end. Both waits are bounded by `patience`, and a roll-back by its own, and an error names who is waited for.
//! - **The way back.** A swap that is alone in a canary removes it; one of several has it deployed anew without itself. A
//!   swap that is alone in a stage's deployment points the stage at the one before; for one of several that would take the
//!   others back too, so its edits are taken back and deployed. In every case first the traffic moves and then the API is
//!   tidied up, where the two are apart.
//! - **Undeployed edits** of others are found by comparing routes and integrations, field by field but for caching. Models,
//!   authorisers and responses are not compared. Edits of swaps that this process knows are no others', also where an
//!   earlier process left them undeployed. A variable's change ships nothing, and is not held up.
//! - **HTTP APIs** have no canary: 0 or 100. A stage that deploys by itself moves with the edit, and if it is not among the
//!   swap's stages, the swap is refused.

mod apis;
pub(crate) mod callers;
mod change;
mod deployments;
mod difference;
mod error;
mod export;
mod fare;
mod http;
mod integration;
mod label;
pub mod port_swap;
mod rest;
mod uri;
mod view;

pub use apis::Apis;
pub use error::Error;
pub use view::ApiId;

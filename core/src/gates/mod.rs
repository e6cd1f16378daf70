//! The conditions that steps wait for and bake under. Each gate judges one thing and knows nothing of the others.
//!
//! | gate | passes while | asks |
//! |---|---|---|
//! | [`TargetHealthGate`] | the side that rises has enough healthy targets | Elastic Load Balancing |
//! | [`RecordHealthGate`] | what the records lead to is healthy | Route 53, Elastic Load Balancing |
//! | [`CutoverHealthGate`] | the targets that stay or join are healthy | Elastic Load Balancing |
//! | [`AlarmGate`] | none of the alarms is in ALARM | CloudWatch |
//! | [`ErrorRateGate`] | green answers with few enough 5xx | CloudWatch |
//! | [`HttpProbeGate`] | a URL answers as expected | that URL |
//!
//! They add up: a [`Driver`](crate::engine::driver::Driver) begins a step once all of them pass. One of one's own is an
//! implementation of [`Gate`](crate::engine::gate::Gate); the example program `own_gate` has one.
//!
//! ```
//! use eksmig_core::gates::{ExpectedStatus, HttpProbeConfig, HttpProbeGate};
//! # use std::collections::BTreeMap;
//! # use std::sync::Arc;
//! # use std::time::Duration;
//! # use eksmig_core::clock::SystemClock;
//!
//! let mut probe = HttpProbeConfig {
//!     url: "https://green.example.com/health".to_owned(),
//!     expected_status: ExpectedStatus::parse("200-299,304")?,
//!     timeout: Duration::from_secs(5),
//!     host: Some("orders.example.com".to_owned()),
//!     headers: BTreeMap::new(),
//! };
//! assert!(probe.expected_status.contains(304) && !probe.expected_status.contains(500));
//! let clock = Arc::new(SystemClock::new());
//! assert!(HttpProbeGate::new(clock.clone(), probe.clone()).is_ok());
//!
//! // What no gate can do is refused before a run begins.
//! probe.url = "green.example.com".to_owned();
//! assert!(HttpProbeGate::new(clock, probe).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod alarm;
mod cutover_health;
mod error_rate;
mod http_probe;
mod node_health;
mod record_health;
mod target_health;
mod worst;

pub(crate) use alarm::{Alarm, alarms};
pub use alarm::{AlarmConfig, AlarmGate};
pub use cutover_health::CutoverHealthGate;
pub use error_rate::{ErrorRateConfig, ErrorRateError, ErrorRateGate, MeasuredTargetGroup};
pub use http_probe::{ExpectedStatus, HttpProbeConfig, HttpProbeError, HttpProbeGate};
pub use node_health::NodeHealthGate;
pub use record_health::{RecordHealthConfig, RecordHealthGate, Watch};
pub use target_health::{TargetHealthConfig, TargetHealthGate};

//! The conditions that steps wait for and bake under. Each gate judges one thing and knows nothing of the others.

mod alarm;
mod cutover_health;
mod error_rate;
mod http_probe;
mod node_health;
mod record_health;
mod target_health;
mod worst;

pub use alarm::{Alarm, AlarmConfig, AlarmGate, alarms};
pub use cutover_health::CutoverHealthGate;
pub use error_rate::{ErrorRateConfig, ErrorRateError, ErrorRateGate, MeasuredTargetGroup};
pub use http_probe::{ExpectedStatus, HttpProbeConfig, HttpProbeError, HttpProbeGate};
pub use node_health::NodeHealthGate;
pub use record_health::{RecordHealthConfig, RecordHealthGate, Watch};
pub use target_health::{TargetHealthConfig, TargetHealthGate};

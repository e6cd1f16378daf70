//! Application, network and gateway load balancers: what is where, and who gets how much.

mod arn;
pub mod cutover;
mod error;
mod fare;
pub mod forward;
mod port_pair;
pub mod read;
mod target_health;
pub mod twin;
pub mod weighted_shift;
pub mod write;

pub use arn::{ArnError, ListenerArn, LoadBalancerArn, LoadBalancerKind, RouteArn, RuleArn, TargetGroupArn};
pub use error::Error;
pub use fare::Fare;
pub use port_pair::PortPairError;
pub use read::ElbReader;
pub(crate) use read::{Behind, LoadBalancerInfo, Route, TargetGroupInfo};
pub use target_health::{Target, TargetHealth, TargetState};

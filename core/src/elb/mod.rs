//! Application, network and gateway load balancers: what is where, and who gets how much.
//!
//! | what moves | by |
//! |---|---|
//! | the weights of two target groups in listeners and rules | [`weighted_shift`] |
//! | the targets of target groups that stay where they are | [`cutover`] |
//! | nothing yet: a target group or a listener like another is made | [`twin`] |
//!
//! [`ElbReader`] reads, and shares what it reads for 15 seconds with all who ask; [`ElbWriter`](write::ElbWriter) writes one
//! at a time. An ARN is parsed once, and says what it is of:
//!
//! ```
//! use eksmig_core::elb::{RouteArn, TargetGroupArn};
//!
//! let rule = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/shop/50dc6c49/f2f7dc8e/9683b2d0";
//! assert!(matches!(RouteArn::parse(rule)?, RouteArn::Rule(_)));
//! assert!(TargetGroupArn::parse(rule).unwrap_err().to_string().contains("listener rule"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod arn;
pub mod cutover;
mod enough;
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
pub use enough::Enough;
pub use error::Error;
pub use fare::Fare;
pub use port_pair::PortPairError;
pub use read::ElbReader;
pub(crate) use read::{Behind, LoadBalancerInfo, Route, TargetGroupInfo};
pub use target_health::{Target, TargetHealth, TargetState};

//! Why a survey has no result.

use crate::elb::twin::MARK;
use crate::elb::{self, TargetGroupArn};
use crate::{apigateway, kubernetes};

/// Why a survey has no result. A part of one is never given out: what is missing in it would pass for not being there.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SurveyError {
    /// A load balancer does not exist.
    #[error("there is no load balancer {0} in this account and region")]
    NoLoadBalancer(String),
    /// No load balancer has the tags.
    #[error("no load balancer in this account and region has the tags {0}")]
    NothingTagged(String),
    /// A target group does not exist.
    #[error("target group {0} does not exist")]
    NoTargetGroup(TargetGroupArn),
    /// A target group's tag says that it is a twin, of what cannot be its source.
    #[error("target group {arn} has the tag {MARK} = {mark}, which names no source of its: {reason}")]
    StrayMark {
        /// The target group.
        arn: TargetGroupArn,
        /// What the tag says.
        mark: String,
        /// Why that is no source.
        reason: String,
    },
    /// AWS could not be asked, or its answer makes no sense.
    #[error(transparent)]
    Unread(#[from] elb::Error),
    /// AWS could not be asked which APIs there are, or its answer makes no sense.
    #[error(transparent)]
    Apis(#[from] apigateway::Error),
    /// A cluster could not be asked.
    #[error(transparent)]
    Cluster(#[from] kubernetes::Error),
}

//! Blue's nodes leave the load balancers only while enough of green's targets are healthy.

use std::fmt;

use async_trait::async_trait;

use super::worst::{untold, worst};
use crate::elb::{self, ElbReader, Fare, TargetGroupArn, TargetState};
use crate::engine::gate::{Gate, Question, Side, Verdict};
use crate::nodes::{Condition, Migration, Target, TargetGroups, Trouble};

/// Asks, before green takes over blue's part, how healthy its nodes and pods are in every target group.
pub struct NodeHealthGate {
    migration: Migration,
}

impl NodeHealthGate {
    /// A gate that asks afresh every time.
    pub fn new(migration: Migration) -> Self {
        Self { migration }
    }
}

impl fmt::Debug for NodeHealthGate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NodeHealthGate").finish_non_exhaustive()
    }
}

#[async_trait]
impl Gate for NodeHealthGate {
    fn name(&self) -> &'static str {
        "min_healthy_targets"
    }

    fn watches(&self, question: Question) -> bool {
        question.rising.contains(Side::Green)
    }

    async fn judge(&self, _: Question) -> Verdict {
        match self.migration.backed().await {
            Ok(verdicts) => worst(verdicts),
            Err(Trouble::Passing(why)) => untold(true, why),
            Err(Trouble::Lasting(why)) => untold(false, why),
        }
    }
}

#[async_trait]
impl TargetGroups for ElbReader {
    async fn targets(&self, arn: &str) -> Result<Vec<Target>, Trouble> {
        let arn = TargetGroupArn::parse(arn).map_err(|error| Trouble::Lasting(error.to_string()))?;
        match self.target_health(&arn, Fare::Ahead).await {
            Ok(health) => Ok(health.targets.into_iter().map(target).collect()),
            Err(error) if error.retryable() => Err(Trouble::Passing(error.to_string())),
            Err(error) => Err(Trouble::Lasting(error.to_string())),
        }
    }
}

fn target(target: elb::Target) -> Target {
    let condition = match target.state {
        TargetState::Healthy => Condition::Healthy,
        TargetState::Draining => Condition::Draining,
        TargetState::Unused => Condition::Unused,
        _ if target.is_undecided() => Condition::Undecided,
        _ => Condition::Unhealthy,
    };
    let told = match (&target.reason, &target.description) {
        (Some(reason), Some(description)) => format!("{} ({reason}: {description})", target.state),
        (Some(text), None) | (None, Some(text)) => format!("{} ({text})", target.state),
        (None, None) => target.state.to_string(),
    };
    Target { id: target.id, port: target.port, condition, told }
}

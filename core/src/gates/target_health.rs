//! A side takes more traffic only if enough of its targets are healthy.

use async_trait::async_trait;

use super::worst::worst;
use crate::elb::{ElbReader, TargetGroupArn, TargetHealth};
use crate::engine::gate::{Gate, Question, Side, Verdict};

/// How healthy a side has to be for its share to rise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetHealthConfig {
    /// Blue's target group.
    pub blue: TargetGroupArn,
    /// Green's target group.
    pub green: TargetGroupArn,
    /// The fewest healthy targets. 0 counts as 1: no share rises towards a side without a healthy target.
    pub min_healthy_targets: u32,
    /// The smallest share of the registered targets that is healthy, in percent, 0 to 100; more counts as 100.
    pub min_healthy_percent: u8,
}

/// Asks for the health of every side whose share rises.
#[derive(Debug)]
pub struct TargetHealthGate {
    reader: ElbReader,
    config: TargetHealthConfig,
}

impl TargetHealthGate {
    /// A gate that asks through `reader`, afresh every time.
    pub fn new(reader: ElbReader, config: TargetHealthConfig) -> Self {
        Self { reader, config }
    }

    async fn judge_side(&self, side: Side) -> Verdict {
        let target_group = match side {
            Side::Blue => &self.config.blue,
            Side::Green => &self.config.green,
        };
        match self.reader.target_health(target_group).await {
            Ok(health) => judge(side, target_group, &health, &self.config),
            Err(error) if error.is_not_found() => Verdict::Fail(error.to_string()),
            Err(error) => Verdict::Inconclusive(error.to_string()),
        }
    }
}

/// What these targets' health says about a side.
fn judge(side: Side, target_group: &TargetGroupArn, health: &TargetHealth, config: &TargetHealthConfig) -> Verdict {
    let registered = health.registered();
    let at_least = usize::try_from(config.min_healthy_targets).unwrap_or(usize::MAX).max(1);
    let percent = usize::from(config.min_healthy_percent.min(100));
    let enough = at_least.max((registered * percent).div_ceil(100));
    if health.healthy() >= enough {
        return Verdict::Pass;
    }
    let wanted = match percent {
        0 => format!("{at_least} healthy"),
        percent => format!("{at_least} healthy and {percent} % of the registered"),
    };
    let text = format!("{side}'s target group {target_group}: {}; wanted at least {wanted}", health.summary());
    if health.healthy() + health.undecided() >= enough { Verdict::Inconclusive(text) } else { Verdict::Fail(text) }
}

#[async_trait]
impl Gate for TargetHealthGate {
    fn name(&self) -> &'static str {
        "min_healthy_targets"
    }

    fn watches(&self, question: Question) -> bool {
        question.rising.iter().next().is_some()
    }

    async fn judge(&self, question: Question) -> Verdict {
        let mut verdicts = Vec::new();
        for side in question.rising.iter() {
            verdicts.push(self.judge_side(side).await);
        }
        worst(verdicts)
    }
}

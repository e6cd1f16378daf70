//! A side takes more of a name's answers only if what its records lead to is healthy, as far as anybody can tell.

use async_trait::async_trait;
use tokio::sync::OnceCell;

use super::worst::{untold, worst};
use crate::elb::{self, Behind, ElbReader, Enough, LoadBalancerArn};
use crate::engine::gate::{Gate, Question, Side, Verdict};
use crate::route53::record_shift::{Pointer, RecordShift};
use crate::route53::{CheckStatus, Route53Reader};

/// How healthy a load balancer has to be to which a record points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordHealthConfig {
    /// The fewest healthy targets behind it. 0 counts as 1.
    pub min_healthy_targets: u32,
    /// The smallest share of the registered targets that is healthy, in percent, 0 to 100; more counts as 100.
    pub min_healthy_percent: u8,
}

/// Asks for the health of what the records of every side lead to whose share rises.
#[derive(Debug)]
pub struct RecordHealthGate {
    records: RecordShift,
    checks: Route53Reader,
    balancers: ElbReader,
    config: RecordHealthConfig,
    blue: OnceCell<Vec<Watch>>,
    green: OnceCell<Vec<Watch>>,
}

/// What tells whether a record's side can answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Watch {
    /// A health check of the record's.
    Check(String),
    /// The targets behind the load balancer that it is an alias of.
    Balancer {
        /// The load balancer.
        arn: LoadBalancerArn,
        /// Whether Route 53 looks at every target group behind it.
        evaluates: bool,
    },
    /// Nothing: the record has no health check, and is no alias of a load balancer in this account and region.
    Nobody(Pointer),
}

impl RecordHealthGate {
    /// A gate over the records of a shift.
    pub fn new(records: RecordShift, checks: Route53Reader, balancers: ElbReader, config: RecordHealthConfig) -> Self {
        Self { records, checks, balancers, config, blue: OnceCell::new(), green: OnceCell::new() }
    }

    /// What tells whether a side can answer, found out once: records keep what they lead to.
    ///
    /// # Errors
    ///
    /// Why it could not be found out.
    pub async fn watches_of(&self, side: Side) -> Result<&[Watch], elb::Error> {
        let known = if side == Side::Blue { &self.blue } else { &self.green };
        let find = || async {
            let mut watches = Vec::new();
            for pointer in self.records.pointers(side).await? {
                for watch in self.watch(pointer).await? {
                    if !watches.contains(&watch) {
                        watches.push(watch);
                    }
                }
            }
            Ok(watches)
        };
        known.get_or_try_init(find).await.map(Vec::as_slice)
    }

    async fn watch(&self, pointer: Pointer) -> Result<Vec<Watch>, elb::Error> {
        let mut watches: Vec<Watch> = pointer.health_check.clone().map(Watch::Check).into_iter().collect();
        if let Some(alias) = &pointer.alias
            && let Some(arn) = self.balancers.load_balancer_named(alias).await?
        {
            watches.push(Watch::Balancer { arn, evaluates: pointer.evaluates });
        }
        Ok(if watches.is_empty() { vec![Watch::Nobody(pointer)] } else { watches })
    }

    /// What a watch says of a side.
    pub async fn judge_watch(&self, side: Side, watch: &Watch) -> Verdict {
        match watch {
            Watch::Nobody(_) => Verdict::Pass,
            Watch::Check(id) => match self.checks.health_check(id).await {
                Ok(CheckStatus::Healthy(..) | CheckStatus::Unwatched) => Verdict::Pass,
                Ok(CheckStatus::Unhealthy(some, all)) => {
                    Verdict::Fail(format!("{side}'s health check {id}: {some} of {all} checkers reach it"))
                }
                Ok(CheckStatus::Unreported) => {
                    Verdict::Inconclusive(format!("{side}'s health check {id}: no checker has reported yet"))
                }
                Err(error) => untold(error.retryable(), error.to_string()),
            },
            Watch::Balancer { arn, evaluates } => match self.balancers.health_behind(arn).await {
                Ok(behind) => judge(side, arn, &behind, *evaluates, self.config),
                Err(error) => untold(error.retryable(), error.to_string()),
            },
        }
    }
}

/// What the targets behind a load balancer say about a side.
///
/// Where Route 53 evaluates the targets' health, it counts the load balancer as healthy only if every target group
/// behind it has a healthy target, and one without targets as unhealthy (Route 53 API, `AliasTarget`). A share given to
/// such a record goes elsewhere.
fn judge(side: Side, arn: &LoadBalancerArn, behind: &Behind, evaluates: bool, config: RecordHealthConfig) -> Verdict {
    let sum = |count: fn(&elb::TargetHealth) -> usize| behind.values().map(count).sum::<usize>();
    let (registered, healthy) = (sum(elb::TargetHealth::registered), sum(elb::TargetHealth::healthy));
    let undecided = sum(elb::TargetHealth::undecided);
    let enough = Enough { targets: config.min_healthy_targets, percent: config.min_healthy_percent }.of(registered);
    let mut verdicts = Vec::new();
    if healthy < enough {
        let text = format!("{side}'s load balancer {arn}: {healthy} of {registered} targets healthy; wanted {enough}");
        let open = healthy + undecided >= enough;
        verdicts.push(if open { Verdict::Inconclusive(text) } else { Verdict::Fail(text) });
    }
    for (group, health) in behind.iter().filter(|(_, health)| evaluates && health.healthy() == 0) {
        let text = format!(
            "{side}'s load balancer {arn} counts as unhealthy, for evaluate_target_health is on and target group {} \
             has {}",
            group.name(),
            if health.registered() == 0 { "no targets".to_owned() } else { health.summary() }
        );
        verdicts.push(if health.undecided() > 0 { Verdict::Inconclusive(text) } else { Verdict::Fail(text) });
    }
    worst(verdicts)
}

#[async_trait]
impl Gate for RecordHealthGate {
    fn name(&self) -> &'static str {
        "min_healthy_targets"
    }

    fn watches(&self, question: Question) -> bool {
        question.rising.iter().next().is_some()
    }

    async fn judge(&self, question: Question) -> Verdict {
        let mut verdicts = Vec::new();
        for side in question.rising.iter() {
            match self.watches_of(side).await {
                Err(error) => verdicts.push(untold(error.retryable(), error.to_string())),
                Ok([]) => verdicts.push(Verdict::Inconclusive(format!("{side} has no record"))),
                Ok(watches) => {
                    for watch in watches {
                        verdicts.push(self.judge_watch(side, watch).await);
                    }
                }
            }
        }
        worst(verdicts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::elb::{Target, TargetGroupArn, TargetState};

    fn behind(groups: &[&[&str]]) -> Behind {
        let group = |(nth, states): (usize, &&[&str])| {
            let arn = format!("arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/group{nth}/73e2");
            let target = |state: &&str| Target {
                id: "i-1".into(),
                port: Some(80),
                zone: None,
                state: TargetState::read(state),
                reason: None,
                description: None,
            };
            (TargetGroupArn::parse(&arn).unwrap(), elb::TargetHealth { targets: states.iter().map(target).collect() })
        };
        groups.iter().enumerate().map(group).collect()
    }

    #[track_caller]
    fn check(groups: &[&[&str]], evaluates: bool, min_healthy_targets: u32, expect: &str) {
        let arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/edge/0123456789abcdef";
        let config = RecordHealthConfig { min_healthy_targets, min_healthy_percent: 0 };
        let verdict = judge(Side::Green, &LoadBalancerArn::parse(arn).unwrap(), &behind(groups), evaluates, config);
        let said = match verdict {
            Verdict::Pass => "pass".to_owned(),
            Verdict::Fail(why) => format!("fail: {}", why.replace(arn, "edge")),
            Verdict::Inconclusive(why) | Verdict::Unanswerable(why) => format!("unclear: {}", why.replace(arn, "edge")),
        };
        assert_eq!(said, expect);
    }

    #[test]
    fn enough_targets_behind_the_load_balancer_pass() {
        check(&[&["healthy"], &[]], false, 1, "pass");
        check(&[&["healthy"], &["healthy"]], true, 2, "pass");
        check(&[&["unhealthy"]], false, 1, "fail: green's load balancer edge: 0 of 1 targets healthy; wanted 1");
        check(&[], false, 1, "fail: green's load balancer edge: 0 of 0 targets healthy; wanted 1");
        check(&[&["initial"]], false, 1, "unclear: green's load balancer edge: 0 of 1 targets healthy; wanted 1");
    }

    #[test]
    fn an_empty_target_group_counts_where_its_health_is_evaluated() {
        check(
            &[&["healthy"], &[]],
            true,
            1,
            "fail: green's load balancer edge counts as unhealthy, for evaluate_target_health is on and target group \
             group1 has no targets",
        );
    }
}

//! A side takes more traffic only if enough of its targets are healthy.

use async_trait::async_trait;

use super::worst::{untold, worst};
use crate::aws::PortPair;
use crate::elb::{ArnError, ElbReader, Enough, Fare, TargetGroupArn, TargetHealth};
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

    /// The gates to ask of a swap between two listeners: a side is as healthy as each target group that its listener
    /// forwards to. `min_healthy_targets` and `min_healthy_percent` are those of [`TargetHealthConfig`], for each group.
    ///
    /// # Errors
    ///
    /// What AWS gave as a target group's ARN is none.
    pub fn of_ports(
        reader: &ElbReader,
        pair: &PortPair,
        min_healthy_targets: u32,
        min_healthy_percent: u8,
    ) -> Result<Vec<Self>, ArnError> {
        let parse =
            |groups: &[String]| groups.iter().map(|arn| TargetGroupArn::parse(arn)).collect::<Result<Vec<_>, _>>();
        let (blue, green) = (parse(&pair.blue.target_groups)?, parse(&pair.green.target_groups)?);
        // The last of the shorter side is asked again beside those of the longer.
        let at = |side: &[TargetGroupArn], nth| side.get(nth).or(side.last()).cloned();
        let gates = (0..blue.len().max(green.len())).filter_map(|nth| {
            let (blue, green) = (at(&blue, nth)?, at(&green, nth)?);
            let config = TargetHealthConfig { blue, green, min_healthy_targets, min_healthy_percent };
            Some(Self::new(reader.clone(), config))
        });
        Ok(gates.collect())
    }

    async fn judge_side(&self, side: Side) -> Verdict {
        let target_group = match side {
            Side::Blue => &self.config.blue,
            Side::Green => &self.config.green,
        };
        match self.reader.target_health(target_group, Fare::Ahead).await {
            Ok(health) => judge(side, target_group, &health, &self.config),
            Err(error) => untold(error.retryable(), error.to_string()),
        }
    }
}

/// What these targets' health says about a side.
fn judge(side: Side, target_group: &TargetGroupArn, health: &TargetHealth, config: &TargetHealthConfig) -> Verdict {
    let (targets, percent) = (config.min_healthy_targets.max(1), config.min_healthy_percent.min(100));
    let enough = Enough { targets, percent }.of(health.registered());
    if health.healthy() >= enough {
        return Verdict::Pass;
    }
    let wanted = match percent {
        0 => format!("{targets} healthy"),
        percent => format!("{targets} healthy and {percent} % of the registered"),
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::aws::loopback::{Loopback, Reply};
    use crate::clock::SteppedClock;
    use crate::elb::{Target, TargetState};
    use crate::engine::gate::Sides;

    const RISING: Question = Question { rising: Sides { blue: false, green: true }, serving: Sides::NONE };

    fn arn(name: &str) -> TargetGroupArn {
        let text = format!("arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/{name}/73e2");
        TargetGroupArn::parse(&text).unwrap()
    }

    fn config(min_healthy_targets: u32, min_healthy_percent: u8) -> TargetHealthConfig {
        TargetHealthConfig { blue: arn("blue"), green: arn("green"), min_healthy_targets, min_healthy_percent }
    }

    /// Targets, as `STATE` or `STATE/REASON`.
    fn health(targets: &[&str]) -> TargetHealth {
        let target = |text: &&str| {
            let (state, reason) = text.split_once('/').unwrap_or((text, ""));
            Target {
                id: "i-1".into(),
                port: Some(80),
                zone: None,
                state: TargetState::read(state),
                reason: (!reason.is_empty()).then(|| reason.into()),
                description: None,
            }
        };
        TargetHealth { targets: targets.iter().map(target).collect() }
    }

    #[derive(Debug, PartialEq)]
    enum Is {
        Pass,
        Fail,
        Unclear,
    }

    fn check(targets: &[&str], min: u32, percent: u8, expect: Is) {
        let verdict = judge(Side::Green, &arn("green"), &health(targets), &config(min, percent));
        let is = match verdict {
            Verdict::Pass => Is::Pass,
            Verdict::Fail(_) => Is::Fail,
            Verdict::Inconclusive(_) | Verdict::Unanswerable(_) => Is::Unclear,
        };
        assert_eq!(is, expect, "{targets:?} at least {min} and {percent} %: {verdict:?}");
    }

    #[test]
    fn enough_healthy_targets_pass() {
        check(&["healthy"], 1, 0, Is::Pass);
        check(&["healthy", "healthy"], 2, 0, Is::Pass);
        check(&["healthy"], 2, 0, Is::Fail);
        check(&["unhealthy"], 1, 0, Is::Fail);
        check(&["healthy", "unhealthy"], 1, 0, Is::Pass);
        check(&["healthy", "unhealthy"], 1, 50, Is::Pass);
        check(&["healthy", "unhealthy"], 1, 51, Is::Fail);
        check(&["healthy", "unhealthy", "unhealthy"], 1, 34, Is::Fail);
        check(&["healthy", "unhealthy", "unhealthy"], 1, 33, Is::Pass);
        check(&["healthy", "healthy"], 1, 100, Is::Pass);
    }

    #[test]
    fn a_side_with_nothing_healthy_never_passes() {
        check(&[], 0, 0, Is::Fail);
        check(&[], 1, 100, Is::Fail);
        check(&["unhealthy"], 0, 0, Is::Fail);
        check(&["draining/Target.DeregistrationInProgress"], 0, 0, Is::Fail);
        check(&["dancing"], 1, 0, Is::Fail);
        check(&["unavailable/Target.HealthCheckDisabled"], 1, 0, Is::Fail);
    }

    #[test]
    fn what_may_still_become_healthy_is_inconclusive_only_if_it_would_be_enough() {
        check(&["initial/Elb.RegistrationInProgress"], 1, 0, Is::Unclear);
        check(&["initial/Elb.RegistrationInProgress"], 2, 0, Is::Fail);
        check(&["initial", "healthy", "unhealthy"], 2, 0, Is::Unclear);
        check(&["initial", "unhealthy", "unhealthy"], 2, 0, Is::Fail);
        check(&["unused/Target.NotInUse", "unused/Target.NotInUse"], 1, 50, Is::Unclear);
        check(&["unavailable/Elb.InternalError"], 1, 0, Is::Unclear);
    }

    #[test]
    fn targets_on_their_way_out_do_not_count_as_registered() {
        check(&["healthy", "draining", "unused/Target.NotRegistered"], 1, 100, Is::Pass);
    }

    #[test]
    fn the_reason_names_the_target_group_the_states_and_what_was_wanted() {
        let targets = health(&["healthy", "unhealthy/Target.Timeout"]);
        let verdict = judge(Side::Green, &arn("green"), &targets, &config(2, 75));
        let expect = "green's target group arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/green/73e2: 1 of 2 healthy; 1 unhealthy (Target.Timeout); wanted at least 2 healthy and 75 % of the registered";
        assert_eq!(verdict, Verdict::Fail(expect.to_owned()));
    }

    async fn gate(blue: Reply, green: Reply) -> (Loopback, TargetHealthGate) {
        let server = Loopback::serve(move |call| {
            let arn = call.value("TargetGroupArn").unwrap();
            if arn.contains("/blue/") { blue.clone() } else { green.clone() }
        })
        .await;
        let reader = ElbReader::new(server.aws(Arc::new(SteppedClock::new())));
        (server, TargetHealthGate::new(reader, config(1, 0)))
    }

    fn state(state: &str) -> Reply {
        let target = format!(
            "<member><Target><Id>i-1</Id></Target><TargetHealth><State>{state}</State></TargetHealth></member>"
        );
        Reply::result("DescribeTargetHealth", &format!("<TargetHealthDescriptions>{target}</TargetHealthDescriptions>"))
    }

    #[tokio::test]
    async fn every_rising_side_is_asked_and_no_other() {
        let (server, gate) = gate(state("unhealthy"), state("healthy")).await;
        assert_eq!(gate.judge(RISING).await, Verdict::Pass);
        assert_eq!(server.calls().len(), 1);
        let both = Question { rising: Sides { blue: true, green: true }, ..RISING };
        assert!(matches!(gate.judge(both).await, Verdict::Fail(why) if why.starts_with("blue's target group")));
        assert!(gate.watches(RISING) && gate.watches(both));
        assert!(!gate.watches(Question { rising: Sides::NONE, ..RISING }));
    }

    #[tokio::test]
    async fn a_failed_read_cannot_tell_and_one_that_stays_so_is_not_waited_for() {
        let (_server, gate1) = gate(state("healthy"), Reply::error(400, "Throttling", "slower")).await;
        assert!(matches!(gate1.judge(RISING).await, Verdict::Inconclusive(why) if why.contains("slower")));
        let (_server, gate2) = gate(state("healthy"), Reply::error(400, "TargetGroupNotFound", "gone")).await;
        assert!(matches!(gate2.judge(RISING).await, Verdict::Unanswerable(why) if why.contains("targetgroup/green")));
        let (_server, gate3) = gate(state("healthy"), Reply::error(403, "AccessDenied", "not you")).await;
        assert!(matches!(gate3.judge(RISING).await, Verdict::Unanswerable(why) if why.contains("not you")));
    }
}

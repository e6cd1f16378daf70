//! Registering and deregistering targets, each by its id and its port.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_elasticloadbalancingv2::types::TargetDescription;

use crate::aws::{self, Aws, Kind};
use crate::elb::arn::TargetGroupArn;
use crate::elb::cutover::side::{Members, Seat};
use crate::elb::{Error, Fare};

/// The most targets in one call. (Elastic Load Balancing API gives no number; the AWS Load Balancer Controller sends 200.)
const CALL: usize = 200;
/// How long a target drains where its target group does not say. (Elastic Load Balancing API, TargetGroupAttribute:
/// deregistration_delay.timeout_seconds, 0 to 3600, 300 by default.)
const USUAL_DELAY: Duration = Duration::from_secs(300);

/// Writes registrations.
#[derive(Debug, Clone)]
pub(super) struct Registrar {
    aws: Aws,
}

impl Registrar {
    pub(super) fn new(aws: Aws) -> Self {
        Self { aws }
    }

    /// The longest time for which a target of any of these drains.
    pub(super) async fn longest_delay(&self, arns: &BTreeSet<TargetGroupArn>) -> Result<Duration, Error> {
        const ACTION: &str = "describe the attributes of";
        let mut longest = Duration::ZERO;
        for arn in arns {
            let client = self.aws.elbv2().await?;
            Fare::InLine.pay(&self.aws, Kind::Read).await?;
            let asked = client.describe_target_group_attributes().target_group_arn(arn.as_str()).send().await;
            let answer = asked.map_err(|error| aws::Error::call(ACTION, arn.as_str(), error))?;
            let named = |key: Option<&str>| key == Some("deregistration_delay.timeout_seconds");
            let attribute = answer.attributes.unwrap_or_default().into_iter().find(|one| named(one.key()));
            let seconds = attribute.and_then(|one| one.value).and_then(|value| value.parse().ok());
            longest = longest.max(seconds.map_or(USUAL_DELAY, Duration::from_secs));
        }
        Ok(longest)
    }

    /// Registers targets.
    pub(super) async fn register(
        &self,
        arn: &TargetGroupArn,
        seats: &BTreeSet<Seat>,
        members: &Members,
        fare: Fare,
    ) -> Result<(), Error> {
        for targets in described(seats, members) {
            tracing::info!(target_group = arn.name(), targets = targets.len(), "registering");
            let client = self.aws.elbv2().await?;
            fare.pay(&self.aws, Kind::Write).await?;
            let sent = client.register_targets().target_group_arn(arn.as_str()).set_targets(Some(targets)).send().await;
            sent.map_err(|error| aws::Error::call("register targets in", arn.as_str(), error))?;
        }
        Ok(())
    }

    /// Deregisters targets. One that is not registered is no error, to AWS.
    pub(super) async fn deregister(
        &self,
        arn: &TargetGroupArn,
        seats: &BTreeSet<Seat>,
        members: &Members,
        fare: Fare,
    ) -> Result<(), Error> {
        for targets in described(seats, members) {
            tracing::info!(target_group = arn.name(), targets = targets.len(), "deregistering");
            let client = self.aws.elbv2().await?;
            fare.pay(&self.aws, Kind::Write).await?;
            let sent =
                client.deregister_targets().target_group_arn(arn.as_str()).set_targets(Some(targets)).send().await;
            sent.map_err(|error| aws::Error::call("deregister targets from", arn.as_str(), error))?;
        }
        Ok(())
    }
}

/// Targets as AWS takes them, so many for a call. The port is always said: without it, every registration of the id
/// would go, whoever made it.
fn described(seats: &BTreeSet<Seat>, members: &Members) -> Vec<Vec<TargetDescription>> {
    let all: Vec<TargetDescription> = seats
        .iter()
        .map(|seat| {
            let target = TargetDescription::builder().id(&seat.id).port(seat.port);
            target.set_availability_zone(members.zone(seat).map(str::to_owned)).build()
        })
        .collect();
    all.chunks(CALL).map(<[TargetDescription]>::to_vec).collect()
}

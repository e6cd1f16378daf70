//! Reading target groups, and how their targets are.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_elasticloadbalancingv2::types;

use super::ElbReader;
use super::answer::{each, failed, named};
use crate::aws::Pages;
use crate::elb::{Error, Fare, Target, TargetGroupArn, TargetHealth, TargetState};

/// What a target group is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetGroupInfo {
    /// The target group.
    pub arn: TargetGroupArn,
    /// Its name.
    pub name: String,
    /// `HTTP`, `TCP`...; `None` for Lambda functions.
    pub protocol: Option<String>,
    /// `HTTP1`, `HTTP2` or `GRPC`; `None` where the protocol has no versions.
    pub protocol_version: Option<String>,
    /// The port that targets listen on unless they were registered with another; `None` for Lambda functions.
    pub port: Option<i32>,
    /// `instance`, `ip`, `lambda` or `alb`.
    pub target_type: Option<String>,
    /// The VPC; `None` for Lambda functions.
    pub vpc_id: Option<String>,
    /// `ipv4` or `ipv6`.
    pub ip_address_type: Option<String>,
    /// The load balancers that send to it.
    pub load_balancer_arns: BTreeSet<String>,
}

impl ElbReader {
    /// How the targets of this target group are, now.
    ///
    /// # Errors
    ///
    /// The target group does not exist ([`Error::NotFound`]), or the call failed.
    pub async fn target_health(&self, target_group: &TargetGroupArn, fare: Fare) -> Result<TargetHealth, Error> {
        const ACTION: &str = "describe the health of the targets of";
        let client = self.client_for(fare).await?;
        // This operation has no pages.
        let answer = client
            .describe_target_health()
            .target_group_arn(target_group.as_str())
            .send()
            .await
            .map_err(|error| failed(ACTION, target_group.as_str(), error))?;
        let targets = answer.target_health_descriptions.unwrap_or_default().into_iter().map(target).collect();
        Ok(TargetHealth { targets })
    }

    /// What these target groups are, up to 15 seconds old; `None` for one that does not exist.
    ///
    /// # Errors
    ///
    /// A call failed, or its answer makes no sense.
    pub(crate) async fn target_groups(
        &self,
        arns: &BTreeSet<TargetGroupArn>,
    ) -> Result<BTreeMap<TargetGroupArn, Option<TargetGroupInfo>>, Error> {
        let read = |chunk| each(chunk, Fare::InLine, |arns, _| self.target_groups_by_arn(arns));
        self.shared.target_groups.get(arns, read).await
    }

    /// Every target group of this account and region now.
    ///
    /// # Errors
    ///
    /// A call failed, or its answer makes no sense.
    pub(crate) async fn all_target_groups(&self) -> Result<BTreeMap<TargetGroupArn, TargetGroupInfo>, Error> {
        self.target_groups_of(None, None, "of this account and region".to_owned()).await
    }

    pub(super) async fn target_groups_by_arn(
        &self,
        arns: Vec<TargetGroupArn>,
    ) -> Result<BTreeMap<TargetGroupArn, TargetGroupInfo>, Error> {
        let texts: Vec<String> = arns.iter().map(ToString::to_string).collect();
        let object = texts.join(", ");
        self.target_groups_of(Some(texts), None, object).await
    }

    /// These target groups; or those that a load balancer sends to; or, with neither, all.
    pub(super) async fn target_groups_of(
        &self,
        arns: Option<Vec<String>>,
        balancer: Option<String>,
        object: String,
    ) -> Result<BTreeMap<TargetGroupArn, TargetGroupInfo>, Error> {
        const ACTION: &str = "describe the target groups";
        let mut groups = BTreeMap::new();
        let mut pages = Pages::new(ACTION, &object);
        while let Some(marker) = pages.open() {
            let client = self.client().await?;
            let asked = client
                .describe_target_groups()
                .set_target_group_arns(arns.clone())
                .set_load_balancer_arn(balancer.clone())
                .set_marker(marker)
                .send()
                .await;
            let answer = asked.map_err(|error| failed(ACTION, &object, error))?;
            for group in answer.target_groups.unwrap_or_default() {
                let arn = named(ACTION, &object, group.target_group_arn.as_deref(), TargetGroupArn::parse)?;
                let info = TargetGroupInfo {
                    name: group.target_group_name.unwrap_or_else(|| arn.name().to_owned()),
                    arn: arn.clone(),
                    protocol: group.protocol.map(|protocol| protocol.as_str().to_owned()),
                    protocol_version: group.protocol_version,
                    port: group.port,
                    target_type: group.target_type.map(|kind| kind.as_str().to_owned()),
                    vpc_id: group.vpc_id,
                    ip_address_type: group.ip_address_type.map(|kind| kind.as_str().to_owned()),
                    load_balancer_arns: group.load_balancer_arns.unwrap_or_default().into_iter().collect(),
                };
                groups.insert(arn, info);
            }
            pages.turn(answer.next_marker)?;
        }
        Ok(groups)
    }
}

fn target(description: types::TargetHealthDescription) -> Target {
    let (id, port, zone) = match description.target {
        Some(target) => (target.id.unwrap_or_default(), target.port, target.availability_zone),
        None => (String::new(), None, None),
    };
    let (state, reason, text) = match description.target_health {
        Some(health) => (health.state, health.reason, health.description),
        None => (None, None, None),
    };
    Target {
        id,
        port,
        zone,
        state: TargetState::read(state.as_ref().map_or("", |state| state.as_str())),
        reason: reason.map(|reason| reason.as_str().to_owned()),
        description: text,
    }
}

//! The calls that make a target group what it is to be.

use aws_sdk_elasticloadbalancingv2::types::{TargetGroupAttribute, TargetGroupIpAddressTypeEnum, TargetTypeEnum};

use super::described;
use super::error::TwinError;
use super::group::{Change, Group};
use super::health_check::HealthCheck;
use super::writer::{Writer, called};
use crate::aws;
use crate::elb::{Error, TargetGroupArn};

impl Writer<'_> {
    /// Makes a target group, but for its attributes, of which a create takes none; and says what AWS answered, in which
    /// there are neither attributes nor tags.
    ///
    /// # Errors
    ///
    /// What AWS answered, or the stop.
    pub(crate) async fn make_group(&self, name: &str, wanted: &Group) -> Result<(TargetGroupArn, Group), TwinError> {
        const ACTION: &str = "create the target group";
        let (fixed, check) = (&wanted.fixed, &wanted.health_check);
        let request = self
            .room()
            .await?
            .create_target_group()
            .name(name)
            .set_target_type(fixed.target_type.as_deref().map(TargetTypeEnum::from))
            .set_protocol(described::protocol(&fixed.protocol))
            .set_protocol_version(fixed.protocol_version.clone())
            .set_port(fixed.port)
            .set_vpc_id(fixed.vpc_id.clone())
            .set_ip_address_type(fixed.ip_address_type.as_deref().map(TargetGroupIpAddressTypeEnum::from))
            .set_target_control_port(fixed.target_control_port)
            .set_health_check_enabled(check.enabled)
            .set_health_check_protocol(described::protocol(&check.protocol))
            .set_health_check_port(check.port.clone())
            .set_health_check_path(check.path.clone())
            .set_health_check_interval_seconds(check.interval)
            .set_health_check_timeout_seconds(check.timeout)
            .set_healthy_threshold_count(check.healthy_threshold)
            .set_unhealthy_threshold_count(check.unhealthy_threshold)
            .set_matcher(described::matcher(&check.matcher, &fixed.protocol_version))
            .set_tags(described::tags(&wanted.tags));
        let making = async {
            let made = request.send().await.map_err(|error| aws::Error::call(ACTION, name, error))?;
            let answer = |reason| Error::Answer { action: ACTION, object: name.to_owned(), reason };
            let group = made.target_groups.unwrap_or_default().into_iter().next();
            let group = group.ok_or_else(|| answer("it describes no target group".to_owned()))?;
            let arn = TargetGroupArn::parse(group.target_group_arn.as_deref().unwrap_or_default())
                .map_err(|error| answer(error.to_string()))?;
            let (fixed, health_check) = described::settings(group);
            Ok((arn, Group { fixed, health_check, ..Group::default() }))
        };
        self.writing(making).await
    }

    /// Writes what differs of a target group. `live` is what is true, also where it ends with an error.
    ///
    /// # Errors
    ///
    /// What AWS answered, or the stop.
    pub(crate) async fn write_group(
        &self,
        arn: &TargetGroupArn,
        live: &mut Group,
        wanted: &Group,
    ) -> Result<(), TwinError> {
        let change = Change::between(live, wanted);
        if change.health_check != HealthCheck::default() {
            live.health_check = self.write_health_check(arn, &change.health_check, live).await?;
        }
        if !change.attributes.is_empty() {
            let pairs = change.attributes.iter();
            let pairs = pairs.map(|(key, value)| TargetGroupAttribute::builder().key(key).value(value).build());
            let request = self.room().await?.modify_target_group_attributes().target_group_arn(arn.as_str());
            let request = request.set_attributes(Some(pairs.collect()));
            self.writing(async { called("write the attributes of", arn.as_str(), request.send().await) }).await?;
            live.attributes.extend(change.attributes);
        }
        self.write_tags(arn.as_str(), &mut live.tags, change.tags).await
    }

    /// Writes what is set of a health check; the whole of it as AWS then has it.
    async fn write_health_check(
        &self,
        arn: &TargetGroupArn,
        new: &HealthCheck,
        live: &Group,
    ) -> Result<HealthCheck, TwinError> {
        const ACTION: &str = "write the health check of";
        let request = self
            .room()
            .await?
            .modify_target_group()
            .target_group_arn(arn.as_str())
            .set_health_check_enabled(new.enabled)
            .set_health_check_protocol(described::protocol(&new.protocol))
            .set_health_check_port(new.port.clone())
            .set_health_check_path(new.path.clone())
            .set_health_check_interval_seconds(new.interval)
            .set_health_check_timeout_seconds(new.timeout)
            .set_healthy_threshold_count(new.healthy_threshold)
            .set_unhealthy_threshold_count(new.unhealthy_threshold)
            .set_matcher(described::matcher(&new.matcher, &live.fixed.protocol_version));
        let writing = async {
            let written = request.send().await.map_err(|error| aws::Error::call(ACTION, arn.as_str(), error))?;
            let group = written.target_groups.unwrap_or_default().into_iter().next();
            let reason = || "it describes no target group".to_owned();
            let answer = || Error::Answer { action: ACTION, object: arn.to_string(), reason: reason() };
            Ok(described::settings(group.ok_or_else(answer)?).1)
        };
        self.writing(writing).await
    }

    /// Deletes a target group.
    ///
    /// # Errors
    ///
    /// What AWS answered, or the stop.
    pub(crate) async fn delete_group(&self, arn: &TargetGroupArn) -> Result<(), TwinError> {
        let request = self.room().await?.delete_target_group().target_group_arn(arn.as_str());
        self.writing(async { called("delete", arn.as_str(), request.send().await) }).await
    }
}

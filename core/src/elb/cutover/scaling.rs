//! Auto Scaling groups: who is in them, which target groups they are attached to, and attaching and detaching.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_autoscaling::types::{LifecycleState, TrafficSourceIdentifier};

use crate::aws::{self, Aws, Error, Kind, Pages, Service};
use crate::elb::arn::TargetGroupArn;

/// The most target groups in one call. (Auto Scaling API, AttachTrafficSources: up to 10.)
const CALL: usize = 10;
/// The most names in one call. (Auto Scaling API, DescribeAutoScalingGroups: up to 50 without MaxRecords.)
const NAMES: usize = 50;
/// What AWS calls a target group among traffic sources.
const KIND: &str = "elbv2";

/// The calls by which a target group was attached. Those that attached it have to detach it, for one family does not
/// know what the other attached. (Auto Scaling API, DetachLoadBalancerTargetGroups.)
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// AttachTrafficSources.
    TrafficSources,
    /// AttachLoadBalancerTargetGroups, and target groups that an Auto Scaling group was made with.
    TargetGroups,
}

impl Family {
    /// The family as users read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Family::TrafficSources => "traffic_sources",
            Family::TargetGroups => "target_groups",
        }
    }

    /// The family that attached a target group, where AttachLoadBalancerTargetGroups attached these.
    pub(super) fn among(older: &BTreeSet<TargetGroupArn>, arn: &TargetGroupArn) -> Self {
        if older.contains(arn) { Family::TargetGroups } else { Family::TrafficSources }
    }

    /// The family of this name.
    pub fn parse(text: &str) -> Option<Self> {
        [Family::TrafficSources, Family::TargetGroups].into_iter().find(|family| family.as_str() == text)
    }
}

/// An Auto Scaling group as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ScalingGroup {
    /// The instances that serve or are about to: those in service.
    pub in_service: BTreeSet<String>,
    /// All others that it holds: on their way in or out, or on standby.
    pub others: BTreeSet<String>,
    /// The target groups that it is attached to, by either family.
    pub attached: BTreeSet<TargetGroupArn>,
    /// Whether it replaces instances that a load balancer calls unhealthy.
    pub replaces_unhealthy: bool,
}

/// Reads Auto Scaling groups, and attaches and detaches them. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Scaling {
    aws: Aws,
}

impl Scaling {
    /// Through this configuration.
    pub fn new(aws: Aws) -> Self {
        Self { aws }
    }

    async fn client(&self, kind: Kind) -> Result<&aws_sdk_autoscaling::Client, Error> {
        let client = self.aws.autoscaling().await?;
        self.aws.take_ahead(Service::AutoScaling, kind).await?;
        Ok(client)
    }

    /// These Auto Scaling groups, now. One that does not exist is left out.
    ///
    /// # Errors
    ///
    /// What AWS answered.
    pub(crate) async fn groups(&self, names: &BTreeSet<String>) -> Result<BTreeMap<String, ScalingGroup>, Error> {
        const ACTION: &str = "describe the Auto Scaling groups";
        let names: Vec<String> = names.iter().cloned().collect();
        let mut groups = BTreeMap::new();
        for chunk in names.chunks(NAMES) {
            let object = chunk.join(", ");
            let mut pages = Pages::new(ACTION, &object);
            while let Some(marker) = pages.open() {
                let client = self.client(Kind::Read).await?;
                let asked = client.describe_auto_scaling_groups().set_auto_scaling_group_names(Some(chunk.to_vec()));
                let asked = asked.set_next_token(marker).send().await;
                let answer = asked.map_err(|error| Error::call(ACTION, &object, error))?;
                for group in answer.auto_scaling_groups.unwrap_or_default() {
                    groups.extend(group.auto_scaling_group_name.clone().map(|name| (name, as_it_is(group))));
                }
                pages.turn(answer.next_token)?;
            }
        }
        Ok(groups)
    }

    /// The target groups that AttachLoadBalancerTargetGroups attached. What an Auto Scaling group is attached to
    /// besides, AttachTrafficSources did.
    ///
    /// # Errors
    ///
    /// What AWS answered.
    pub(crate) async fn by_target_groups(&self, name: &str) -> Result<BTreeSet<TargetGroupArn>, Error> {
        const ACTION: &str = "describe the target groups of Auto Scaling group";
        let mut found = BTreeSet::new();
        let mut pages = Pages::new(ACTION, name);
        while let Some(marker) = pages.open() {
            let client = self.client(Kind::Read).await?;
            let asked = client.describe_load_balancer_target_groups().auto_scaling_group_name(name);
            let asked = asked.set_next_token(marker).send().await;
            let answer = asked.map_err(|error| Error::call(ACTION, name, error))?;
            let arns = answer.load_balancer_target_groups.unwrap_or_default();
            let arns = arns.into_iter().filter_map(|one| one.load_balancer_target_group_arn);
            found.extend(arns.filter_map(|arn| TargetGroupArn::parse(&arn).ok()));
            pages.turn(answer.next_token)?;
        }
        Ok(found)
    }

    /// Attaches target groups, which registers every instance of the group in them.
    ///
    /// # Errors
    ///
    /// What AWS answered. Some may be attached.
    pub(crate) async fn attach(&self, name: &str, arns: &[TargetGroupArn], family: Family) -> Result<(), Error> {
        const ACTION: &str = "attach target groups to Auto Scaling group";
        for chunk in arns.chunks(CALL) {
            tracing::info!(scaling_group = name, target_groups = chunk.len(), by = family.as_str(), "attaching");
            let client = self.client(Kind::Write).await?;
            match family {
                Family::TrafficSources => {
                    let sources = chunk.iter().map(source).collect();
                    let call = client.attach_traffic_sources().auto_scaling_group_name(name);
                    let sent = call.set_traffic_sources(Some(sources)).send().await;
                    sent.map(drop).map_err(|error| Error::call(ACTION, name, error))?;
                }
                Family::TargetGroups => {
                    let call = client.attach_load_balancer_target_groups().auto_scaling_group_name(name);
                    let sent = call.set_target_group_arns(Some(texts(chunk))).send().await;
                    sent.map(drop).map_err(|error| Error::call(ACTION, name, error))?;
                }
            }
        }
        Ok(())
    }

    /// Detaches target groups, which deregisters the group's instances from them. AWS refuses to detach what is not
    /// attached, as it is when the answer to a call that went through was lost: that is no error here.
    ///
    /// # Errors
    ///
    /// What AWS answered. Some may be detached.
    pub(crate) async fn detach(&self, name: &str, arns: &[TargetGroupArn], family: Family) -> Result<(), Error> {
        for chunk in arns.chunks(CALL) {
            tracing::info!(scaling_group = name, target_groups = chunk.len(), by = family.as_str(), "detaching");
            let Err(refused) = self.detach_some(name, chunk, family).await else { continue };
            let now = self.groups(&[name.to_owned()].into()).await?;
            if now.get(name).is_some_and(|group| chunk.iter().any(|arn| group.attached.contains(arn))) {
                return Err(refused);
            }
        }
        Ok(())
    }

    async fn detach_some(&self, name: &str, arns: &[TargetGroupArn], family: Family) -> Result<(), Error> {
        const ACTION: &str = "detach target groups from Auto Scaling group";
        let client = self.client(Kind::Write).await?;
        match family {
            Family::TrafficSources => {
                let call = client.detach_traffic_sources().auto_scaling_group_name(name);
                let sent = call.set_traffic_sources(Some(arns.iter().map(source).collect())).send().await;
                sent.map(drop).map_err(|error| Error::call(ACTION, name, error))
            }
            Family::TargetGroups => {
                let call = client.detach_load_balancer_target_groups().auto_scaling_group_name(name);
                let sent = call.set_target_group_arns(Some(texts(arns))).send().await;
                sent.map(drop).map_err(|error| Error::call(ACTION, name, error))
            }
        }
    }
}

fn texts(arns: &[TargetGroupArn]) -> Vec<String> {
    arns.iter().map(ToString::to_string).collect()
}

fn source(arn: &TargetGroupArn) -> TrafficSourceIdentifier {
    let mut source = TrafficSourceIdentifier::builder().build();
    source.identifier = Some(arn.to_string());
    source.r#type = Some(KIND.to_owned());
    source
}

fn as_it_is(group: aws_sdk_autoscaling::types::AutoScalingGroup) -> ScalingGroup {
    let mut is = ScalingGroup::default();
    for instance in group.instances.unwrap_or_default() {
        let Some(id) = instance.instance_id else { continue };
        let serves = instance.lifecycle_state == Some(LifecycleState::InService);
        if serves {
            is.in_service.insert(id)
        } else {
            is.others.insert(id)
        };
    }
    let sources = group.traffic_sources.unwrap_or_default().into_iter().filter_map(|source| source.identifier);
    let arns = group.target_group_arns.unwrap_or_default().into_iter().chain(sources);
    is.attached = arns.filter_map(|arn| TargetGroupArn::parse(&arn).ok()).collect();
    // Several types are separated by commas. (Auto Scaling API, HealthCheckType.)
    is.replaces_unhealthy =
        group.health_check_type.is_some_and(|types| types.split(',').any(|one| one.trim() == "ELB"));
    is
}

impl From<aws::Error> for super::Refusal {
    fn from(error: aws::Error) -> Self {
        super::Refusal::Unread(error.into())
    }
}

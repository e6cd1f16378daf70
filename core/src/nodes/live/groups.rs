//! Node groups, by EKS's calls.

use std::collections::HashMap;

use aws_sdk_eks::types::{
    AmiTypes, LaunchTemplateSpecification, Nodegroup, NodegroupScalingConfig, NodegroupStatus, Taint as EksTaint,
    TaintEffect, UpdateTaintsPayload,
};

use crate::aws::{self, Aws, Kind, Service};
use crate::nodes::act::GroupAct;
use crate::nodes::ground::{Acted, Trouble};
use crate::nodes::names::{MADE_TAG, SIZES_TAG, TAINT};
use crate::nodes::orders::Twin;
use crate::nodes::picture::{Effect, Group, GroupStatus, Sizes, Taint};

/// The node groups of one cluster.
pub(super) struct Groups {
    aws: Aws,
    cluster: String,
    /// The migration that they are changed for.
    migration: String,
}

impl Groups {
    pub(super) fn new(aws: Aws, cluster: String, migration: String) -> Self {
        Self { aws, cluster, migration }
    }

    /// A node group of this name; none where there is none.
    pub(super) async fn describe(&self, name: &str) -> Result<Option<Group>, aws::Error> {
        let Some(found) = self.asked(name).await? else { return Ok(None) };
        let mut group = group(name, &found);
        // EKS's copy of how many there are to be may be out of date. (EKS API, NodegroupScalingConfig.)
        let scaled = found.resources().map(|resources| resources.auto_scaling_groups()).unwrap_or_default();
        let names: Vec<String> = scaled.iter().filter_map(|it| it.name().map(str::to_owned)).collect();
        if !names.is_empty() {
            const ACTION: &str = "describe the Auto Scaling groups of node group";
            let client = self.aws.autoscaling().await?;
            self.aws.take(Service::AutoScaling, Kind::Read).await?;
            let sent = client.describe_auto_scaling_groups().set_auto_scaling_group_names(Some(names)).send().await;
            let answer = sent.map_err(|error| aws::Error::call(ACTION, name, error))?;
            let desired = answer.auto_scaling_groups().iter().filter_map(|it| it.desired_capacity()).sum::<i32>();
            if !answer.auto_scaling_groups().is_empty() {
                group.sizes.desired = u32::try_from(desired).unwrap_or_default();
            }
        }
        Ok(Some(group))
    }

    async fn asked(&self, name: &str) -> Result<Option<Nodegroup>, aws::Error> {
        let client = self.aws.eks().await?;
        self.aws.take(Service::Eks, Kind::Read).await?;
        let sent = client.describe_nodegroup().cluster_name(&self.cluster).nodegroup_name(name).send().await;
        match sent {
            Ok(answer) => Ok(answer.nodegroup),
            Err(error) => {
                let error = aws::Error::call("describe node group", format!("{}/{name}", self.cluster), error);
                if error.code() == Some("ResourceNotFoundException") && !error.to_string().contains("No cluster") {
                    return Ok(None);
                }
                Err(error)
            }
        }
    }

    /// Makes a call that writes.
    pub(super) async fn act(&self, act: &GroupAct) -> Result<Acted, Trouble> {
        let done = match act {
            GroupAct::Tag { arn, key, value } => self.tag(arn, key, value).await,
            GroupAct::Untag { arn, key } => self.untag(arn, key).await,
            GroupAct::Resize { group, sizes } => self.resize(group, *sizes).await,
            GroupAct::Taint { group, taint, add } => self.taint(group, taint, *add).await,
            GroupAct::Clone { of, clone, sizes } => self.clone_of(of, clone, *sizes).await,
            GroupAct::Delete { group } => self.delete(group).await,
        };
        match done {
            Ok(()) => Ok(Acted::Done),
            // Another change of it is under way, or it was made or deleted meanwhile: to be seen in the next look.
            Err(error) if matches!(error.code(), Some("ResourceInUseException" | "ResourceNotFoundException")) => {
                Ok(Acted::NotNow(error.to_string()))
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn tag(&self, arn: &str, key: &str, value: &str) -> Result<(), aws::Error> {
        let client = self.aws.eks().await?;
        self.aws.take(Service::Eks, Kind::Write).await?;
        let sent = client.tag_resource().resource_arn(arn).tags(key, value).send().await;
        sent.map(drop).map_err(|error| aws::Error::call("tag node group", arn, error))
    }

    async fn untag(&self, arn: &str, key: &str) -> Result<(), aws::Error> {
        let client = self.aws.eks().await?;
        self.aws.take(Service::Eks, Kind::Write).await?;
        let sent = client.untag_resource().resource_arn(arn).tag_keys(key).send().await;
        sent.map(drop).map_err(|error| aws::Error::call("take a tag off node group", arn, error))
    }

    async fn resize(&self, group: &str, sizes: Sizes) -> Result<(), aws::Error> {
        let client = self.aws.eks().await?;
        self.aws.take(Service::Eks, Kind::Write).await?;
        // The number of nodes there are to be is left out: it stays, whoever set it.
        let scaling = NodegroupScalingConfig::builder().min_size(number(sizes.min)).max_size(number(sizes.max)).build();
        let update = client.update_nodegroup_config().cluster_name(&self.cluster).nodegroup_name(group);
        let sent = update.scaling_config(scaling).send().await;
        sent.map(drop).map_err(|error| aws::Error::call("set the sizes of node group", group, error))
    }

    async fn taint(&self, group: &str, taint: &Taint, add: bool) -> Result<(), aws::Error> {
        let client = self.aws.eks().await?;
        self.aws.take(Service::Eks, Kind::Write).await?;
        let payload = UpdateTaintsPayload::builder();
        let payload = match add {
            true => payload.add_or_update_taints(written(taint)),
            false => payload.remove_taints(written(taint)),
        };
        let update = client.update_nodegroup_config().cluster_name(&self.cluster).nodegroup_name(group);
        let sent = update.taints(payload.build()).send().await;
        sent.map(drop).map_err(|error| aws::Error::call("set the taints of node group", group, error))
    }

    /// Makes a group after another. What that one was launched with comes from the group, never from its Auto Scaling
    /// group, whose launch template is EKS's own copy.
    async fn clone_of(&self, of: &str, twin: &Twin, sizes: Sizes) -> Result<(), aws::Error> {
        const ACTION: &str = "make node group";
        let missing =
            |what: &str| aws::Error::Answer { action: ACTION, object: twin.name.clone(), reason: what.to_owned() };
        let blue = self.asked(of).await?.ok_or_else(|| missing("the group that it is made after is gone"))?;
        let template = twin
            .launch_template
            .as_ref()
            .map(|it| LaunchTemplateSpecification::builder().id(&it.id).set_version(it.version.clone()).build());
        let inherited = blue.launch_template().map(|it| {
            let by_id = it.id().is_some();
            let name = it.name().filter(|_| !by_id).map(str::to_owned);
            let (id, version) = (it.id().map(str::to_owned), it.version().map(str::to_owned));
            LaunchTemplateSpecification::builder().set_id(id).set_name(name).set_version(version).build()
        });
        let template = template.or(inherited);
        let custom = blue.ami_type() == Some(&AmiTypes::Custom);
        let (templated, scaling) = (template.is_some(), sizes);
        let scaling = NodegroupScalingConfig::builder()
            .min_size(number(scaling.min))
            .max_size(number(scaling.max))
            .desired_size(number(scaling.desired))
            .build();
        let ours = |key: &str| key.starts_with("aws:") || key == SIZES_TAG || key == MADE_TAG;
        let mut tags: HashMap<String, String> = blue.tags().cloned().unwrap_or_default();
        tags.retain(|key, _| !ours(key));
        tags.insert(MADE_TAG.to_owned(), self.migration.clone());
        let taints: Vec<EksTaint> = blue.taints().iter().filter(|it| it.key() != Some(TAINT)).cloned().collect();
        let types =
            twin.instance_types.clone().or_else(|| Some(blue.instance_types().to_vec()).filter(|it| !it.is_empty()));
        let client = self.aws.eks().await?;
        self.aws.take(Service::Eks, Kind::Write).await?;
        // Without `version` and `release_version`: EKS takes none but the cluster's own. (EKS API, CreateNodegroup.)
        let sent = client
            .create_nodegroup()
            .cluster_name(&self.cluster)
            .nodegroup_name(&twin.name)
            .client_request_token(format!("{}-{}", self.migration, twin.name))
            .set_subnets(Some(blue.subnets().to_vec()))
            .set_node_role(blue.node_role().map(str::to_owned))
            .set_capacity_type(blue.capacity_type().cloned())
            .set_labels(blue.labels().cloned())
            .set_taints(Some(taints))
            .set_update_config(blue.update_config().cloned())
            .set_node_repair_config(blue.node_repair_config().cloned())
            .set_warm_pool_config(blue.warm_pool_config().cloned())
            .set_tags(Some(tags))
            .set_instance_types(types)
            .set_ami_type(blue.ami_type().filter(|_| !custom).cloned())
            .set_disk_size(blue.disk_size().filter(|_| !templated))
            .set_remote_access(blue.remote_access().filter(|_| !templated).cloned())
            .set_launch_template(template)
            .scaling_config(scaling)
            .send()
            .await;
        sent.map(drop).map_err(|error| aws::Error::call(ACTION, &twin.name, error))
    }

    async fn delete(&self, group: &str) -> Result<(), aws::Error> {
        let client = self.aws.eks().await?;
        self.aws.take(Service::Eks, Kind::Write).await?;
        let sent = client.delete_nodegroup().cluster_name(&self.cluster).nodegroup_name(group).send().await;
        sent.map(drop).map_err(|error| aws::Error::call("delete node group", group, error))
    }
}

fn number(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn group(name: &str, found: &Nodegroup) -> Group {
    let sizes = found.scaling_config();
    let size = |of: fn(&NodegroupScalingConfig) -> Option<i32>| {
        sizes.and_then(of).and_then(|size| u32::try_from(size).ok()).unwrap_or_default()
    };
    let issues = || {
        let issues = found.health().map(|health| health.issues()).unwrap_or_default();
        let told = issues.iter().map(|issue| {
            format!("{}: {}", issue.code().map_or("", |it| it.as_str()), issue.message().unwrap_or_default())
        });
        let told: Vec<String> = told.collect();
        if told.is_empty() { "EKS does not say why".to_owned() } else { told.join("; ") }
    };
    let status = match found.status() {
        Some(NodegroupStatus::Active) => GroupStatus::Active,
        Some(NodegroupStatus::Deleting) => GroupStatus::Deleting,
        Some(status @ (NodegroupStatus::CreateFailed | NodegroupStatus::DeleteFailed | NodegroupStatus::Degraded)) => {
            GroupStatus::Failed(format!("it is {status}: {}", issues()))
        }
        Some(status) => GroupStatus::Busy(status.to_string()),
        None => GroupStatus::Busy("in a state that EKS does not tell".to_owned()),
    };
    Group {
        name: name.to_owned(),
        arn: found.nodegroup_arn().unwrap_or_default().to_owned(),
        status,
        sizes: Sizes { min: size(|it| it.min_size), max: size(|it| it.max_size), desired: size(|it| it.desired_size) },
        taints: found.taints().iter().filter_map(read).collect(),
        tags: found.tags().cloned().unwrap_or_default().into_iter().collect(),
        instance_types: found.instance_types().to_vec(),
    }
}

/// A taint in EKS's words, which are not Kubernetes's.
fn written(taint: &Taint) -> EksTaint {
    let effect = match taint.effect {
        Effect::NoSchedule => TaintEffect::NoSchedule,
        Effect::PreferNoSchedule => TaintEffect::PreferNoSchedule,
        Effect::NoExecute => TaintEffect::NoExecute,
    };
    EksTaint::builder().key(&taint.key).value(&taint.value).effect(effect).build()
}

fn read(taint: &EksTaint) -> Option<Taint> {
    let effect = match taint.effect()? {
        TaintEffect::NoSchedule => Effect::NoSchedule,
        TaintEffect::PreferNoSchedule => Effect::PreferNoSchedule,
        TaintEffect::NoExecute => Effect::NoExecute,
        _ => return None,
    };
    Some(Taint { key: taint.key()?.to_owned(), value: taint.value().unwrap_or_default().to_owned(), effect })
}

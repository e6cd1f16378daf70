//! Reading load balancers. The only room that lists their objects: it reads every page, draws each call from the
//! budget, and shares what many ask for.

mod answer;
mod cross_zone;
mod load_balancers;
mod routes;
mod target_groups;
mod whole;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_elasticloadbalancingv2::types;

use super::{Error, Fare, ListenerArn, LoadBalancerArn, RuleArn, TargetGroupArn, TargetHealth};
use crate::aws::{self, Aws, BatchedRead, GatheredRead, Kind, SharedRead};
use answer::{each, failed};

pub use cross_zone::CROSS_ZONE;
pub use load_balancers::{Behind, LoadBalancerInfo, LoadBalancers};
pub use routes::{Listeners, Route, Rules};
pub use target_groups::TargetGroupInfo;
pub(super) use whole::targets;
pub use whole::{Age, WholeGroup, WholeListener};

/// How long a shared answer is good for: longer than Terraform takes to ask for the resources of one refresh, and
/// short enough for nobody to act on old news, since whoever writes reads afresh.
const SHARED_FOR: Duration = Duration::from_secs(15);
/// The most objects in a page. (Elastic Load Balancing API: PageSize, 1 to 400.)
const PAGE: i32 = 400;
/// How long the health of targets behind a shared load balancer is good for: many records point to one.
const HEALTH_SHARED_FOR: Duration = Duration::from_secs(3);
/// The most ARNs in a call. (Elastic Load Balancing API: DescribeTags and DescribeLoadBalancers take 20; it gives no
/// number for the others, so they get the same.)
const CHUNK: usize = 20;

/// Reads load balancers through one configuration. Cheap to clone; clones share what they have read.
#[derive(Clone)]
pub struct ElbReader {
    aws: Aws,
    shared: Arc<Shared>,
}

struct Shared {
    rules: SharedRead<ListenerArn, Rules, Error>,
    listeners: SharedRead<LoadBalancerArn, Listeners, Error>,
    rules_now: GatheredRead<RuleArn, Option<Route>, Error>,
    listeners_now: GatheredRead<ListenerArn, Option<Route>, Error>,
    target_groups: BatchedRead<TargetGroupArn, Option<TargetGroupInfo>>,
    groups: BatchedRead<TargetGroupArn, Option<types::TargetGroup>>,
    load_balancers: BatchedRead<LoadBalancerArn, Option<LoadBalancerInfo>>,
    tags: BatchedRead<String, Option<BTreeMap<String, String>>>,
    all_load_balancers: SharedRead<(), LoadBalancers, Error>,
    behind: SharedRead<LoadBalancerArn, Arc<BTreeSet<TargetGroupArn>>, Error>,
    health: SharedRead<TargetGroupArn, TargetHealth, Error>,
}

impl ElbReader {
    /// A reader that has read nothing yet.
    pub fn new(aws: Aws) -> Self {
        let clock = || aws.clock();
        let shared = Shared {
            rules: SharedRead::new(clock(), SHARED_FOR),
            listeners: SharedRead::new(clock(), SHARED_FOR),
            rules_now: GatheredRead::new(CHUNK),
            listeners_now: GatheredRead::new(CHUNK),
            target_groups: BatchedRead::new(clock(), SHARED_FOR, CHUNK),
            groups: BatchedRead::new(clock(), SHARED_FOR, CHUNK),
            load_balancers: BatchedRead::new(clock(), SHARED_FOR, CHUNK),
            tags: BatchedRead::new(clock(), SHARED_FOR, CHUNK),
            all_load_balancers: SharedRead::new(clock(), SHARED_FOR),
            behind: SharedRead::new(clock(), SHARED_FOR),
            health: SharedRead::new(clock(), HEALTH_SHARED_FOR),
        };
        Self { aws, shared: Arc::new(shared) }
    }

    /// The configuration that this reader reads through.
    pub(crate) fn aws(&self) -> &Aws {
        &self.aws
    }

    /// The tags of these load balancers, listeners, rules and target groups by ARN, up to 15 seconds old. What does
    /// not exist is left out; what has no tags has an empty map.
    ///
    /// # Errors
    ///
    /// A call failed, or its answer makes no sense.
    pub async fn tags(&self, arns: &BTreeSet<String>) -> Result<BTreeMap<String, BTreeMap<String, String>>, Error> {
        let read = |chunk| each(chunk, Fare::InLine, |arns, _| self.tags_by_arn(arns));
        let tags = self.shared.tags.get(arns, read).await?;
        Ok(tags.into_iter().filter_map(|(arn, tags)| Some((arn, tags?))).collect())
    }

    /// The client, once the budget has room for one read.
    async fn client(&self) -> Result<&aws_sdk_elasticloadbalancingv2::Client, aws::Error> {
        self.client_for(Fare::InLine).await
    }

    async fn client_for(&self, fare: Fare) -> Result<&aws_sdk_elasticloadbalancingv2::Client, aws::Error> {
        let client = self.aws.elbv2().await?;
        fare.pay(&self.aws, Kind::Read).await?;
        Ok(client)
    }

    async fn tags_by_arn(&self, arns: Vec<String>) -> Result<BTreeMap<String, BTreeMap<String, String>>, Error> {
        const ACTION: &str = "describe the tags of";
        let client = self.client().await?;
        // This operation has no pages.
        let answer = client
            .describe_tags()
            .set_resource_arns(Some(arns.clone()))
            .send()
            .await
            .map_err(|error| failed(ACTION, &arns.join(", "), error))?;
        let mut tags = BTreeMap::new();
        for description in answer.tag_descriptions.unwrap_or_default() {
            let Some(arn) = description.resource_arn else { continue };
            let pairs = description.tags.unwrap_or_default().into_iter();
            let pairs = pairs.filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default())));
            tags.insert(arn, pairs.collect());
        }
        Ok(tags)
    }
}

impl fmt::Debug for ElbReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ElbReader").field("aws", &self.aws).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

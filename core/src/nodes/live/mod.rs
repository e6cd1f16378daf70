//! The ground as it is: a cluster by its API, and its node groups by EKS.

mod groups;
mod hands;
mod lease;
mod objects;
mod read;

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;

use super::act::Act;
use super::ground::{Acted, Ground, TargetGroups, Trouble};
use super::orders::Orders;
use super::picture::{Picture, Targets};
use super::record::Record;
use crate::aws::{self, Aws};
use crate::clock::Clock;
use crate::kubernetes::{self, Cluster};

use groups::Groups;
use lease::Lease;

/// Where migrations keep their records and their lease.
const NAMESPACE: &str = "kube-system";

/// A cluster and its node groups, for one migration.
pub struct Live {
    cluster: Cluster,
    groups: Groups,
    target_groups: Arc<dyn TargetGroups>,
    lease: Lease,
    blue: String,
    green: String,
    /// The migration's name, and that of its record.
    name: String,
}

impl Live {
    /// The ground of a migration by these orders: `cluster` as Kubernetes knows it, `cluster_name` as EKS does. `holder`
    /// tells this run from all others.
    pub fn new(
        cluster: Cluster,
        aws: Aws,
        target_groups: Arc<dyn TargetGroups>,
        cluster_name: &str,
        orders: &Orders,
        holder: &str,
    ) -> Self {
        let (blue, green) = (orders.blue.clone(), orders.green.name().to_owned());
        let clock: Arc<dyn Clock> = aws.clock();
        let lease = Lease::new(cluster.clone(), clock, format!("{}-{holder}", orders.name()));
        let groups = Groups::new(aws, cluster_name.to_owned(), orders.name());
        Self { cluster, groups, target_groups, lease, blue, green, name: orders.name() }
    }
}

#[async_trait]
impl Ground for Live {
    async fn picture(&self) -> Result<Picture, Trouble> {
        let (seen, blue, green) = tokio::join!(
            read::picture(&self.cluster),
            self.groups.describe(&self.blue),
            self.groups.describe(&self.green)
        );
        Ok(Picture { blue: blue?, green: green?, ..seen? })
    }

    async fn targets(&self, arns: &BTreeSet<String>) -> Targets {
        let mut seen = Targets::new();
        for arn in arns {
            seen.insert(arn.clone(), self.target_groups.targets(arn).await);
        }
        seen
    }

    async fn act(&self, act: &Act) -> Result<Acted, Trouble> {
        match act {
            Act::Group(act) => self.groups.act(act).await,
            Act::Forget => hands::forget(&self.cluster, &self.name).await,
            Act::Change(change) => hands::change(&self.cluster, change).await,
            Act::Taints { node, version, taints } => hands::taint(&self.cluster, node, version, taints).await,
            Act::Evict { pod, uid } => hands::evict(&self.cluster, pod, uid).await,
        }
    }

    async fn record(&self) -> Result<Option<Record>, Trouble> {
        hands::record(&self.cluster, &self.name).await
    }

    async fn note(&self, record: &Record) -> Result<(), Trouble> {
        hands::note(&self.cluster, &self.name, record).await
    }

    async fn hold(&self) -> Result<(), Trouble> {
        self.lease.hold().await
    }

    async fn release(&self) -> Result<(), Trouble> {
        self.lease.release().await
    }
}

impl From<kubernetes::Error> for Trouble {
    fn from(error: kubernetes::Error) -> Self {
        let passing = error.retryable() || error.is_conflict();
        if passing { Trouble::Passing(error.to_string()) } else { Trouble::Lasting(error.to_string()) }
    }
}

impl From<aws::Error> for Trouble {
    fn from(error: aws::Error) -> Self {
        if error.retryable() { Trouble::Passing(error.to_string()) } else { Trouble::Lasting(error.to_string()) }
    }
}

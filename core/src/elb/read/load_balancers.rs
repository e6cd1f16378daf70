//! Reading load balancers themselves, and the health of what is behind them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_sdk_elasticloadbalancingv2::types;

use super::ElbReader;
use super::answer::{each, failed, named};
use crate::aws::Pages;
use crate::elb::{Error, Fare, LoadBalancerArn, LoadBalancerKind, TargetGroupArn, TargetHealth};

/// What a load balancer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadBalancerInfo {
    /// The load balancer.
    pub arn: LoadBalancerArn,
    /// Its name.
    pub name: String,
    /// Its kind by AWS's word, not by its ARN; `None` for a kind that this program does not know.
    pub kind: Option<LoadBalancerKind>,
    /// `internet-facing` or `internal`.
    pub scheme: Option<String>,
    /// Its DNS name.
    pub dns_name: Option<String>,
    /// Its VPC.
    pub vpc_id: Option<String>,
    /// `provisioning`, `active`, `active_impaired` or `failed`.
    pub state: Option<String>,
    /// The availability zones that it is in.
    pub zones: BTreeSet<String>,
    /// Its security groups; empty for a network load balancer that has none.
    pub security_groups: BTreeSet<String>,
}

/// The load balancers of an account and region.
pub type LoadBalancers = Arc<BTreeMap<LoadBalancerArn, LoadBalancerInfo>>;

/// How the targets are behind a load balancer.
pub type Behind = BTreeMap<TargetGroupArn, TargetHealth>;

/// A load balancer's DNS name without what Route 53 and users may put around it.
fn plain(dns_name: &str) -> String {
    let name = dns_name.trim_end_matches('.').to_ascii_lowercase();
    name.strip_prefix("dualstack.").map_or(name.clone(), str::to_owned)
}

impl ElbReader {
    /// What these load balancers are, up to 15 seconds old; `None` for one that does not exist.
    ///
    /// # Errors
    ///
    /// A call failed, or its answer makes no sense.
    pub(crate) async fn load_balancers(
        &self,
        arns: &BTreeSet<LoadBalancerArn>,
    ) -> Result<BTreeMap<LoadBalancerArn, Option<LoadBalancerInfo>>, Error> {
        let read = |chunk| each(chunk, Fare::InLine, |arns, _| self.load_balancers_by_arn(arns));
        self.shared.load_balancers.get(arns, read).await
    }

    /// Every load balancer of this account and region, up to 15 seconds old.
    ///
    /// # Errors
    ///
    /// A call failed, or its answer makes no sense.
    pub(crate) async fn all_load_balancers(&self) -> Result<LoadBalancers, Error> {
        let read =
            || async { Ok(Arc::new(self.load_balancers_of(None, "of this account and region".to_owned()).await?)) };
        self.shared.all_load_balancers.get((), read).await
    }

    /// The load balancer of this DNS name, from a listing up to 15 seconds old; `None` where none in this account and
    /// region has it. A name may begin with `dualstack.`, and end with a dot.
    ///
    /// # Errors
    ///
    /// A call failed, or its answer makes no sense.
    pub(crate) async fn load_balancer_named(&self, dns_name: &str) -> Result<Option<LoadBalancerArn>, Error> {
        let wanted = plain(dns_name);
        let all = self.all_load_balancers().await?;
        let named = all.values().find(|info| info.dns_name.as_deref().is_some_and(|name| plain(name) == wanted));
        Ok(named.map(|info| info.arn.clone()))
    }

    /// How the targets are behind a load balancer, up to 3 seconds old, by target group.
    ///
    /// # Errors
    ///
    /// A call failed, or its answer makes no sense.
    pub(crate) async fn health_behind(&self, balancer: &LoadBalancerArn) -> Result<Behind, Error> {
        let object = balancer.as_str();
        let groups = || async {
            let groups = self.target_groups_of(None, Some(object.to_owned()), object.to_owned()).await?;
            Ok(Arc::new(groups.into_keys().collect::<BTreeSet<_>>()))
        };
        let groups = self.shared.behind.get(balancer.clone(), groups).await?;
        let mut behind = Behind::new();
        for group in groups.iter() {
            let read = || self.target_health(group, Fare::Ahead);
            behind.insert(group.clone(), self.shared.health.get(group.clone(), read).await?);
        }
        Ok(behind)
    }

    async fn load_balancers_by_arn(
        &self,
        arns: Vec<LoadBalancerArn>,
    ) -> Result<BTreeMap<LoadBalancerArn, LoadBalancerInfo>, Error> {
        let texts: Vec<String> = arns.iter().map(ToString::to_string).collect();
        let object = texts.join(", ");
        self.load_balancers_of(Some(texts), object).await
    }

    /// These load balancers; all of the account and region for none.
    async fn load_balancers_of(
        &self,
        arns: Option<Vec<String>>,
        object: String,
    ) -> Result<BTreeMap<LoadBalancerArn, LoadBalancerInfo>, Error> {
        const ACTION: &str = "describe the load balancers";
        let mut balancers = BTreeMap::new();
        let mut pages = Pages::new(ACTION, &object);
        while let Some(marker) = pages.open() {
            let client = self.client().await?;
            let asked =
                client.describe_load_balancers().set_load_balancer_arns(arns.clone()).set_marker(marker).send().await;
            let answer = asked.map_err(|error| failed(ACTION, &object, error))?;
            for balancer in answer.load_balancers.unwrap_or_default() {
                let arn = named(ACTION, &object, balancer.load_balancer_arn.as_deref(), LoadBalancerArn::parse)?;
                let kind = balancer.r#type.and_then(|kind| match kind {
                    types::LoadBalancerTypeEnum::Application => Some(LoadBalancerKind::Application),
                    types::LoadBalancerTypeEnum::Network => Some(LoadBalancerKind::Network),
                    types::LoadBalancerTypeEnum::Gateway => Some(LoadBalancerKind::Gateway),
                    _ => None,
                });
                let zones = balancer.availability_zones.unwrap_or_default();
                let info = LoadBalancerInfo {
                    name: balancer.load_balancer_name.unwrap_or_else(|| arn.name().to_owned()),
                    arn: arn.clone(),
                    kind,
                    scheme: balancer.scheme.map(|scheme| scheme.as_str().to_owned()),
                    dns_name: balancer.dns_name,
                    vpc_id: balancer.vpc_id,
                    state: balancer.state.and_then(|state| state.code).map(|code| code.as_str().to_owned()),
                    zones: zones.into_iter().filter_map(|zone| zone.zone_name).collect(),
                    security_groups: balancer.security_groups.unwrap_or_default().into_iter().collect(),
                };
                balancers.insert(arn, info);
            }
            pages.turn(answer.next_marker)?;
        }
        Ok(balancers)
    }
}

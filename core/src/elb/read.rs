//! Reading load balancers. The only file that lists their objects: it reads every page, draws each call from the
//! budget, and shares what many ask for.

mod cross_zone;
mod whole;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_elasticloadbalancingv2::types;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::{
    Error, Fare, ListenerArn, LoadBalancerArn, LoadBalancerKind, RouteArn, RuleArn, Target, TargetGroupArn,
    TargetHealth, TargetState,
};
use crate::aws::{self, Aws, BatchedRead, GatheredRead, Kind, Pages, SharedRead};

pub use cross_zone::CROSS_ZONE;
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

/// One place where a share is set, as AWS returned it.
#[derive(Clone, PartialEq)]
pub struct Route {
    /// The listener or rule.
    pub arn: RouteArn,
    /// Every action, in AWS's order.
    pub actions: Vec<types::Action>,
    /// Whether this is a listener's default rule, which can only be changed through the listener: not a route that a
    /// user may name by this ARN.
    pub is_default: bool,
    /// A rule's conditions; empty for a listener.
    pub conditions: Vec<types::RuleCondition>,
    /// A rule's priority, a number or `default`; `None` for a listener.
    pub priority: Option<String>,
    /// A listener's port; `None` for a rule.
    pub port: Option<i32>,
    /// A listener's protocol; `None` for a rule.
    pub protocol: Option<types::ProtocolEnum>,
}

impl fmt::Debug for Route {
    // Not the actions: an emulator answers with an OIDC client's secret, which AWS never does.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Route")
            .field("arn", &self.arn.as_str())
            .field("actions", &self.actions.len())
            .field("is_default", &self.is_default)
            .field("priority", &self.priority)
            .field("port", &self.port)
            .field("protocol", &self.protocol)
            .finish_non_exhaustive()
    }
}

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

/// The rules of a listener, its default rule among them; none if there is no such listener.
pub type Rules = Option<Arc<BTreeMap<RuleArn, Route>>>;
/// The listeners of a load balancer; none if there is no such load balancer.
pub type Listeners = Option<Arc<BTreeMap<ListenerArn, Route>>>;
/// The load balancers of an account and region.
pub type LoadBalancers = Arc<BTreeMap<LoadBalancerArn, LoadBalancerInfo>>;

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

/// How the targets are behind a load balancer.
pub type Behind = BTreeMap<TargetGroupArn, TargetHealth>;

/// A load balancer's DNS name without what Route 53 and users may put around it.
fn plain(dns_name: &str) -> String {
    let name = dns_name.trim_end_matches('.').to_ascii_lowercase();
    name.strip_prefix("dualstack.").map_or(name.clone(), str::to_owned)
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

    /// These routes, up to 15 seconds old; `None` for one that does not exist. However many ask, there is one call
    /// per listener whose rules are asked for and one per load balancer whose listeners are (and one more for each
    /// further 400 objects).
    ///
    /// # Errors
    ///
    /// A call failed, or its answer makes no sense.
    pub(crate) async fn routes(&self, arns: &BTreeSet<RouteArn>) -> Result<BTreeMap<RouteArn, Option<Route>>, Error> {
        let mut routes = BTreeMap::new();
        for arn in arns {
            let route = match arn {
                RouteArn::Rule(rule) => {
                    let rules = self.rules(&rule.listener_arn()).await?;
                    rules.and_then(|rules| rules.get(rule).cloned())
                }
                RouteArn::Listener(listener) => {
                    let listeners = self.listeners(&listener.load_balancer_arn()).await?;
                    listeners.and_then(|listeners| listeners.get(listener).cloned())
                }
            };
            routes.insert(arn.clone(), route);
        }
        Ok(routes)
    }

    /// The rules of a listener, up to 15 seconds old.
    ///
    /// # Errors
    ///
    /// A call failed, or its answer makes no sense.
    pub(crate) async fn rules(&self, listener: &ListenerArn) -> Result<Rules, Error> {
        self.shared.rules.get(listener.clone(), || self.rules_of(listener.clone())).await
    }

    /// The listeners of a load balancer, up to 15 seconds old.
    ///
    /// # Errors
    ///
    /// A call failed, or its answer makes no sense.
    pub(crate) async fn listeners(&self, balancer: &LoadBalancerArn) -> Result<Listeners, Error> {
        self.shared.listeners.get(balancer.clone(), || self.listeners_of(balancer.clone())).await
    }

    /// These routes as AWS has them now; `None` for one that does not exist. Those who ask while the budget has no room
    /// share a call.
    ///
    /// # Errors
    ///
    /// A call failed, or its answer makes no sense.
    pub(crate) async fn routes_fresh(
        &self,
        arns: &BTreeSet<RouteArn>,
    ) -> Result<BTreeMap<RouteArn, Option<Route>>, Error> {
        let mut rules = BTreeSet::new();
        let mut listeners = BTreeSet::new();
        for arn in arns {
            match arn {
                RouteArn::Rule(rule) => drop(rules.insert(rule.clone())),
                RouteArn::Listener(listener) => drop(listeners.insert(listener.clone())),
            }
        }
        let turn = async || Ok(Fare::Ahead.pay(&self.aws, Kind::Read).await?);
        let rules_now = |chunk| each(chunk, Fare::Paid, |arns, fare| self.rules_by_arn(arns, fare));
        let listeners_now = |chunk| each(chunk, Fare::Paid, |arns, fare| self.listeners_by_arn(arns, fare));
        let rules = self.shared.rules_now.get(&rules, turn, rules_now).await?;
        let listeners = self.shared.listeners_now.get(&listeners, turn, listeners_now).await?;
        let rules = rules.into_iter().map(|(arn, route)| (RouteArn::Rule(arn), route));
        let listeners = listeners.into_iter().map(|(arn, route)| (RouteArn::Listener(arn), route));
        Ok(rules.chain(listeners).collect())
    }

    /// Makes later asks for these routes read afresh. To be called after a write.
    pub(crate) fn forget(&self, arns: &BTreeSet<RouteArn>) {
        // Which load balancers send to a target group is a matter of their routes.
        self.shared.target_groups.forget_all();
        for arn in arns {
            match arn {
                RouteArn::Rule(rule) => self.shared.rules.forget(&rule.listener_arn()),
                RouteArn::Listener(listener) => {
                    self.shared.listeners.forget(&listener.load_balancer_arn());
                    // Its default action shows among its rules as well.
                    self.shared.rules.forget(listener);
                }
            }
        }
    }

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

    /// Every rule of a listener; `None` if there is no such listener.
    async fn rules_of(&self, listener: ListenerArn) -> Result<Rules, Error> {
        const ACTION: &str = "describe the rules of";
        let object = listener.as_str();
        let mut rules = BTreeMap::new();
        let mut pages = Pages::new(ACTION, object);
        while let Some(marker) = pages.open() {
            let client = self.client().await?;
            let asked = client.describe_rules().listener_arn(object).page_size(PAGE).set_marker(marker).send().await;
            let answer = match asked.map_err(|error| failed(ACTION, object, error)) {
                Err(error) if error.is_not_found() => return Ok(None),
                answer => answer?,
            };
            for rule in answer.rules.unwrap_or_default() {
                let (arn, route) = rule_route(ACTION, object, rule)?;
                rules.insert(arn, route);
            }
            pages.turn(answer.next_marker)?;
        }
        Ok(Some(Arc::new(rules)))
    }

    /// Every listener of a load balancer; `None` if there is no such load balancer.
    async fn listeners_of(&self, balancer: LoadBalancerArn) -> Result<Listeners, Error> {
        const ACTION: &str = "describe the listeners of";
        let object = balancer.as_str();
        let mut listeners = BTreeMap::new();
        let mut pages = Pages::new(ACTION, object);
        while let Some(marker) = pages.open() {
            let client = self.client().await?;
            let asked =
                client.describe_listeners().load_balancer_arn(object).page_size(PAGE).set_marker(marker).send().await;
            let answer = match asked.map_err(|error| failed(ACTION, object, error)) {
                Err(error) if error.is_not_found() => return Ok(None),
                answer => answer?,
            };
            for listener in answer.listeners.unwrap_or_default() {
                let (arn, route) = listener_route(ACTION, object, listener)?;
                listeners.insert(arn, route);
            }
            pages.turn(answer.next_marker)?;
        }
        Ok(Some(Arc::new(listeners)))
    }

    async fn rules_by_arn(&self, arns: Vec<RuleArn>, mut fare: Fare) -> Result<BTreeMap<RuleArn, Route>, Error> {
        const ACTION: &str = "describe the rules";
        let texts: Vec<String> = arns.iter().map(ToString::to_string).collect();
        let object = texts.join(", ");
        let mut rules = BTreeMap::new();
        let mut pages = Pages::new(ACTION, &object);
        while let Some(marker) = pages.open() {
            let client = self.client_for(std::mem::replace(&mut fare, Fare::InLine)).await?;
            let asked = client.describe_rules().set_rule_arns(Some(texts.clone())).set_marker(marker).send().await;
            let answer = asked.map_err(|error| failed(ACTION, &object, error))?;
            for rule in answer.rules.unwrap_or_default() {
                let (arn, route) = rule_route(ACTION, &object, rule)?;
                rules.insert(arn, route);
            }
            pages.turn(answer.next_marker)?;
        }
        Ok(rules)
    }

    async fn listeners_by_arn(
        &self,
        arns: Vec<ListenerArn>,
        mut fare: Fare,
    ) -> Result<BTreeMap<ListenerArn, Route>, Error> {
        const ACTION: &str = "describe the listeners";
        let texts: Vec<String> = arns.iter().map(ToString::to_string).collect();
        let object = texts.join(", ");
        let mut listeners = BTreeMap::new();
        let mut pages = Pages::new(ACTION, &object);
        while let Some(marker) = pages.open() {
            let client = self.client_for(std::mem::replace(&mut fare, Fare::InLine)).await?;
            let asked =
                client.describe_listeners().set_listener_arns(Some(texts.clone())).set_marker(marker).send().await;
            let answer = asked.map_err(|error| failed(ACTION, &object, error))?;
            for listener in answer.listeners.unwrap_or_default() {
                let (arn, route) = listener_route(ACTION, &object, listener)?;
                listeners.insert(arn, route);
            }
            pages.turn(answer.next_marker)?;
        }
        Ok(listeners)
    }

    async fn target_groups_by_arn(
        &self,
        arns: Vec<TargetGroupArn>,
    ) -> Result<BTreeMap<TargetGroupArn, TargetGroupInfo>, Error> {
        let texts: Vec<String> = arns.iter().map(ToString::to_string).collect();
        let object = texts.join(", ");
        self.target_groups_of(Some(texts), None, object).await
    }

    /// These target groups; or those that a load balancer sends to; or, with neither, all.
    async fn target_groups_of(
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

/// Reads several objects in one call; if AWS says that one of them does not exist, each by itself, so that a missing
/// one does not hide the others. What is not in the answer does not exist.
async fn each<K, V, F, Fut>(keys: Vec<K>, fare: Fare, read: F) -> Result<BTreeMap<K, Option<V>>, Error>
where
    K: Ord + Clone,
    F: Fn(Vec<K>, Fare) -> Fut,
    Fut: Future<Output = Result<BTreeMap<K, V>, Error>>,
{
    let several = keys.len() > 1;
    match read(keys.clone(), fare).await {
        Ok(mut found) => Ok(keys.into_iter().map(|key| (key.clone(), found.remove(&key))).collect()),
        Err(error) if error.is_not_found() && several => {
            let mut all = BTreeMap::new();
            for key in keys {
                let value = match read(vec![key.clone()], Fare::InLine).await {
                    Ok(mut found) => found.remove(&key),
                    Err(error) if error.is_not_found() => None,
                    Err(error) => return Err(error),
                };
                all.insert(key, value);
            }
            Ok(all)
        }
        Err(error) if error.is_not_found() => Ok(keys.into_iter().map(|key| (key, None)).collect()),
        Err(error) => Err(error),
    }
}

/// Codes that say that an object does not exist.
const NOT_FOUND: [&str; 4] = ["ListenerNotFound", "LoadBalancerNotFound", "RuleNotFound", "TargetGroupNotFound"];

fn failed<E>(action: &'static str, object: &str, error: SdkError<E, HttpResponse>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    match aws::Error::call(action, object, error) {
        aws::Error::Call(call) => match &call.code {
            Some(code) if NOT_FOUND.contains(&code.as_str()) => {
                Error::NotFound { action, arn: object.to_owned(), code: code.clone(), message: call.message.clone() }
            }
            _ => Error::Aws(aws::Error::Call(call)),
        },
        error => Error::Aws(error),
    }
}

fn answer(action: &'static str, object: &str, reason: impl Into<String>) -> Error {
    Error::Answer { action, object: object.to_owned(), reason: reason.into() }
}

/// The ARN in an answer, read.
fn named<T>(
    action: &'static str,
    object: &str,
    arn: Option<&str>,
    parse: impl Fn(&str) -> Result<T, super::ArnError>,
) -> Result<T, Error> {
    let arn = arn.ok_or_else(|| answer(action, object, "it lists an object without an ARN"))?;
    parse(arn).map_err(|error| answer(action, object, error.to_string()))
}

fn rule_route(action: &'static str, object: &str, rule: types::Rule) -> Result<(RuleArn, Route), Error> {
    let arn = named(action, object, rule.rule_arn.as_deref(), RuleArn::parse)?;
    let route = Route {
        arn: RouteArn::Rule(arn.clone()),
        actions: rule.actions.unwrap_or_default(),
        is_default: rule.is_default.unwrap_or_default(),
        conditions: rule.conditions.unwrap_or_default(),
        priority: rule.priority,
        port: None,
        protocol: None,
    };
    Ok((arn, route))
}

fn listener_route(
    action: &'static str,
    object: &str,
    listener: types::Listener,
) -> Result<(ListenerArn, Route), Error> {
    let arn = named(action, object, listener.listener_arn.as_deref(), ListenerArn::parse)?;
    let route = Route {
        arn: RouteArn::Listener(arn.clone()),
        actions: listener.default_actions.unwrap_or_default(),
        is_default: false,
        conditions: Vec::new(),
        priority: None,
        port: listener.port,
        protocol: listener.protocol,
    };
    Ok((arn, route))
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::aws::loopback::{Call, Loopback, Reply};
    use crate::clock::{Clock, SteppedClock};

    const PLACE: &str = "arn:aws:elasticloadbalancing:eu-west-1:123456789012";

    fn listener(name: &str) -> String {
        format!("{PLACE}:listener/app/shop/50dc/{name}")
    }

    fn rule(listener: &str, name: &str) -> String {
        format!("{PLACE}:listener-rule/app/shop/50dc/{listener}/{name}")
    }

    fn group(name: &str) -> String {
        format!("{PLACE}:targetgroup/{name}/73e2")
    }

    fn routes(arns: impl IntoIterator<Item = String>) -> BTreeSet<RouteArn> {
        arns.into_iter().map(|arn| RouteArn::parse(&arn).unwrap()).collect()
    }

    fn rule_xml(arn: &str) -> String {
        let default = arn.ends_with("default");
        format!(
            "<member><RuleArn>{arn}</RuleArn><Priority>5</Priority><IsDefault>{default}</IsDefault><Actions><member><Type>forward</Type><TargetGroupArn>{}</TargetGroupArn></member></Actions></member>",
            group("blue")
        )
    }

    fn listener_xml(arn: &str) -> String {
        format!(
            "<member><ListenerArn>{arn}</ListenerArn><Port>443</Port><Protocol>HTTPS</Protocol><DefaultActions><member><Type>forward</Type></member></DefaultActions></member>"
        )
    }

    /// A load balancer with the listeners `a` and `b`, the rules `1` to `60` and `default` on each, two pages for
    /// each listing, and nothing else.
    fn shop(call: &Call) -> Reply {
        let action = call.action();
        let exists = |arn: &String| {
            let rule = arn.rsplit('/').next().unwrap_or_default();
            let known = rule == "default" || rule.parse::<u32>().is_ok_and(|number| (1..=60).contains(&number));
            known && (arn.contains("/50dc/a/") || arn.contains("/50dc/b/"))
        };
        match action.as_str() {
            "DescribeRules" => match call.value("ListenerArn") {
                Some(arn) if arn == listener("a") || arn == listener("b") => {
                    assert_eq!(call.value("PageSize").as_deref(), Some("400"));
                    let name = &arn[arn.len() - 1..];
                    let (page, next) = match call.value("Marker").as_deref() {
                        None => (1..=30, "<NextMarker>two+2</NextMarker>"),
                        Some("two+2") => (31..=60, ""),
                        Some(marker) => panic!("{marker}"),
                    };
                    let mut rules: String = page.map(|number| rule_xml(&rule(name, &number.to_string()))).collect();
                    if next.is_empty() {
                        rules.push_str(&rule_xml(&rule(name, "default")));
                    }
                    Reply::result(&action, &format!("<Rules>{rules}</Rules>{next}"))
                }
                Some(_) => Reply::error(400, "ListenerNotFound", "One or more listeners not found"),
                None => {
                    let arns = call.members("RuleArns");
                    assert!((1..=20).contains(&arns.len()), "{arns:?}");
                    if !arns.iter().all(exists) {
                        return Reply::error(400, "RuleNotFound", "One or more rules not found");
                    }
                    let rules: String = arns.iter().map(|arn| rule_xml(arn)).collect();
                    Reply::result(&action, &format!("<Rules>{rules}</Rules>"))
                }
            },
            "DescribeListeners" => match call.value("LoadBalancerArn") {
                Some(arn) if arn.ends_with("loadbalancer/app/shop/50dc") => {
                    let (name, next) = match call.value("Marker").as_deref() {
                        None => ("a", "<NextMarker>2</NextMarker>"),
                        _ => ("b", ""),
                    };
                    let page = listener_xml(&listener(name));
                    Reply::result(&action, &format!("<Listeners>{page}</Listeners>{next}"))
                }
                Some(_) => Reply::error(400, "LoadBalancerNotFound", "Load balancers not found"),
                None => {
                    let arns = call.members("ListenerArns");
                    if arns.iter().any(|arn| *arn != listener("a") && *arn != listener("b")) {
                        return Reply::error(400, "ListenerNotFound", "One or more listeners not found");
                    }
                    let listeners: String = arns.iter().map(|arn| listener_xml(arn)).collect();
                    Reply::result(&action, &format!("<Listeners>{listeners}</Listeners>"))
                }
            },
            other => panic!("{other}"),
        }
    }

    async fn reader(
        answer: impl Fn(&Call) -> Reply + Send + Sync + 'static,
    ) -> (Loopback, Arc<SteppedClock>, ElbReader) {
        let server = Loopback::serve(answer).await;
        let clock = Arc::new(SteppedClock::new());
        let reader = ElbReader::new(server.aws(Arc::clone(&clock) as Arc<dyn Clock>));
        (server, clock, reader)
    }

    #[tokio::test]
    async fn many_resources_on_one_load_balancer_share_their_reads() {
        let (server, _clock, reader) = reader(shop).await;
        let mut tasks = tokio::task::JoinSet::new();
        for number in 1..=60 {
            let reader = reader.clone();
            tasks.spawn(async move {
                let arns = routes([
                    rule("a", &number.to_string()),
                    rule("b", &number.to_string()),
                    listener("a"),
                    listener("b"),
                ]);
                let found = reader.routes(&arns).await.unwrap();
                assert_eq!(found.keys().cloned().collect::<BTreeSet<_>>(), arns);
                for (arn, route) in found {
                    let route = route.unwrap();
                    assert_eq!(route.arn, arn);
                    assert_eq!(route.actions.len(), 1);
                }
            });
        }
        tasks.join_all().await;
        // Two listeners with two pages of rules each, one load balancer with two pages of listeners.
        assert_eq!((server.count("DescribeRules"), server.count("DescribeListeners")), (4, 2));
    }

    #[tokio::test]
    async fn every_read_can_move_between_threads() {
        fn movable<T: Send>(_: T) {}
        let (_server, _clock, reader) = reader(shop).await;
        let arn = TargetGroupArn::parse(&group("green")).unwrap();
        movable(reader.routes(&BTreeSet::new()));
        movable(reader.routes_fresh(&BTreeSet::new()));
        movable(reader.target_health(&arn, Fare::InLine));
        movable(reader.target_groups(&BTreeSet::new()));
        movable(reader.load_balancers(&BTreeSet::new()));
        movable(reader.tags(&BTreeSet::new()));
    }

    #[tokio::test]
    async fn what_does_not_exist_is_none_and_hides_nothing() {
        let (_server, _clock, reader) = reader(shop).await;
        let elsewhere = format!("{PLACE}:listener/app/gone/50dc/a");
        let there = [rule("a", "1"), listener("b")];
        let missing = [rule("a", "61"), rule("c", "1"), listener("c"), elsewhere];
        let all = routes(there.iter().chain(&missing).cloned());
        for found in [reader.routes(&all).await.unwrap(), reader.routes_fresh(&all).await.unwrap()] {
            assert_eq!(found.len(), all.len());
            for (arn, route) in found {
                assert_eq!(route.is_some(), there.contains(&arn.to_string()), "{arn}");
            }
        }
    }

    #[tokio::test]
    async fn a_default_rule_is_told_from_a_route() {
        let (_server, _clock, reader) = reader(shop).await;
        let arns = routes([rule("a", "default"), rule("a", "1"), listener("a")]);
        for found in [reader.routes(&arns).await.unwrap(), reader.routes_fresh(&arns).await.unwrap()] {
            for (arn, route) in found {
                assert_eq!(route.unwrap().is_default, arn.as_str().ends_with("default"), "{arn}");
            }
        }
    }

    #[tokio::test]
    async fn a_fresh_read_goes_to_aws_every_time_in_chunks() {
        let (server, _clock, reader) = reader(shop).await;
        let arns = routes((1..=45).map(|number| rule("a", &number.to_string())));
        for round in 1..=2 {
            let found = reader.routes_fresh(&arns).await.unwrap();
            assert!(found.values().all(Option::is_some));
            assert_eq!(server.count("DescribeRules"), 3 * round);
        }
    }

    #[tokio::test]
    async fn shared_answers_end_with_their_time_or_a_write() {
        let (server, clock, reader) = reader(shop).await;
        let arns = routes([rule("a", "1"), listener("a")]);
        let calls = async |expect: usize| {
            reader.routes(&arns).await.unwrap();
            assert_eq!(server.calls().len(), expect);
        };
        calls(4).await;
        calls(4).await;
        clock.advance(SHARED_FOR);
        calls(8).await;
        reader.forget(&arns);
        calls(12).await;
        reader.routes_fresh(&arns).await.unwrap();
        calls(14).await;
    }

    #[tokio::test]
    async fn pages_that_go_round_in_a_circle_are_an_error() {
        let (_server, _clock, reader) =
            reader(|call| Reply::result(&call.action(), "<Rules></Rules><NextMarker>again</NextMarker>")).await;
        let error = reader.routes(&routes([rule("a", "1")])).await.unwrap_err();
        assert!(matches!(error, Error::Aws(aws::Error::Answer { .. })), "{error}");
        assert!(error.to_string().contains(&listener("a")), "{error}");
    }

    #[tokio::test]
    async fn a_failed_read_names_the_object_and_is_not_kept() {
        let failing = Arc::new(AtomicUsize::new(0));
        let (_server, _clock, reader) = reader(move |call| match failing.fetch_add(1, Ordering::SeqCst) {
            0 => Reply::error(403, "AccessDenied", "not you"),
            _ => shop(call),
        })
        .await;
        let arns = routes([rule("a", "1")]);
        let error = reader.routes(&arns).await.unwrap_err();
        let expect =
            format!("describe the rules of {}: AWS answered AccessDenied: not you (request r-2)", listener("a"));
        assert_eq!(error.to_string(), expect);
        assert!(!error.retryable() && !error.is_not_found());
        assert!(reader.routes(&arns).await.is_ok());
    }

    #[tokio::test]
    async fn every_read_draws_from_the_budget() {
        let (_server, clock, reader) = reader(shop).await;
        let arns = routes([rule("a", "1")]);
        for _ in 0..30 {
            reader.routes_fresh(&arns).await.unwrap();
        }
        assert_eq!(clock.passed(), Duration::ZERO);
        reader.routes_fresh(&arns).await.unwrap();
        assert_eq!(clock.passed(), Duration::from_millis(125));
    }

    #[tokio::test]
    async fn debug_shows_no_client_secret() {
        let (_server, _clock, reader) = reader(|call| {
            let actions = "<member><Type>authenticate-oidc</Type><AuthenticateOidcConfig><ClientSecret>SECRET</ClientSecret></AuthenticateOidcConfig></member>";
            let arn = rule("a", "1");
            let rules = format!("<Rules><member><RuleArn>{arn}</RuleArn><Actions>{actions}</Actions></member></Rules>");
            Reply::result(&call.action(), &rules)
        })
        .await;
        let found = reader.routes(&routes([rule("a", "1")])).await.unwrap();
        let route = found.values().next().unwrap().as_ref().unwrap();
        let secret = route.actions[0].authenticate_oidc_config().and_then(|config| config.client_secret());
        assert_eq!(secret, Some("SECRET"));
        let shown = format!("{found:?} {reader:?}");
        assert!(!shown.contains("SECRET"), "{shown}");
    }

    #[tokio::test]
    async fn target_health_is_read_as_it_is() {
        let (server, _clock, reader) = reader(|call| {
            let target = |health: &str| {
                format!("<member><Target><Id>i-1</Id><Port>30080</Port><AvailabilityZone>eu-west-1a</AvailabilityZone></Target><TargetHealth>{health}</TargetHealth></member>")
            };
            let targets = [
                target("<State>healthy</State>"),
                target("<State>unhealthy</State><Reason>Target.Timeout</Reason><Description>Request timed out</Description>"),
                target("<State>dancing</State>"),
                "<member></member>".to_owned(),
            ];
            let inner = format!("<TargetHealthDescriptions>{}</TargetHealthDescriptions>", targets.concat());
            Reply::result(&call.action(), &inner)
        })
        .await;
        let arn = TargetGroupArn::parse(&group("green")).unwrap();
        let health = reader.target_health(&arn, Fare::InLine).await.unwrap();
        assert_eq!(health.targets[0].port, Some(30080));
        assert_eq!(health.targets[0].zone.as_deref(), Some("eu-west-1a"));
        assert_eq!(
            health.summary(),
            "1 of 4 healthy; 1 unhealthy (Target.Timeout: Request timed out); 1 without a state; 1 dancing"
        );
        reader.target_health(&arn, Fare::InLine).await.unwrap();
        assert_eq!(server.count("DescribeTargetHealth"), 2);
        assert_eq!(server.calls()[0].value("TargetGroupArn"), Some(group("green")));
    }

    #[tokio::test]
    async fn target_groups_load_balancers_and_tags_are_read_together() {
        let (server, _clock, reader) = reader(|call| {
            let action = call.action();
            let field = match action.as_str() {
                "DescribeTargetGroups" => "TargetGroupArns",
                "DescribeLoadBalancers" => "LoadBalancerArns",
                _ => "ResourceArns",
            };
            let arns = call.members(field);
            assert!((1..=20).contains(&arns.len()), "{action}: {arns:?}");
            if arns.iter().any(|arn| arn.contains("/gone")) {
                let code = if action == "DescribeLoadBalancers" { "LoadBalancerNotFound" } else { "TargetGroupNotFound" };
                return Reply::error(400, code, "One or more not found");
            }
            let members = |one: &dyn Fn(&String) -> String| arns.iter().map(one).collect::<String>();
            let inner = match action.as_str() {
                "DescribeTargetGroups" => format!("<TargetGroups>{}</TargetGroups>", members(&|arn| format!("<member><TargetGroupArn>{arn}</TargetGroupArn><Protocol>HTTP</Protocol><Port>80</Port><VpcId>vpc-1</VpcId><TargetType>ip</TargetType><LoadBalancerArns><member>x</member><member>x</member></LoadBalancerArns></member>"))),
                "DescribeLoadBalancers" => format!("<LoadBalancers>{}</LoadBalancers>", members(&|arn| format!("<member><LoadBalancerArn>{arn}</LoadBalancerArn><Type>network</Type><Scheme>internal</Scheme><State><Code>active</Code></State><AvailabilityZones><member><ZoneName>eu-west-1a</ZoneName></member></AvailabilityZones><SecurityGroups><member>sg-1</member></SecurityGroups></member>"))),
                _ => format!("<TagDescriptions>{}</TagDescriptions>", members(&|arn| format!("<member><ResourceArn>{arn}</ResourceArn><Tags><member><Key>app</Key><Value>{}</Value></member><member><Key>empty</Key></member></Tags></member>", arn.len()))),
            };
            Reply::result(&action, &inner)
        })
        .await;

        let groups: BTreeSet<_> =
            (0..25).map(|index| TargetGroupArn::parse(&group(&format!("g{index}"))).unwrap()).collect();
        let found = reader.target_groups(&groups).await.unwrap();
        assert_eq!(found.len(), 25);
        let info = found.values().next().unwrap().as_ref().unwrap();
        assert_eq!(
            (info.protocol.as_deref(), info.port, info.target_type.as_deref()),
            (Some("HTTP"), Some(80), Some("ip"))
        );
        assert_eq!((info.vpc_id.as_deref(), info.load_balancer_arns.len()), (Some("vpc-1"), 1));
        reader.target_groups(&groups).await.unwrap();
        assert_eq!(server.count("DescribeTargetGroups"), 2);

        let gone = TargetGroupArn::parse(&group("gone")).unwrap();
        let known = TargetGroupArn::parse(&group("known")).unwrap();
        let found = reader.target_groups(&BTreeSet::from([gone.clone(), known.clone()])).await.unwrap();
        assert!(found[&gone].is_none() && found[&known].is_some());

        let balancer = LoadBalancerArn::parse(&format!("{PLACE}:loadbalancer/app/shop/50dc")).unwrap();
        let gone = LoadBalancerArn::parse(&format!("{PLACE}:loadbalancer/app/gone/50dc")).unwrap();
        let found = reader.load_balancers(&BTreeSet::from([balancer.clone(), gone.clone()])).await.unwrap();
        let info = found[&balancer].as_ref().unwrap();
        // By AWS's word, whatever the ARN says.
        assert_eq!(info.kind, Some(LoadBalancerKind::Network));
        assert_eq!((info.scheme.as_deref(), info.state.as_deref()), (Some("internal"), Some("active")));
        assert_eq!(
            (info.zones.first().unwrap(), info.security_groups.first().unwrap()),
            (&"eu-west-1a".into(), &"sg-1".into())
        );
        assert!(found[&gone].is_none());

        let arns = BTreeSet::from([rule("a", "1"), listener("a"), group("gone")]);
        let tags = reader.tags(&arns).await.unwrap();
        assert_eq!(tags.keys().cloned().collect::<BTreeSet<_>>(), BTreeSet::from([rule("a", "1"), listener("a")]));
        assert_eq!(tags[&listener("a")]["app"], listener("a").len().to_string());
        assert_eq!(tags[&listener("a")]["empty"], "");
    }

    #[tokio::test]
    async fn a_write_of_a_route_makes_target_groups_be_read_afresh() {
        let (server, _clock, reader) = reader(|call| {
            let arn = group("blue");
            let one = format!("<member><TargetGroupArn>{arn}</TargetGroupArn></member>");
            Reply::result(&call.action(), &format!("<TargetGroups>{one}</TargetGroups>"))
        })
        .await;
        let arns = BTreeSet::from([TargetGroupArn::parse(&group("blue")).unwrap()]);
        for (written, calls) in [(false, 1), (false, 1), (true, 2)] {
            if written {
                reader.forget(&routes([rule("a", "1")]));
            }
            reader.target_groups(&arns).await.unwrap();
            assert_eq!(server.count("DescribeTargetGroups"), calls);
        }
    }

    #[tokio::test]
    async fn a_missing_target_group_is_told_from_a_failed_read() {
        let check = async |reply: Reply, not_found: bool| {
            let (_server, _clock, reader) = reader(move |_| reply.clone()).await;
            let error =
                reader.target_health(&TargetGroupArn::parse(&group("green")).unwrap(), Fare::InLine).await.unwrap_err();
            assert_eq!(error.is_not_found(), not_found, "{error}");
            assert!(error.to_string().contains(&group("green")), "{error}");
        };
        check(Reply::error(400, "TargetGroupNotFound", "gone"), true).await;
        check(Reply::error(500, "HealthUnavailable", "later"), false).await;
    }
}

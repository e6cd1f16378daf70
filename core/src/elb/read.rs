//! Reading load balancers. The only file that lists their objects: it reads every page, draws each call from the
//! budget, and shares what many ask for.

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
    Error, ListenerArn, LoadBalancerArn, LoadBalancerKind, RouteArn, RuleArn, Target, TargetGroupArn, TargetHealth,
    TargetState,
};
use crate::aws::{self, Aws, BatchedRead, Kind, Service, SharedRead};

/// How long a shared answer is good for: longer than Terraform takes to ask for the resources of one refresh, and
/// short enough for nobody to act on old news, since whoever writes reads afresh.
const SHARED_FOR: Duration = Duration::from_secs(15);
/// The most objects in a page. (Elastic Load Balancing API: PageSize, 1 to 400.)
const PAGE: i32 = 400;
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
}

type Rules = Option<Arc<BTreeMap<RuleArn, Route>>>;
type Listeners = Option<Arc<BTreeMap<ListenerArn, Route>>>;

/// Reads load balancers through one configuration. Cheap to clone; clones share what they have read.
#[derive(Clone)]
pub struct ElbReader {
    aws: Aws,
    shared: Arc<Shared>,
}

struct Shared {
    rules: SharedRead<ListenerArn, Rules, Error>,
    listeners: SharedRead<LoadBalancerArn, Listeners, Error>,
    target_groups: BatchedRead<TargetGroupArn, Option<TargetGroupInfo>>,
    load_balancers: BatchedRead<LoadBalancerArn, Option<LoadBalancerInfo>>,
    tags: BatchedRead<String, Option<BTreeMap<String, String>>>,
}

impl ElbReader {
    /// A reader that has read nothing yet.
    pub fn new(aws: Aws) -> Self {
        let clock = || aws.clock();
        let shared = Shared {
            rules: SharedRead::new(clock(), SHARED_FOR),
            listeners: SharedRead::new(clock(), SHARED_FOR),
            target_groups: BatchedRead::new(clock(), SHARED_FOR, CHUNK),
            load_balancers: BatchedRead::new(clock(), SHARED_FOR, CHUNK),
            tags: BatchedRead::new(clock(), SHARED_FOR, CHUNK),
        };
        Self { aws, shared: Arc::new(shared) }
    }

    /// The configuration that this reader reads through.
    pub fn aws(&self) -> &Aws {
        &self.aws
    }

    /// These routes, up to 15 seconds old; `None` for one that does not exist. However many ask, there is one call
    /// per listener whose rules are asked for and one per load balancer whose listeners are (and one more for each
    /// further 400 objects).
    ///
    /// # Errors
    ///
    /// A call failed, or its answer makes no sense.
    pub async fn routes(&self, arns: &BTreeSet<RouteArn>) -> Result<BTreeMap<RouteArn, Option<Route>>, Error> {
        let mut routes = BTreeMap::new();
        for arn in arns {
            let route = match arn {
                RouteArn::Rule(rule) => {
                    let listener = rule.listener_arn();
                    let rules = self.shared.rules.get(listener.clone(), || self.rules_of(listener)).await?;
                    rules.and_then(|rules| rules.get(rule).cloned())
                }
                RouteArn::Listener(listener) => {
                    let balancer = listener.load_balancer_arn();
                    let listeners = self.shared.listeners.get(balancer.clone(), || self.listeners_of(balancer)).await?;
                    listeners.and_then(|listeners| listeners.get(listener).cloned())
                }
            };
            routes.insert(arn.clone(), route);
        }
        Ok(routes)
    }

    /// These routes as AWS has them now; `None` for one that does not exist. What others asked for earlier and share
    /// is read again after this.
    ///
    /// # Errors
    ///
    /// A call failed, or its answer makes no sense.
    pub async fn routes_fresh(&self, arns: &BTreeSet<RouteArn>) -> Result<BTreeMap<RouteArn, Option<Route>>, Error> {
        let mut rules = Vec::new();
        let mut listeners = Vec::new();
        for arn in arns {
            match arn {
                RouteArn::Rule(rule) => rules.push(rule.clone()),
                RouteArn::Listener(listener) => listeners.push(listener.clone()),
            }
        }
        let mut routes = BTreeMap::new();
        for chunk in rules.chunks(CHUNK) {
            let found = each(chunk.to_vec(), |arns| self.rules_by_arn(arns)).await?;
            routes.extend(found.into_iter().map(|(arn, route)| (RouteArn::Rule(arn), route)));
        }
        for chunk in listeners.chunks(CHUNK) {
            let found = each(chunk.to_vec(), |arns| self.listeners_by_arn(arns)).await?;
            routes.extend(found.into_iter().map(|(arn, route)| (RouteArn::Listener(arn), route)));
        }
        self.forget(arns);
        Ok(routes)
    }

    /// Makes later asks for these routes read afresh. To be called after a write.
    pub fn forget(&self, arns: &BTreeSet<RouteArn>) {
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
    pub async fn target_health(&self, target_group: &TargetGroupArn) -> Result<TargetHealth, Error> {
        const ACTION: &str = "describe the health of the targets of";
        let client = self.client().await?;
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
    pub async fn target_groups(
        &self,
        arns: &BTreeSet<TargetGroupArn>,
    ) -> Result<BTreeMap<TargetGroupArn, Option<TargetGroupInfo>>, Error> {
        let read = |chunk| each(chunk, |arns| self.target_groups_by_arn(arns));
        self.shared.target_groups.get(arns, read).await
    }

    /// What these load balancers are, up to 15 seconds old; `None` for one that does not exist.
    ///
    /// # Errors
    ///
    /// A call failed, or its answer makes no sense.
    pub async fn load_balancers(
        &self,
        arns: &BTreeSet<LoadBalancerArn>,
    ) -> Result<BTreeMap<LoadBalancerArn, Option<LoadBalancerInfo>>, Error> {
        let read = |chunk| each(chunk, |arns| self.load_balancers_by_arn(arns));
        self.shared.load_balancers.get(arns, read).await
    }

    /// The tags of these load balancers, listeners, rules and target groups by ARN, up to 15 seconds old. What does
    /// not exist is left out; what has no tags has an empty map.
    ///
    /// # Errors
    ///
    /// A call failed, or its answer makes no sense.
    pub async fn tags(&self, arns: &BTreeSet<String>) -> Result<BTreeMap<String, BTreeMap<String, String>>, Error> {
        let read = |chunk| each(chunk, |arns| self.tags_by_arn(arns));
        let tags = self.shared.tags.get(arns, read).await?;
        Ok(tags.into_iter().filter_map(|(arn, tags)| Some((arn, tags?))).collect())
    }

    /// The client, once the budget has room for one read.
    async fn client(&self) -> Result<&aws_sdk_elasticloadbalancingv2::Client, aws::Error> {
        let client = self.aws.elbv2().await?;
        self.aws.take(Service::Elbv2, Kind::Read).await?;
        Ok(client)
    }

    /// Every rule of a listener; `None` if there is no such listener.
    async fn rules_of(&self, listener: ListenerArn) -> Result<Rules, Error> {
        const ACTION: &str = "describe the rules of";
        let object = listener.as_str();
        let mut rules = BTreeMap::new();
        let mut pages = Pages::new(ACTION, object);
        while let Some(marker) = pages.next() {
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
        while let Some(marker) = pages.next() {
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

    async fn rules_by_arn(&self, arns: Vec<RuleArn>) -> Result<BTreeMap<RuleArn, Route>, Error> {
        const ACTION: &str = "describe the rules";
        let texts: Vec<String> = arns.iter().map(ToString::to_string).collect();
        let object = texts.join(", ");
        let mut rules = BTreeMap::new();
        let mut pages = Pages::new(ACTION, &object);
        while let Some(marker) = pages.next() {
            let client = self.client().await?;
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

    async fn listeners_by_arn(&self, arns: Vec<ListenerArn>) -> Result<BTreeMap<ListenerArn, Route>, Error> {
        const ACTION: &str = "describe the listeners";
        let texts: Vec<String> = arns.iter().map(ToString::to_string).collect();
        let object = texts.join(", ");
        let mut listeners = BTreeMap::new();
        let mut pages = Pages::new(ACTION, &object);
        while let Some(marker) = pages.next() {
            let client = self.client().await?;
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
        const ACTION: &str = "describe the target groups";
        let texts: Vec<String> = arns.iter().map(ToString::to_string).collect();
        let object = texts.join(", ");
        let mut groups = BTreeMap::new();
        let mut pages = Pages::new(ACTION, &object);
        while let Some(marker) = pages.next() {
            let client = self.client().await?;
            let asked = client
                .describe_target_groups()
                .set_target_group_arns(Some(texts.clone()))
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
        const ACTION: &str = "describe the load balancers";
        let texts: Vec<String> = arns.iter().map(ToString::to_string).collect();
        let object = texts.join(", ");
        let mut balancers = BTreeMap::new();
        let mut pages = Pages::new(ACTION, &object);
        while let Some(marker) = pages.next() {
            let client = self.client().await?;
            let asked = client
                .describe_load_balancers()
                .set_load_balancer_arns(Some(texts.clone()))
                .set_marker(marker)
                .send()
                .await;
            let answer = asked.map_err(|error| failed(ACTION, &object, error))?;
            for balancer in answer.load_balancers.unwrap_or_default() {
                let arn = named(ACTION, &object, balancer.load_balancer_arn.as_deref(), LoadBalancerArn::parse)?;
                let kind = balancer.r#type.and_then(|kind| match kind {
                    types::LoadBalancerTypeEnum::Application => Some(LoadBalancerKind::Application),
                    types::LoadBalancerTypeEnum::Network => Some(LoadBalancerKind::Network),
                    types::LoadBalancerTypeEnum::Gateway => Some(LoadBalancerKind::Gateway),
                    _ => None,
                });
                let info = LoadBalancerInfo {
                    name: balancer.load_balancer_name.unwrap_or_else(|| arn.name().to_owned()),
                    arn: arn.clone(),
                    kind,
                    scheme: balancer.scheme.map(|scheme| scheme.as_str().to_owned()),
                    dns_name: balancer.dns_name,
                    vpc_id: balancer.vpc_id,
                    state: balancer.state.and_then(|state| state.code).map(|code| code.as_str().to_owned()),
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

/// The pages of one listing: what to ask for next.
struct Pages<'a> {
    action: &'static str,
    object: &'a str,
    next: Option<Option<String>>,
    seen: BTreeSet<String>,
}

impl<'a> Pages<'a> {
    fn new(action: &'static str, object: &'a str) -> Self {
        Self { action, object, next: Some(None), seen: BTreeSet::new() }
    }

    /// The marker to ask with, `None` for the first page; nothing after the last page.
    fn next(&mut self) -> Option<Option<String>> {
        self.next.take()
    }

    /// Goes to the page that the answer points to. A marker that comes back would go round for ever.
    fn turn(&mut self, marker: Option<String>) -> Result<(), Error> {
        let Some(marker) = marker.filter(|marker| !marker.is_empty()) else { return Ok(()) };
        if !self.seen.insert(marker.clone()) {
            return Err(answer(self.action, self.object, "it points back to a page that was already read"));
        }
        self.next = Some(Some(marker));
        Ok(())
    }
}

/// Reads several objects in one call; if AWS says that one of them does not exist, each by itself, so that a missing
/// one does not hide the others. What is not in the answer does not exist.
async fn each<K, V, F, Fut>(keys: Vec<K>, read: F) -> Result<BTreeMap<K, Option<V>>, Error>
where
    K: Ord + Clone,
    F: Fn(Vec<K>) -> Fut,
    Fut: Future<Output = Result<BTreeMap<K, V>, Error>>,
{
    let several = keys.len() > 1;
    match read(keys.clone()).await {
        Ok(mut found) => Ok(keys.into_iter().map(|key| (key.clone(), found.remove(&key))).collect()),
        Err(error) if error.is_not_found() && several => {
            let mut all = BTreeMap::new();
            for key in keys {
                let value = match read(vec![key.clone()]).await {
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

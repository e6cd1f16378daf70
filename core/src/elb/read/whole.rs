//! Reading all of one target group or listener: its attributes, its tags, its certificates, and who refers to it.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_elasticloadbalancingv2::types;

use super::answer::{each, failed, named};
use super::{CHUNK, ElbReader, Error, PAGE};
use crate::aws::Pages;
use crate::elb::{Fare, ListenerArn, LoadBalancerArn, RouteArn, TargetGroupArn};

/// All of a target group but its targets.
#[derive(Debug, Clone, PartialEq)]
pub struct WholeGroup {
    /// As AWS describes it.
    pub described: types::TargetGroup,
    /// Its attributes by key.
    pub attributes: BTreeMap<String, String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// All of a listener but its rules.
#[derive(Debug, Clone, PartialEq)]
pub struct WholeListener {
    /// As AWS describes it.
    pub described: types::Listener,
    /// Its certificates, the default one marked; none without TLS.
    pub certificates: Vec<types::Certificate>,
    /// Its attributes by key.
    pub attributes: BTreeMap<String, String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// How old an answer may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// Up to 15 seconds, and in one call with what others ask for.
    Shared,
    /// None: it is asked for now.
    Now,
}

impl ElbReader {
    /// All of a target group; `None` if it does not exist.
    ///
    /// # Errors
    ///
    /// A call failed, or its answer makes no sense.
    pub(crate) async fn whole_group(&self, arn: &TargetGroupArn, age: Age) -> Result<Option<WholeGroup>, Error> {
        let mut found = match age {
            Age::Shared => {
                let read = |chunk| each(chunk, Fare::InLine, |arns, _| self.groups_described(Ask::Arns(arns)));
                self.shared.groups.get(&BTreeSet::from([arn.clone()]), read).await?
            }
            Age::Now => each(vec![arn.clone()], Fare::InLine, |arns, _| self.groups_described(Ask::Arns(arns))).await?,
        };
        let Some(described) = found.remove(arn).flatten() else { return Ok(None) };
        let attributes = match self.group_attributes(arn).await {
            Err(error) if error.is_not_found() => return Ok(None),
            attributes => attributes?,
        };
        let Some(tags) = self.tags_of(arn.as_str(), age).await? else { return Ok(None) };
        Ok(Some(WholeGroup { described, attributes, tags }))
    }

    /// All of these target groups, up to 15 seconds old but for their attributes, which are read one by one; `None` for
    /// one that does not exist.
    ///
    /// # Errors
    ///
    /// A call failed, or its answer makes no sense.
    pub(crate) async fn whole_groups(
        &self,
        arns: &BTreeSet<TargetGroupArn>,
    ) -> Result<BTreeMap<TargetGroupArn, Option<WholeGroup>>, Error> {
        let read = |chunk| each(chunk, Fare::InLine, |arns, _| self.groups_described(Ask::Arns(arns)));
        let described = self.shared.groups.get(arns, read).await?;
        let there = described.iter().filter(|(_, group)| group.is_some()).map(|(arn, _)| arn.to_string());
        let mut tags = self.tags(&there.collect()).await?;
        let mut groups = BTreeMap::new();
        for (arn, described) in described {
            let parts = described.zip(tags.remove(arn.as_str()));
            let group = match parts {
                None => None,
                Some((described, tags)) => match self.group_attributes(&arn).await {
                    Err(error) if error.is_not_found() => None,
                    attributes => Some(WholeGroup { described, attributes: attributes?, tags }),
                },
            };
            groups.insert(arn, group);
        }
        Ok(groups)
    }

    /// The target group of this name now; `None` if there is none.
    ///
    /// # Errors
    ///
    /// A call failed, or its answer makes no sense.
    pub(crate) async fn group_named(&self, name: &str) -> Result<Option<TargetGroupArn>, Error> {
        match self.groups_described(Ask::Name(name.to_owned())).await {
            Err(error) if error.is_not_found() => Ok(None),
            found => Ok(found?.into_keys().next()),
        }
    }

    /// The listeners and rules that refer to a target group.
    ///
    /// # Errors
    ///
    /// A call failed, or its answer makes no sense.
    pub(crate) async fn routes_to(&self, arn: &TargetGroupArn, age: Age) -> Result<BTreeSet<RouteArn>, Error> {
        let asked = BTreeSet::from([arn.clone()]);
        let balancers = match age {
            Age::Shared => self.target_groups(&asked).await?,
            Age::Now => each(vec![arn.clone()], Fare::InLine, |arns, _| self.target_groups_by_arn(arns)).await?,
        };
        let balancers = balancers.into_values().flatten().flat_map(|group| group.load_balancer_arns);
        let refers = |actions: &[types::Action]| actions.iter().any(|action| targets(action).contains(arn.as_str()));
        let mut routes = BTreeSet::new();
        for balancer in balancers {
            let object = arn.as_str();
            let balancer = named("find what refers to", object, Some(&balancer), LoadBalancerArn::parse)?;
            let listeners = match age {
                Age::Shared => self.listeners(&balancer).await?,
                Age::Now => self.listeners_of(balancer).await?,
            };
            for (listener, route) in listeners.iter().flat_map(|listeners| listeners.iter()) {
                if refers(&route.actions) {
                    routes.insert(RouteArn::Listener(listener.clone()));
                }
                let rules = match age {
                    Age::Shared => self.rules(listener).await?,
                    Age::Now => self.rules_of(listener.clone()).await?,
                };
                let rules = rules.iter().flat_map(|rules| rules.values()).filter(|rule| !rule.is_default);
                routes.extend(rules.filter(|rule| refers(&rule.actions)).map(|rule| rule.arn.clone()));
            }
        }
        Ok(routes)
    }

    /// All of a listener now; `None` if it does not exist.
    ///
    /// # Errors
    ///
    /// A call failed, or its answer makes no sense.
    pub(crate) async fn whole_listener(&self, arn: &ListenerArn) -> Result<Option<WholeListener>, Error> {
        const ACTION: &str = "describe the listener";
        let client = self.client().await?;
        let asked = client.describe_listeners().listener_arns(arn.as_str()).send().await;
        let answer = match asked.map_err(|error| failed(ACTION, arn.as_str(), error)) {
            Err(error) if error.is_not_found() => return Ok(None),
            answer => answer?,
        };
        let Some(described) = answer.listeners.unwrap_or_default().into_iter().next() else { return Ok(None) };
        let tls = described.certificates.as_ref().is_some_and(|certificates| !certificates.is_empty());
        let certificates = if tls { self.certificates_of(arn).await? } else { Vec::new() };
        let attributes = self.listener_attributes(arn).await?;
        let Some(tags) = self.tags_of(arn.as_str(), Age::Now).await? else { return Ok(None) };
        Ok(Some(WholeListener { described, certificates, attributes, tags }))
    }

    /// The listeners of a load balancer now, by ARN; `None` if there is no such load balancer.
    ///
    /// # Errors
    ///
    /// A call failed, or its answer makes no sense.
    pub(crate) async fn ports_of(
        &self,
        balancer: &LoadBalancerArn,
    ) -> Result<Option<BTreeMap<ListenerArn, i32>>, Error> {
        let listeners = self.listeners_of(balancer.clone()).await?;
        let port = |route: &super::Route| route.port.unwrap_or_default();
        Ok(listeners.map(|all| all.iter().map(|(arn, route)| (arn.clone(), port(route))).collect()))
    }

    /// The tags of these listeners now; what does not exist is left out.
    ///
    /// # Errors
    ///
    /// A call failed, or its answer makes no sense.
    pub(crate) async fn tags_now(
        &self,
        arns: Vec<String>,
    ) -> Result<BTreeMap<String, BTreeMap<String, String>>, Error> {
        let mut tags = BTreeMap::new();
        for chunk in arns.chunks(CHUNK) {
            let read = each(chunk.to_vec(), Fare::InLine, |arns, _| self.tags_by_arn(arns)).await?;
            tags.extend(read.into_iter().filter_map(|(arn, tags)| Some((arn, tags?))));
        }
        Ok(tags)
    }

    async fn tags_of(&self, arn: &str, age: Age) -> Result<Option<BTreeMap<String, String>>, Error> {
        let mut tags = match age {
            Age::Shared => self.tags(&BTreeSet::from([arn.to_owned()])).await?,
            Age::Now => self.tags_now(vec![arn.to_owned()]).await?,
        };
        Ok(tags.remove(arn))
    }

    async fn groups_described(&self, ask: Ask) -> Result<BTreeMap<TargetGroupArn, types::TargetGroup>, Error> {
        const ACTION: &str = "describe the target groups";
        let (arns, names) = match ask {
            Ask::Arns(arns) => (Some(arns.iter().map(ToString::to_string).collect::<Vec<_>>()), None),
            Ask::Name(name) => (None, Some(vec![name])),
        };
        let object = arns.iter().chain(&names).flatten().cloned().collect::<Vec<_>>().join(", ");
        let mut groups = BTreeMap::new();
        let mut pages = Pages::new(ACTION, &object);
        while let Some(marker) = pages.open() {
            let asked = self
                .client()
                .await?
                .describe_target_groups()
                .set_target_group_arns(arns.clone())
                .set_names(names.clone())
                .set_marker(marker)
                .send()
                .await;
            let answer = asked.map_err(|error| failed(ACTION, &object, error))?;
            for group in answer.target_groups.unwrap_or_default() {
                groups.insert(named(ACTION, &object, group.target_group_arn.as_deref(), TargetGroupArn::parse)?, group);
            }
            pages.turn(answer.next_marker)?;
        }
        Ok(groups)
    }

    /// The attributes of a target group now, by key.
    ///
    /// # Errors
    ///
    /// The target group does not exist ([`Error::NotFound`]), or the call failed.
    pub(crate) async fn group_attributes(&self, arn: &TargetGroupArn) -> Result<BTreeMap<String, String>, Error> {
        let client = self.client().await?;
        // This operation has no pages.
        let asked = client.describe_target_group_attributes().target_group_arn(arn.as_str()).send().await;
        let answer = asked.map_err(|error| failed("describe the attributes of", arn.as_str(), error))?;
        let pairs = answer.attributes.unwrap_or_default().into_iter();
        Ok(pairs.filter_map(|pair| Some((pair.key?, pair.value.unwrap_or_default()))).collect())
    }

    /// The attributes of a load balancer now, by key.
    ///
    /// # Errors
    ///
    /// The load balancer does not exist ([`Error::NotFound`]), or the call failed.
    pub(crate) async fn balancer_attributes(&self, arn: &LoadBalancerArn) -> Result<BTreeMap<String, String>, Error> {
        let client = self.client().await?;
        // This operation has no pages.
        let asked = client.describe_load_balancer_attributes().load_balancer_arn(arn.as_str()).send().await;
        let answer = asked.map_err(|error| failed("describe the attributes of", arn.as_str(), error))?;
        let pairs = answer.attributes.unwrap_or_default().into_iter();
        Ok(pairs.filter_map(|pair| Some((pair.key?, pair.value.unwrap_or_default()))).collect())
    }

    /// The attributes of a listener now, by key.
    ///
    /// # Errors
    ///
    /// The listener does not exist ([`Error::NotFound`]), or the call failed.
    pub(crate) async fn listener_attributes(&self, arn: &ListenerArn) -> Result<BTreeMap<String, String>, Error> {
        let client = self.client().await?;
        // This operation has no pages.
        let asked = client.describe_listener_attributes().listener_arn(arn.as_str()).send().await;
        let answer = asked.map_err(|error| failed("describe the attributes of", arn.as_str(), error))?;
        let pairs = answer.attributes.unwrap_or_default().into_iter();
        Ok(pairs.filter_map(|pair| Some((pair.key?, pair.value.unwrap_or_default()))).collect())
    }

    async fn certificates_of(&self, arn: &ListenerArn) -> Result<Vec<types::Certificate>, Error> {
        const ACTION: &str = "describe the certificates of";
        let mut certificates = Vec::new();
        let mut pages = Pages::new(ACTION, arn.as_str());
        while let Some(marker) = pages.open() {
            let request = self.client().await?.describe_listener_certificates().listener_arn(arn.as_str());
            let asked = request.page_size(PAGE).set_marker(marker).send().await;
            let answer = asked.map_err(|error| failed(ACTION, arn.as_str(), error))?;
            certificates.extend(answer.certificates.unwrap_or_default());
            pages.turn(answer.next_marker)?;
        }
        Ok(certificates)
    }
}

/// Which target groups to describe.
enum Ask {
    Arns(Vec<TargetGroupArn>),
    Name(String),
}

/// The target groups that an action forwards to.
pub(in crate::elb) fn targets(action: &types::Action) -> BTreeSet<&str> {
    let config = action.forward_config.as_ref().and_then(|config| config.target_groups.as_ref());
    let several = config.into_iter().flatten().filter_map(|group| group.target_group_arn.as_deref());
    several.chain(action.target_group_arn.as_deref()).collect()
}

//! Reading listeners and rules: the places where a share is set.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use aws_sdk_elasticloadbalancingv2::types;

use super::answer::{each, failed, named};
use super::{ElbReader, PAGE};
use crate::aws::{Kind, Pages};
use crate::elb::{Error, Fare, ListenerArn, LoadBalancerArn, RouteArn, RuleArn};

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

/// The rules of a listener, its default rule among them; none if there is no such listener.
pub type Rules = Option<Arc<BTreeMap<RuleArn, Route>>>;

/// The listeners of a load balancer; none if there is no such load balancer.
pub type Listeners = Option<Arc<BTreeMap<ListenerArn, Route>>>;

impl ElbReader {
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

    /// Every rule of a listener; `None` if there is no such listener.
    pub(super) async fn rules_of(&self, listener: ListenerArn) -> Result<Rules, Error> {
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
    pub(super) async fn listeners_of(&self, balancer: LoadBalancerArn) -> Result<Listeners, Error> {
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

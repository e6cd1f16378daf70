//! An integration: where it leads, and what leads it to the other side. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::apigateway::uri::{self, Holder, PortChange, Variables};
use crate::aws::{Port, PortPair};
use crate::engine::gate::Side;

/// An integration of an API, or of what a stage serves.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Integration {
    /// Its URI; empty where it has none.
    pub uri: String,
    /// Whether it goes through a VPC link.
    pub private: bool,
    /// The VPC link's id.
    pub connection_id: Option<String>,
    /// With a VPC link of the second version: the load balancer or listener behind it.
    pub target: Option<String>,
    /// Everything else that tells two integrations apart, by field; what AWS fills in by itself is left out.
    pub others: BTreeMap<String, String>,
}

/// A VPC link of the first version.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Link {
    /// The network load balancers that it leads to.
    pub targets: BTreeSet<String>,
    /// `AVAILABLE`, `PENDING`, `DELETING` or `FAILED`.
    pub status: String,
}

/// What a side is judged by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Surroundings<'a> {
    /// The two listeners.
    pub pair: &'a PortPair,
    /// The account's VPC links of the first version, by id.
    pub links: &'a BTreeMap<String, Link>,
    /// The stage's variables.
    pub variables: &'a Variables,
    /// Whether the user named this integration: then its public host may be any name of the load balancer.
    pub named: bool,
}

/// What leads an integration to another side.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Edit {
    /// The URI to replace the present one.
    pub uri: Option<String>,
    /// The target to replace the present one.
    pub target: Option<String>,
    /// The stage variables to set.
    pub variables: Variables,
}

impl Edit {
    /// Whether the integration itself is edited, which takes a deployment to be seen.
    pub(crate) fn needs_deployment(&self) -> bool {
        self.uri.is_some() || self.target.is_some()
    }
}

/// The listener of a side.
pub(crate) fn port(pair: &PortPair, side: Side) -> &Port {
    match side {
        Side::Blue => &pair.blue,
        Side::Green => &pair.green,
    }
}

impl Integration {
    /// The side that it leads to; none where it leads elsewhere.
    pub(crate) fn side(&self, around: Surroundings<'_>) -> Option<Side> {
        let by_listener =
            |arn: &str| [Side::Blue, Side::Green].into_iter().find(|side| port(around.pair, *side).listener == arn);
        // An HTTP API's private integration has a listener for a URI; with a VPC link of the second version a REST API's
        // has one beside its URI.
        if let Some(side) = by_listener(&self.uri).or_else(|| self.target.as_deref().and_then(by_listener)) {
            return Some(side);
        }
        let leads = uri::authority(&self.uri, around.variables)?;
        self.reaches_balancer(&leads.host, around).then_some(())?;
        [Side::Blue, Side::Green].into_iter().find(|side| port(around.pair, *side).number == leads.port)
    }

    /// Whether the port of the URI is a port of the pair's load balancer.
    fn reaches_balancer(&self, host: &str, around: Surroundings<'_>) -> bool {
        if !self.private {
            return around.named || around.pair.dns_name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(host));
        }
        if let Some(target) = &self.target {
            return *target == around.pair.balancer;
        }
        // With a VPC link of the first version the host of the URI is no more than a header; the port picks the listener.
        let link = self.connection_id.as_deref().and_then(|id| uri::filled(id, around.variables));
        link.and_then(|id| around.links.get(&id)).is_some_and(|link| link.targets.contains(&around.pair.balancer))
    }

    /// What leads it to `side`. Nothing where it leads there already, or leads to neither side.
    pub(crate) fn towards(&self, side: Side, around: Surroundings<'_>) -> Edit {
        let mut edit = Edit::default();
        let (here, there) = (port(around.pair, side.other()), port(around.pair, side));
        if self.side(around) != Some(side.other()) {
            return edit;
        }
        if self.uri == here.listener {
            edit.uri = Some(there.listener.clone());
            return edit;
        }
        if self.target.as_deref() == Some(here.listener.as_str()) {
            edit.target = Some(there.listener.clone());
        }
        // Beside a listener for a target the port of the URI is a header's, and is kept in step where it names blue's or
        // green's; elsewhere it is what picks the listener.
        if uri::authority(&self.uri, around.variables).is_some_and(|leads| leads.port == here.number) {
            match uri::with_port(&self.uri, around.variables, there.number) {
                Some(PortChange::Uri(uri)) => edit.uri = Some(uri),
                Some(PortChange::Variable { name, value }) => drop(edit.variables.insert(name, value)),
                None => {}
            }
        }
        edit
    }

    /// The stage variable that holds its port.
    pub(crate) fn port_variable(&self, variables: &Variables) -> Option<String> {
        match uri::authority(&self.uri, variables)?.holder {
            Holder::Variable(name) => Some(name),
            Holder::Uri => None,
        }
    }

    /// Every stage variable that it uses.
    pub(crate) fn variables(&self) -> BTreeSet<&str> {
        let texts = [Some(self.uri.as_str()), self.connection_id.as_deref(), self.target.as_deref()];
        texts.into_iter().flatten().flat_map(uri::variables_in).collect()
    }
}

#[cfg(test)]
mod tests;

//! Two listeners of one network load balancer that an API can be moved between.

use std::collections::{BTreeMap, BTreeSet};

use super::forward::{self, ForwardError};
use super::{ElbReader, Error, ListenerArn, LoadBalancerKind, Route, RouteArn};
use crate::aws::{Port, PortPair};

/// Why two listeners are no pair.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PortPairError {
    /// They are one and the same.
    #[error("blue and green are the same listener, {0}: there is nothing to move between")]
    Same(ListenerArn),
    /// They belong to two load balancers.
    #[error(
        "listener {green} belongs to load balancer {greens}, and blue's to {blues}: a swap stays on one load balancer"
    )]
    OtherBalancer {
        /// Green's listener.
        green: ListenerArn,
        /// Its load balancer's name.
        greens: String,
        /// The name of blue's load balancer.
        blues: String,
    },
    /// The load balancer is of another kind.
    #[error(
        "{0} is no network load balancer, and a port swap is for those: move an application load balancer's weights instead"
    )]
    NotNetwork(String),
    /// A listener or the load balancer does not exist.
    #[error("{0} does not exist")]
    Missing(String),
    /// The two speak different protocols.
    #[error("blue listens for {blue} and green for {green}: the APIs would have to change more than a port")]
    Protocols {
        /// Blue's protocol.
        blue: String,
        /// Green's protocol.
        green: String,
    },
    /// A listener forwards to nobody.
    #[error("listener {listener} forwards to no target group that could answer: {source}")]
    Forwards {
        /// The listener.
        listener: ListenerArn,
        /// Why.
        #[source]
        source: ForwardError,
    },
    /// They could not be read.
    #[error(transparent)]
    Unread(#[from] Error),
}

impl ElbReader {
    /// Two listeners as they are now, as a pair that an API can be moved between: both there, on one network load
    /// balancer, with one protocol, forwarding somewhere. Whether those who are forwarded to are healthy is for a gate.
    ///
    /// # Errors
    ///
    /// [`PortPairError`].
    pub async fn port_pair(&self, blue: &ListenerArn, green: &ListenerArn) -> Result<PortPair, PortPairError> {
        if blue == green {
            return Err(PortPairError::Same(blue.clone()));
        }
        let balancer = blue.load_balancer_arn();
        let other = green.load_balancer_arn();
        if balancer != other {
            let (blues, greens) = (balancer.name().to_owned(), other.name().to_owned());
            return Err(PortPairError::OtherBalancer { green: green.clone(), greens, blues });
        }
        let infos = self.load_balancers(&BTreeSet::from([balancer.clone()])).await?;
        let missing = || PortPairError::Missing(format!("load balancer {balancer}"));
        let info = infos.into_values().flatten().next().ok_or_else(missing)?;
        if info.kind != Some(LoadBalancerKind::Network) {
            return Err(PortPairError::NotNetwork(info.name));
        }
        // Afresh: the listener may have been made a moment ago, in the same run.
        let arns = BTreeSet::from([RouteArn::Listener(blue.clone()), RouteArn::Listener(green.clone())]);
        let routes = self.routes_fresh(&arns).await?;
        let (blue, green) = (port(&routes, blue)?, port(&routes, green)?);
        if blue.protocol != green.protocol {
            return Err(PortPairError::Protocols { blue: blue.protocol, green: green.protocol });
        }
        Ok(PortPair { balancer: balancer.to_string(), dns_name: info.dns_name, blue, green })
    }
}

fn port(routes: &BTreeMap<RouteArn, Option<Route>>, listener: &ListenerArn) -> Result<Port, PortPairError> {
    let missing = || PortPairError::Missing(format!("listener {listener}"));
    let route = routes.get(&RouteArn::Listener(listener.clone())).and_then(Option::as_ref).ok_or_else(missing)?;
    let number = route.port.and_then(|port| u16::try_from(port).ok()).ok_or_else(missing)?;
    let protocol = route.protocol.as_ref().map(|protocol| protocol.as_str().to_owned()).unwrap_or_default();
    let target_groups = forward::serving(&route.actions)
        .map_err(|source| PortPairError::Forwards { listener: listener.clone(), source })?;
    Ok(Port { listener: listener.to_string(), number, protocol, target_groups })
}

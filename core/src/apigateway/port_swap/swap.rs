//! What one swap is about.

use std::collections::BTreeSet;

use crate::apigateway::integration::{Integration, Surroundings};
use crate::apigateway::label::Mark;
use crate::apigateway::uri::Variables;
use crate::apigateway::view::{ApiId, View};
use crate::aws::PortPair;
use crate::engine::gate::Side;

/// What becomes of edits of the API that others made and did not deploy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Undeployed {
    /// A deployment, which would ship them, is refused.
    #[default]
    Refuse,
    /// They are deployed as well.
    Deploy,
}

/// One API's integrations, moved between two ports of a load balancer on some of its stages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Swap {
    /// The API.
    pub api: ApiId,
    /// The stages, at least one.
    pub stages: BTreeSet<String>,
    /// The two ports.
    pub pair: PortPair,
    /// The routes, as users write them: `ANY /orders/{proxy+}`. Empty for every integration on either port.
    pub routes: BTreeSet<String>,
    /// What becomes of other people's undeployed edits.
    pub undeployed: Undeployed,
}

impl Swap {
    /// The name by which a later run knows this swap.
    pub(crate) fn mark(&self) -> Mark {
        let listeners = [self.pair.blue.listener.as_str(), self.pair.green.listener.as_str()];
        Mark::of(listeners.into_iter().chain(self.routes.iter().map(String::as_str)))
    }

    /// Whether a route is one of those that the swap is limited to.
    pub(super) fn selects(&self, route: &str) -> bool {
        self.routes.is_empty() || self.routes.contains(route)
    }

    /// The side that an integration of a route leads to where the stage variables are these.
    pub(super) fn side(&self, view: &View, integration: &Integration, variables: &Variables) -> Option<Side> {
        integration.side(self.around(view, variables))
    }

    pub(super) fn around<'a>(&'a self, view: &'a View, variables: &'a Variables) -> Surroundings<'a> {
        Surroundings { pair: &self.pair, links: &view.links, variables, named: !self.routes.is_empty() }
    }
}

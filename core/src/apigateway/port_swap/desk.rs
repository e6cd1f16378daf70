//! Where the swaps of one process meet: one queue for deployments, who is known, and what each wants of a canary.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;

use crate::apigateway::apis::Apis;
use crate::apigateway::deployments::Deployments;
use crate::apigateway::label::Mark;
use crate::apigateway::port_swap::Swap;
use crate::apigateway::port_swap::itinerary::Goal;
use crate::apigateway::port_swap::standing::port_variables;
use crate::apigateway::view::{ApiId, View};
use crate::share::Share;

/// What one swap asks of its API.
#[derive(Debug, Clone)]
pub(super) struct Errand {
    pub(super) swap: Arc<Swap>,
    /// Green's share by stage, to be brought about.
    pub(super) goal: Goal,
    /// The shares by stage that may be found, apart from the goal's; any other was someone else's doing.
    pub(super) expected: BTreeMap<String, BTreeSet<Share>>,
    /// Whether it leads back to where a run began: then it goes before others, and no stop keeps it.
    pub(super) back: bool,
    pub(super) stop: CancellationToken,
}

/// What came of an errand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Done {
    /// It is written.
    Written,
    /// It has to wait for others; nothing was written for it.
    Waiting(String),
    /// Someone else moved the share; nothing was written for it.
    Moved(String),
    /// It failed, and may be written in part.
    Failed(String),
}

/// A swap of an API.
type Who = (ApiId, Mark);

/// Where the swaps of one process meet. Cheap to clone; clones are the same desk.
#[derive(Debug, Clone)]
pub struct Desk {
    pub(super) apis: Apis,
    pub(super) deployments: Arc<Deployments<Errand, Done>>,
    kin: Arc<Mutex<BTreeMap<Who, Arc<Swap>>>>,
    wishes: Arc<Mutex<BTreeMap<Who, Goal>>>,
}

impl Desk {
    /// A desk at which nobody was yet.
    pub fn new(apis: Apis) -> Self {
        let deployments = Arc::new(Deployments::new(apis.aws().clock()));
        Self { apis, deployments, kin: Arc::default(), wishes: Arc::default() }
    }

    /// Makes a swap known to the others: its own edits are then no stranger's.
    pub(super) fn meet(&self, swap: &Arc<Swap>) {
        let mut kin = self.kin.lock().unwrap_or_else(PoisonError::into_inner);
        kin.insert((swap.api.clone(), swap.mark()), Arc::clone(swap));
    }

    /// The known swaps of an API.
    pub(super) fn kin(&self, api: &ApiId) -> Vec<Arc<Swap>> {
        let kin = self.kin.lock().unwrap_or_else(PoisonError::into_inner);
        kin.values().filter(|swap| swap.api == *api).cloned().collect()
    }

    /// The stage variables that hold the ports of known swaps.
    pub(super) fn variables(&self, api: &ApiId, view: &View, stage: &str) -> BTreeSet<String> {
        let Some(stage) = view.stages.get(stage) else { return BTreeSet::new() };
        self.kin(api).iter().flat_map(|swap| port_variables(swap, view, stage)).collect()
    }

    /// Writes down what a swap wants, for those that share a canary with it; none where it wants nothing any more.
    pub(super) fn wish(&self, swap: &Swap, goal: Option<&Goal>) {
        let mut wishes = self.wishes.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (swap.api.clone(), swap.mark());
        match goal {
            Some(goal) => drop(wishes.insert(key, goal.clone())),
            None => drop(wishes.remove(&key)),
        }
    }

    /// What a swap wants of a stage.
    pub(super) fn wished(&self, api: &ApiId, mark: &Mark, stage: &str) -> Option<Share> {
        let wishes = self.wishes.lock().unwrap_or_else(PoisonError::into_inner);
        wishes.get(&(api.clone(), mark.clone()))?.get(stage).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apigateway::port_swap::{PortSwap, Undeployed};
    use crate::aws::{Aws, AwsConfig, Port, PortPair};
    use crate::clock::SteppedClock;

    #[test]
    fn a_swap_that_only_looks_stays_unknown() {
        let port = |name: &str, number| Port {
            listener: format!("arn:listener/{name}"),
            number,
            protocol: "TCP".to_owned(),
            target_groups: vec![],
        };
        let pair = PortPair {
            balancer: "arn:nlb".to_owned(),
            dns_name: None,
            blue: port("blue", 80),
            green: port("green", 90),
        };
        let (api, undeployed) = (ApiId::Rest("a".to_owned()), Undeployed::Refuse);
        let swap = Swap { api: api.clone(), stages: BTreeSet::new(), pair, routes: BTreeSet::new(), undeployed };
        let desk = Desk::new(Apis::new(Aws::new(AwsConfig::default(), Arc::new(SteppedClock::new()))));
        drop(PortSwap::aside(desk.clone(), swap.clone()));
        assert!(desk.kin(&api).is_empty());
        drop(PortSwap::new(desk.clone(), swap));
        assert_eq!(desk.kin(&api).len(), 1);
    }
}

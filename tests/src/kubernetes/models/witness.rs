//! Who was ready when: the least number of ready pods over all ticks.

use std::collections::BTreeMap;

use super::deployment::pods;
use super::object::{name, namespace};
use crate::kubernetes::api::Api;
use crate::kubernetes::api::eviction::is_ready;
use crate::kubernetes::api::kind::DEPLOYMENT;

/// What was seen since the last beginning.
#[derive(Debug, Clone, Default)]
pub struct Witness {
    least: BTreeMap<String, usize>,
    most: BTreeMap<String, usize>,
}

impl Witness {
    /// Looks at all deployments.
    pub fn look(&mut self, api: &Api) {
        for deployment in api.list(&DEPLOYMENT, None) {
            let of = format!("{}/{}", namespace(&deployment), name(&deployment));
            let ready = pods(api, &deployment).iter().filter(|pod| is_ready(pod)).count();
            let least = self.least.entry(of.clone()).or_insert(ready);
            *least = ready.min(*least);
            let most = self.most.entry(of).or_insert(ready);
            *most = ready.max(*most);
        }
    }

    /// The fewest ready pods that a deployment, `namespace/name`, had at the end of a tick; those on their way out are
    /// not among them. None before it was seen.
    pub fn least_ready(&self, deployment: &str) -> Option<usize> {
        self.least.get(deployment).copied()
    }

    /// The most.
    pub fn most_ready(&self, deployment: &str) -> Option<usize> {
        self.most.get(deployment).copied()
    }

    /// Forgets all of it.
    pub fn begin_anew(&mut self) {
        *self = Self::default();
    }
}

//! What a data plane counts, as load balancers do for CloudWatch.

use std::collections::BTreeMap;
use std::sync::Mutex;

/// Requests and flows since the last look, and flows that are open.
#[derive(Debug, Default)]
pub struct Counted {
    requests: Mutex<BTreeMap<(String, String), u64>>,
    flows: Mutex<BTreeMap<String, u64>>,
}

/// A flow that is open. It ends with this value.
#[derive(Debug)]
pub struct Flow<'a> {
    counted: &'a Counted,
    balancer: &'a str,
}

impl Counted {
    /// A request that a load balancer passes on to a target group.
    pub fn request(&self, balancer: &str, group: &str) {
        *self.requests.lock().unwrap().entry((balancer.to_owned(), group.to_owned())).or_default() += 1;
    }

    /// A flow through a load balancer.
    pub fn flow<'a>(&'a self, balancer: &'a str) -> Flow<'a> {
        *self.flows.lock().unwrap().entry(balancer.to_owned()).or_default() += 1;
        Flow { counted: self, balancer }
    }

    /// The requests since the last look, by load balancer and target group.
    pub fn take(&self) -> BTreeMap<(String, String), u64> {
        std::mem::take(&mut self.requests.lock().unwrap())
    }

    /// The flows that are open through a load balancer.
    pub fn open(&self, balancer: &str) -> u64 {
        self.flows.lock().unwrap().get(balancer).copied().unwrap_or_default()
    }
}

impl Drop for Flow<'_> {
    fn drop(&mut self) {
        if let Some(open) = self.counted.flows.lock().unwrap().get_mut(self.balancer) {
            *open -= 1;
        }
    }
}

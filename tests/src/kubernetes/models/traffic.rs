//! Requests, at every tick: to each service by every endpoint it has, and through every healthy target that brings it some
//! from outside. They go by what was known a tick ago, as they do where news has to travel.

use std::collections::BTreeSet;

use serde_json::Value;

use super::load_balancer::{TargetGroups, instance};
use super::object::{name, namespace, owned};
use crate::kubernetes::api::Api;
use crate::kubernetes::api::kind::{BINDING, NODE, POD, SERVICE, SLICE};

/// The requests since the last beginning.
#[derive(Debug, Clone, Default)]
pub struct Traffic {
    /// How many were sent.
    pub sent: u64,
    /// Which failed, and why.
    pub failed: BTreeSet<String>,
}

impl Traffic {
    /// Sends those of one tick.
    pub fn send(&mut self, api: &Api, groups: Option<&dyn TargetGroups>) {
        for service in api.list(&SERVICE, None) {
            let slices = owned(api, &SLICE, &service);
            if !slices.is_empty() {
                self.inside(api, &service, &slices.iter().map(|slice| &slice["endpoints"]).collect::<Vec<_>>());
            }
        }
        for binding in groups.iter().flat_map(|_| api.list(&BINDING, None)) {
            let group = binding["spec"]["targetGroupARN"].as_str().unwrap_or_default();
            let targets = groups.map(|groups| groups.targets(group)).unwrap_or_default();
            self.outside(
                api,
                group,
                targets.into_iter().filter(|(_, healthy)| *healthy).map(|((id, _), _)| id).collect(),
            );
        }
    }

    /// Kubernetes: where nobody is ready, those take it that are on their way out and still serve.
    fn inside(&mut self, api: &Api, service: &Value, endpoints: &[&Value]) {
        let all = || endpoints.iter().flat_map(|list| list.as_array().into_iter().flatten());
        let having = |condition: &str| all().filter(|it| it["conditions"][condition] == true).collect::<Vec<_>>();
        let ready = having("ready");
        let takers = if ready.is_empty() { having("serving") } else { ready };
        let called = format!("{}/{}", namespace(service), name(service));
        if takers.is_empty() {
            self.sent += 1;
            self.failed.insert(format!("nobody serves {called}"));
        }
        for taker in takers {
            self.sent += 1;
            let pod = taker["targetRef"]["name"].as_str().unwrap_or_default();
            let there = api.get(&POD, namespace(service), pod);
            let serves = there.is_some_and(|it| {
                it["metadata"]["uid"] == taker["targetRef"]["uid"] && it["status"]["phase"] == "Running"
            });
            if !serves {
                self.failed.insert(format!("Pod {pod} of {called} is gone"));
            }
        }
    }

    fn outside(&mut self, api: &Api, group: &str, healthy: Vec<String>) {
        let nodes = api.list(&NODE, None);
        let there: BTreeSet<String> = nodes.iter().filter_map(|node| instance(node)).collect();
        self.sent += 1;
        if healthy.is_empty() {
            self.failed.insert(format!("{group} has no healthy target"));
        }
        let gone = healthy.into_iter().filter(|id| !there.contains(id));
        self.failed.extend(gone.map(|id| format!("target {id} of {group} is gone")));
    }
}

//! Models of the controllers of a cluster. They only act when they are told to, one step each at a tick of the virtual
//! clock, and go by Kubernetes's rules as far as a migration meets them.
//!
//! | module | what it models | what it leaves out |
//! |---|---|---|
//! | `deployment`, `replica_set`, `victims` | roll-outs, scaling, who is deleted first | proportional scaling in a roll-out; rolling back; history limits |
//! | `stateful_set`, `daemon_set`, `job` | ordinals; one pod a node; jobs and cron jobs | partitions; roll-outs of daemon sets; retries |
//! | `scheduler` | taints, selectors, affinity, room, zones of disks, spreading | preferences, priorities, `NoExecute`, preemption |
//! | `kubelet` | starting, becoming ready, ending | probes and restarts: annotations say how a pod does |
//! | `budget`, `slices` | the status of budgets; who is behind a service | |
//! | `autoscaler` | the bounds, and KEDA's pause | metrics: an annotation says what they ask for |
//! | `cleaning` | what goes with its owner; namespaces | |
//! | `load_balancer` | bindings of target groups, and how two controllers fight over one | making load balancers |
//! | `external_dns` | records by annotations, with owners | sources other than ingresses, services, routes and endpoints; hosts of listeners; which version of a kind it watches |
//! | `traffic` | requests, to services and through target groups | what is on its way when somebody goes |
//! | `witness` | the least number of ready pods | |
//! | `driver` | ticks beside a test | |

pub mod autoscaler;
pub mod budget;
pub mod cleaning;
pub mod daemon_set;
pub mod deployment;
pub mod driver;
pub mod external_dns;
pub mod job;
pub mod kubelet;
pub mod load_balancer;
pub mod object;
pub mod replica_set;
pub mod scheduler;
pub mod slices;
pub mod stateful_set;
pub mod traffic;
pub mod victims;
pub mod witness;

use self::external_dns::ExternalDns;
use self::kubelet::Pace;
use self::load_balancer::TargetGroups;
use self::traffic::Traffic;
use self::witness::Witness;
use crate::kubernetes::api::Api;
use crate::kubernetes::api::kind::{BINDING, SCALED_OBJECT};

/// The controllers of one cluster.
#[derive(Debug)]
pub struct Models {
    api: Api,
    /// The pace of the kubelets.
    pub pace: Pace,
    /// ExternalDNS, if it is deployed.
    pub external_dns: Option<ExternalDns>,
    /// What the AWS load balancer controller works on, if it is deployed.
    pub target_groups: Option<Box<dyn TargetGroups>>,
    /// What was seen at the end of each tick.
    pub witness: Witness,
    /// The requests of each tick, where some are sent.
    pub traffic: Option<Traffic>,
}

impl Models {
    /// The controllers that every cluster has.
    pub fn new(api: Api) -> Self {
        let (pace, witness) = (Pace::default(), Witness::default());
        Self { api, pace, external_dns: None, target_groups: None, witness, traffic: None }
    }

    /// Lets so many seconds go by, and each controller do one step.
    pub fn tick(&mut self, seconds: i64) {
        let api = &self.api;
        api.clock().advance(seconds);
        cleaning::empty_namespaces(api);
        cleaning::collect_garbage(api);
        if api.serves(&SCALED_OBJECT) {
            autoscaler::act_for_scaled_objects(api);
        }
        autoscaler::act(api);
        job::act_by_schedule(api);
        deployment::act(api);
        replica_set::act(api);
        stateful_set::act(api);
        daemon_set::act(api);
        job::act(api);
        scheduler::act(api);
        kubelet::act(api, &self.pace);
        let groups = self.target_groups.as_deref().filter(|_| api.serves(&BINDING));
        if let Some(traffic) = &mut self.traffic {
            traffic.send(api, groups);
        }
        slices::act(api);
        budget::act(api);
        if let Some(groups) = groups {
            load_balancer::act(api, groups);
        }
        if let Some(external_dns) = &mut self.external_dns {
            external_dns.act(api);
        }
        self.witness.look(api);
    }

    /// Ticks, a second each, until the condition holds.
    ///
    /// # Panics
    /// If it does not within so many ticks.
    #[track_caller]
    pub fn tick_until(&mut self, ticks: u32, what: &str, mut holds: impl FnMut(&Api) -> bool) {
        for _ in 0..ticks {
            if holds(&self.api) {
                return;
            }
            self.tick(1);
        }
        assert!(holds(&self.api), "no {what} within {ticks} ticks");
    }
}

//! CloudWatch's metrics of a data plane. AWS: requests are counted by target group and by load balancer, and left out
//! where there are none; flows only by load balancer, and always; healthy targets by target group, always.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch::Receiver;

use super::health::{Health, State};
use super::pause::pause;
use super::plane::Counted;
use super::plane::routes::Routes;
use crate::alarms::time_of_day;
use crate::counts::Counts;
use crate::world::World;

/// Between two publications. What is published for one minute adds up.
const BEAT: Duration = Duration::from_secs(10);

/// Publishes what is counted until it is aborted.
pub(super) async fn publish(world: World, routes: Receiver<Arc<Routes>>, counted: Arc<Counted>, health: Arc<Health>) {
    loop {
        let now = routes.borrow().clone();
        let requests = counted.take();
        for balancer in now.balancers.iter().map(|balancer| balancer.arn.as_str()) {
            let counts = Counts::of(&world, balancer);
            let one = |group, metric, value: u64| counts.put(group, metric, [time_of_day()].into_iter(), value as f64);
            if balancer.contains("/net/") {
                one(None, "ActiveFlowCount", counted.open(balancer)).await;
            }
            let mut all = 0;
            for ((_, group), requests) in requests.iter().filter(|((of, _), _)| of == balancer) {
                one(Some(group), "RequestCount", *requests).await;
                all += requests;
            }
            if all > 0 {
                one(None, "RequestCount", all).await;
            }
            for group in groups(&now, balancer) {
                let targets = now.groups.get(group).map(|group| group.targets.as_slice()).unwrap_or_default();
                let healthy = targets.iter().filter(|target| health.of(group, target) == Some(State::Healthy));
                one(Some(group), "HealthyHostCount", healthy.count() as u64).await;
            }
        }
        pause(BEAT).await;
    }
}

/// The target groups that a load balancer's actions name.
fn groups<'a>(routes: &'a Routes, balancer: &str) -> BTreeSet<&'a str> {
    let listeners = routes.listeners.iter().filter(|listener| listener.balancer == balancer);
    let actions = listeners.flat_map(|listener| &listener.rules).flat_map(|rule| &rule.actions);
    let forwards = actions.filter_map(|action| action.forward_config.as_ref());
    forwards.flat_map(|forward| &forward.target_groups).map(|part| part.target_group_arn.as_str()).collect()
}

//! The emulator's target groups for the model of the load balancer controller.

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::Client;
use aws_sdk_elasticloadbalancingv2::types::{TargetDescription, TargetHealthStateEnum as State};

use super::models::load_balancer::{Target, TargetGroups};
use crate::blocking::wait;
use crate::world::World;

/// The target groups of a world.
#[derive(Debug)]
pub struct Registered(Client);

impl Registered {
    /// Those of this world.
    pub fn new(world: &World) -> Self {
        Self(world.client().clone())
    }
}

fn described(targets: &[Target]) -> Option<Vec<TargetDescription>> {
    let one = |(id, port): &Target| TargetDescription::builder().id(id).port((*port).into()).build();
    Some(targets.iter().map(one).collect())
}

impl TargetGroups for Registered {
    fn targets(&self, group: &str) -> BTreeMap<Target, bool> {
        let found = wait(self.0.describe_target_health().target_group_arn(group).send()).unwrap();
        let seen = found.target_health_descriptions().iter().filter_map(|one| {
            let (target, state) = (one.target()?, one.target_health()?.state()?);
            let key = (target.id()?.to_owned(), u16::try_from(target.port()?).ok()?);
            (*state != State::Draining).then(|| (key, *state == State::Healthy))
        });
        seen.collect()
    }

    fn register(&self, group: &str, targets: &[Target]) {
        let call = self.0.register_targets().target_group_arn(group).set_targets(described(targets));
        wait(call.send()).unwrap();
    }

    fn deregister(&self, group: &str, targets: &[Target]) {
        let call = self.0.deregister_targets().target_group_arn(group).set_targets(described(targets));
        wait(call.send()).unwrap();
    }
}

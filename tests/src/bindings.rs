//! The green cluster's TargetGroupBindings, which register its pods in the twins of blue's target groups.

use std::collections::BTreeSet;

use aws_sdk_elasticloadbalancingv2::types::TargetDescription;

use crate::blocking::wait;
use crate::twin::MARK;
use crate::world::World;

/// The bindings of a cluster's to all twins of a world.
#[derive(Debug)]
pub struct Bindings<'a> {
    world: &'a World,
    bound: BTreeSet<String>,
}

impl<'a> Bindings<'a> {
    /// Those to the twins in a world, none of which is bound yet.
    pub fn of(world: &'a World) -> Self {
        Self { world, bound: BTreeSet::new() }
    }

    /// Registers two pods in every twin that has come since. They are healthy wherever a route names their twin.
    pub fn register(&mut self) {
        let pods = ["10.1.0.1", "10.1.0.2"].map(|id| TargetDescription::builder().id(id).build());
        self.register_with(|_| pods.to_vec());
    }

    /// The same with the pods of the twin of this source.
    pub fn register_with(&mut self, pods: impl Fn(&str) -> Vec<TargetDescription>) {
        for group in self.world.groups() {
            let arn = group.target_group_arn.unwrap();
            if self.bound.contains(&arn) {
                continue;
            }
            if let Some(source) = self.world.tags(&arn).remove(MARK) {
                let request = self.world.client().register_targets().target_group_arn(&arn);
                wait(request.set_targets(Some(pods(&source))).send()).unwrap();
            }
            self.bound.insert(arn);
        }
    }
}

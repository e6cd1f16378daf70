//! What is done to a resource.

use crate::ledger::Side;
use crate::providers::Providers;
use crate::scene::Scene;
use crate::understudy::{Ended, Understudy};

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// A first apply, all the way to green.
    Create,
    /// From a resource that is settled on blue, all the way to green.
    Update,
    /// From a resource that is settled on the way, everything to one side.
    Destroy(Side),
}

impl Act {
    /// Brings about what the act starts from.
    pub fn prepare(self, scene: &impl Scene, terraform: &mut Understudy) {
        let green_weight = match self {
            Act::Create => return,
            Act::Update => 0,
            Act::Destroy(Side::Blue) => 50,
            Act::Destroy(Side::Green) => 10,
        };
        let config = scene.config(green_weight, self.towards());
        terraform.apply(&scene.providers(), &config).expect_success("preparation");
    }

    /// Does it.
    pub fn perform(self, scene: &impl Scene, terraform: &mut Understudy, providers: &Providers) -> Ended {
        match self {
            Act::Create | Act::Update => terraform.apply(providers, &scene.config(100, Side::Green)),
            Act::Destroy(_) => terraform.destroy(providers),
        }
    }

    /// Where everything goes.
    pub fn towards(self) -> Side {
        match self {
            Act::Create | Act::Update => Side::Green,
            Act::Destroy(side) => side,
        }
    }
}

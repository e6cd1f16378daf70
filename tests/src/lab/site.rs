//! A data plane and the health checks that go with it.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use super::checks::Checks;
use super::health::Health;
use super::journal::Journal;
use super::plane::Plane;
use super::published::publish;
use crate::blocking::beside;
use crate::world::World;

/// How many times faster than in AWS health checks and deregistration delays go by.
pub const FACTOR: f64 = 20.0;
/// How long the data plane takes to follow the control plane.
pub const PROPAGATION: Duration = Duration::from_millis(100);

/// Load balancers that really serve.
#[derive(Debug)]
pub struct Site {
    /// The data plane.
    pub plane: Plane,
    /// What happens, and the lab's time.
    pub journal: Arc<Journal>,
    /// What the health checks have found.
    pub health: Arc<Health>,
    checks: JoinHandle<()>,
    published: JoinHandle<()>,
}

impl Site {
    /// Serves these load balancers of a world.
    pub fn start(world: &World, balancers: &[&str]) -> Self {
        let (journal, health) = (Arc::new(Journal::start()), Arc::new(Health::default()));
        let plane = Plane::start(world.emulator(), balancers, &health, PROPAGATION);
        let checks = Checks {
            emulator: world.emulator(),
            health: Arc::clone(&health),
            journal: Arc::clone(&journal),
            factor: FACTOR,
        };
        let checks = beside(checks.follow(plane.routes()));
        let published = publish(world.clone(), plane.routes(), plane.counted(), Arc::clone(&health));
        let published = beside(published);
        Self { plane, journal, health, checks, published }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.checks.abort();
        self.published.abort();
    }
}

//! A clock on which a second takes a tenth of one.

use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use eksmig_core::clock::{Clock, Moment, SystemClock};

/// How many seconds go into one.
const SPEED: u32 = 10;

/// The system's clock, faster. Unlike a stepped one it leaves calls that are really made the time that they take.
#[derive(Debug, Default)]
pub struct Brisk(SystemClock);

#[async_trait]
impl Clock for Brisk {
    fn now(&self) -> Moment {
        Moment::at(self.0.now().since(Moment::at(Duration::ZERO)) * SPEED)
    }

    fn wall(&self) -> SystemTime {
        self.0.wall()
    }

    async fn sleep(&self, length: Duration) {
        self.0.sleep(length / SPEED).await;
    }
}

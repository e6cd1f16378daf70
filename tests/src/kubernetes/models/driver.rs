//! Ticks beside a test, for a client that runs in real time.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::task::JoinHandle;

use super::Models;
use crate::blocking::beside;
use crate::lab::pause::pause;

/// Models that tick by themselves. They stop with this value.
#[derive(Debug)]
pub struct Driver {
    models: Arc<Mutex<Models>>,
    ticking: JoinHandle<()>,
}

impl Driver {
    /// Ticks whenever so much real time has gone by, so many virtual seconds each time.
    pub fn start(models: Models, every: Duration, seconds: i64) -> Self {
        let models = Arc::new(Mutex::new(models));
        let driven = Arc::clone(&models);
        let ticking = beside(async move {
            loop {
                // A target group or a zone may be asked over the network by calls that block.
                let driven = Arc::clone(&driven);
                let ticked = tokio::task::spawn_blocking(move || driven.lock().unwrap().tick(seconds)).await;
                ticked.expect("a model failed");
                pause(every).await;
            }
        });
        Self { models, ticking }
    }

    /// The models, between two ticks.
    pub fn models(&self) -> MutexGuard<'_, Models> {
        assert!(!self.ticking.is_finished(), "a model failed");
        self.models.lock().unwrap()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.ticking.abort();
    }
}

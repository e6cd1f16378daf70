//! What happens in a run, and when.

use std::sync::Mutex;
use std::time::Duration;

use crate::patience::Watch;

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// The data plane follows a green percent from here on.
    Asked(f64),
    /// A health check's finding has changed.
    Health,
    /// Somebody did something: told a backend to fail, started Terraform.
    Deed,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// When, from the journal's beginning.
    pub at: Duration,
    /// What it is about.
    pub kind: Kind,
    /// What it was.
    pub text: String,
}

/// The events of a run, in order. Its watch is the time of everything in the lab.
#[derive(Debug)]
pub struct Journal {
    watch: Watch,
    events: Mutex<Vec<Event>>,
}

impl Journal {
    /// An empty one, whose time begins now.
    pub fn start() -> Self {
        Self { watch: Watch::start(), events: Mutex::default() }
    }

    /// The time since its beginning.
    pub fn now(&self) -> Duration {
        self.watch.passed()
    }

    /// Notes what happens now.
    pub fn note(&self, kind: Kind, text: impl Into<String>) {
        let mut events = self.events.lock().unwrap();
        // Read under the lock, so that the order is that of the times.
        events.push(Event { at: self.now(), kind, text: text.into() });
    }

    /// All that has happened so far.
    pub fn events(&self) -> Vec<Event> {
        self.events.lock().unwrap().clone()
    }

    /// The green percents that were asked, and from when on; each differs from the one before.
    pub fn asked(&self) -> Vec<(Duration, f64)> {
        let events = self.events();
        let asked = events.iter().filter_map(|event| match event.kind {
            Kind::Asked(percent) => Some((event.at, percent)),
            _ => None,
        });
        asked.collect()
    }

    /// When an event whose text contains `part` happened first after `since`.
    pub fn time_of(&self, part: &str, since: Duration) -> Option<Duration> {
        self.events().iter().find(|event| event.at >= since && event.text.contains(part)).map(|event| event.at)
    }
}

//! What happens in a run, and when.

use std::sync::Mutex;
use std::time::Duration;

use crate::patience::Watch;

/// How far apart in time the same things are, if they are one.
const ONE_GO: Duration = Duration::from_millis(700);

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

    /// When an event with this text happened first after `since`.
    pub fn time_of(&self, text: &str, since: Duration) -> Option<Duration> {
        self.events().iter().find(|event| event.at >= since && event.text == text).map(|event| event.at)
    }

    /// All that has happened so far, with what was the same several times over in one go told once.
    pub fn told(&self) -> Vec<Event> {
        let mut told: Vec<(Event, usize)> = Vec::new();
        for event in self.events() {
            let near = |(last, _): &&mut (Event, usize)| {
                event.kind == Kind::Health && last.text == event.text && event.at - last.at < ONE_GO
            };
            match told.iter_mut().rev().take(4).find(near) {
                Some((_, times)) => *times += 1,
                None => told.push((event, 1)),
            }
        }
        let tell = |(event, times): (Event, usize)| {
            let text = if times > 1 { format!("{} ×{times}", event.text) } else { event.text.clone() };
            Event { text, ..event }
        };
        told.into_iter().map(tell).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_two_targets_do_in_one_go_is_told_once() {
        let journal = Journal::start();
        for (kind, text) in [
            (Kind::Health, "green initial"),
            (Kind::Health, "green initial"),
            (Kind::Asked(10.0), "green 10 %"),
            (Kind::Health, "green healthy"),
        ] {
            journal.note(kind, text);
        }
        let told: Vec<String> = journal.told().into_iter().map(|event| event.text).collect();
        assert_eq!(told, ["green initial ×2", "green 10 %", "green healthy"]);
        assert_eq!(journal.asked().len(), 1);
        assert!(journal.time_of("green healthy", Duration::ZERO).is_some());
    }
}

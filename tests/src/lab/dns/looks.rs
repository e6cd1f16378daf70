//! The weights that name servers answer by, look by look.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// One look at the control plane, by which questions were answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// When, in the lab's time.
    pub at: Duration,
    /// The weights of each weighted group: by name and type, by set identifier.
    pub weights: BTreeMap<String, BTreeMap<String, u32>>,
}

/// Looks, each of which showed other weights than the one before.
#[derive(Debug, Default)]
pub(super) struct Looks(Mutex<Vec<Look>>);

impl Look {
    /// The weights of a name and a type; none where its records are not weighted.
    pub fn group(&self, name: &str, kind: &str) -> BTreeMap<String, u32> {
        self.weights.get(&format!("{}. {kind}", name.trim_end_matches('.'))).cloned().unwrap_or_default()
    }
}

impl Looks {
    /// All of them.
    pub fn seen(&self) -> Vec<Look> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Adds a look; the one before it, unless it showed the same.
    pub fn add(&self, look: Look) -> Option<Look> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let nothing = Look { at: Duration::ZERO, weights: BTreeMap::new() };
        let last = seen.last().cloned().unwrap_or(nothing);
        if last.weights == look.weights {
            return None;
        }
        seen.push(look);
        Some(last)
    }
}

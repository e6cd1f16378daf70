//! What one resource takes over and another deletes, in one run: a resource that got another key, say, is deleted under
//! the old one and made under the new, in any order.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Adopted,
    Leaving,
}

/// The twins that changed hands in this run. Cheap to clone; clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Handover(Arc<Mutex<BTreeMap<String, Fate>>>);

impl Handover {
    /// Notes that a twin that was there is taken over; not if it is being deleted.
    pub(crate) fn adopt(&self, arn: &str) -> bool {
        self.decide(arn, Fate::Adopted)
    }

    /// Notes that a twin is to be deleted; not if another resource took it over.
    pub(crate) fn delete(&self, arn: &str) -> bool {
        self.decide(arn, Fate::Leaving)
    }

    /// Notes that a twin that was to be deleted stays.
    pub(crate) fn stays(&self, arn: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(arn);
    }

    fn decide(&self, arn: &str, fate: Fate) -> bool {
        let mut fates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *fates.entry(arn.to_owned()).or_insert(fate) == fate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_comes_first_decides() {
        let handover = Handover::default();
        assert!(handover.adopt("a") && !handover.delete("a") && handover.adopt("a"));
        assert!(handover.delete("b") && !handover.adopt("b"));
        handover.stays("b");
        assert!(handover.adopt("b"));
    }
}

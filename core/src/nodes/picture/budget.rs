//! A pod disruption budget.

use super::{Name, Selector};

/// A number of pods, or a share of them in percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowance {
    /// So many pods.
    Pods(u32),
    /// So many percent of the pods.
    Percent(u32),
}

/// A pod disruption budget.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Budget {
    /// Its name.
    pub name: Name,
    /// Which pods count in it.
    pub selector: Selector,
    /// How many have to stay.
    pub min_available: Option<Allowance>,
    /// How many may be away.
    pub max_unavailable: Option<Allowance>,
    /// How many more may go now.
    pub allowed: u32,
    /// How many pods it counts.
    pub expected: u32,
}

impl Budget {
    /// Why it never lets a pod go, as it is written; none where there are numbers of pods with which it does.
    pub fn allows_nothing(&self) -> Option<String> {
        match (self.min_available, self.max_unavailable) {
            (_, Some(Allowance::Pods(0) | Allowance::Percent(0))) => Some("its maxUnavailable is 0".to_owned()),
            (Some(Allowance::Percent(percent)), _) if percent >= 100 => Some("its minAvailable is 100%".to_owned()),
            _ => None,
        }
    }

    /// Why it lets no pod go with `pods` of them; none where it does.
    pub fn is_too_tight_for(&self, pods: u32) -> Option<String> {
        match self.min_available {
            Some(Allowance::Pods(min)) if min >= pods => Some(format!("its minAvailable is {min} of {pods} pods")),
            Some(Allowance::Percent(percent)) if (pods * percent).div_ceil(100) >= pods => {
                Some(format!("its minAvailable is {percent}% of {pods} pods"))
            }
            _ => self.allows_nothing(),
        }
    }
}

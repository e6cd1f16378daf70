//! What health checks have found, as the data plane uses it.

use std::collections::BTreeMap;
use std::sync::RwLock;

use super::plane::routes::Target;

/// How a target is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Not checked often enough yet.
    Initial,
    /// Fit to serve.
    Healthy,
    /// Not fit to serve, by AWS's reason code and in words.
    Unhealthy(&'static str, String),
}

/// The state of every target that is checked, by target group.
#[derive(Debug, Default)]
pub struct Health {
    states: RwLock<BTreeMap<String, BTreeMap<Target, State>>>,
}

impl Health {
    /// Sets what is found; none for a target that is checked no more.
    pub fn set(&self, group: &str, target: &Target, state: Option<State>) {
        let mut states = self.states.write().unwrap();
        let of_group = states.entry(group.to_owned()).or_default();
        match state {
            Some(state) => of_group.insert(target.clone(), state),
            None => of_group.remove(target),
        };
    }

    /// The state of a target; none if it is not checked.
    pub fn of(&self, group: &str, target: &Target) -> Option<State> {
        self.states.read().unwrap().get(group)?.get(target).cloned()
    }

    /// The places of those targets that requests may go to. AWS: the healthy ones; all of them where none is.
    pub fn fit(&self, group: &str, targets: &[Target]) -> Vec<usize> {
        let states = self.states.read().unwrap();
        let of_group = states.get(group);
        let healthy = |target: &Target| of_group.and_then(|states| states.get(target)) == Some(&State::Healthy);
        let fit: Vec<usize> = (0..targets.len()).filter(|place| healthy(&targets[*place])).collect();
        if fit.is_empty() { (0..targets.len()).collect() } else { fit }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_go_to_the_healthy_or_to_all_where_none_is() {
        let health = Health::default();
        let targets: Vec<Target> = (1..=3).map(|port| Target { id: "127.0.0.1".to_owned(), port }).collect();
        assert_eq!(health.fit("a", &targets), [0, 1, 2]);
        health.set("a", &targets[1], Some(State::Healthy));
        health.set("a", &targets[2], Some(State::Initial));
        health.set("b", &targets[0], Some(State::Healthy));
        assert_eq!(health.fit("a", &targets), [1]);
        health.set("a", &targets[1], Some(State::Unhealthy("Target.Timeout", String::new())));
        assert_eq!(health.fit("a", &targets), [0, 1, 2]);
        assert!(health.fit("a", &[]).is_empty());
    }
}

//! A place where one resource moves traffic: what a matrix or a soak asks of it, whatever the resource's type.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::calls::Call;
use crate::emulator::Emulator;
use crate::faults::Fault;
use crate::ledger::{Ledger, Side};
use crate::providers::Providers;
use crate::stage::Stage;

/// Weights by side, `blue` and `green`, and by other names for strangers; by route as the resource's state calls it.
pub type Standing = BTreeMap<String, BTreeMap<String, i64>>;

/// When in the life of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// It has arrived, and is not done.
    Before,
    /// It is done, and not answered.
    After,
}

/// A place where one resource moves traffic.
pub trait Scene: Send + Sync {
    /// The resource's type.
    const TYPE: &'static str;
    /// The attribute of its state that holds the weights.
    const WEIGHTS: &'static str;
    /// The actions of AWS that move traffic; with `*` for any letters.
    const WRITES: &'static str;

    /// Where it is.
    fn stage(&self) -> &Stage;

    /// Calls from here on have larger numbers.
    fn mark(&self) -> u64 {
        self.stage().mark()
    }

    /// The calls after this number that tell what became of the weights.
    fn calls(&self, since: u64) -> Vec<Call> {
        self.stage().calls(since)
    }

    /// How many of the resource's writes took effect after this number.
    fn written(&self, since: u64) -> usize {
        effective(&self.calls(since))
    }

    /// Holds one of its writes, after so many others, at this moment of its life.
    fn hold(&self, writes: u32, when: When) {
        let key = &self.stage().access_key;
        let fault = match when {
            When::Before => Fault::hold_before(key, Self::WRITES),
            When::After => Fault::hold_after(key, Self::WRITES),
        };
        Emulator::shared().order(&fault.after(writes));
    }

    /// Whether a write is being held.
    fn is_held(&self) -> bool {
        !Emulator::shared().held(&self.stage().access_key).is_empty()
    }

    /// The resource's configuration.
    fn config(&self, green_weight: u8, on_destroy: Side) -> Value;

    /// The weights as AWS has them now.
    fn standing(&self) -> Standing;

    /// What these calls did to the weights.
    fn ledger(&self, calls: &[Call]) -> Ledger;

    /// What is wrong with these calls, besides what a ledger sees.
    fn wrongs(&self, _calls: &[Call]) -> Vec<String> {
        Vec::new()
    }

    /// Green's percent once this is what was asked for.
    fn percent(&self, green_weight: u8) -> f64 {
        f64::from(green_weight)
    }

    /// What whoever made these calls may take for the last weights of a route, by blue and green.
    fn last_known(&self, calls: &[Call], route: &str) -> Vec<[Option<i64>; 2]> {
        self.ledger(calls).last_known_sides(route)
    }

    /// The weights of blue and green that a state tells, by route.
    fn kept(&self, state: &Value) -> BTreeMap<String, [Option<i64>; 2]> {
        let weights = |route: &Value| ["blue_weight", "green_weight"].map(|side| route[side].as_i64());
        let routes = state[Self::WEIGHTS].as_object().unwrap();
        routes.iter().map(|(name, route)| (name.clone(), weights(route))).collect()
    }

    /// Providers for one run that act here.
    fn providers(&self) -> Providers {
        Providers::on(self.stage(), Self::TYPE)
    }
}

/// The calls that took effect on the weights.
pub fn effective(calls: &[Call]) -> usize {
    calls.iter().filter(|call| call.effect.is_some() || call.batch.is_some() || call.handover.is_some()).count()
}

/// Green's percent of what blue and green share, by route.
pub fn percents(standing: &Standing) -> BTreeMap<&str, f64> {
    let of = |weights: &BTreeMap<String, i64>, side: &str| weights.get(side).copied().unwrap_or(0) as f64;
    let percent = |weights| of(weights, "green") * 100.0 / (of(weights, "blue") + of(weights, "green"));
    standing.iter().map(|(route, weights)| (route.as_str(), percent(weights))).collect()
}

//! What is saved of an `eksmig_weighted_shift`: its shape, and the private data beside it.

use std::collections::{BTreeMap, BTreeSet};

use eksmig_core::elb::RouteArn;
use eksmig_core::elb::forward::Pair;
use eksmig_core::elb::weighted_shift::Position;
use eksmig_core::schedule::Schedule;
use eksmig_core::share::{Share, Weights};
use serde::{Deserialize, Serialize};
use tfplugin::{Diagnostic, Number, Reader, Value};

use crate::blocks::{duration, share};
use crate::claims;

/// How the last apply ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// At the share asked for.
    Settled,
    /// Stopped on the way.
    Held,
    /// Back at the share seen when the apply began.
    RolledBack,
}

impl Status {
    /// The status as users read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Settled => "settled",
            Status::Held => "held",
            Status::RolledBack => "rolled_back",
        }
    }
}

/// The id of a shift: short, for Terraform shows it on every line of progress.
pub fn id(pair: &Pair) -> String {
    format!("{}->{}", pair.blue.name(), pair.green.name())
}

/// The value of `routes` or `baseline`.
pub fn routes(position: &Position) -> Value {
    let weight = |weight: Option<u32>| weight.map(i64::from).map(Value::from).unwrap_or(Value::Null);
    let entry = |weights: &Weights| {
        Value::object([
            ("blue_weight", weight(weights.blue)),
            ("green_weight", weight(weights.green)),
            ("share", weights.share().map(share::value).unwrap_or(Value::Null)),
        ])
    };
    Value::map(position.iter().map(|(route, weights)| (route.as_str(), entry(weights))))
}

/// The value of `observed_green_weight`: null where the routes disagree or have no share.
pub fn observed(position: &Position) -> Value {
    let shares: BTreeSet<Option<Share>> = position.values().map(Weights::share).collect();
    match (shares.len(), shares.first()) {
        (1, Some(Some(one))) => share::value(*one),
        _ => Value::Null,
    }
}

/// The value of `schedule`.
pub fn schedule(schedule: &Schedule) -> Value {
    Value::list(schedule.steps.iter().map(|step| {
        Value::object([
            ("green_weight", share::value(step.share)),
            ("interval", Value::from(duration::text(step.interval))),
        ])
    }))
}

/// The value of `minimum_duration`.
pub fn minimum_duration(schedule: &Schedule) -> Value {
    Value::from(duration::text(schedule.minimum_duration()))
}

/// Writes what is seen of the routes into a state.
pub fn write_position(state: &mut Value, position: &Position) {
    state.set_attr("routes", routes(position));
    state.set_attr("observed_green_weight", observed(position));
}

/// The position that a state was saved with, strangers from the private data.
///
/// # Errors
///
/// Where the state is not one of ours.
pub fn position(state: &Value, private: &Private) -> Result<Position, Diagnostic> {
    let reader = Reader::new(state).attr("routes");
    let mut position = Position::new();
    for (name, entry) in reader.entries()?.known().unwrap_or_default() {
        let route = RouteArn::parse(&name)
            .map_err(|error| entry.error("Damaged state", format!("The state names a route that is none: {error}.")))?;
        let weight = |side: &str| -> Result<Option<u32>, Diagnostic> {
            let number = entry.attr(side).number()?.known();
            Ok(number.as_ref().and_then(Number::to_u64).and_then(|weight| u32::try_from(weight).ok()))
        };
        let weights = Weights {
            blue: weight("blue_weight")?,
            green: weight("green_weight")?,
            strangers: private.strangers.get(&name).cloned().unwrap_or_default(),
        };
        position.insert(route, weights);
    }
    Ok(position)
}

/// The data that Terraform keeps beside the state, unseen by users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Private {
    /// Tells this object from others: see [`claims`].
    pub token: String,
    /// Whether the create of this object did not finish; none where that is not written down. See
    /// [`Private::create_is_unfinished`].
    pub unfinished_create: Option<bool>,
    /// The weights of other target groups by route, in the route's order.
    pub strangers: BTreeMap<String, Vec<u32>>,
    /// The weights that a create was reviewed with, by route: blue, green. Only where the host keeps it for the apply.
    pub reviewed: Option<BTreeMap<String, Reviewed>>,
}

/// The weights of one route as a plan saw them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviewed {
    blue: Option<u32>,
    green: Option<u32>,
    strangers: Vec<u32>,
}

impl Default for Private {
    fn default() -> Self {
        Self { token: claims::token(), unfinished_create: None, strangers: BTreeMap::new(), reviewed: None }
    }
}

impl Private {
    /// Reads private data. None is that of an object that has none yet.
    ///
    /// # Errors
    ///
    /// Where the bytes are not ours.
    pub fn read(bytes: &[u8]) -> Result<Self, Diagnostic> {
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        serde_json::from_slice(bytes).map_err(|error| {
            let detail = format!("The private data beside the state cannot be read: {error}. Remove the object from the state and import it again; that moves no traffic.");
            Diagnostic::error("Damaged state", detail)
        })
    }

    /// Whether the create of this object did not finish, so that destroying it must not move traffic.
    ///
    /// The private data may not know: Terraform empties it when the provider dies in an update, and gives the destroy of
    /// a tainted object the data of the create that is to replace it. Then the state tells.
    pub fn create_is_unfinished(&self, state: &Value) -> bool {
        self.unfinished_create.unwrap_or_else(|| state.attr("status").as_str() != Some(Status::Settled.as_str()))
    }

    /// The bytes to keep.
    pub fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Notes the other target groups of these routes.
    pub fn note_strangers(&mut self, position: &Position) {
        let strangers = position.iter().filter(|(_, weights)| !weights.strangers.is_empty());
        self.strangers =
            strangers.map(|(route, weights)| (route.as_str().to_owned(), weights.strangers.clone())).collect();
    }

    /// Notes what a create is reviewed with.
    pub fn note_reviewed(&mut self, position: &Position) {
        let note = |weights: &Weights| Reviewed {
            blue: weights.blue,
            green: weights.green,
            strangers: weights.strangers.clone(),
        };
        let noted = position.iter().map(|(route, weights)| (route.as_str().to_owned(), note(weights)));
        self.reviewed = Some(noted.collect());
    }

    /// What a create was reviewed with; nothing where the host does not keep it.
    pub fn reviewed(&self) -> Position {
        let noted = self.reviewed.iter().flatten();
        noted
            .filter_map(|(route, noted)| {
                let Reviewed { blue, green, strangers } = noted.clone();
                Some((RouteArn::parse(route).ok()?, Weights { blue, green, strangers }))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position_of(weights: &[(Option<u32>, Option<u32>, Vec<u32>)]) -> Position {
        let route = |nth: usize| {
            RouteArn::parse(&format!(
                "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/edge/0123456789abcdef/000000000000000{nth}"
            ))
            .unwrap()
        };
        let weights = weights.iter().map(|(blue, green, strangers)| Weights {
            blue: *blue,
            green: *green,
            strangers: strangers.clone(),
        });
        weights.enumerate().map(|(nth, weights)| (route(nth), weights)).collect()
    }

    #[test]
    fn what_is_saved_is_read_back() {
        let position = position_of(&[(Some(90), Some(10), vec![5, 6]), (None, Some(1), vec![])]);
        let mut private = Private::default();
        private.note_strangers(&position);
        private.note_reviewed(&position);
        let private = Private::read(&private.bytes()).unwrap();
        let mut state = Value::object::<&str>([]);
        write_position(&mut state, &position);
        assert_eq!(super::position(&state, &private).unwrap(), position);
        assert_eq!(private.reviewed(), position);
    }

    #[test]
    fn what_is_observed_is_null_where_routes_disagree() {
        let agree = position_of(&[(Some(1), Some(1), vec![]), (Some(50), Some(50), vec![])]);
        assert_eq!(observed(&agree), Value::from(50_i64));
        let disagree = position_of(&[(Some(1), Some(1), vec![]), (Some(1), Some(0), vec![])]);
        assert_eq!(observed(&disagree), Value::Null);
        assert_eq!(observed(&Position::new()), Value::Null);
    }

    #[test]
    fn private_data_of_someone_else_is_said_to_be_damaged() {
        assert!(Private::read(b"not json").is_err());
        assert_ne!(Private::read(b"").unwrap().token, Private::read(b"").unwrap().token);
    }
}

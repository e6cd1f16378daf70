//! What is saved of an `eksmig_weighted_shift`: its shape.

use std::time::Duration;

use eksmig_core::elb::RouteArn;
use eksmig_core::elb::forward::Pair;
use eksmig_core::elb::weighted_shift::Position;
use eksmig_core::schedule::Schedule;
use tfplugin::{Diagnostic, Value};

use crate::private::Private;
use crate::saved;

/// The attribute that holds the weights.
pub const WEIGHTS: &str = "routes";

/// The id of a shift: short, for Terraform shows it on every line of progress.
pub fn id(pair: &Pair) -> String {
    format!("{}->{}", pair.blue.name(), pair.green.name())
}

/// Writes the steps and the least time that they take, and a drain after them.
pub fn write_schedule(state: &mut Value, schedule: &Schedule, drain: Duration) {
    state.set_attr("schedule", saved::schedule(schedule));
    state.set_attr("minimum_duration", saved::minimum_duration(schedule, Duration::ZERO, drain));
}

/// Writes what is seen of the routes into a state.
pub fn write_position(state: &mut Value, position: &Position) {
    saved::write_position(state, WEIGHTS, position);
}

/// The position that a state was saved with, strangers from the private data.
///
/// # Errors
///
/// Where the state is not one of ours.
pub fn position(state: &Value, private: &Private) -> Result<Position, Diagnostic> {
    saved::position(state, WEIGHTS, private, RouteArn::parse)
}

/// What a create was reviewed with; nothing where the host does not keep it.
pub fn reviewed(private: &Private) -> Position {
    private.reviewed(|arn| RouteArn::parse(arn).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::saved::observed;
    use eksmig_core::share::Weights;

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
        assert_eq!(reviewed(&private), position);
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

//! Functions for HCL. Pure, and called without a configured provider.

pub mod parse_route_arn;
pub mod ramp;
pub mod waves;
pub mod weights;

use eksmig_core::share::Share;
use tfplugin::{FunctionError, Value};

/// An argument that is a percentage.
fn percentage(args: &[Value], nth: usize, name: &str) -> Result<Share, FunctionError> {
    let refuse = |why: String| FunctionError::argument(i64::try_from(nth).unwrap_or(0), format!("{name}: {why}."));
    match args.get(nth).map(Value::untagged) {
        Some(Value::Number(number)) => number.to_string().parse().map_err(|error| refuse(format!("{error}"))),
        _ => Err(refuse("a number is needed".to_owned())),
    }
}

/// An argument that is a whole number of at least 1.
fn count(args: &[Value], nth: usize, name: &str) -> Result<usize, FunctionError> {
    match args.get(nth).map(Value::untagged) {
        Some(Value::Number(number)) => number.to_u64().and_then(|count| usize::try_from(count).ok()),
        _ => None,
    }
    .filter(|count| *count > 0)
    .ok_or_else(|| {
        let text = format!("{name}: a whole number of at least 1 is needed.");
        FunctionError::argument(i64::try_from(nth).unwrap_or(0), text)
    })
}

//! The blocks that all resources share: schema and reading, in one place each.

pub mod arn;
pub mod batches;
pub mod course;
pub mod drain;
pub mod duration;
pub mod gate;
pub mod kept;
pub mod moved;
pub mod policy;
pub mod ramp;
pub mod share;
pub mod target_groups;
pub mod timeouts;
pub mod twin;

use tfplugin::{Diagnostic, Diagnostics, Field};

/// Unwraps what is known; answers the whole reading as unknown otherwise.
macro_rules! known {
    ($field:expr) => {
        match $field {
            tfplugin::Field::Known(value) => Some(value),
            tfplugin::Field::Null => None,
            tfplugin::Field::Unknown => return Ok(tfplugin::Field::Unknown),
        }
    };
}
pub(crate) use known;

/// What was read; unknown, with the error put to the others, where it could not be.
pub fn take<T>(errors: &mut Diagnostics, read: Result<Field<T>, Diagnostic>) -> Field<T> {
    read.unwrap_or_else(|error| {
        errors.push(error);
        Field::Unknown
    })
}

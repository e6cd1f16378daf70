//! An `eksmig_target_health` as written.

use std::collections::BTreeSet;

use eksmig_core::elb::TargetGroupArn;
use tfplugin::{Diagnostics, Field, Reader, Value};

use crate::blocks::arn;

/// Reads a configuration; unknown as long as one of its ARNs is.
///
/// # Errors
///
/// What is wrong with it, at its attribute.
pub fn read(value: &Value) -> Result<Field<BTreeSet<TargetGroupArn>>, Diagnostics> {
    Ok(arn::read_set(&Reader::new(value).attr("target_group_arns"), TargetGroupArn::parse)?)
}

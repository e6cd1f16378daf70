//! `target_group_arns`: target groups by ARN, all of one region.

use std::collections::BTreeSet;

use eksmig_core::elb::TargetGroupArn;
use tfplugin::schema::checks;
use tfplugin::{Attribute, Diagnostic, Field, Reader, Type};

use super::{arn, known};
use crate::notices;

/// The attribute.
pub fn attribute() -> Attribute {
    Attribute::new("target_group_arns", Type::set(Type::String))
        .check(checks::not_empty())
        .check(checks::each(|reader| arn::check(reader, TargetGroupArn::parse)))
}

/// Reads the target groups. None are named where it is null.
///
/// # Errors
///
/// One that is no ARN of a target group, or in another region than the others.
pub fn read(reader: &Reader<'_>) -> Result<Field<BTreeSet<TargetGroupArn>>, Diagnostic> {
    let found = known!(arn::read_set(reader, TargetGroupArn::parse)?).unwrap_or_default();
    let other =
        found.iter().find_map(|arn| found.first().filter(|first| first.region() != arn.region()).zip(Some(arn)));
    if let Some((one, other)) = other {
        let detail = format!("{one} and {other} are in different regions. Use a resource for each.");
        return Err(reader.error(notices::TARGET_GROUPS_IN_DIFFERENT_REGIONS, detail));
    }
    Ok(Field::Known(found))
}

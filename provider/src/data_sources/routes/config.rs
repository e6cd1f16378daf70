//! An `eksmig_routes` as written.

use std::collections::{BTreeMap, BTreeSet};

use eksmig_core::elb::{LoadBalancerArn, TargetGroupArn};
use eksmig_core::survey::Selection;
use tfplugin::{Diagnostic, Diagnostics, Field, Path, Reader, Value};

use super::schema::SELECTORS;
use crate::blocks::{arn, known};
use crate::notices;

/// Reads a configuration; unknown as long as what selects is.
///
/// # Errors
///
/// Everything that is wrong with it, each at its attribute.
pub fn read(value: &Value) -> Result<Field<Selection>, Diagnostics> {
    let root = Reader::new(value);
    let written: Vec<&str> = SELECTORS.into_iter().filter(|name| !root.attr(name).is_null()).collect();
    // What is unknown may turn out to be null.
    let known = |name: &&&str| !root.attr(name).is_unknown();
    let certain: Vec<&str> = written.iter().filter(known).copied().collect();
    match certain.as_slice() {
        [] if written.is_empty() => {
            let detail = format!("Write one of {}: it says what to look at.", SELECTORS.join(", "));
            Err(notices::NOTHING_TO_LOOK_AT.says(detail).into())
        }
        [one] if written.len() == 1 => Ok(selection(&root, one)?),
        [] | [_] => Ok(Field::Unknown),
        [first, second, ..] => {
            let detail = format!("{first} and {second} both say what to look at. Write one of them.");
            Err(notices::TWO_SELECTIONS.says(detail).at(Path::root().attr(*second)).into())
        }
    }
}

fn selection(root: &Reader<'_>, name: &str) -> Result<Field<Selection>, Diagnostic> {
    let reader = root.attr(name);
    Ok(match name {
        "load_balancer_arns" => arn::read_set(&reader, LoadBalancerArn::parse)?.map(Selection::LoadBalancers),
        "target_group_arns" => arn::read_set(&reader, TargetGroupArn::parse)?.map(Selection::TargetGroups),
        "load_balancer_names" => names(&reader)?.map(Selection::Names),
        _ => tags(&reader)?.map(Selection::Tagged),
    })
}

fn names(reader: &Reader<'_>) -> Result<Field<BTreeSet<String>>, Diagnostic> {
    let mut names = BTreeSet::new();
    for element in known!(reader.elements()?).unwrap_or_default() {
        names.extend(known!(element.string()?));
    }
    Ok(Field::Known(names))
}

fn tags(reader: &Reader<'_>) -> Result<Field<BTreeMap<String, String>>, Diagnostic> {
    let mut tags = BTreeMap::new();
    for (key, value) in known!(reader.entries()?).unwrap_or_default() {
        if value.is_null() {
            return Err(value.error(notices::TAG_WITHOUT_A_VALUE, format!("The tag {key} has no value to look for.")));
        }
        tags.extend(known!(value.string()?).map(|value| (key, value)));
    }
    if tags.is_empty() {
        return Err(reader.error(notices::NO_TAGS, "No tag is to be looked for, which every load balancer has."));
    }
    Ok(Field::Known(tags))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(attributes: Vec<(&str, Value)>, wanted: &str) {
        let said = match read(&Value::object(attributes)) {
            Ok(Field::Known(selection)) => format!("{selection:?}"),
            Ok(Field::Null) => "null".to_owned(),
            Ok(Field::Unknown) => "unknown".to_owned(),
            Err(errors) => errors.iter().map(|error| error.summary.clone()).collect(),
        };
        assert_eq!(said, wanted);
    }

    #[test]
    fn exactly_one_attribute_selects() {
        let names = || ("load_balancer_names", Value::set(["edge"]));
        let tags = || ("load_balancer_tags", Value::map([("team", Value::from("shop"))]));
        check(vec![names()], "Names({\"edge\"})");
        check(vec![tags()], "Tagged({\"team\": \"shop\"})");
        check(vec![], "Nothing to look at");
        check(vec![names(), tags()], "Two selections");
        check(vec![("load_balancer_tags", Value::map::<&str>([]))], "No tags");
    }

    #[test]
    fn what_is_unknown_may_yet_be_null() {
        let unknown = |name| (name, Value::unknown());
        check(vec![unknown("load_balancer_arns")], "unknown");
        check(vec![unknown("load_balancer_arns"), ("load_balancer_names", Value::set(["edge"]))], "unknown");
        check(vec![unknown("load_balancer_arns"), unknown("target_group_arns")], "unknown");
        check(vec![("load_balancer_names", Value::set([Value::unknown()]))], "unknown");
    }
}

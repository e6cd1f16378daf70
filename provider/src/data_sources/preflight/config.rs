//! An `eksmig_preflight` as written.

use std::collections::{BTreeMap, BTreeSet};

use eksmig_core::apigateway::ApiId;
use eksmig_core::elb::{ListenerArn, RouteArn, TargetGroupArn};
use eksmig_core::preflight::{Enough, Order, PairOrder, SwapOrder};
use eksmig_core::route53::record_shift::Records;
use eksmig_core::route53::{Pair, RecordName, RecordType};
use tfplugin::{Diagnostic, Diagnostics, Field, Reader, Value};

use super::schema::SUBJECTS;
use crate::blocks::{arn, known, take};
use crate::notices;

/// What to look at, and in which clusters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// What to look at in AWS.
    pub order: Order,
    /// The clusters, by their keys in the provider's block.
    pub clusters: Option<Keys>,
}

/// The keys of two clusters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    /// The one that serves.
    pub blue: String,
    /// The one that takes over.
    pub green: String,
}

/// Reads a configuration; unknown as long as a part of it is.
///
/// # Errors
///
/// Everything that is wrong with it, each at its attribute.
pub fn read(value: &Value) -> Result<Field<Config>, Diagnostics> {
    let root = Reader::new(value);
    let mut errors = Diagnostics::default();
    let pairs = take(&mut errors, entries(&root, "target_group_pairs", pair));
    let routes = take(&mut errors, arn::read_set(&root.attr("route_arns"), RouteArn::parse));
    let records = take(&mut errors, entries(&root, "records", records));
    let swaps = take(&mut errors, entries(&root, "port_swaps", swap));
    let alarms = take(&mut errors, names(&root.attr("alarm_names")));
    let enough = take(&mut errors, enough(&root));
    let clusters = take(&mut errors, clusters(&root.attr("clusters")));
    let is_empty = |name: &&str| match root.attr(name).value() {
        Value::Null => true,
        Value::Map(elements) => elements.is_empty(),
        Value::Set(elements) => elements.is_empty(),
        _ => false,
    };
    if SUBJECTS.iter().all(is_empty) {
        let detail = format!("Write something into one of {}: it says what to look at.", SUBJECTS.join(", "));
        errors.push(notices::NOTHING_TO_LOOK_AT.says(detail));
    }
    if errors.has_errors() {
        return Err(errors);
    }
    let config = || {
        let order = Order {
            enough: enough.known()?,
            pairs: pairs.known()?,
            routes: routes.known_or(BTreeSet::new()).known()?,
            records: records.known()?,
            swaps: swaps.known()?,
            alarms: alarms.known()?,
        };
        Some(Config { order, clusters: clusters.known()? })
    };
    Ok(config().map_or(Field::Unknown, Field::Known))
}

/// What the elements of a map stand for, by name.
fn entries<T>(
    root: &Reader<'_>,
    name: &str,
    read: fn(&Reader<'_>) -> Result<Field<T>, Diagnostic>,
) -> Result<Field<BTreeMap<String, T>>, Diagnostic> {
    let mut found = BTreeMap::new();
    for (key, element) in known!(root.attr(name).entries()?).unwrap_or_default() {
        if element.is_null() {
            return Err(element.error(notices::NOTHING_IN_IT, format!("{} is null. Leave it out.", element.path())));
        }
        found.extend(known!(read(&element)?).map(|value| (key, value)));
    }
    Ok(Field::Known(found))
}

fn names(reader: &Reader<'_>) -> Result<Field<BTreeSet<String>>, Diagnostic> {
    let mut names = BTreeSet::new();
    for element in known!(reader.elements()?).unwrap_or_default() {
        names.extend(known!(element.string()?));
    }
    Ok(Field::Known(names))
}

fn enough(root: &Reader<'_>) -> Result<Field<Enough>, Diagnostic> {
    let default = Enough::default();
    let targets = known!(root.attr("min_healthy_targets").integer()?).and_then(|number| u32::try_from(number).ok());
    let percent = known!(root.attr("min_healthy_percent").integer()?).and_then(|number| u8::try_from(number).ok());
    let (targets, percent) = (targets.unwrap_or(default.targets), percent.unwrap_or(default.percent));
    Ok(Field::Known(Enough { targets, percent }))
}

fn pair(reader: &Reader<'_>) -> Result<Field<PairOrder>, Diagnostic> {
    let (blue, green) = (reader.attr("blue_target_group_arn"), reader.attr("green_target_group_arn"));
    let blue_arn = known!(arn::read(&blue, TargetGroupArn::parse)?);
    let green_arn = known!(arn::read(&green, TargetGroupArn::parse)?);
    let (Some(blue), Some(green_arn)) = (blue_arn, green_arn) else { return Ok(Field::Null) };
    if blue == green_arn {
        let detail = format!("blue and green are both {blue}. There is nothing to move.");
        return Err(green.error(notices::ONE_TARGET_GROUP_ON_BOTH_SIDES, detail));
    }
    Ok(Field::Known(PairOrder { blue, green: green_arn }))
}

fn records(reader: &Reader<'_>) -> Result<Field<Records>, Diagnostic> {
    let (name, green) = (reader.attr("name"), reader.attr("green_set_identifier"));
    let mut types = BTreeSet::new();
    for element in known!(reader.attr("types").elements()?).unwrap_or_default() {
        if let Some(text) = known!(element.string()?) {
            types.insert(
                RecordType::parse(&text).map_err(|error| element.error(notices::INVALID_TYPE, format!("{error}.")))?,
            );
        }
    }
    let (Some(zone_id), Some(written), Some(blue), Some(green_identifier)) = (
        known!(reader.attr("zone_id").string()?),
        known!(name.string()?),
        known!(reader.attr("blue_set_identifier").string()?),
        known!(green.string()?),
    ) else {
        return Ok(Field::Null);
    };
    if blue == green_identifier {
        let detail = format!("blue and green both have the set identifier {blue:?}. There is nothing to move.");
        return Err(green.error(notices::ONE_RECORD_ON_BOTH_SIDES, detail));
    }
    Ok(Field::Known(Records {
        zone_id,
        name: RecordName::parse(&written).map_err(|error| name.error(notices::INVALID_NAME, format!("{error}.")))?,
        types,
        pair: Pair { blue, green: green_identifier },
        green: None,
        adopt_simple: false,
        seen: BTreeMap::new(),
    }))
}

fn swap(reader: &Reader<'_>) -> Result<Field<SwapOrder>, Diagnostic> {
    let (rest, http) = (reader.attr("rest_api_id"), reader.attr("http_api_id"));
    let api = match (known!(rest.string()?), known!(http.string()?)) {
        (Some(id), None) => ApiId::Rest(id),
        (None, Some(id)) => ApiId::Http(id),
        (None, None) => return Err(rest.error(notices::NO_API, "Set rest_api_id or http_api_id.")),
        (Some(_), Some(_)) => return Err(http.error(notices::TWO_APIS, "Set either rest_api_id or http_api_id.")),
    };
    let blue = known!(arn::read(&reader.attr("blue_listener_arn"), ListenerArn::parse)?);
    let green = known!(arn::read(&reader.attr("green_listener_arn"), ListenerArn::parse)?);
    let (Some(blue), Some(green)) = (blue, green) else { return Ok(Field::Null) };
    let stages = known!(names(&reader.attr("stage_names"))?).unwrap_or_default();
    let routes = known!(names(&reader.attr("routes"))?).unwrap_or_default();
    Ok(Field::Known(SwapOrder { api, stages, blue, green, routes }))
}

fn clusters(reader: &Reader<'_>) -> Result<Field<Option<Keys>>, Diagnostic> {
    let green = reader.attr("green");
    let (Some(blue), Some(key)) = (known!(reader.attr("blue").string()?), known!(green.string()?)) else {
        return Ok(Field::Known(None));
    };
    if blue == key {
        let detail = format!("blue and green are both cluster {key:?}. There is nothing to move.");
        return Err(green.error(notices::ONE_CLUSTER_ON_BOTH_SIDES, detail));
    }
    Ok(Field::Known(Some(Keys { blue, green: key })))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(name: &str) -> Value {
        Value::from(format!("arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/{name}/73e2d6bc24d8a067"))
    }

    fn of(name: &'static str, element: Vec<(&str, Value)>) -> Vec<(&'static str, Value)> {
        vec![(name, Value::map([("orders", Value::object(element))]))]
    }

    #[track_caller]
    fn check(attributes: Vec<(&str, Value)>, wanted: &str) {
        let said = match read(&Value::object(attributes)) {
            Ok(Field::Known(Config { order, clusters })) => {
                let counts = [order.pairs.len(), order.records.len(), order.swaps.len(), order.alarms.len()];
                let clusters = clusters.map(|keys| format!(" {} {}", keys.blue, keys.green)).unwrap_or_default();
                format!("{counts:?} {:?}{clusters}", order.enough)
            }
            Ok(Field::Null) => "null".to_owned(),
            Ok(Field::Unknown) => "unknown".to_owned(),
            Err(errors) => errors.iter().map(|error| error.summary.clone()).collect::<Vec<_>>().join(", "),
        };
        assert_eq!(said, wanted);
    }

    #[test]
    fn something_is_to_be_looked_at() {
        check(vec![], "Nothing to look at");
        check(vec![("alarm_names", Value::set::<&str>([])), ("records", Value::Null)], "Nothing to look at");
        check(vec![("alarm_names", Value::set(["a"]))], "[0, 0, 0, 1] Enough { targets: 1, percent: 0 }");
        let numbers = [("min_healthy_targets", Value::from(3_i64)), ("min_healthy_percent", Value::from(50_i64))];
        let mut attributes = vec![("alarm_names", Value::set(["a"]))];
        attributes.extend(numbers);
        check(attributes, "[0, 0, 0, 1] Enough { targets: 3, percent: 50 }");
    }

    #[test]
    fn what_is_unknown_is_waited_for() {
        check(vec![("target_group_pairs", Value::unknown())], "unknown");
        let pair = |green| vec![("blue_target_group_arn", group("blue")), ("green_target_group_arn", green)];
        check(of("target_group_pairs", pair(Value::unknown())), "unknown");
        check(of("target_group_pairs", pair(group("green"))), "[1, 0, 0, 0] Enough { targets: 1, percent: 0 }");
        check(of("target_group_pairs", pair(group("blue"))), "One target group on both sides");
    }

    #[test]
    fn records_and_apis_are_named_without_doubt() {
        let records = |kind: &str, green: &str| {
            vec![
                ("zone_id", Value::from("Z1")),
                ("name", Value::from("orders.example.com")),
                ("types", Value::set([kind])),
                ("blue_set_identifier", Value::from("blue")),
                ("green_set_identifier", Value::from(green)),
            ]
        };
        check(of("records", records("A", "green")), "[0, 1, 0, 0] Enough { targets: 1, percent: 0 }");
        check(of("records", records("NS", "green")), "Invalid type");
        check(of("records", records("A", "blue")), "One record on both sides");
        check(of("port_swaps", vec![("stage_names", Value::set(["prod"]))]), "No API");
        let ids = vec![("rest_api_id", Value::from("a")), ("http_api_id", Value::from("b"))];
        check(of("port_swaps", ids), "Two APIs");
    }

    #[test]
    fn clusters_are_two() {
        let clusters = |green: Value| vec![("clusters", Value::object([("blue", Value::from("a")), ("green", green)]))];
        check(clusters("b".into()), "[0, 0, 0, 0] Enough { targets: 1, percent: 0 } a b");
        check(clusters("a".into()), "One cluster on both sides");
        check(clusters(Value::unknown()), "unknown");
        check(vec![("clusters", Value::unknown())], "unknown");
        check(vec![("clusters", Value::Null)], "Nothing to look at");
    }
}

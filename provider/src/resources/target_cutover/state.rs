//! What is saved of an `eksmig_target_cutover`: its shape.

use std::collections::{BTreeMap, BTreeSet};

use eksmig_core::elb::TargetGroupArn;
use eksmig_core::elb::cutover::{
    Aim, CutOver, Families, Family, Position, Scheduled, Seat, Seats, Serving, Targets, scheduled,
};
use eksmig_core::engine::both::Both;
use eksmig_core::engine::gate::Sides;
use eksmig_core::engine::outcome::Outcome;
use tfplugin::{Diagnostic, Number, Reader, Value};

use super::config::Config;
use crate::blocks::duration;
use crate::notices;
use crate::saved::Status;

/// The id: short, for Terraform shows it on every line of progress.
pub fn id(target_groups: &BTreeSet<TargetGroupArn>) -> String {
    target_groups.iter().map(TargetGroupArn::name).collect::<Vec<_>>().join(",")
}

/// The value of `targets` or `baseline`.
pub fn seats_value(seats: &Seats) -> Value {
    let texts = |seats: &BTreeSet<Seat>| Value::set(seats.iter().map(|seat| Value::from(seat.to_string())));
    let sides =
        |both: &Both<BTreeSet<Seat>>| Value::object([("blue", texts(&both.blue)), ("green", texts(&both.green))]);
    Value::map(seats.iter().map(|(arn, both)| (arn.to_string(), sides(both))))
}

/// The registrations that a state was saved with.
///
/// # Errors
///
/// Where the state is not one of ours.
pub fn seats(state: &Value) -> Result<Seats, Diagnostic> {
    let mut found = Seats::new();
    for (arn, entry) in Reader::new(state).attr("targets").entries()?.known().unwrap_or_default() {
        let arn = TargetGroupArn::parse(&arn).map_err(|error| damaged(&entry, &error))?;
        let side = |name: &str| -> Result<BTreeSet<Seat>, Diagnostic> {
            let mut seats = BTreeSet::new();
            for element in entry.attr(name).elements()?.known().unwrap_or_default() {
                if let Some(text) = element.string()?.known() {
                    seats.insert(Seat::parse(&text).map_err(|error| damaged(&element, &error))?);
                }
            }
            Ok(seats)
        };
        found.insert(arn, Both { blue: side("blue")?, green: side("green")? });
    }
    Ok(found)
}

fn damaged(reader: &Reader<'_>, error: &dyn std::fmt::Display) -> Diagnostic {
    reader.error(notices::DAMAGED_STATE, format!("The state has targets that cannot be read: {error}."))
}

/// The value of `attachments`.
fn families_value(families: &Families) -> Value {
    let one = |known: &BTreeMap<TargetGroupArn, Family>| {
        Value::map(known.iter().map(|(arn, family)| (arn.to_string(), Value::from(family.as_str()))))
    };
    Value::map(families.iter().map(|(name, known)| (name.clone(), one(known))))
}

/// How target groups were attached when a state was saved.
fn families(state: &Value) -> Result<Families, Diagnostic> {
    let mut found = Families::new();
    for (name, entry) in Reader::new(state).attr("attachments").entries()?.known().unwrap_or_default() {
        let mut known = BTreeMap::new();
        for (arn, family) in entry.entries()?.known().unwrap_or_default() {
            let parsed = TargetGroupArn::parse(&arn).map_err(|error| damaged(&entry, &error))?;
            known.extend(family.string()?.known().and_then(|text| Family::parse(&text)).map(|family| (parsed, family)));
        }
        found.insert(name, known);
    }
    Ok(found)
}

/// What is handed over, with what a state remembers of it.
///
/// # Errors
///
/// Where the state is not one of ours.
pub fn targets(config: &Config, state: Option<&Value>) -> Result<Targets, Diagnostic> {
    let (recorded, families) = match state {
        Some(state) => (seats(state)?, families(state)?),
        None => (Seats::new(), Families::new()),
    };
    let (target_groups, members) = (config.target_groups.clone(), config.members.clone());
    Ok(Targets { target_groups, members, recorded, families })
}

/// The sides that had a registration when a state was saved.
pub fn registered(seats: &Seats) -> Sides {
    let any = |side: fn(&Both<BTreeSet<Seat>>) -> &BTreeSet<Seat>| seats.values().any(|both| !side(both).is_empty());
    Sides { blue: any(|both| &both.blue), green: any(|both| &both.green) }
}

/// Who served when a state was saved; none in between.
pub fn observed(state: &Value) -> Option<Serving> {
    state.attr("observed_serving").as_str().and_then(Serving::parse)
}

/// Writes what is seen into a state.
pub fn write_position(state: &mut Value, now: &Position, families: &Families) {
    state.set_attr("targets", seats_value(&now.seats()));
    state.set_attr("observed_serving", now.serving().map_or(Value::Null, |serving| Value::from(serving.as_str())));
    state.set_attr("attachments", families_value(families));
}

/// Writes what is true after a run.
pub fn write_truth(state: &mut Value, cut: &CutOver, aim: &Aim) {
    write_position(state, cut.report.position.as_ref().unwrap_or(&cut.known), &cut.families);
    if cut.report.outcome == Outcome::Settled {
        // An Auto Scaling group may have launched an instance meanwhile, which it registers by itself.
        state.set_attr("observed_serving", aim.serving.as_str());
    }
    state.set_attr("status", Status::of(&cut.report.outcome).as_str());
}

/// Writes the steps and the least time that they take.
pub fn write_schedule(state: &mut Value, from: Option<Serving>, aim: &Aim) {
    let steps = scheduled(from, aim);
    let step = |step: &Scheduled| {
        Value::object([
            ("side", Value::from(step.side.to_string())),
            ("registered_percent", Value::from(Number::from(u64::from(step.registered)))),
            ("interval", Value::from(duration::text(step.interval))),
        ])
    };
    state.set_attr("schedule", Value::list(steps.iter().map(step)));
    state.set_attr("minimum_duration", duration::text(steps.iter().map(|step| step.interval).sum()));
}

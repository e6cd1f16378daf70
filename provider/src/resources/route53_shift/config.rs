//! An `eksmig_route53_shift` as written, and as run.

use std::collections::{BTreeMap, BTreeSet};

use eksmig_core::route53::record_shift::Records;
use eksmig_core::route53::{Described, Pair, RecordName, RecordType, Target};
use tfplugin::{Diagnostic, Diagnostics, Field, Reader, Value};

use super::state;
use crate::blocks::course::{self, Course, WrittenCourse};
use crate::blocks::{gate, known, take};
use crate::notices;
use crate::planned;

/// What to do with records that ExternalDNS owns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExternalDns {
    /// Plan nothing.
    #[default]
    Refuse,
    /// Go ahead.
    Override,
}

/// The configuration as written: each part known, or not yet.
#[derive(Debug, Clone)]
pub struct Written {
    /// The records.
    pub records: Field<Records>,
    /// How it goes.
    pub course: WrittenCourse,
    /// What to do with records that ExternalDNS owns.
    pub external_dns: Field<ExternalDns>,
}

/// The configuration as run: all of it known.
#[derive(Debug, Clone)]
pub struct Config {
    /// The records.
    pub records: Records,
    /// How it goes.
    pub course: Course,
    /// What to do with records that ExternalDNS owns.
    pub external_dns: ExternalDns,
}

impl planned::Written for Written {
    fn read(value: &Value) -> Result<Self, Diagnostics> {
        read(value)
    }

    fn id(&self) -> Option<String> {
        self.records.as_ref().known().map(state::id)
    }

    fn destroying(&self, prior: &Value, unfinished: bool) -> Option<Diagnostic> {
        self.course.destroying(prior, unfinished)
    }
}

impl Written {
    /// The configuration, if all of it is known.
    pub fn known(self) -> Option<Config> {
        Some(Config {
            records: self.records.known()?,
            course: self.course.known()?,
            external_dns: self.external_dns.known()?,
        })
    }
}

/// Reads a configuration, or the part of a state that was one. What is unknown is left out of the rules.
///
/// # Errors
///
/// Everything that is wrong with it, each at its attribute.
pub fn read(value: &Value) -> Result<Written, Diagnostics> {
    let root = Reader::new(value);
    let mut errors = Diagnostics::default();
    let written = Written {
        records: take(&mut errors, records(&root)),
        course: course::read(&root, Some("drop_idle_record"), &mut errors),
        external_dns: take(&mut errors, external_dns(&root)).known_or(ExternalDns::default()),
    };
    errors.extend(gate::no_error_rate(&root.attr("gate")));
    if !errors.has_errors() {
        errors.extend(written.course.too_short());
    }
    if errors.has_errors() { Err(errors) } else { Ok(written) }
}

fn external_dns(root: &Reader<'_>) -> Result<Field<ExternalDns>, Diagnostic> {
    let choice = root.attr("external_dns").string()?;
    Ok(choice.map(|text| if text == "override" { ExternalDns::Override } else { ExternalDns::Refuse }))
}

fn records(root: &Reader<'_>) -> Result<Field<Records>, Diagnostic> {
    let (name, green) = (root.attr("name"), root.attr("green"));
    let mut types = BTreeSet::new();
    for element in known!(root.attr("types").elements()?).unwrap_or_default() {
        if let Some(text) = known!(element.string()?) {
            types.insert(
                RecordType::parse(&text).map_err(|error| element.error(notices::INVALID_TYPE, format!("{error}.")))?,
            );
        }
    }
    let (Some(zone_id), Some(written), Some(blue), Some(green_identifier)) = (
        known!(root.attr("zone_id").string()?),
        known!(name.string()?),
        known!(root.attr("blue").attr("set_identifier").string()?),
        known!(green.attr("set_identifier").string()?),
    ) else {
        return Ok(Field::Null);
    };
    if blue == green_identifier {
        let detail = format!("blue and green both have the set identifier {blue:?}. There is nothing to shift.");
        return Err(green.attr("set_identifier").error(notices::ONE_RECORD_ON_BOTH_SIDES, detail));
    }
    let described = known!(described(&green, types.len())?);
    Ok(Field::Known(Records {
        zone_id,
        name: RecordName::parse(&written).map_err(|error| name.error(notices::INVALID_NAME, format!("{error}.")))?,
        types,
        pair: Pair { blue, green: green_identifier },
        green: described,
        adopt_simple: known!(root.attr("adopt_simple_record").bool()?).unwrap_or(false),
        seen: BTreeMap::new(),
    }))
}

/// What green's record is made like.
fn described(green: &Reader<'_>, types: usize) -> Result<Field<Described>, Diagnostic> {
    let (alias, records) = (green.attr("alias"), green.attr("records"));
    let name = known!(alias.attr("name").string()?);
    let zone_id = known!(alias.attr("zone_id").string()?);
    let evaluate_target_health = known!(alias.attr("evaluate_target_health").bool()?).unwrap_or(true);
    let ttl = known!(green.attr("ttl").integer()?).and_then(|ttl| u32::try_from(ttl).ok());
    let mut values = Vec::new();
    for element in known!(records.elements()?).unwrap_or_default() {
        values.extend(known!(element.string()?));
    }
    let target = match (name.zip(zone_id), ttl, values.as_slice()) {
        (Some((name, zone_id)), None, []) => Target::Alias { name, zone_id, evaluate_target_health },
        (None, None, []) => return Ok(Field::Null),
        (None, Some(_), [_]) if types > 1 => {
            let detail = "records are the values of one type, and types has several. Use alias, make green's records \
                          where they are managed, or shift each type for itself.";
            return Err(records.error(notices::RECORDS_FOR_SEVERAL_TYPES, detail));
        }
        (None, Some(ttl), [_]) => Target::Plain { ttl, values },
        _ => {
            let detail = "Green's record is an alias, or has a ttl and one value in records, for a weighted record has \
                          a single one. Set one of the two, or neither where the record exists.";
            return Err(green.error(notices::UNCLEAR_RECORD_FOR_GREEN, detail));
        }
    };
    Ok(Field::Known(Described { target }))
}

//! An `eksmig_external_dns_shift` as written, and as run.

use std::time::Duration;

use eksmig_core::engine::both::Both;
use eksmig_core::engine::gate::Side;
use eksmig_core::external_dns::{Kind, ObjectRef, Policy, Settings};
use eksmig_core::route53::RecordName;
use tfplugin::{Diagnostic, Diagnostics, Field, Path, Reader, Value};

use super::state;
use crate::blocks::course::{self, Course, WrittenCourse};
use crate::blocks::{duration, gate, known, take};
use crate::notices;
use crate::planned;

/// One side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The key of its cluster in the provider's block.
    pub cluster: String,
    /// The object.
    pub object: ObjectRef,
    /// The set identifier of its record.
    pub set_identifier: String,
    /// What is known of its ExternalDNS without asking the cluster.
    pub given: Option<Settings>,
}

/// What is moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// The hosted zone.
    pub zone_id: String,
    /// The name.
    pub name: RecordName,
    /// The sides.
    pub places: Both<Place>,
}

/// The configuration as written: each part known, or not yet.
#[derive(Debug, Clone)]
pub struct Written {
    /// What is moved.
    pub names: Field<Names>,
    /// How it goes.
    pub course: WrittenCourse,
    /// Whether weights are taken from whoever owns them.
    pub force_conflicts: Field<bool>,
}

/// The configuration as run: all of it known.
#[derive(Debug, Clone)]
pub struct Config {
    /// What is moved.
    pub names: Names,
    /// How it goes.
    pub course: Course,
    /// Whether weights are taken from whoever owns them.
    pub force_conflicts: bool,
}

impl planned::Written for Written {
    fn read(value: &Value) -> Result<Self, Diagnostics> {
        read(value)
    }

    fn id(&self) -> Option<String> {
        self.names.as_ref().known().map(state::id)
    }

    fn destroying(&self, prior: &Value, unfinished: bool) -> Option<Diagnostic> {
        self.course.destroying(prior, unfinished)
    }
}

impl Written {
    /// The configuration, if all of it is known.
    pub fn known(self) -> Option<Config> {
        Some(Config {
            names: self.names.known()?,
            course: self.course.known()?,
            force_conflicts: self.force_conflicts.known()?,
        })
    }
}

/// Where the key of a side's cluster stands.
pub fn cluster_path(side: Side) -> Path {
    Path::root().attr(side.to_string()).attr("cluster")
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
        names: take(&mut errors, names(&root)),
        course: course::read(&root, None, &mut errors),
        force_conflicts: take(&mut errors, root.attr("force_conflicts").bool()).known_or(false),
    };
    errors.extend(gate::no_error_rate(&root.attr("gate")));
    if !errors.has_errors() {
        errors.extend(written.course.too_short());
    }
    if errors.has_errors() { Err(errors) } else { Ok(written) }
}

fn names(root: &Reader<'_>) -> Result<Field<Names>, Diagnostic> {
    let name = root.attr("name");
    let (Some(zone_id), Some(written), Some(blue), Some(green)) = (
        known!(root.attr("zone_id").string()?),
        known!(name.string()?),
        known!(place(&root.attr("blue"))?),
        known!(place(&root.attr("green"))?),
    ) else {
        return Ok(Field::Null);
    };
    let identifier = root.attr("green").attr("set_identifier");
    if blue.set_identifier == green.set_identifier {
        let detail = format!(
            "blue and green both have the set identifier {:?}, so that Route 53 has one record for both.",
            blue.set_identifier
        );
        return Err(identifier.error(notices::ONE_RECORD_ON_BOTH_SIDES, detail));
    }
    if (&blue.cluster, &blue.object) == (&green.cluster, &green.object) {
        let detail = format!("blue and green are both {} in cluster {:?}.", blue.object, blue.cluster);
        return Err(root.attr("green").error(notices::ONE_OBJECT_ON_BOTH_SIDES, detail));
    }
    let name = RecordName::parse(&written).map_err(|error| name.error(notices::INVALID_NAME, format!("{error}.")))?;
    Ok(Field::Known(Names { zone_id, name, places: Both { blue, green } }))
}

fn place(reader: &Reader<'_>) -> Result<Field<Place>, Diagnostic> {
    let mut text = Vec::new();
    for name in ["cluster", "kind", "namespace", "name", "set_identifier"] {
        let Some(found) = known!(reader.attr(name).string()?) else { return Ok(Field::Null) };
        text.push(found);
    }
    let Ok([cluster, kind, namespace, name, set_identifier]) = <[String; 5]>::try_from(text) else {
        return Ok(Field::Null);
    };
    let kind = Kind::parse(&kind)
        .ok_or_else(|| reader.attr("kind").error(notices::INVALID_KIND, format!("{kind:?} is none of the kinds.")))?;
    let given = known!(given(&reader.attr("external_dns"), kind)?);
    Ok(Field::Known(Place { cluster, object: ObjectRef { kind, namespace, name }, set_identifier, given }))
}

/// What is written of an ExternalDNS that is not to be looked for.
fn given(reader: &Reader<'_>, kind: Kind) -> Result<Field<Settings>, Diagnostic> {
    if reader.is_null() {
        return Ok(Field::Null);
    }
    let prefix = known!(reader.attr("annotation_prefix").string()?);
    if prefix.is_none() && kind.is_annotated() {
        let detail = format!(
            "Annotations say the weight of objects of kind {}, and it is not told what theirs begin with.",
            kind.as_str()
        );
        return Err(reader.attr("annotation_prefix").error(notices::MISSING_ANNOTATION_PREFIX, detail));
    }
    let (Some(owner_id), Some(policy)) =
        (known!(reader.attr("txt_owner_id").string()?), known!(reader.attr("policy").string()?))
    else {
        return Ok(Field::Null);
    };
    let policy = Policy::parse(&policy).ok_or_else(|| {
        reader.attr("policy").error(notices::INVALID_POLICY, format!("{policy:?} is none of ExternalDNS's policies."))
    })?;
    let interval = known!(duration::read(&reader.attr("interval"))?).unwrap_or(Duration::from_secs(60));
    let cache = known!(duration::read(&reader.attr("txt_cache_interval"))?).unwrap_or_default();
    let said_by = format!("ExternalDNS as {} has it", reader.path());
    let prefix = prefix.unwrap_or_default();
    Ok(Field::Known(Settings { prefix, owner_id, policy, interval, cache, said_by }))
}

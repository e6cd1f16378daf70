//! An `eksmig_nlb_listener_twin` as written, and as run.

use eksmig_core::elb::twin::{Ports, Tags};
use eksmig_core::elb::{ListenerArn, TargetGroupArn};
use tfplugin::{Diagnostic, Diagnostics, Field, Path, Reader, Value};

use crate::blocks::twin::{number, texts};
use crate::blocks::{known, take};
use crate::notices;

/// The configuration as written: each part known, or not yet.
#[derive(Debug, Clone)]
pub struct Written {
    /// The source.
    pub source: Field<ListenerArn>,
    /// Where the twin forwards to.
    pub target_group: Field<TargetGroupArn>,
    /// Where it listens.
    pub ports: Field<Ports>,
    /// The tags over its source's.
    pub tags: Field<Tags>,
}

/// The configuration as run: all of it known.
#[derive(Debug, Clone)]
pub struct Config {
    /// The source.
    pub source: ListenerArn,
    /// Where the twin forwards to.
    pub target_group: TargetGroupArn,
    /// Where it listens.
    pub ports: Ports,
    /// The tags over its source's.
    pub tags: Tags,
}

impl Written {
    /// The configuration, if all of it is known.
    pub fn known(self) -> Option<Config> {
        Some(Config {
            source: self.source.known()?,
            target_group: self.target_group.known()?,
            ports: self.ports.known()?,
            tags: self.tags.known()?,
        })
    }
}

/// Reads a configuration. What is unknown is left out of the rules.
///
/// # Errors
///
/// Everything that is wrong with it, each at its attribute.
pub fn read(value: &Value) -> Result<Written, Diagnostics> {
    let root = Reader::new(value);
    let mut errors = Diagnostics::default();
    let written = Written {
        source: take(&mut errors, source(&root)),
        target_group: take(&mut errors, target_group(&root)),
        ports: take(&mut errors, ports(&root)),
        tags: take(&mut errors, texts(&root.attr("tags")).map(|tags| tags.known_or(Tags::new()))),
    };
    if let (Field::Known(source), Field::Known(group)) = (&written.source, &written.target_group)
        && (source.region(), source.account()) != (group.region(), group.account())
    {
        let detail = format!("{source} and {group} are not in one region and account, so it cannot forward there.");
        let path = Path::root().attr("target_group_arn");
        errors.push(notices::TARGET_GROUP_IN_ANOTHER_PLACE.says(detail).at(path));
    }
    if errors.has_errors() { Err(errors) } else { Ok(written) }
}

/// Reads `source_arn`.
///
/// # Errors
///
/// It is no listener's.
pub fn source(root: &Reader<'_>) -> Result<Field<ListenerArn>, Diagnostic> {
    let reader = root.attr("source_arn");
    let explain = |error| reader.error(notices::INVALID_ARN, format!("{}: {error}.", reader.path()));
    reader.string()?.try_map(|text| ListenerArn::parse(&text).map_err(explain))
}

fn target_group(root: &Reader<'_>) -> Result<Field<TargetGroupArn>, Diagnostic> {
    let reader = root.attr("target_group_arn");
    let explain = |error| reader.error(notices::INVALID_ARN, format!("{}: {error}.", reader.path()));
    reader.string()?.try_map(|text| TargetGroupArn::parse(&text).map_err(explain))
}

fn ports(root: &Reader<'_>) -> Result<Field<Ports>, Diagnostic> {
    let (port, range) = (root.attr("port"), root.attr("port_range"));
    if port.is_null() == range.is_null() {
        let both = if port.is_null() { "neither is" } else { "both are" };
        let detail = format!("Exactly one of `port` and `port_range` is to be set, and {both}.");
        return Err(port.error(notices::WHERE_TO_LISTEN, detail));
    }
    if let Some(port) = known!(number(&port)?) {
        return Ok(Field::Known(Ports::One(port)));
    }
    if range.is_unknown() {
        return Ok(Field::Unknown);
    }
    let (Some(from), Some(to)) = (known!(number(&range.attr("from"))?), known!(number(&range.attr("to"))?)) else {
        return Err(range.error(notices::WHERE_TO_LISTEN, "port_range needs `from` and `to`."));
    };
    if from > to {
        return Err(
            range.error(notices::EMPTY_RANGE, format!("port_range goes from {from} to {to}, which is no port at all."))
        );
    }
    Ok(Field::Known(Ports::Range(from, to)))
}

//! An `eksmig_target_group_twin` as written, and as run.

use eksmig_core::elb::TargetGroupArn;
use eksmig_core::elb::twin::{HealthCheck, Overrides, name};
use tfplugin::{Diagnostic, Diagnostics, Field, Reader, Value};

use crate::blocks::twin::{number, texts};
use crate::blocks::{known, take};
use crate::notices;

/// The configuration as written: each part known, or not yet.
#[derive(Debug, Clone)]
pub struct Written {
    /// The source.
    pub source: Field<TargetGroupArn>,
    /// The name, where it is not derived.
    pub name: Field<String>,
    /// What a derived name ends with.
    pub suffix: Field<String>,
    /// In what the twin differs.
    pub over: Field<Overrides>,
}

/// The configuration as run: all of it known.
#[derive(Debug, Clone)]
pub struct Config {
    /// The source.
    pub source: TargetGroupArn,
    /// The name, where it is not derived.
    pub name: Option<String>,
    /// What a derived name ends with.
    pub suffix: String,
    /// In what the twin differs.
    pub over: Overrides,
}

impl Written {
    /// The configuration, if all of it is known.
    pub fn known(self) -> Option<Config> {
        let name = match self.name {
            Field::Unknown => return None,
            name => name.known(),
        };
        Some(Config { source: self.source.known()?, name, suffix: self.suffix.known()?, over: self.over.known()? })
    }

    /// The name that a twin is made with, if it can be told.
    pub fn name(&self) -> Option<String> {
        match (&self.name, &self.source, &self.suffix) {
            (Field::Known(name), _, _) => Some(name.clone()),
            (Field::Null, Field::Known(source), Field::Known(suffix)) => Some(name::derived(source.name(), suffix)),
            _ => None,
        }
    }
}

impl Config {
    /// The name that a twin is made with.
    pub fn name(&self) -> String {
        self.name.clone().unwrap_or_else(|| name::derived(self.source.name(), &self.suffix))
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
        name: take(&mut errors, root.attr("name").string()),
        suffix: take(&mut errors, suffix(&root)),
        over: take(&mut errors, overrides(&root)),
    };
    if errors.has_errors() { Err(errors) } else { Ok(written) }
}

/// Reads `source_arn`.
///
/// # Errors
///
/// It is no target group's.
pub fn source(root: &Reader<'_>) -> Result<Field<TargetGroupArn>, Diagnostic> {
    let reader = root.attr("source_arn");
    let explain = |error| reader.error(notices::INVALID_ARN, format!("{}: {error}.", reader.path()));
    reader.string()?.try_map(|text| TargetGroupArn::parse(&text).map_err(explain))
}

/// Reads `name_suffix`.
///
/// # Errors
///
/// It is no text.
pub fn suffix(root: &Reader<'_>) -> Result<Field<String>, Diagnostic> {
    Ok(root.attr("name_suffix").string()?.known_or(name::SUFFIX.to_owned()))
}

fn overrides(root: &Reader<'_>) -> Result<Field<Overrides>, Diagnostic> {
    Ok(Field::Known(Overrides {
        target_type: known!(root.attr("target_type").string()?),
        protocol: known!(root.attr("protocol").string()?),
        port: known!(number(&root.attr("port"))?),
        vpc_id: known!(root.attr("vpc_id").string()?),
        health_check: known!(health_check(&root.attr("health_check"))?).unwrap_or_default(),
        attributes: known!(texts(&root.attr("attributes"))?).unwrap_or_default(),
        tags: known!(texts(&root.attr("tags"))?).unwrap_or_default(),
    }))
}

fn health_check(reader: &Reader<'_>) -> Result<Field<HealthCheck>, Diagnostic> {
    if reader.is_unknown() {
        return Ok(Field::Unknown);
    }
    Ok(Field::Known(HealthCheck {
        enabled: known!(reader.attr("enabled").bool()?),
        protocol: known!(reader.attr("protocol").string()?),
        port: known!(reader.attr("port").string()?),
        path: known!(reader.attr("path").string()?),
        matcher: known!(reader.attr("matcher").string()?),
        interval: known!(number(&reader.attr("interval"))?),
        timeout: known!(number(&reader.attr("timeout"))?),
        healthy_threshold: known!(number(&reader.attr("healthy_threshold"))?),
        unhealthy_threshold: known!(number(&reader.attr("unhealthy_threshold"))?),
    }))
}

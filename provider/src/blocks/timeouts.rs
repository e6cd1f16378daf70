//! `timeouts`: how long an operation may take as a whole.

use std::time::Duration;

use tfplugin::{Block, Diagnostic, Field, Reader};

use crate::blocks::{duration, known};

/// How long each operation may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeouts {
    /// A create.
    pub create: Duration,
    /// An update.
    pub update: Duration,
    /// A destroy.
    pub delete: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        let hour = Duration::from_secs(3600);
        Timeouts { create: 2 * hour, update: 2 * hour, delete: hour / 2 }
    }
}

/// The schema of `timeouts`.
pub fn block() -> Block {
    let shortest = Duration::from_secs(1);
    let one = |name: &str, default: &str| {
        duration::attribute(name, shortest).optional().description(format!("Default `\"{default}\"`."))
    };
    Block::single("timeouts", vec![one("create", "2h"), one("update", "2h"), one("delete", "30m")])
        .description("How long an operation may take as a whole. When the time is over the share is held where it is.")
}

/// Reads `timeouts`.
pub fn read(reader: &Reader<'_>) -> Result<Field<Timeouts>, Diagnostic> {
    let default = Timeouts::default();
    Ok(Field::Known(Timeouts {
        create: known!(duration::read(&reader.attr("create"))?).unwrap_or(default.create),
        update: known!(duration::read(&reader.attr("update"))?).unwrap_or(default.update),
        delete: known!(duration::read(&reader.attr("delete"))?).unwrap_or(default.delete),
    }))
}

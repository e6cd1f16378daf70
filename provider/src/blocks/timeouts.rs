//! `timeouts`: how long an operation may take as a whole.

use std::time::Duration;

use eksmig_core::schedule::{Ramp, Schedule};
use eksmig_core::share::Share;
use tfplugin::{Block, Diagnostic, Field, Path, Reader};

use crate::blocks::{duration, known};
use crate::notices;

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

/// Where the ramp, and a drain that takes this long at least, do not fit into the time of a create or an update; nothing
/// where a part is not known.
pub fn too_short(
    timeouts: &Field<Timeouts>,
    ramp: &Field<Ramp>,
    target: &Field<Share>,
    drain: Duration,
) -> Vec<Diagnostic> {
    let (Field::Known(timeouts), Field::Known(ramp), Field::Known(target)) = (timeouts, ramp, target) else {
        return Vec::new();
    };
    let least = Schedule::new(ramp, &[Share::BLUE], *target).minimum_duration() + drain;
    let what = if drain.is_zero() { "The ramp takes" } else { "The ramp and the drain take" };
    let short = [("create", timeouts.create), ("update", timeouts.update)].into_iter().filter(|limit| least >= limit.1);
    short
        .map(|(operation, limit)| {
            let detail = format!(
                "{what} at least {}, and timeouts.{operation} allows {}. Shorten ramp.interval, take fewer \
                 steps, or allow more time.",
                duration::text(least),
                duration::text(limit)
            );
            let path = Path::root().attr("timeouts").attr(operation);
            notices::NOT_ENOUGH_TIME_FOR_THE_RAMP.says(detail).at(path)
        })
        .collect()
}

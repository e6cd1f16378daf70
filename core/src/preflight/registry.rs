//! The list of all checks.

use super::check::{Family, Finding};
use super::checks::{
    alarms, clusters, health, likeness, managers, reach, reading, records, room, routes, stickiness, swaps, zones,
};
use super::picture::Picture;

/// Every check, in the order in which pages tell of them.
pub const FAMILIES: [Family; 13] = [
    reading::FAMILY,
    health::FAMILY,
    reach::FAMILY,
    zones::FAMILY,
    likeness::FAMILY,
    routes::FAMILY,
    room::FAMILY,
    stickiness::FAMILY,
    managers::FAMILY,
    records::FAMILY,
    swaps::FAMILY,
    alarms::FAMILY,
    clusters::FAMILY,
];

/// What all checks find in a picture.
pub(crate) fn judge(picture: &Picture) -> Vec<Finding> {
    let checks = FAMILIES.iter().flat_map(|family| family.checks);
    checks.flat_map(|check| check.findings(picture)).collect()
}

//! `eksmig_target_cutover` under the real terraform.

#[path = "target_cutover/crash.rs"]
mod crash;
#[path = "target_cutover/failures.rs"]
mod failures;
#[path = "target_cutover/handover.rs"]
mod handover;
#[path = "target_cutover/refusals.rs"]
mod refusals;

/// Half of a side in each batch, gates asked every second.
const HALVES: &str = "ramp = { batch_percent = 50 }\n  gate = { poll_interval = \"1s\" }";

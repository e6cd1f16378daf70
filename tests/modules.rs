//! The modules and the stories under `examples/`: each is covered by being there.

#[path = "modules/migration.rs"]
mod migration;
#[path = "modules/mocked.rs"]
mod mocked;
#[path = "modules/readmes.rs"]
mod readmes;
#[path = "modules/refusals.rs"]
mod refusals;
#[path = "modules/service_shift.rs"]
mod service_shift;
#[path = "modules/whole.rs"]
mod whole;

const NONE: [String; 0] = [];

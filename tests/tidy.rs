//! The house's invariants. Each checker is a plain function that returns what it found wrong, tried on bad input
//! before it is believed on the house itself.

#[path = "tidy/dependencies.rs"]
mod dependencies;
#[path = "tidy/names.rs"]
mod names;
#[path = "tidy/notices.rs"]
mod notices;
#[path = "tidy/resources.rs"]
mod resources;
#[path = "tidy/rooms.rs"]
mod rooms;
#[path = "tidy/source.rs"]
mod source;
#[path = "tidy/tracked.rs"]
mod tracked;

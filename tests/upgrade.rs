//! States from one version of the provider to another: those that releases left behind are read, and those of a later one
//! are not taken for something they are not.
//!
//! `upgrade/recorded/` has what each resource saved, by version, with the configuration that it belongs to: `<rule>` and the
//! like stand for what has another name in every world. What a released version recorded is never written again.

#[path = "upgrade/earlier.rs"]
mod earlier;
#[path = "upgrade/later.rs"]
mod later;
#[path = "upgrade/place.rs"]
mod place;
#[path = "upgrade/record.rs"]
mod record;

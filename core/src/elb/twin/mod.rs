//! Twins: a target group or a network load balancer's listener made after another, for the green cluster.
//!
//! What a twin is to be is decided in [`group`] and [`listener`], without asking AWS; [`GroupTwins`] and
//! [`ListenerTwins`] make it so. A twin bears a [`MARK`] that names its source, so that one whose maker never heard
//! of it, for a reply was lost or a process died, is found by the next, and none is left over.

mod described;
mod error;
pub mod group;
mod group_twins;
mod group_writes;
mod handover;
mod health_check;
pub mod listener;
mod listener_twins;
mod listener_writes;
pub mod name;
mod tags;
mod writer;

pub use error::{Failed, TwinError};
pub use group::{Attributes, Difference, Fixed, Group, Overrides, Unfit};
pub use group_twins::{GroupOrder, GroupTwins, MadeGroup};
pub use health_check::HealthCheck;
pub use listener::{Listener, Ports};
pub use listener_twins::{ListenerOrder, ListenerTwins, MadeListener};
pub use tags::{MARK, Tags, carried, names_an_owner};

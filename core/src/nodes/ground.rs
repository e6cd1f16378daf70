//! What a migration needs of the world: a picture of it, calls that write, a record of itself, and to be the only one.

use std::collections::BTreeSet;

use async_trait::async_trait;

use super::act::Act;
use super::picture::{Picture, Target, Targets};
use super::record::Record;

/// Why a call brought nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// It may be otherwise on the next try, without anybody doing anything.
    #[error("{0}")]
    Passing(String),
    /// It will not be, until somebody does something.
    #[error("{0}")]
    Lasting(String),
}

/// What came of a call that writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acted {
    /// It was made.
    Done,
    /// It was answered that this is not the time: a disruption budget, an object that changed since it was seen. The text
    /// says which, and why.
    NotNow(String),
}

/// Target groups, to be read: load balancers are not this room's.
#[async_trait]
pub trait TargetGroups: Send + Sync {
    /// The targets of a target group now, those on their way out too.
    ///
    /// # Errors
    ///
    /// What was answered, with the group's ARN.
    async fn targets(&self, arn: &str) -> Result<Vec<Target>, Trouble>;
}

/// Where a migration takes place.
#[async_trait]
pub trait Ground: Send + Sync {
    /// Looks at everything but target groups.
    ///
    /// # Errors
    ///
    /// What could not be read. Never a picture of a part.
    async fn picture(&self) -> Result<Picture, Trouble>;

    /// Looks at these target groups. What could not be read of one is told in its place.
    async fn targets(&self, arns: &BTreeSet<String>) -> Targets;

    /// Makes one call that writes.
    ///
    /// # Errors
    ///
    /// What was answered.
    async fn act(&self, act: &Act) -> Result<Acted, Trouble>;

    /// Reads the record of the migration; none where there is none.
    ///
    /// # Errors
    ///
    /// What was answered.
    async fn record(&self) -> Result<Option<Record>, Trouble>;

    /// Writes the record of the migration.
    ///
    /// # Errors
    ///
    /// What was answered.
    async fn note(&self, record: &Record) -> Result<(), Trouble>;

    /// Makes sure, for the next seconds, that nobody else migrates node groups of the cluster.
    ///
    /// # Errors
    ///
    /// [`Trouble::Passing`] while somebody else does, with their name.
    async fn hold(&self) -> Result<(), Trouble>;

    /// Lets others.
    ///
    /// # Errors
    ///
    /// What was answered.
    async fn release(&self) -> Result<(), Trouble>;
}

//! How a call gets its room in the budget.

use crate::aws::{Aws, Error, Kind, Service};

/// How a call gets its room in the budget of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fare {
    /// It waits in line.
    InLine,
    /// It goes before the line: it watches over traffic that moves, or moves it back.
    Ahead,
    /// It has its room already.
    Paid,
}

impl Fare {
    /// Waits for the room.
    ///
    /// # Errors
    ///
    /// The budget cannot be found, for want of a region.
    pub(super) async fn pay(self, aws: &Aws, kind: Kind) -> Result<(), Error> {
        match self {
            Fare::InLine => aws.take(Service::Elbv2, kind).await,
            Fare::Ahead => aws.take_ahead(Service::Elbv2, kind).await,
            Fare::Paid => Ok(()),
        }
    }
}

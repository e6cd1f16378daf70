//! How a call gets its room in the budget.

use crate::aws::{Aws, Error, Kind, Service};

/// How a call gets its room in the budget of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fare {
    /// It waits in line.
    InLine,
    /// It goes before the line: it watches over traffic that moves, or moves it back.
    Ahead,
    /// It has its room already.
    Paid,
}

impl Fare {
    /// Waits for the room. REST and HTTP APIs draw from one budget, for AWS counts all of API Gateway together.
    ///
    /// # Errors
    ///
    /// The budget cannot be found, for want of a region.
    pub(super) async fn pay(self, aws: &Aws, kind: Kind) -> Result<(), Error> {
        match kind {
            Kind::Listing => {
                self.take(aws, Kind::Listing).await?;
                self.take(aws, Kind::Read).await
            }
            Kind::Deployment => {
                self.take(aws, Kind::Deployment).await?;
                self.take(aws, Kind::Write).await
            }
            plain => self.take(aws, plain).await,
        }
    }

    async fn take(self, aws: &Aws, kind: Kind) -> Result<(), Error> {
        match self {
            Fare::InLine => aws.take(Service::ApiGateway, kind).await,
            Fare::Ahead => aws.take_ahead(Service::ApiGateway, kind).await,
            Fare::Paid => Ok(()),
        }
    }
}

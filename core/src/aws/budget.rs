//! How many calls a second one process makes: a bucket of tokens per service and kind of call, shared by
//! everything in the process that calls as the same principal in the same region.
//!
//! AWS counts calls per account and region, together with every other caller there, so we stay below its limits.
//! (Elastic Load Balancing user guide, API throttling: reads share a bucket of 40 that refills at 10 a second.)

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::Service;
use crate::clock::{Clock, Moment};

/// What a call does, for AWS counts the two apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Changes nothing.
    Read,
    /// Changes something.
    Write,
}

/// A bucket of tokens, without a clock of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// The time in which one token comes back.
    interval: Duration,
    /// How far ahead of the clock `full_at` may lie with a token still in the bucket.
    slack: Duration,
    /// When every token will be back.
    full_at: Moment,
}

impl Bucket {
    /// A full bucket of `burst` tokens (at least 1) that regains `per_second` of them a second (at least 1).
    pub fn new(burst: u32, per_second: u32) -> Self {
        let interval = Duration::from_secs(1) / per_second.max(1);
        let slack = interval.saturating_mul(burst.max(1) - 1);
        Self { interval, slack, full_at: Moment::at(Duration::ZERO) }
    }

    /// Takes one token.
    ///
    /// # Errors
    ///
    /// The bucket is empty: nothing is taken, and there will be a token after the time returned, which is never zero.
    pub fn take(&mut self, now: Moment) -> Result<(), Duration> {
        let full_at = self.full_at.max(now);
        let missing = full_at.since(now);
        if missing > self.slack {
            return Err(missing.saturating_sub(self.slack));
        }
        self.full_at = full_at + self.interval;
        Ok(())
    }
}

/// The bucket that calls of this kind to this service draw from. The sizes leave AWS's limits some air for the
/// other callers of the account; where AWS publishes none, they are those of other careful clients.
fn bucket(service: Service, kind: Kind) -> Bucket {
    match (service, kind) {
        (Service::Elbv2, Kind::Read) => Bucket::new(30, 8),
        (Service::Elbv2, Kind::Write) => Bucket::new(10, 3),
        (Service::CloudWatch, Kind::Read) => Bucket::new(40, 20),
        // Route 53 answers five requests a second per account, and ExternalDNS polls the same zones.
        (Service::Route53, _) => Bucket::new(5, 2),
        // API Gateway's control plane: 10 a second, burst 40, for everything together.
        (Service::ApiGateway | Service::ApiGatewayV2, Kind::Read) => Bucket::new(20, 5),
        (Service::ApiGateway | Service::ApiGatewayV2, Kind::Write) => Bucket::new(5, 2),
        (Service::AutoScaling | Service::Eks | Service::Sts, Kind::Read) => Bucket::new(20, 5),
        (Service::CloudWatch | Service::AutoScaling | Service::Eks | Service::Sts, Kind::Write) => Bucket::new(10, 3),
    }
}

/// Who calls, as far as it can be known without a call: what AWS's count hangs on, for one region.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Principal {
    /// A known account.
    Account(String),
    /// Whatever these settings lead to: a profile, or an access key's id.
    Settings {
        /// The profile; `None` for the chain's own.
        profile: Option<String>,
        /// The access key's id, where one is given outright.
        access_key: Option<String>,
    },
}

impl fmt::Debug for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Principal::Account(id) => f.debug_tuple("Account").field(id).finish(),
            Principal::Settings { profile, access_key } => f
                .debug_struct("Settings")
                .field("profile", profile)
                .field("access_key", &access_key.as_ref().map(|_| "redacted"))
                .finish(),
        }
    }
}

/// Every budget of a process, and the one clock that they all run on. Cheap to clone; clones share the budgets.
#[derive(Debug, Clone)]
pub struct Budgets {
    clock: Arc<dyn Clock>,
    budgets: Arc<Mutex<BTreeMap<(Principal, String), Budget>>>,
}

impl Budgets {
    /// No budget used yet.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, budgets: Arc::default() }
    }

    /// The budget of this principal in this region, the same one for everyone who asks.
    pub fn of(&self, principal: Principal, region: &str) -> Budget {
        let mut budgets = self.budgets.lock().unwrap_or_else(PoisonError::into_inner);
        budgets
            .entry((principal, region.to_owned()))
            .or_insert_with(|| Budget { clock: Arc::clone(&self.clock), buckets: Arc::default() })
            .clone()
    }
}

/// The line before each bucket: a fair lock around the bucket itself.
type Lines = BTreeMap<(Service, Kind), Arc<tokio::sync::Mutex<Bucket>>>;

/// One principal's calls in one region. Cheap to clone; clones share the buckets.
#[derive(Debug, Clone)]
pub struct Budget {
    clock: Arc<dyn Clock>,
    buckets: Arc<Mutex<Lines>>,
}

impl Budget {
    /// Returns when one call may be made, in the order of asking. A caller that gives up while it waits leaves its
    /// place and takes no token.
    pub async fn take(&self, service: Service, kind: Kind) {
        let line = {
            let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
            let fresh = || Arc::new(tokio::sync::Mutex::new(bucket(service, kind)));
            Arc::clone(buckets.entry((service, kind)).or_insert_with(fresh))
        };
        // The lock is fair, and held while waiting: that is the queue.
        let mut bucket = line.lock().await;
        while let Err(wait) = bucket.take(self.clock.now()) {
            tracing::debug!(%service, ?kind, ?wait, "wait for the budget of calls");
            self.clock.sleep(wait).await;
        }
    }
}

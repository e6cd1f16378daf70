//! Writing a route's actions: one writer at a time for a route in this process.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use aws_sdk_elasticloadbalancingv2::types::Action;
use tokio::sync::{OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

use crate::aws::{self, Aws, Kind};
use crate::elb::Error;
use crate::elb::arn::RouteArn;
use crate::elb::fare::Fare;
use crate::elb::read::ElbReader;

type Lock = tokio::sync::Mutex<()>;

/// How many shifts may stand between reading a route and writing it: as many as the budget lets write in six seconds.
const TURNS: usize = 18;

/// Writes what [`ElbReader`] reads. Cheap to clone; clones share the locks.
#[derive(Debug, Clone)]
pub struct ElbWriter {
    aws: Aws,
    reader: ElbReader,
    locks: Arc<Mutex<BTreeMap<RouteArn, Weak<Lock>>>>,
    turns: Arc<Semaphore>,
}

impl ElbWriter {
    /// A writer that has `reader` forget what it writes.
    pub fn new(aws: Aws, reader: ElbReader) -> Self {
        Self { aws, reader, locks: Arc::default(), turns: Arc::new(Semaphore::new(TURNS)) }
    }

    /// Holds the routes until the guards are dropped. A write replaces a whole list of actions, so what is read
    /// before it must still be true when it arrives. AWS has no compare-and-set here; this keeps this process from
    /// racing itself. Routes are taken in their order, so that two holders never wait for each other.
    pub(crate) async fn hold(&self, routes: impl Iterator<Item = &RouteArn>) -> Vec<OwnedMutexGuard<()>> {
        let routes: std::collections::BTreeSet<&RouteArn> = routes.collect();
        let mut guards = Vec::with_capacity(routes.len());
        for route in routes {
            guards.push(self.lock(route).lock_owned().await);
        }
        guards
    }

    fn lock(&self, route: &RouteArn) -> Arc<Lock> {
        let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
        locks.retain(|_, lock| lock.strong_count() > 0);
        if let Some(lock) = locks.get(route).and_then(Weak::upgrade) {
            return lock;
        }
        let lock = Arc::new(Lock::default());
        locks.insert(route.clone(), Arc::downgrade(&lock));
        lock
    }

    /// Waits for a turn to read what is to be edited. Without turns, many shifts at once would all read, and then wait for
    /// the budget with what they read growing old.
    pub(crate) async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        self.turns.clone().acquire_owned().await.ok()
    }

    /// Waits in line until the budget has room for one write.
    ///
    /// # Errors
    ///
    /// The budget cannot be found, for want of a region.
    pub(crate) async fn wait_for_room(&self) -> Result<(), Error> {
        Ok(Fare::InLine.pay(&self.aws, Kind::Write).await?)
    }

    /// Replaces the actions of a route. Conditions and transforms are not sent, and so stay (API reference,
    /// `ModifyRule`).
    ///
    /// # Errors
    ///
    /// What AWS answered, after the SDK's own retries.
    pub(crate) async fn set_actions(&self, route: &RouteArn, actions: Vec<Action>, fare: Fare) -> Result<(), Error> {
        let client = self.aws.elbv2().await?;
        fare.pay(&self.aws, Kind::Write).await?;
        let written = match route {
            RouteArn::Listener(listener) => client
                .modify_listener()
                .listener_arn(listener.as_str())
                .set_default_actions(Some(actions))
                .send()
                .await
                .map(drop)
                .map_err(|error| aws::Error::call("write the default actions of", route.as_str(), error)),
            RouteArn::Rule(rule) => client
                .modify_rule()
                .rule_arn(rule.as_str())
                .set_actions(Some(actions))
                .send()
                .await
                .map(drop)
                .map_err(|error| aws::Error::call("write the actions of", route.as_str(), error)),
        };
        // Forgotten in both cases: a write that failed may have gone through all the same.
        self.reader.forget(&std::iter::once(route.clone()).collect());
        Ok(written?)
    }
}

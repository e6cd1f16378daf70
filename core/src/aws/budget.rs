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
pub(crate) enum Kind {
    /// Changes nothing.
    Read,
    /// Changes something.
    Write,
    /// Lists an API's resources, which API Gateway counts apart as well.
    Listing,
    /// Makes a deployment, which API Gateway counts apart as well.
    Deployment,
}

/// A bucket of tokens, without a clock of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bucket {
    /// The time in which one token comes back.
    interval: Duration,
    /// How far ahead of the clock `full_at` may lie with a token still in the bucket.
    slack: Duration,
    /// When every token will be back.
    full_at: Moment,
}

impl Bucket {
    /// A full bucket of `burst` tokens (at least 1) that regains `per_second` of them a second (at least 1).
    pub(crate) fn new(burst: u32, per_second: u32) -> Self {
        Self::every(burst, Duration::from_secs(1) / per_second.max(1))
    }

    /// A full bucket of `burst` tokens (at least 1) that regains one every `interval`.
    pub(crate) fn every(burst: u32, interval: Duration) -> Self {
        let slack = interval.saturating_mul(burst.max(1) - 1);
        Self { interval, slack, full_at: Moment::at(Duration::ZERO) }
    }

    /// Takes one token.
    ///
    /// # Errors
    ///
    /// The bucket is empty: nothing is taken, and there will be a token after the time returned, which is never zero.
    pub(crate) fn take(&mut self, now: Moment) -> Result<(), Duration> {
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
        // Two less than the 20 that we know of: with none to spare, calls that travel faster than those before them come
        // too early, and each refused one comes again and takes the place of another.
        (Service::Elbv2, Kind::Write) => Bucket::new(18, 3),
        (Service::CloudWatch, Kind::Read) => Bucket::new(40, 20),
        // Route 53 answers five requests a second per account, and ExternalDNS polls the same zones.
        (Service::Route53, _) => Bucket::new(5, 2),
        // API Gateway's control plane: 10 a second, burst 40, for everything together; so what is counted apart draws from
        // these two as well, and REST and HTTP APIs from the same. (Developer guide, quotas for managing an API.)
        (Service::ApiGateway | Service::ApiGatewayV2, Kind::Read) => Bucket::new(20, 5),
        (Service::ApiGateway | Service::ApiGatewayV2, Kind::Write) => Bucket::new(12, 3),
        // GetResources: 5 in 2 seconds. CreateDeployment: 1 in 5 seconds. Both with a little air, for calls that travel
        // faster than those before them.
        (_, Kind::Listing) => Bucket::every(4, Duration::from_millis(450)),
        (_, Kind::Deployment) => Bucket::every(1, Duration::from_millis(5200)),
        (Service::AutoScaling | Service::Eks | Service::Sts, Kind::Read) => Bucket::new(20, 5),
        (Service::CloudWatch | Service::AutoScaling | Service::Eks | Service::Sts, Kind::Write) => Bucket::new(10, 3),
    }
}

/// Who calls, as far as it can be known without a call: what AWS's count hangs on, for one region.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Principal {
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
    /// By principal and region; the services without regions under none.
    lines: Arc<Mutex<BTreeMap<Place, SharedLines>>>,
}

impl Budgets {
    /// No budget used yet.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, lines: Arc::default() }
    }

    /// The budget of this principal in this region, the same one for everyone who asks.
    pub(crate) fn of(&self, principal: Principal, region: &str) -> Budget {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let everywhere = Arc::clone(lines.entry((principal.clone(), None)).or_default());
        let here = Arc::clone(lines.entry((principal, Some(region.to_owned()))).or_default());
        Budget { clock: Arc::clone(&self.clock), here, everywhere }
    }
}

/// A bucket, and the line before it: fair locks, held while waiting. Whoever stands in line waits for its head, and the
/// head for the bucket; who may go ahead waits for the bucket alone.
#[derive(Debug)]
struct Line {
    head: tokio::sync::Mutex<()>,
    bucket: tokio::sync::Mutex<Bucket>,
}

/// A principal in a region, or everywhere.
type Place = (Principal, Option<String>);
type SharedLines = Arc<Mutex<BTreeMap<(Service, Kind), Arc<Line>>>>;

/// One principal's calls in one region. Cheap to clone; clones share the buckets.
#[derive(Debug, Clone)]
pub(crate) struct Budget {
    clock: Arc<dyn Clock>,
    /// Of the services that count by region.
    here: SharedLines,
    /// Of the services that have no regions.
    everywhere: SharedLines,
}

impl Budget {
    /// Returns when one call may be made, in the order of asking. A caller that gives up while it waits leaves its
    /// place and takes no token.
    pub(crate) async fn take(&self, service: Service, kind: Kind) {
        let line = self.line(service, kind);
        let _head = line.head.lock().await;
        self.take_from(&line, service, kind).await;
    }

    /// As [`Budget::take`], before all who stand in line: for what watches over traffic that moves, and what moves it
    /// back. Among themselves, these go in the order of asking.
    pub(crate) async fn take_ahead(&self, service: Service, kind: Kind) {
        let line = self.line(service, kind);
        self.take_from(&line, service, kind).await;
    }

    /// Returns when there is room for a call, without taking it: for what gathers more to do as long as nothing can be
    /// done.
    pub(crate) async fn wait_for_room(&self, service: Service, kind: Kind) {
        let line = self.line(service, kind);
        loop {
            // A copy is asked, so that the bucket keeps its token.
            let mut copy = line.bucket.lock().await.clone();
            let Err(wait) = copy.take(self.clock.now()) else { return };
            self.clock.sleep(wait).await;
        }
    }

    fn line(&self, service: Service, kind: Kind) -> Arc<Line> {
        let lines = if service == Service::Route53 { &self.everywhere } else { &self.here };
        let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = || {
            let bucket = tokio::sync::Mutex::new(bucket(service, kind));
            Arc::new(Line { head: tokio::sync::Mutex::new(()), bucket })
        };
        Arc::clone(lines.entry((service, kind)).or_insert_with(fresh))
    }

    async fn take_from(&self, line: &Line, service: Service, kind: Kind) {
        let mut bucket = line.bucket.lock().await;
        while let Err(wait) = bucket.take(self.clock.now()) {
            tracing::debug!(%service, ?kind, ?wait, "wait for the budget of calls");
            self.clock.sleep(wait).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use async_trait::async_trait;
    use proptest::prelude::*;

    use super::*;
    use crate::clock::SteppedClock;

    fn at(millis: u64) -> Moment {
        Moment::at(Duration::from_millis(millis))
    }

    #[test]
    fn a_bucket_gives_its_burst_at_once_and_then_keeps_its_rate() {
        let mut bucket = Bucket::new(3, 4);
        for _ in 0..3 {
            assert_eq!(bucket.take(at(0)), Ok(()));
        }
        assert_eq!(bucket.take(at(0)), Err(Duration::from_millis(250)));
        assert_eq!(bucket.take(at(249)), Err(Duration::from_millis(1)));
        assert_eq!(bucket.take(at(250)), Ok(()));
        assert_eq!(bucket.take(at(250)), Err(Duration::from_millis(250)));
        // A long rest brings back the burst and no more.
        for _ in 0..3 {
            assert_eq!(bucket.take(at(60_000)), Ok(()));
        }
        assert!(bucket.take(at(60_000)).is_err());
    }

    proptest! {
        #[test]
        fn a_bucket_never_gives_more_than_burst_and_rate(
            burst in 1u32..40,
            rate in 1u32..40,
            steps in prop::collection::vec(0u64..400, 1..200),
        ) {
            let mut bucket = Bucket::new(burst, rate);
            let (mut now, mut given) = (0, 0u64);
            for step in steps {
                now += step;
                match bucket.take(at(now)) {
                    Ok(()) => given += 1,
                    Err(wait) => {
                        prop_assert!(!wait.is_zero());
                        prop_assert_eq!(bucket.clone().take(at(now) + wait), Ok(()));
                    }
                }
                prop_assert!(given * 1000 <= u64::from(burst) * 1000 + now * u64::from(rate));
            }
        }
    }

    fn budgets() -> (Arc<SteppedClock>, Budgets) {
        let clock = Arc::new(SteppedClock::new());
        (Arc::clone(&clock), Budgets::new(clock))
    }

    fn account(id: &str) -> Principal {
        Principal::Account(id.to_owned())
    }

    #[tokio::test]
    async fn calls_wait_once_the_burst_is_used_up() {
        let (clock, budgets) = budgets();
        let budget = budgets.of(account("1"), "eu-west-1");
        for _ in 0..30 {
            budget.take(Service::Elbv2, Kind::Read).await;
        }
        assert_eq!(clock.passed(), Duration::ZERO);
        budget.take(Service::Elbv2, Kind::Read).await;
        assert_eq!(clock.passed(), Duration::from_millis(125));
        // Other buckets are still full.
        budget.take(Service::Elbv2, Kind::Write).await;
        budget.take(Service::CloudWatch, Kind::Read).await;
        assert_eq!(clock.passed(), Duration::from_millis(125));
    }

    #[tokio::test]
    async fn deployments_are_five_seconds_apart() {
        let (clock, budgets) = budgets();
        let budget = budgets.of(account("1"), "eu-west-1");
        for _ in 0..3 {
            budget.take(Service::ApiGateway, Kind::Deployment).await;
        }
        assert_eq!(clock.passed(), Duration::from_millis(10_400));
        for _ in 0..2 {
            budget.wait_for_room(Service::ApiGateway, Kind::Deployment).await;
            assert_eq!(clock.passed(), Duration::from_millis(15_600), "it waits, and takes nothing");
        }
    }

    #[tokio::test]
    async fn route_53_counts_for_all_regions_together() {
        let (clock, budgets) = budgets();
        for region in ["eu-west-1", "us-east-1", "eu-west-1", "us-east-1", "eu-west-1", "us-east-1"] {
            budgets.of(account("1"), region).take(Service::Route53, Kind::Write).await;
        }
        assert_eq!(clock.passed(), Duration::from_millis(500), "five at once, and then two a second");
    }

    #[tokio::test]
    async fn one_principal_has_one_budget_per_region() {
        let (clock, budgets) = budgets();
        for _ in 0..18 {
            budgets.of(account("1"), "eu-west-1").take(Service::Elbv2, Kind::Write).await;
        }
        budgets.of(account("2"), "eu-west-1").take(Service::Elbv2, Kind::Write).await;
        budgets.of(account("1"), "eu-west-2").take(Service::Elbv2, Kind::Write).await;
        assert_eq!(clock.passed(), Duration::ZERO);
        budgets.clone().of(account("1"), "eu-west-1").take(Service::Elbv2, Kind::Write).await;
        assert!(clock.passed() > Duration::ZERO);
    }

    #[tokio::test]
    async fn calls_are_let_through_in_the_order_of_asking() {
        let (_clock, budgets) = budgets();
        let budget = budgets.of(account("1"), "eu-west-1");
        let order: Arc<Mutex<Vec<usize>>> = Arc::default();
        let mut tasks = tokio::task::JoinSet::new();
        for index in 0..40 {
            let (budget, order) = (budget.clone(), Arc::clone(&order));
            tasks.spawn(async move {
                budget.take(Service::Elbv2, Kind::Write).await;
                order.lock().unwrap().push(index);
            });
        }
        tasks.join_all().await;
        assert_eq!(*order.lock().unwrap(), (0..40).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn what_is_urgent_goes_before_the_line() {
        let (_clock, budgets) = budgets();
        let budget = budgets.of(account("1"), "eu-west-1");
        for _ in 0..18 {
            budget.take(Service::Elbv2, Kind::Write).await;
        }
        let order: Arc<Mutex<Vec<&str>>> = Arc::default();
        let mut tasks = tokio::task::JoinSet::new();
        for (name, urgent) in [("a", false), ("b", false), ("c", false), ("urgent", true)] {
            let (budget, order) = (budget.clone(), Arc::clone(&order));
            tasks.spawn(async move {
                match urgent {
                    true => budget.take_ahead(Service::Elbv2, Kind::Write).await,
                    false => budget.take(Service::Elbv2, Kind::Write).await,
                }
                order.lock().unwrap().push(name);
            });
        }
        tasks.join_all().await;
        assert_eq!(*order.lock().unwrap(), ["a", "urgent", "b", "c"]);
    }

    /// A clock on which nobody wakes up by waiting.
    #[derive(Debug, Default)]
    struct Still(SteppedClock);

    #[async_trait]
    impl Clock for Still {
        fn now(&self) -> Moment {
            self.0.now()
        }

        fn wall(&self) -> SystemTime {
            self.0.wall()
        }

        async fn sleep(&self, _length: Duration) {
            std::future::pending().await
        }
    }

    #[tokio::test]
    async fn who_gives_up_takes_no_token_and_blocks_nobody() {
        let clock = Arc::new(Still::default());
        let budget = Budgets::new(Arc::clone(&clock) as Arc<dyn Clock>).of(account("1"), "eu-west-1");
        for _ in 0..18 {
            budget.take(Service::Elbv2, Kind::Write).await;
        }
        for _ in 0..5 {
            tokio::select! {
                biased;
                () = budget.take(Service::Elbv2, Kind::Write) => panic!("there is no token"),
                () = tokio::task::yield_now() => {}
            }
        }
        clock.0.advance(Duration::from_millis(334));
        tokio::select! {
            biased;
            () = budget.take(Service::Elbv2, Kind::Write) => {}
            () = tokio::task::yield_now() => panic!("there is a token again"),
        }
    }

    #[test]
    fn debug_shows_no_key() {
        let principal = Principal::Settings { profile: None, access_key: Some("AKIASECRET".into()) };
        assert!(!format!("{principal:?}").contains("SECRET"));
    }
}

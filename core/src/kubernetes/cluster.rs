//! A cluster, and the one way that calls to it are made.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, OnceCell};

use super::connection::connect;
use super::{Access, Effect, Error};
use crate::aws::{Aws, Bucket};
use crate::clock::{Clock, SystemClock};

/// How long one attempt at a call may take, with the signing of its token.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);
/// After which no other attempt is made.
const CALL_TIMEOUT: Duration = Duration::from_secs(120);
/// How long to wait after a first failure; doubled after each other.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest wait between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// How many calls may be made at once, and how many a second from then on: a tenth of what an API server serves at a time,
/// and what `kubectl` allows itself (kubernetes/kubectl: QPS 50).
const BURST: u32 = 60;
const PER_SECOND: u32 = 20;

/// A cluster. Reaches out when first asked for something. Cheap to clone; clones share everything.
#[derive(Clone)]
pub struct Cluster {
    inner: Arc<Inner>,
}

struct Inner {
    name: String,
    access: Access,
    aws: Aws,
    clock: Arc<dyn Clock>,
    bucket: Mutex<Bucket>,
    client: OnceCell<kube::Client>,
}

impl Cluster {
    /// The cluster that the configuration calls `name`. AWS is asked where the access is one by EKS, and lends its clock
    /// and its number of attempts.
    pub fn new(name: impl Into<String>, access: Access, aws: Aws) -> Self {
        let inner = Inner {
            name: name.into(),
            access,
            clock: aws.clock(),
            aws,
            bucket: Mutex::new(Bucket::new(BURST, PER_SECOND)),
            client: OnceCell::new(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// What the configuration calls it.
    pub(crate) fn name(&self) -> &str {
        &self.inner.name
    }

    /// Makes a call: `action`, a verb phrase, on `object`. Every call to a cluster goes through here.
    ///
    /// It is tried again while it makes sense: what reads, after every failure that may pass; what writes, only where the
    /// first attempt is known to have had no effect, for who writes has to look before writing again. An eviction that a
    /// disruption budget holds back is not tried again.
    ///
    /// # Errors
    ///
    /// [`Error`]: the cluster could not be reached, or what it answered last.
    pub(crate) async fn call<T, C, F>(
        &self,
        effect: Effect,
        action: &'static str,
        object: &str,
        call: C,
    ) -> Result<T, Error>
    where
        C: Fn(kube::Client) -> F,
        F: Future<Output = Result<T, kube::Error>>,
    {
        let Inner { clock, aws, .. } = self.inner.as_ref();
        let begun = clock.now();
        let mut pause = FIRST_PAUSE;
        let mut left = aws.max_attempts();
        loop {
            let error = match self.attempt(action, object, &call).await {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            left = left.saturating_sub(1);
            if left == 0 || !may_repeat(effect, &error) || clock.now().since(begun) > CALL_TIMEOUT {
                return Err(error);
            }
            let asked_for = error.as_call().and_then(|call| call.retry_after).unwrap_or_default();
            let wait = pause.max(asked_for).min(LONGEST_PAUSE);
            tracing::debug!(cluster = self.inner.name, %error, ?wait, "call the cluster again");
            clock.sleep(wait).await;
            pause = pause.saturating_mul(2);
        }
    }

    /// One attempt. What reads a socket takes real time, whatever clock a test steps.
    async fn attempt<T, C, F>(&self, action: &'static str, object: &str, call: &C) -> Result<T, Error>
    where
        C: Fn(kube::Client) -> F,
        F: Future<Output = Result<T, kube::Error>>,
    {
        self.take_turn().await;
        let limit = SystemClock::new();
        let attempt = async {
            let client = self.client().await?;
            call(client).await.map_err(|error| Error::call(action, object, self.to_string(), error))
        };
        tokio::select! {
            answer = attempt => answer,
            () = limit.sleep(ATTEMPT_TIMEOUT) => Err(Error::late(action, object, self.to_string(), ATTEMPT_TIMEOUT)),
        }
    }

    async fn client(&self) -> Result<kube::Client, Error> {
        let Inner { name, access, aws, client, .. } = self.inner.as_ref();
        client.get_or_try_init(|| connect(name, access, aws)).await.cloned()
    }

    /// Returns when one call may be made, in the order of asking.
    async fn take_turn(&self) {
        let Inner { clock, bucket, .. } = self.inner.as_ref();
        let mut bucket = bucket.lock().await;
        while let Err(wait) = bucket.take(clock.now()) {
            clock.sleep(wait).await;
        }
    }
}

/// Whether a call that ended so may be made again right away.
fn may_repeat(effect: Effect, error: &Error) -> bool {
    let Error::Call(call) = error else { return false };
    let harmless = effect == Effect::Reads || call.without_effect;
    call.retryable && harmless && !call.is_disruption_budget()
}

impl fmt::Display for Cluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.inner.name, self.inner.access)
    }
}

impl fmt::Debug for Cluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cluster({self})")
    }
}

#[cfg(test)]
mod tests;

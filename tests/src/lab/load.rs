//! Requests at a fixed rate, whatever becomes of those before.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::task::JoinHandle;

use super::backend::CLUSTER;
use super::dns::clients::Clients;
use super::journal::Journal;
use super::pause::{at_most, pause};
use super::tally::{Sample, Tally};
use crate::blocking::beside;
use crate::patience::until;

/// Between two looks at what is due.
const BEAT: Duration = Duration::from_millis(2);
/// How long a client waits for an answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many requests may be sent in one beat: after the machine has stood still, what is due comes no faster than that,
/// or hundreds of new connections at once would have it stand still again.
const AT_ONCE: usize = 16;
/// How many requests may be under way at once. What is due beyond waits: those under way may still fail, by their time.
const UNDER_WAY: usize = 500;

/// Where requests go.
#[derive(Debug, Clone)]
pub enum Destination {
    /// All to one door.
    Door(SocketAddr),
    /// Each to where the client whose turn it is finds the service.
    Clients(Arc<Clients>),
    /// Each to the next of a round of routes, which have hosts and paths of their own.
    Round(Arc<Round>),
}

/// Routes that are asked in turn.
#[derive(Debug)]
pub struct Round {
    stops: Vec<Stop>,
    turn: AtomicUsize,
}

/// A route, by what leads to it.
#[derive(Debug, Clone)]
pub struct Stop {
    /// Where its listener is.
    pub door: SocketAddr,
    /// A host that meets its conditions.
    pub host: String,
    /// A path that meets its conditions.
    pub path: String,
}

impl Round {
    /// A round of these, of which there is one at least.
    pub fn of(stops: Vec<Stop>) -> Self {
        assert!(!stops.is_empty(), "a round of nothing");
        Self { stops, turn: AtomicUsize::new(0) }
    }

    fn next(&self) -> &Stop {
        &self.stops[self.turn.fetch_add(1, Ordering::Relaxed) % self.stops.len()]
    }
}

/// What is asked for, and how often.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Where.
    pub to: Destination,
    /// The host that is asked for.
    pub host: String,
    /// The path that is asked for.
    pub path: String,
    /// Requests per second.
    pub rate: u32,
    /// No more than so many in all.
    pub limit: usize,
}

/// A running load. It ends with this value.
#[derive(Debug)]
pub struct Load {
    client: Arc<Requests>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Requests {
    plan: Plan,
    journal: Arc<Journal>,
    client: Client<HttpConnector, Empty<Bytes>>,
    under_way: AtomicUsize,
    stopped: AtomicBool,
    samples: Mutex<Vec<Sample>>,
}

impl Load {
    /// Starts sending.
    pub fn start(plan: Plan, journal: &Arc<Journal>) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Arc::new(Requests {
            plan,
            journal: Arc::clone(journal),
            client: Client::builder(TokioExecutor::new()).build(connector),
            under_way: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
            samples: Mutex::default(),
        });
        let task = beside(Arc::clone(&client).send());
        Self { client, task }
    }

    /// What has come of it so far.
    pub fn tally(&self) -> Tally {
        Tally::of(self.client.samples.lock().unwrap().clone())
    }

    /// Sends no more, waits for what is under way, and says what has come of all.
    pub fn stop(self) -> Tally {
        self.client.stopped.store(true, Ordering::SeqCst);
        until(PATIENCE * 2, "end of the load", || {
            (self.task.is_finished() && self.client.under_way.load(Ordering::SeqCst) == 0).then_some(())
        });
        self.tally()
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.client.stopped.store(true, Ordering::SeqCst);
    }
}

impl Requests {
    async fn send(self: Arc<Self>) {
        let began = self.journal.now();
        let mut sent = 0;
        while sent < self.plan.limit && !self.stopped.load(Ordering::SeqCst) {
            let passed = self.journal.now() - began;
            let due = ((passed.as_secs_f64() * f64::from(self.plan.rate)) as usize).min(self.plan.limit);
            let free = UNDER_WAY.saturating_sub(self.under_way.load(Ordering::SeqCst));
            for _ in 0..due.saturating_sub(sent).min(AT_ONCE).min(free) {
                self.under_way.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(Arc::clone(&self).one());
                sent += 1;
            }
            pause(BEAT).await;
        }
    }

    async fn one(self: Arc<Self>) {
        let at = self.journal.now();
        let (side, failure) = match at_most(PATIENCE, self.ask()).await {
            None => (None, Some("no answer in time".to_owned())),
            Some(Err(why)) => (None, Some(why)),
            Some(Ok((side, 200))) => (side, None),
            Some(Ok((side, status))) => (side, Some(format!("status {status}"))),
        };
        let took = self.journal.now() - at;
        self.ended(Sample { at, took, side, failure });
    }

    async fn ask(&self) -> Result<(Option<String>, u16), String> {
        let Plan { host, path, .. } = &self.plan;
        let (address, host, path) = match &self.plan.to {
            Destination::Door(address) => (*address, host, path),
            Destination::Clients(clients) => (clients.next().await?, host, path),
            Destination::Round(round) => {
                let stop = round.next();
                (stop.door, &stop.host, &stop.path)
            }
        };
        let uri = format!("http://{address}{path}");
        let request = Request::get(uri).header("host", host).body(Empty::new()).unwrap();
        let answer = self.client.request(request).await.map_err(|error| chain(&error))?;
        let side = answer.headers().get(CLUSTER).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let status = answer.status().as_u16();
        answer.into_body().collect().await.map_err(|error| chain(&error))?;
        Ok((side, status))
    }

    fn ended(&self, sample: Sample) {
        self.samples.lock().unwrap().push(sample);
        self.under_way.fetch_sub(1, Ordering::SeqCst);
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let source = error.source().map(|source| format!(": {}", chain(source))).unwrap_or_default();
    format!("{error}{source}")
}

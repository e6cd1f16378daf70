//! Clients that follow DNS: each asks, keeps the answer for its TTL, and then asks again.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use fastrand::Rng;
use simple_dns::RCODE;
use tokio::sync::Mutex;

use super::answer::Kind;
use super::balancers::Balancers;
use super::message::Reply;
use super::resolver::resolve;
use crate::lab::journal::Journal;
use crate::lab::plane::Doors;
use crate::lab::site::FACTOR;

/// What the clients' phases are drawn from.
const SEED: u64 = 200;

/// Which clients there are, and what they do.
#[derive(Debug, Clone)]
pub struct Crowd {
    /// The name that they resolve, and the host that they ask for.
    pub name: String,
    /// The type that they resolve it by.
    pub kind: Kind,
    /// The port that they connect to, as it is in AWS.
    pub port: u16,
    /// How many they are.
    pub count: usize,
    /// How many requests a second they make, all together.
    pub rate: u32,
    /// How many times faster than in AWS TTLs go by.
    pub factor: f64,
}

impl Crowd {
    /// 200 clients of a name, each with a request a second to port 80, in the lab's time.
    pub fn of(name: &str) -> Self {
        Self { name: name.to_owned(), kind: Kind::A, port: 80, count: 200, rate: 200, factor: FACTOR }
    }
}

/// A crowd with what each of them has resolved.
#[derive(Debug)]
pub struct Clients {
    crowd: Crowd,
    server: SocketAddr,
    balancers: Balancers,
    doors: Doors,
    journal: Arc<Journal>,
    turn: AtomicUsize,
    clients: Vec<Mutex<Client>>,
}

/// One of them.
#[derive(Debug)]
struct Client {
    /// The part of a TTL for which it keeps its first answer: it stands for one that has been around for a while, and
    /// asked at a time of its own.
    phase: f64,
    kept: Option<Kept>,
}

/// An answer and until when it is good.
#[derive(Debug)]
struct Kept {
    reply: Reply,
    until: Duration,
}

impl Clients {
    pub(super) fn new(
        crowd: &Crowd,
        server: SocketAddr,
        balancers: Balancers,
        doors: Doors,
        journal: &Arc<Journal>,
    ) -> Self {
        let mut rng = Rng::with_seed(SEED);
        let client = |_| Mutex::new(Client { phase: rng.f64(), kept: None });
        Self {
            clients: (0..crowd.count).map(client).collect(),
            crowd: crowd.clone(),
            server,
            balancers,
            doors,
            journal: Arc::clone(journal),
            turn: AtomicUsize::new(0),
        }
    }

    /// Where the client whose turn it is finds the service.
    ///
    /// # Errors
    ///
    /// That it finds none, and why.
    pub async fn next(&self) -> Result<SocketAddr, String> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let mut client = self.clients[turn % self.clients.len()].lock().await;
        if client.kept.as_ref().is_none_or(|kept| self.journal.now() >= kept.until) {
            client.kept = Some(self.ask(client.phase).await?);
            client.phase = 1.0;
        }
        let name = &self.crowd.name;
        let reply = client.kept.as_ref().map(|kept| &kept.reply);
        let addresses = reply.map(Reply::addresses).unwrap_or_default();
        let Some(address) = addresses.first() else { return Err(format!("{name} has no address: {reply:?}")) };
        let balancer = self.balancers.at(*address);
        let door = balancer.and_then(|arn| self.doors.at(arn, self.crowd.port)).map(|(_, address)| address);
        door.ok_or_else(|| format!("{name} is at {address}, where nobody listens on port {}", self.crowd.port))
    }

    async fn ask(&self, phase: f64) -> Result<Kept, String> {
        let reply = resolve(self.server, &self.crowd.name, self.crowd.kind).await?;
        match reply.code {
            // RFC 2308: that there is nothing is kept as well.
            RCODE::NoError | RCODE::NameError => {
                let kept = Duration::from_secs(reply.ttl().into()).div_f64(self.crowd.factor).mul_f64(phase);
                Ok(Kept { reply, until: self.journal.now() + kept })
            }
            code => Err(format!("{} did not resolve: {code:?}", self.crowd.name)),
        }
    }
}

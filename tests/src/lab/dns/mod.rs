//! Route 53 as clients see it: name servers that follow a zone of the emulator's, and clients that follow the name
//! servers.
//!
//! ```text
//! zone.rs       a zone's record sets and health checks, as they have spread
//! lot.rs        which of a weighted group's records is drawn (pure)
//! answer.rs     a question and a zone to an answer: weights, aliases, CNAMEs, health, nothing (pure)
//! balancers.rs  the load balancers of a site: their names, addresses and fitness
//! message.rs    questions and replies in the wire format
//! server.rs     the UDP port that answers
//! resolver.rs   one question of a client's
//! clients.rs    a crowd of clients, each of which keeps its answer for the TTL
//! asker.rs      someone who asks all the time, and counts answers without an address
//! looks.rs      the weights that were served, look by look
//! ```
//!
//! A load that follows a name:
//!
//! ```no_run
//! # use eksmig_tests::lab::{dns::{NameServer, clients::Crowd}, site::Site};
//! # fn run(world: &eksmig_tests::world::World, zone: &str, blue: &str, green: &str) {
//! let site = Site::start(world, &[blue, green]);
//! let names = NameServer::start(&site, zone);
//! let load = names.load(&Crowd::of("orders.example.com"));
//! let tally = load.stop();
//! # }
//! ```

pub mod answer;
pub mod asker;
pub mod balancers;
pub mod clients;
mod looks;
mod lot;
pub mod message;
pub mod resolver;
mod server;
pub mod zone;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

use self::answer::Kind;
use self::balancers::Balancers;
use self::clients::{Clients, Crowd};
pub use self::looks::Look;
use self::looks::Looks;
use self::message::Reply;
use self::resolver::resolve;
use self::server::Server;

use super::journal::Journal;
use super::load::{Destination, Load, Plan};
use super::plane::Doors;
use super::site::Site;
use crate::blocking::{beside, wait};

/// For how many seconds a load goes on at most.
const LONGEST: usize = 600;

/// The running name servers of a zone. They end with this value.
#[derive(Debug)]
pub struct NameServer {
    address: SocketAddr,
    balancers: Balancers,
    doors: Doors,
    journal: Arc<Journal>,
    looks: Arc<Looks>,
    task: JoinHandle<()>,
}

impl NameServer {
    /// Serves a zone, by its id, and the names of a site's load balancers.
    pub fn start(site: &Site, zone: &str) -> Self {
        let socket = wait(UdpSocket::bind("127.0.0.1:0")).unwrap();
        let address = socket.local_addr().unwrap();
        let balancers = Balancers::of(&site.plane, &site.health);
        let looks = Arc::default();
        let server = Server {
            looks: Arc::clone(&looks),
            emulator: site.plane.emulator(),
            zone: zone.trim_start_matches("/hostedzone/").to_owned(),
            balancers: balancers.clone(),
            journal: Arc::clone(&site.journal),
        };
        let task = beside(server.serve(socket));
        Self { address, balancers, doors: site.plane.doors(), journal: Arc::clone(&site.journal), looks, task }
    }

    /// Where it is asked.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The load balancers that it leads to, with the addresses that records may name.
    pub fn balancers(&self) -> &Balancers {
        &self.balancers
    }

    /// The weights of all groups that answers were drawn by so far, and from when on: each look that showed others than
    /// the one before.
    pub fn looks(&self) -> Vec<Look> {
        self.looks.seen()
    }

    /// What it replies now.
    #[track_caller]
    pub fn ask(&self, name: &str, kind: Kind) -> Reply {
        wait(resolve(self.address, name, kind)).unwrap()
    }

    /// The first addresses of so many replies, and how often each came.
    #[track_caller]
    pub fn drawn(&self, name: &str, kind: Kind, count: usize) -> BTreeMap<IpAddr, usize> {
        let ask = || {
            let (server, name) = (self.address, name.to_owned());
            beside(async move { resolve(server, &name, kind).await.unwrap().addresses()[0] })
        };
        let mut drawn = BTreeMap::new();
        // So many at a time find room with a socket that nobody has enlarged.
        for some in (0..count).collect::<Vec<_>>().chunks(100) {
            let asked: Vec<_> = some.iter().map(|_| ask()).collect();
            for answer in asked {
                *drawn.entry(wait(answer).unwrap()).or_insert(0) += 1;
            }
        }
        drawn
    }

    /// Starts the load of a crowd, for ten minutes at most.
    pub fn load(&self, crowd: &Crowd) -> Load {
        let (balancers, doors) = (self.balancers.clone(), self.doors.clone());
        let clients = Clients::new(crowd, self.address, balancers, doors, &self.journal);
        let plan = Plan {
            to: Destination::Clients(Arc::new(clients)),
            host: crowd.name.clone(),
            path: "/".to_owned(),
            rate: crowd.rate,
            limit: crowd.rate as usize * LONGEST,
        };
        Load::start(plan, &self.journal)
    }
}

impl Drop for NameServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

//! Where a listener is reached on the loopback interface, and what it needs to serve.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, RwLock};

use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

use super::routes::Listener;
use super::table::Table;
use super::{Counted, balancer, network};
use crate::lab::health::Health;
use crate::patience::Watch;

/// What a listener needs to serve.
#[derive(Debug)]
pub struct Door {
    /// The port that it has in AWS.
    pub port: u16,
    /// The ARN of its load balancer.
    pub balancer: String,
    /// What is counted.
    pub counted: Arc<Counted>,
    /// The time that cookies go by.
    pub watch: Watch,
    /// Which targets are fit.
    pub health: Arc<Health>,
    /// The way to the targets.
    pub client: Client<HttpConnector, Incoming>,
    table: RwLock<Arc<Table>>,
}

impl Door {
    /// The rules of this moment.
    pub fn table(&self) -> Arc<Table> {
        Arc::clone(&self.table.read().unwrap())
    }

    /// Requests from now on go by these rules.
    pub fn set_table(&self, table: Table) {
        *self.table.write().unwrap() = Arc::new(table);
    }
}

/// An open door. It shuts with this value.
#[derive(Debug)]
pub struct Open {
    /// Where.
    pub address: SocketAddr,
    /// What is behind it.
    pub door: Arc<Door>,
    server: AbortHandle,
}

impl Open {
    /// Opens a listener's door on a free port.
    pub async fn new(
        listener: &Listener,
        table: Table,
        (health, counted): (&Arc<Health>, &Arc<Counted>),
        client: &Client<HttpConnector, Incoming>,
    ) -> Self {
        let door = Arc::new(Door {
            port: listener.port,
            balancer: listener.balancer.clone(),
            counted: Arc::clone(counted),
            watch: Watch::start(),
            health: Arc::clone(health),
            client: client.clone(),
            table: RwLock::new(Arc::new(table)),
        });
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let server = if listener.protocol.starts_with("HTTP") {
            tokio::spawn(balancer::serve(socket, Arc::clone(&door)))
        } else {
            tokio::spawn(network::serve(socket, Arc::clone(&door)))
        };
        Self { address, door, server: server.abort_handle() }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// The open doors, by the listener's ARN. Copies are of the same doors.
#[derive(Debug, Clone, Default)]
pub struct Doors(Arc<Mutex<HashMap<String, Open>>>);

impl Doors {
    /// All of them, for whoever opens and shuts them.
    pub(super) fn lock(&self) -> MutexGuard<'_, HashMap<String, Open>> {
        self.0.lock().unwrap()
    }

    /// Where a listener is reached at this moment, if it is open.
    pub fn address(&self, listener: &str) -> Option<SocketAddr> {
        Some(self.lock().get(listener)?.address)
    }

    /// The listener on a port of a load balancer, and where it is reached at this moment.
    pub fn at(&self, balancer: &str, port: u16) -> Option<(String, SocketAddr)> {
        // AWS: a listener's ARN is its load balancer's with one part more.
        let begin = format!("{}/", balancer.replacen(":loadbalancer/", ":listener/", 1));
        let doors = self.lock();
        let (arn, open) = doors.iter().find(|(arn, open)| arn.starts_with(&begin) && open.door.port == port)?;
        Some((arn.clone(), open.address))
    }
}

//! Where a stage is reached on the loopback interface, and what it needs to serve.

use std::net::SocketAddr;
use std::sync::{Arc, RwLock};

use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

use super::StageName;
use super::answer;
use super::lots::Lots;
use super::served::Served;
use crate::lab::plane::Doors;

/// What a stage needs to serve.
#[derive(Debug)]
pub struct Door {
    /// Whose it is.
    pub name: StageName,
    /// By which requests go to a canary or not.
    pub lots: Lots,
    /// The listeners behind the VPC links.
    pub listeners: Doors,
    /// The way to them.
    pub client: Client<HttpConnector, Incoming>,
    served: RwLock<Option<Arc<Served>>>,
}

impl Door {
    /// A door that serves nothing yet.
    pub fn new(name: StageName, seed: u64, listeners: Doors, client: Client<HttpConnector, Incoming>) -> Self {
        Self { name, lots: Lots::new(seed), listeners, client, served: RwLock::default() }
    }

    /// What the stage serves at this moment; none where there is no such stage.
    pub fn served(&self) -> Option<Arc<Served>> {
        self.served.read().unwrap().clone()
    }

    /// Requests from now on go by this.
    pub fn serve(&self, served: Option<Served>) {
        *self.served.write().unwrap() = served.map(Arc::new);
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
    /// Opens a stage's door on a free port.
    pub async fn new(door: Door) -> Self {
        let door = Arc::new(door);
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let server = tokio::spawn(answer::serve(socket, Arc::clone(&door))).abort_handle();
        Self { address, door, server }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.server.abort();
    }
}

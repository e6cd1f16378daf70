//! Where the ports of load balancers are reached.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::sync::watch::Receiver;

use super::door::Open;
use super::routes::Routes;

/// The open doors, by the ARN of their listener.
pub(super) type Doors = Arc<Mutex<HashMap<String, Open>>>;

/// The way from a load balancer's port in AWS to its door.
#[derive(Debug, Clone)]
pub struct Directory {
    routes: Receiver<Arc<Routes>>,
    doors: Doors,
}

impl Directory {
    pub(super) fn new(routes: Receiver<Arc<Routes>>, doors: Doors) -> Self {
        Self { routes, doors }
    }

    /// The door of a load balancer's port; none where nothing listens.
    pub fn door(&self, balancer: &str, port: u16) -> Option<SocketAddr> {
        let routes = Arc::clone(&self.routes.borrow());
        let listener =
            routes.listeners.iter().find(|listener| listener.balancer == balancer && listener.port == port)?;
        self.doors.lock().unwrap().get(&listener.arn).map(|open| open.address)
    }
}

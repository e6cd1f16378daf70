//! A small HTTP service that answers with its cluster's name, and can be told to fail, to slow down, or to go.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::http_port;
use super::pause::pause;
use crate::blocking::{beside, wait};

/// The path of its health check.
pub const HEALTH: &str = "/health";
/// The header of an answer that names the cluster.
pub const CLUSTER: &str = "x-cluster";
/// The header of an answer that names the backend itself.
pub const NAME: &str = "x-backend";

/// The header of an answer that says what was asked for: method, host, path and query.
pub const ASKED: &str = "x-asked";

/// How it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// With 200.
    Serve,
    /// With this status.
    Fail(u16),
    /// With 200, after so long.
    Slow(Duration),
    /// With 200, ending each connection; its health check fails, so that no new requests come.
    Drain,
}

/// A running backend. It ends with this value.
#[derive(Debug)]
pub struct Backend {
    address: SocketAddr,
    told: Arc<Told>,
    server: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug)]
struct Told {
    cluster: String,
    name: String,
    service: Mutex<Manner>,
    health: Mutex<Manner>,
    served: AtomicUsize,
}

impl Backend {
    /// Starts one on a free port of the loopback interface.
    pub fn start(cluster: &str, name: &str) -> Self {
        let told = Arc::new(Told {
            cluster: cluster.to_owned(),
            name: name.to_owned(),
            service: Mutex::new(Manner::Serve),
            health: Mutex::new(Manner::Serve),
            served: AtomicUsize::new(0),
        });
        let listener = wait(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let server = beside(serve(listener, Arc::clone(&told)));
        Self { address, told, server: Mutex::new(Some(server)) }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its cluster's name.
    pub fn cluster(&self) -> &str {
        &self.told.cluster
    }

    /// How many requests it has answered, health checks left out.
    pub fn served(&self) -> usize {
        self.told.served.load(Ordering::SeqCst)
    }

    /// From now on it answers so, health checks too.
    pub fn tell(&self, manner: Manner) {
        *self.told.health.lock().unwrap() = manner;
        self.tell_service(manner);
    }

    /// From now on it answers so, and health checks see nothing of it.
    pub fn tell_service(&self, manner: Manner) {
        *self.told.service.lock().unwrap() = manner;
    }

    /// Breaks off its connections, and refuses new ones.
    pub fn refuse(&self) {
        let server = self.server.lock().unwrap().take();
        if let Some(server) = server {
            server.abort();
            // An aborted task ends with an error; what counts is that it has ended.
            let _ = wait(server);
        }
    }

    /// Takes connections again.
    pub fn accept(&self) {
        let mut server = self.server.lock().unwrap();
        if server.is_none() {
            let listener = wait(TcpListener::bind(self.address)).unwrap();
            *server = Some(beside(serve(listener, Arc::clone(&self.told))));
        }
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        if let Some(server) = self.server.lock().unwrap().take() {
            server.abort();
        }
    }
}

async fn serve(listener: TcpListener, told: Arc<Told>) {
    http_port::serve(listener, move |request| answer(Arc::clone(&told), request)).await;
}

async fn answer(told: Arc<Told>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let of_health = request.uri().path() == HEALTH;
    let manner = if of_health { *told.health.lock().unwrap() } else { *told.service.lock().unwrap() };
    if !of_health {
        told.served.fetch_add(1, Ordering::SeqCst);
    }
    let mut status = 200;
    let host = request.headers().get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
    let asked = format!("{} {host} {}", request.method(), request.uri());
    let mut builder = Response::builder().header(CLUSTER, &told.cluster).header(NAME, &told.name).header(ASKED, asked);
    match manner {
        Manner::Serve => {}
        Manner::Fail(code) => status = code,
        Manner::Slow(time) => pause(time).await,
        Manner::Drain => {
            status = if of_health { 503 } else { 200 };
            builder = builder.header("connection", "close");
        }
    }
    Ok(builder.status(status).body(Full::new(Bytes::from(format!("{}\n", told.name)))).unwrap())
}

//! One request, as a test makes it, and what comes back.

use std::net::SocketAddr;

use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper::{HeaderMap, Request};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::backend::CLUSTER;
use crate::blocking::wait;

/// A request to be made.
#[derive(Debug, Clone)]
pub struct Visit {
    address: SocketAddr,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: String,
}

impl Visit {
    /// A GET.
    pub fn to(address: SocketAddr, path: &str) -> Self {
        let host = ("host".to_owned(), "orders.example.com".to_owned());
        Self { address, method: "GET".to_owned(), path: path.to_owned(), headers: vec![host] }
    }

    /// The same with another method.
    pub fn by(self, method: &str) -> Self {
        Self { method: method.to_owned(), ..self }
    }

    /// The same with a header, in place of the one that it has.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(had, _)| had != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Makes it, over a connection of its own.
    #[track_caller]
    pub fn make(&self) -> Answer {
        wait(self.clone().answer()).unwrap()
    }

    /// Makes it, over a connection of its own.
    ///
    /// # Errors
    ///
    /// No connection, or no whole answer.
    pub async fn answer(self) -> Result<Answer, Box<dyn std::error::Error + Send + Sync>> {
        let stream = TcpStream::connect(self.address).await?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        let connection = tokio::spawn(connection);
        let mut request = Request::builder().method(self.method.as_str()).uri(&self.path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let answer = sender.send_request(request.body(Empty::<Bytes>::new())?).await?;
        let (head, body) = answer.into_parts();
        let body = String::from_utf8(body.collect().await?.to_bytes().to_vec())?;
        connection.abort();
        Ok(Answer { status: head.status.as_u16(), headers: head.headers, body })
    }
}

impl Answer {
    /// The cluster that answered; none if the load balancer did.
    pub fn cluster(&self) -> &str {
        self.header(CLUSTER)
    }

    /// A header's text; none where it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

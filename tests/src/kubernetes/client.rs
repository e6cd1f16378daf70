//! A plain HTTPS client of a cluster's API, for tests that want to see an answer as it is.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, Request};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::Cluster;
use crate::blocking::{beside, wait};
use crate::lab::pause::at_most;

/// Far longer than an answer takes.
const LIMIT: Duration = Duration::from_secs(20);

/// A client with a token, a user agent, and trust in the cluster's authority.
#[derive(Debug, Clone)]
pub struct Client {
    address: SocketAddr,
    roots: Arc<RootCertStore>,
    /// The bearer token.
    pub token: String,
    /// The user agent.
    pub agent: String,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Value,
}

/// A watch that is open.
#[derive(Debug)]
pub struct Watch {
    body: Incoming,
    left: Vec<u8>,
}

impl Client {
    /// A client of a cluster.
    pub fn of(cluster: &Cluster) -> Self {
        let lines: String = cluster.authority.lines().filter(|line| !line.starts_with("-----")).collect();
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(STANDARD.decode(lines).unwrap())).unwrap();
        let address = cluster.url.trim_start_matches("https://").parse().unwrap();
        Self { address, roots: Arc::new(roots), token: cluster.token.clone(), agent: "tests/1".to_owned() }
    }

    /// Asks, and waits for the whole answer. Nothing if the connection broke off before it.
    pub fn try_ask(&self, method: &str, path: &str, content_type: &str, body: &Value) -> Option<Answer> {
        wait(at_most(LIMIT, async {
            let response = self.send(method, path, content_type, body).await?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let bytes = response.into_body().collect().await.ok()?.to_bytes();
            let text = || Value::String(String::from_utf8_lossy(&bytes).into_owned());
            let body = serde_json::from_slice(&bytes).unwrap_or_else(|_| text());
            Some(Answer { status, headers, body })
        }))
        .unwrap_or_else(|| panic!("no answer to {method} {path} within {LIMIT:?}"))
    }

    /// The same, with a JSON body and an answer that arrives.
    #[track_caller]
    pub fn ask(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.try_ask(method, path, "application/json", body).expect("an answer")
    }

    /// Patches, by `json`, `merge`, `strategic-merge` or `apply`.
    #[track_caller]
    pub fn patch(&self, by: &str, path: &str, body: &Value) -> Answer {
        let ending = if by == "apply" { "yaml" } else { "json" };
        self.try_ask("PATCH", path, &format!("application/{by}-patch+{ending}"), body).expect("an answer")
    }

    /// Asks, and goes away before there is an answer: the connection is closed once `gone` has returned.
    pub fn ask_and_go(&self, method: &str, path: &str, body: &Value, gone: impl FnOnce()) {
        let (client, method, path, body) = (self.clone(), method.to_owned(), path.to_owned(), body.clone());
        let asking = beside(async move { client.send(&method, &path, "application/json", &body).await.is_some() });
        gone();
        asking.abort();
    }

    /// Opens a watch.
    #[track_caller]
    pub fn watch(&self, path: &str) -> Watch {
        let response = wait(at_most(LIMIT, self.send("GET", path, "", &Value::Null)));
        let response = response.flatten().expect("a watch");
        assert_eq!(response.status(), 200, "{path}");
        Watch { body: response.into_body(), left: Vec::new() }
    }

    /// A connection a request, which ends with the future or the answer's body.
    async fn send(
        &self,
        method: &str,
        path: &str,
        content_type: &str,
        body: &Value,
    ) -> Option<hyper::Response<Incoming>> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = config.with_root_certificates(Arc::clone(&self.roots)).with_no_client_auth();
        let stream = TcpStream::connect(self.address).await.ok()?;
        let name = ServerName::from(self.address.ip());
        let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.ok()?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
        // Ends with the sender and the answer's body; whatever it fails with, the answer shows.
        tokio::spawn(async move { drop(connection.await) });
        let bytes = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", self.address.to_string())
            .header("authorization", format!("Bearer {}", self.token))
            .header("user-agent", &self.agent)
            .header("content-type", content_type)
            .body(Full::new(bytes))
            .unwrap();
        sender.send_request(request).await.ok()
    }
}

impl Watch {
    /// The next event; nothing once the watch has ended or broken off.
    pub fn event(&mut self) -> Option<Value> {
        let next = async {
            loop {
                if let Some(end) = self.left.iter().position(|byte| *byte == b'\n') {
                    let line: Vec<u8> = self.left.drain(..=end).collect();
                    return Some(serde_json::from_slice(&line).unwrap());
                }
                let frame = self.body.frame().await?.ok()?;
                self.left.extend_from_slice(frame.data_ref()?);
            }
        };
        wait(at_most(LIMIT, next)).expect("an event in time")
    }

    /// The type of the next event and the name of its object.
    pub fn told(&mut self) -> Option<(String, String)> {
        let event = self.event()?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Some((text(&event["type"]), text(&event["object"]["metadata"]["name"])))
    }
}

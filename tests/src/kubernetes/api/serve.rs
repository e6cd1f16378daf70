//! HTTPS on the loopback interface, with a certificate authority of the cluster's own.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Bytes, Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio_rustls::TlsAcceptor;

use super::asked::Asked;
use super::front::Lost;
use super::refusal::Refusal;
use super::routes::{Outcome, Reply};
use super::watching::{Watching, failure};
use super::{Api, Signal};
use crate::lab::pause::at_most;

type Sent = UnsyncBoxBody<Bytes, io::Error>;

/// How many events a watch may be behind before its server waits for it.
const BEHIND: usize = 64;

/// An API that is served. It ends with this value.
#[derive(Debug)]
pub struct Served {
    /// Where.
    pub address: SocketAddr,
    /// The certificate of its authority, as PEM.
    pub authority: String,
    server: AbortHandle,
}

impl Served {
    /// Serves an API on a free port.
    pub async fn start(api: Api) -> Self {
        let (config, authority) = identity();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let server = tokio::spawn(async move {
            loop {
                let Ok((stream, _)) = socket.accept().await else { continue };
                let (api, acceptor) = (api.clone(), acceptor.clone());
                tokio::spawn(async move {
                    // A client that does not trust the certificate, or goes, is no concern of the server's.
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    let answer = service_fn(move |request| respond(api.clone(), request));
                    let _ =
                        auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), answer).await;
                });
            }
        });
        Self { address, authority, server: server.abort_handle() }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// A certificate for the loopback interface, and its authority's as PEM.
fn identity() -> (ServerConfig, String) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, "kubernetes");
    let key = KeyPair::generate().unwrap();
    let authority = params.self_signed(&key).unwrap();
    let issuer = Issuer::new(params, key);

    let own = KeyPair::generate().unwrap();
    let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
    let certificate = CertificateParams::new(names).unwrap().signed_by(&own, &issuer).unwrap();
    let own = PrivateKeyDer::Pkcs8(own.serialize_der().into());
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], own)
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    (config, pem(authority.der()))
}

fn pem(certificate: &CertificateDer<'_>) -> String {
    let encoded = STANDARD.encode(certificate);
    let lines: Vec<&str> = encoded.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}

async fn respond(api: Api, request: Request<Incoming>) -> Result<Response<Sent>, io::Error> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes().to_vec();
    match api.answer(Asked::new(&parts, body)).await {
        Err(Lost) => Err(io::ErrorKind::ConnectionReset.into()),
        Ok(Err(refusal)) => Ok(refused(&refusal)),
        Ok(Ok(Outcome::Whole(reply))) => Ok(whole(reply)),
        Ok(Ok(Outcome::Stream(watching))) => Ok(stream(api, *watching)),
    }
}

fn refused(refusal: &Refusal) -> Response<Sent> {
    let mut response = whole(Reply::new(refusal.code, refusal.status()));
    if let Some(seconds) = refusal.retry_after {
        response.headers_mut().insert("retry-after", seconds.into());
    }
    response
}

fn whole(reply: Reply) -> Response<Sent> {
    let mut response = Response::builder().status(reply.status);
    for warning in reply.warnings {
        response = response.header("warning", format!("299 - \"{}\"", warning.replace('"', "\\\"")));
    }
    let (kind, body) = match reply.body {
        Value::String(text) => ("text/plain", text),
        body => ("application/json", body.to_string()),
    };
    let body = Full::new(Bytes::from(body)).map_err(|never: Infallible| match never {});
    response.header("content-type", kind).body(body.boxed_unsync()).unwrap()
}

fn stream(api: Api, mut watching: Watching) -> Response<Sent> {
    let (sender, receiver) = mpsc::channel(BEHIND);
    let limit = watching.limit;
    tokio::spawn(async move {
        let following = follow(&api, &mut watching, &sender);
        let over = match limit {
            Some(limit) => at_most(limit, following).await.is_none(),
            None => {
                following.await;
                false
            }
        };
        // Kubernetes: a watch whose time is over ends with a bookmark.
        if let Some(mark) = watching.marked().filter(|_| over) {
            let _ = sender.send(Ok(line(&mark))).await;
        }
    });
    let body = Events(receiver).boxed_unsync();
    Response::builder().header("content-type", "application/json").body(body).unwrap()
}

/// Sends what happens, until the client goes, an error ends it, or somebody breaks it off.
async fn follow(api: &Api, watching: &mut Watching, sender: &mpsc::Sender<Result<Bytes, io::Error>>) {
    let mut signals = api.0.signal.subscribe();
    let mut last: Signal = *signals.borrow_and_update();
    loop {
        let (events, over) = watching.next(&api.locked().store);
        for event in events {
            if sender.send(Ok(line(&event))).await.is_err() {
                return;
            }
        }
        if over {
            return;
        }
        tokio::select! {
            changed = signals.changed() => if changed.is_err() { return },
            () = sender.closed() => return,
        }
        let signal = *signals.borrow_and_update();
        if signal.drops != last.drops {
            let _ = sender.send(Err(io::ErrorKind::ConnectionReset.into())).await;
            return;
        }
        if signal.expiries != last.expiries {
            let _ = sender
                .send(Ok(line(&failure(&Refusal::expired("The resourceVersion for the provided watch is too old.")))))
                .await;
            return;
        }
        if signal.bookmarks != last.bookmarks
            && let Some(mark) = watching.marked()
        {
            let _ = sender.send(Ok(line(&mark))).await;
        }
        last = signal;
    }
}

fn line(event: &Value) -> Bytes {
    Bytes::from(format!("{event}\n"))
}

/// A watch's events as a body.
struct Events(mpsc::Receiver<Result<Bytes, io::Error>>);

impl Body for Events {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        self.0.poll_recv(context).map(|event| event.map(|event| event.map(Frame::data)))
    }
}

//! Connections, as they come.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;

use crate::deadline::within;
use crate::socket::{Connection, Socket};

/// What a client has to shake hands in.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// How long to wait when the system has no connection to give, which is when too many files are open.
const RESPITE: Duration = Duration::from_millis(50);

/// Accepts until `end`. Each handshake has a task of its own, so that a client that stalls holds up no other.
pub(super) fn accept(
    socket: Arc<Socket>,
    tls: Option<TlsAcceptor>,
    end: CancellationToken,
) -> impl Stream<Item = Result<Connection, Infallible>> {
    let (ready, connections) = mpsc::channel(16);
    tokio::spawn(async move {
        loop {
            let accepted = tokio::select! {
                accepted = socket.accept() => accepted,
                () = end.cancelled() => return,
            };
            match accepted {
                Ok(connection) => {
                    tokio::spawn(admit(connection, tls.clone(), ready.clone()));
                }
                Err(error) => {
                    tracing::warn!(%error, "could not accept a connection");
                    let _ = within(RESPITE, end.cancelled()).await;
                }
            }
        }
    });
    ReceiverStream::new(connections)
}

async fn admit(connection: Connection, tls: Option<TlsAcceptor>, ready: mpsc::Sender<Result<Connection, Infallible>>) {
    let admitted = match tls {
        None => connection,
        Some(tls) => match within(HANDSHAKE, tls.accept(connection)).await {
            Some(Ok(stream)) => Connection::new(stream),
            Some(Err(error)) => {
                tracing::warn!(%error, "refused a connection");
                return;
            }
            None => {
                tracing::warn!("refused a connection that did not shake hands in time");
                return;
            }
        },
    };
    // Nobody listens any more only when the process ends.
    let _ = ready.send(Ok(admitted)).await;
}

//! The life of the process, from Terraform's start of it to its end.

mod accept;

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;
use tonic::transport::Server as Transport;
use tonic_health::ServingStatus;

use crate::deadline::within;
use crate::handshake::{HandshakeError, Host};
use crate::log;
use crate::proto::plugin::grpc_broker_server::GrpcBrokerServer;
use crate::proto::plugin::grpc_controller_server::GrpcControllerServer;
use crate::proto::plugin::grpc_stdio_server::GrpcStdioServer;
use crate::proto::tfplugin6::provider_server::ProviderServer;
use crate::provider::Provider;
use crate::server::{Broker, Controller, MAX_MESSAGE, Server, Stdio};
use crate::socket::{Socket, SocketError};
use crate::tls::{self, TlsError};
use accept::accept;

/// What running calls have, once the host is done, to finish in. The host kills us after two seconds.
const GRACE: Duration = Duration::from_millis(1500);

/// How the process presents itself.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Where a registry has the provider: `registry.terraform.io/namespace/name`.
    pub full_address: &'static str,
    /// What to tell someone who runs the binary by hand.
    pub hint: &'static str,
    /// Serve for a debugger: print how to attach, without TLS, until interrupted.
    pub debug: bool,
}

#[derive(Debug, thiserror::Error)]
enum ServeError {
    #[error(transparent)]
    Handshake(#[from] HandshakeError),
    #[error(transparent)]
    Socket(#[from] SocketError),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error("start the runtime: {0}")]
    Runtime(io::Error),
    #[error("listen for signals: {0}")]
    Signals(io::Error),
    #[error("answer the host on standard output: {0}")]
    Answer(io::Error),
    #[error("serve: {0}")]
    Serve(#[from] tonic::transport::Error),
}

/// Serves until Terraform is done. The first line on standard output is the handshake's, so print nothing before.
/// By hand, it says what it is and fails.
pub fn run(provider: impl Provider, options: Options) -> ExitCode {
    log::panics();
    let provider: Arc<dyn Provider> = Arc::new(provider);
    match live(&provider, &options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(ServeError::Handshake(HandshakeError::NoHost)) => {
            let what = format!(
                "{} {} is a Terraform provider: Terraform starts it when it is needed, with what it needs to know.\n{}\n",
                provider.name(),
                provider.version(),
                options.hint
            );
            log::to_stderr(what.as_bytes());
            ExitCode::FAILURE
        }
        Err(error) => {
            // The host reads the level from the brackets.
            log::to_stderr(format!("[ERROR] {error}\n").as_bytes());
            ExitCode::FAILURE
        }
    }
}

fn live(provider: &Arc<dyn Provider>, options: &Options) -> Result<(), ServeError> {
    let host = if options.debug { None } else { Some(Host::read(|name| std::env::var(name).ok())?) };
    let runtime = runtime().map_err(ServeError::Runtime)?;
    let served = runtime.block_on(serve(provider.clone(), host, options));
    // A call that has not finished by now is left behind.
    runtime.shutdown_background();
    served
}

fn runtime() -> io::Result<Runtime> {
    // Two threads, so that a resource that computes for long does not keep a stop from being heard.
    Builder::new_multi_thread().worker_threads(2).enable_all().build()
}

async fn serve(provider: Arc<dyn Provider>, host: Option<Host>, options: &Options) -> Result<(), ServeError> {
    let end = CancellationToken::new();
    signals(&end, host.is_none()).map_err(ServeError::Signals)?;

    let (socket_dir, ports) = match &host {
        Some(host) => (host.socket_dir.clone(), host.ports.clone()),
        None => (None, 10000..=25000),
    };
    let (socket, _leftover) = Socket::bind(socket_dir.as_deref(), &ports)?;
    let socket = Arc::new(socket);
    let client = host.as_ref().and_then(|host| host.client.clone());
    let (acceptor, certificate) = client.map(tls::acceptor).transpose()?.unzip();
    let answer = match &host {
        Some(host) => host.answer(Socket::NETWORK, socket.address(), certificate.as_ref()),
        None => attach(options.full_address, socket.address()),
    };
    print(&answer).map_err(ServeError::Answer)?;

    let server = Server::new(provider);
    let calls = server.calls();
    let (health, health_service) = tonic_health::server::health_reporter();
    health.set_service_status("plugin", ServingStatus::Serving).await;
    let stdio = Stdio { end: end.clone(), follows_host: host.is_some() };
    let serving = Transport::builder()
        .add_service(
            ProviderServer::new(server).max_decoding_message_size(MAX_MESSAGE).max_encoding_message_size(MAX_MESSAGE),
        )
        .add_service(GrpcControllerServer::new(Controller { end: end.clone() }))
        .add_service(GrpcStdioServer::new(stdio))
        .add_service(GrpcBrokerServer::new(Broker { end: end.clone() }))
        .add_service(health_service)
        .serve_with_incoming_shutdown(accept(socket, acceptor, end.clone()), end.clone().cancelled_owned());

    let mut serving = std::pin::pin!(serving);
    tokio::select! {
        served = &mut serving => return Ok(served?),
        () = end.cancelled() => calls.stop(),
    }
    let finished = within(GRACE, async {
        let served = serving.await;
        calls.finish().await;
        served
    });
    match finished.await {
        Some(served) => Ok(served?),
        None => {
            tracing::warn!("leaving behind calls that did not finish in time");
            Ok(())
        }
    }
}

/// An interrupt at the terminal reaches us as it reaches Terraform, which will tell us what it makes of it: it must not
/// end us, except that nobody else ends a process that is debugged.
#[cfg(unix)]
fn signals(end: &CancellationToken, debugged: bool) -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let end = end.clone();
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = interrupt.recv() => if debugged { break },
                _ = terminate.recv() => break,
            }
        }
        end.cancel();
    });
    Ok(())
}

#[cfg(not(unix))]
fn signals(end: &CancellationToken, debugged: bool) -> io::Result<()> {
    let end = end.clone();
    tokio::spawn(async move {
        // Having listened once is enough for an interrupt not to end us.
        while tokio::signal::ctrl_c().await.is_ok() {
            if debugged {
                end.cancel();
            }
        }
    });
    Ok(())
}

/// What Terraform is told of a process that it did not start.
fn attach(full_address: &str, socket: &str) -> String {
    let attach = json!({
        full_address: {
            "Protocol": "grpc",
            "ProtocolVersion": 6,
            "Pid": std::process::id(),
            // Without it, Terraform takes us for a provider of protocol 5.
            "Test": true,
            "Addr": { "Network": Socket::NETWORK, "String": socket },
        }
    });
    format!(
        "To attach Terraform, set in its environment:\n\n\tTF_REATTACH_PROVIDERS='{attach}'\n\nCtrl-C ends this process.\n"
    )
}

fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

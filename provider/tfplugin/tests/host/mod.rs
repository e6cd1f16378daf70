//! A host such as Terraform, without Terraform: it starts the example provider and speaks to it.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use hyper_util::rt::TokioIo;
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair, PKCS_ECDSA_P521_SHA512};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tfplugin::proto::plugin::grpc_controller_client::GrpcControllerClient;
use tfplugin::proto::tfplugin6::provider_client::ProviderClient;
use tfplugin::proto::tfplugin6::{Diagnostic, DynamicValue};
use tfplugin::{Type, Value, msgpack};
use tokio::net::UnixStream;
use tokio_rustls::TlsConnector;
use tonic::transport::{Channel, Endpoint, Error};

pub const COOKIE: (&str, &str) =
    ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2");

/// A key and certificate as go-plugin makes them: P-521, and its own authority.
pub struct Identity {
    key: KeyPair,
    certificate: CertificateDer<'static>,
}

impl Identity {
    pub fn new() -> Identity {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512).unwrap();
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap().der().clone();
        Identity { key, certificate }
    }

    pub fn pem(&self) -> String {
        let base64 = STANDARD.encode(&self.certificate);
        format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n")
    }
}

/// The example provider, running.
pub struct Plugin {
    pub child: Child,
    pub fields: Vec<String>,
    stdout: BufReader<ChildStdout>,
    stderr: Arc<Mutex<String>>,
    /// Where its socket is.
    pub place: tempfile::TempDir,
}

/// The example, which `cargo test` builds beside the tests.
pub fn example() -> PathBuf {
    let here = std::env::current_exe().unwrap();
    let example = here.parent().unwrap().parent().unwrap().join("examples/echo");
    assert!(example.exists(), "build it first: cargo build -p tfplugin --example echo");
    example
}

pub fn command(place: &tempfile::TempDir) -> Command {
    let mut command = Command::new(example());
    command.env_clear().env("TMPDIR", place.path()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

impl Plugin {
    /// Starts it with the cookie and these settings, and reads its answer.
    pub fn start(settings: &[(&str, &str)], args: &[&str]) -> Plugin {
        let place = tempfile::tempdir().unwrap();
        let mut child = command(&place)
            .envs([COOKIE, ("TF_LOG_PROVIDER", "TRACE")])
            .envs(settings.iter().copied())
            .args(args)
            .spawn()
            .unwrap();
        let stderr = Arc::new(Mutex::new(String::new()));
        let (sink, mut pipe) = (stderr.clone(), BufReader::new(child.stderr.take().unwrap()));
        std::thread::spawn(move || {
            let mut line = String::new();
            while pipe.read_line(&mut line).unwrap() > 0 {
                sink.lock().unwrap().push_str(&line);
                line.clear();
            }
        });
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let fields = line.trim_end_matches('\n').split('|').map(str::to_owned).collect();
        Plugin { child, fields, stdout, stderr, place }
    }

    /// Starts it for a host of that identity.
    pub fn start_for(identity: &Identity) -> Plugin {
        Plugin::start(&[("PLUGIN_CLIENT_CERT", &identity.pem())], &[])
    }

    pub fn socket(&self) -> PathBuf {
        PathBuf::from(&self.fields[3])
    }

    /// Connects with TLS, showing that identity or none.
    pub async fn connect(&self, identity: Option<&Identity>) -> Result<Channel, Error> {
        let server = CertificateDer::from(STANDARD_NO_PAD.decode(&self.fields[5]).unwrap());
        let mut roots = RootCertStore::empty();
        roots.add(server).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        let mut config = match identity {
            Some(identity) => config
                .with_client_auth_cert(
                    vec![identity.certificate.clone()],
                    PrivatePkcs8KeyDer::from(identity.key.serialize_der()).into(),
                )
                .unwrap(),
            None => config.with_no_client_auth(),
        };
        config.alpn_protocols = vec![b"h2".to_vec()];
        let (tls, socket) = (TlsConnector::from(Arc::new(config)), self.socket());
        let connector = tower::service_fn(move |_| {
            let (tls, socket) = (tls.clone(), socket.clone());
            async move {
                let stream = UnixStream::connect(socket).await?;
                let name = ServerName::try_from("localhost").unwrap();
                tls.connect(name, stream).await.map(TokioIo::new)
            }
        });
        endpoint().connect_with_connector(connector).await
    }

    pub async fn connect_plainly(&self) -> Result<Channel, Error> {
        let socket = self.socket();
        let connector = tower::service_fn(move |_| {
            let socket = socket.clone();
            async move { UnixStream::connect(socket).await.map(TokioIo::new) }
        });
        endpoint().connect_with_connector(connector).await
    }

    /// What it has logged until now.
    pub fn log(&self) -> String {
        self.stderr.lock().unwrap().clone()
    }

    /// Waits until it has logged that text.
    pub fn wait_for_log(&self, text: &str) {
        wait_until(&format!("{text:?} in the log"), || self.log().contains(text).then_some(()));
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> ExitStatus {
        let child = &mut self.child;
        wait_until("the provider's end", || child.try_wait().unwrap())
    }

    /// Sends a signal, such as `INT`.
    pub fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &pid]).status().unwrap().success());
    }

    /// What it has printed after its answer. It must have ended.
    pub fn rest_of_stdout(&mut self) -> String {
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        rest
    }
}

impl Drop for Plugin {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn endpoint() -> Endpoint {
    Endpoint::from_static("http://localhost")
}

/// Waits for its end, and kills it if that does not come.
pub fn finish(mut child: Child) -> Output {
    let ended = poll(|| child.try_wait().unwrap());
    if ended.is_none() {
        child.kill().unwrap();
    }
    let output = child.wait_with_output().unwrap();
    assert!(ended.is_some(), "it did not end by itself: {output:?}");
    output
}

/// Waits until there is an answer.
pub fn wait_until<T>(what: &str, done: impl FnMut() -> Option<T>) -> T {
    poll(done).unwrap_or_else(|| panic!("waited too long for {what}"))
}

/// Asks every few milliseconds, for ten seconds.
fn poll<T>(mut done: impl FnMut() -> Option<T>) -> Option<T> {
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(10) {
        if let Some(done) = done() {
            return Some(done);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    None
}

/// A client with the sizes of Terraform's.
pub fn provider(channel: Channel) -> ProviderClient<Channel> {
    ProviderClient::new(channel).max_decoding_message_size(usize::MAX).max_encoding_message_size(usize::MAX)
}

/// A provider and a host that may speak to it.
pub async fn connected() -> (Plugin, Channel) {
    let identity = Identity::new();
    let plugin = Plugin::start_for(&identity);
    let channel = plugin.connect(Some(&identity)).await.unwrap();
    (plugin, channel)
}

pub async fn shut_down(channel: &Channel) {
    let shutdown = tfplugin::proto::plugin::Empty {};
    // Whether the answer still arrives does not matter to hosts.
    let _ = GrpcControllerClient::new(channel.clone()).shutdown(shutdown).await;
}

/// The type of `echo_note`.
pub fn note_type() -> Type {
    Type::object([
        ("id", Type::String),
        ("text", Type::String),
        ("kind", Type::String),
        ("secret", Type::String),
        ("share", Type::Number),
        ("labels", Type::set(Type::String)),
        ("any", Type::Dynamic),
        ("gate", Type::object([("url", Type::String), ("timeout", Type::Number)])),
        ("routes", Type::map(Type::object([("weight", Type::Number)]))),
        ("timeouts", Type::object([("create", Type::String)])),
        ("step", Type::list(Type::object([("at", Type::Number)]))),
    ])
}

/// An `echo_note`, on the wire.
pub fn note<const N: usize>(attributes: [(&str, Value); N]) -> DynamicValue {
    let mut note = Value::object(attributes);
    if note.attr("step").is_null() {
        note.set_attr("step", Value::List(Vec::new()));
    }
    dynamic(&note, &note_type())
}

pub fn dynamic(value: &Value, ty: &Type) -> DynamicValue {
    DynamicValue { msgpack: msgpack::encode(value, ty).unwrap(), json: Vec::new() }
}

/// Reads an `echo_note` off the wire.
pub fn read_note(value: Option<DynamicValue>) -> Value {
    match value {
        Some(value) if !value.msgpack.is_empty() => msgpack::decode(&value.msgpack, &note_type()).unwrap(),
        _ => Value::Null,
    }
}

/// Each diagnostic as one text.
pub fn texts(diagnostics: &[Diagnostic]) -> Vec<String> {
    diagnostics.iter().map(|diagnostic| format!("{}: {}", diagnostic.summary, diagnostic.detail)).collect()
}

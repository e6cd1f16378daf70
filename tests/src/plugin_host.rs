//! The provider started as Terraform starts it, and spoken to without Terraform.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use hyper_util::rt::TokioIo;
use rcgen::{CertificateParams, DistinguishedName, DnType, IsCa, KeyPair};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use tokio::net::UnixStream;
use tokio_rustls::TlsConnector;
use tonic::transport::{Channel, Endpoint};

use crate::patience::{Watch, until};
use crate::provider_binary;

/// What go-plugin sets so that a plugin knows it was not started by hand.
const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/// A certificate and its key, as a host makes them for one plugin process.
#[derive(Debug)]
pub struct Identity {
    certificate: CertificateDer<'static>,
    key: KeyPair,
}

/// A provider's process that has said where it listens.
#[derive(Debug)]
pub struct PluginHost {
    process: Child,
    stdout: BufReader<ChildStdout>,
    /// The line it said so with.
    pub line: String,
    /// Its socket.
    pub socket: PathBuf,
    certificate: Vec<u8>,
    identity: Identity,
    /// The time since it was started.
    pub began: Watch,
}

impl Identity {
    /// A self-signed certificate on the curve, and with the flags, that Terraform's have.
    pub fn new() -> Self {
        let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P521_SHA512).unwrap();
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::OrganizationName, "HashiCorp");
        params.distinguished_name.push(DnType::CommonName, "localhost");
        let certificate = params.self_signed(&key).unwrap().der().clone();
        Self { certificate, key }
    }

    fn pem(&self) -> String {
        let encoded = STANDARD.encode(&self.certificate);
        let lines: Vec<&str> = encoded.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
        format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
    }
}

impl Default for Identity {
    fn default() -> Self {
        Self::new()
    }
}

impl PluginHost {
    /// Starts the provider and waits for its line.
    pub fn start() -> Self {
        Self::start_as(Identity::new(), Self::command())
    }

    /// Starts a provider by a command, for a host of this identity, and waits for its line.
    pub fn start_as(identity: Identity, mut command: Command) -> Self {
        let began = Watch::start();
        let mut process = command
            .env("TF_PLUGIN_MAGIC_COOKIE", COOKIE)
            .env("PLUGIN_PROTOCOL_VERSIONS", "5,6")
            .env("PLUGIN_CLIENT_CERT", identity.pem())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let fields: Vec<&str> = line.trim_end().split('|').collect();
        assert_eq!(fields.len(), 6, "{line:?}");
        let (socket, certificate) = (PathBuf::from(fields[3]), STANDARD_NO_PAD.decode(fields[5]).unwrap());
        Self { process, stdout, socket, certificate, line, identity, began }
    }

    /// The provider's command, with nothing of the caller's environment but what any process needs.
    pub fn command() -> Command {
        Self::command_of(&provider_binary::path())
    }

    /// The same for another binary.
    pub fn command_of(binary: &Path) -> Command {
        let mut command = Command::new(binary);
        command
            .env_clear()
            .env("TMPDIR", std::env::temp_dir())
            .env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command
    }

    /// The process's number.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// A connection by the identity that the provider was started with.
    pub async fn connect(&self) -> Channel {
        self.connect_as(Some(&self.identity)).await.unwrap()
    }

    /// A connection by another identity, or by none.
    pub async fn connect_as(&self, identity: Option<&Identity>) -> Result<Channel, tonic::transport::Error> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap()
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Pinned { certificate: self.certificate.clone(), provider }));
        let mut config = match identity {
            Some(identity) => {
                let key = PrivateKeyDer::try_from(identity.key.serialize_der()).unwrap();
                builder.with_client_auth_cert(vec![identity.certificate.clone()], key).unwrap()
            }
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols = vec![b"h2".to_vec()];
        let connector = TlsConnector::from(Arc::new(config));
        let socket = self.socket.clone();
        let connect = tower::service_fn(move |_| {
            let (connector, socket) = (connector.clone(), socket.clone());
            async move {
                let stream = UnixStream::connect(socket).await?;
                let name = ServerName::try_from("localhost").unwrap();
                Ok::<_, std::io::Error>(TokioIo::new(connector.connect(name, stream).await?))
            }
        });
        Endpoint::from_static("http://localhost").connect_with_connector(connect).await
    }

    /// Sends it a signal by name.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").args([&format!("-{name}"), &self.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    /// Whether it is still running.
    pub fn is_running(&mut self) -> bool {
        self.process.try_wait().unwrap().is_none()
    }

    /// Waits for its end; its exit status and the rest of what it said.
    #[track_caller]
    pub fn wait_for(&mut self, limit: Duration) -> (ExitStatus, String) {
        let status = until(limit, "end of the provider", || self.process.try_wait().unwrap());
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        (status, rest)
    }

    /// Whether a status is that of a process which ended by itself.
    pub fn ended_by_itself(status: ExitStatus) -> bool {
        status.signal().is_none()
    }
}

impl Drop for PluginHost {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
        if let Some(folder) = self.socket.parent().filter(|folder| *folder != std::env::temp_dir()) {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

/// Takes the one certificate that the provider announced, and no other.
#[derive(Debug)]
struct Pinned {
    certificate: Vec<u8>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if end_entity.as_ref() == self.certificate {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(rustls::Error::General("not the certificate that was announced".to_owned()))
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

//! The client that an access leads to.

use std::path::Path;
use std::time::Duration;

use http::Uri;
use kube::client::ClientBuilder;
use kube::config::{KubeConfigOptions, Kubeconfig};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tower::buffer::BufferLayer;
use tower::filter::AsyncFilterLayer;

use super::bearer::Bearer;
use super::eks::{self, Endpoint};
use super::{Access, Error};
use crate::aws::Aws;
use crate::causes::causes;

/// How long a connection may take to come up.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a server may be silent in the middle of an answer.
const READ_TIMEOUT: Duration = Duration::from_secs(20);
/// How many requests of one client may wait for their token.
const WAITING: usize = 64;

/// A client for what `access` leads to. `cluster` names it in errors.
///
/// # Errors
///
/// [`Error::Setting`], or [`Error::Aws`] where EKS or the credentials have a say.
pub(super) async fn connect(cluster: &str, access: &Access, aws: &Aws) -> Result<kube::Client, Error> {
    let refused = |setting, reason| Error::Setting { cluster: cluster.to_owned(), setting, reason };
    let (config, bearer) = match access {
        Access::Eks { cluster_name } => {
            let Endpoint { url, ca_certificate } = eks::endpoint(aws, cluster_name).await?;
            let config = at(&url, Some(&ca_certificate)).map_err(|reason| refused("what EKS says of it", reason))?;
            (config, Some(Bearer::eks(aws.clone(), cluster_name.clone())))
        }
        Access::Kubeconfig { path, context } => {
            let config = of_file(path, context).await.map_err(|reason| refused("kubeconfig_path", reason))?;
            (config, None)
        }
        Access::Host { url, token, ca_certificate } => {
            let setting = if url.parse::<Uri>().is_err() { "host" } else { "host and cluster_ca_certificate" };
            let config = at(url, ca_certificate.as_deref()).map_err(|reason| refused(setting, reason))?;
            (config, Some(Bearer::given(token).map_err(|reason| refused("token", reason))?))
        }
    };
    build(config, bearer).await.map_err(|reason| refused("what is known of it", reason))
}

/// The server at this URL.
fn at(url: &str, ca_certificate: Option<&str>) -> Result<kube::Config, String> {
    let uri: Uri = url.parse().map_err(|_| format!("{url:?} is no URL"))?;
    let local = uri.host().is_some_and(|host| matches!(host, "127.0.0.1" | "[::1]" | "localhost"));
    match uri.scheme_str() {
        Some("https") => {}
        // The token would be there for everyone on the way to read.
        Some("http") if local => {}
        _ => return Err(format!("{url} does not begin with https://")),
    }
    let mut config = kube::Config::new(uri);
    if let Some(pem) = ca_certificate {
        let certificates: Result<Vec<Vec<u8>>, _> = CertificateDer::pem_slice_iter(pem.as_bytes())
            .map(|certificate| certificate.map(|der| der.as_ref().to_vec()))
            .collect();
        let certificates = certificates.map_err(|error| format!("the CA certificate is no PEM: {error}"))?;
        if certificates.is_empty() {
            return Err("the CA certificate is no PEM: it has no \"BEGIN CERTIFICATE\"".to_owned());
        }
        config.root_cert = Some(certificates);
    }
    Ok(config)
}

/// What a context in a file that `kubectl` reads leads to.
async fn of_file(path: &Path, context: &str) -> Result<kube::Config, String> {
    let told = |error: kube::config::KubeconfigError| format!("{}: {}", path.display(), causes(&error));
    let file = Kubeconfig::read_from(path).map_err(told)?;
    if !file.contexts.iter().any(|named| named.name == context) {
        let names: Vec<&str> = file.contexts.iter().map(|named| named.name.as_str()).collect();
        return Err(format!("{} has no context {context:?}; it has {}", path.display(), names.join(", ")));
    }
    let options = KubeConfigOptions { context: Some(context.to_owned()), ..KubeConfigOptions::default() };
    kube::Config::from_custom_kubeconfig(file, &options).await.map_err(told)
}

/// The client. Apart from the async threads, for a file may name a program that is run for a token.
async fn build(mut config: kube::Config, bearer: Option<Bearer>) -> Result<kube::Client, String> {
    config.connect_timeout = Some(CONNECT_TIMEOUT);
    config.read_timeout = Some(READ_TIMEOUT);
    config.write_timeout = Some(READ_TIMEOUT);
    config.reset_reader_on_write = true;
    config.default_retry = false;
    let build = move || {
        let builder = ClientBuilder::try_from(config)?;
        Ok::<_, kube::Error>(match bearer {
            Some(bearer) => {
                builder.with_layer(&BufferLayer::new(WAITING)).with_layer(&AsyncFilterLayer::new(bearer)).build()
            }
            None => builder.build(),
        })
    };
    match tokio::task::spawn_blocking(build).await {
        Ok(built) => built.map_err(|error| causes(&error)),
        Err(error) => Err(error.to_string()),
    }
}

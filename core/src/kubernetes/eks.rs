//! What EKS says of its cluster.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::aws::{self, Aws, Kind, Service};

/// Where a cluster's API server is, and who vouches for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Endpoint {
    /// The API server's URL.
    pub(super) url: String,
    /// The certificates in PEM of those who may vouch for it.
    pub(super) ca_certificate: String,
}

/// Where this cluster's API server is, by its name in EKS.
///
/// # Errors
///
/// EKS could not be asked, knows no such cluster, or the cluster has no API server yet.
pub(super) async fn endpoint(aws: &Aws, cluster_name: &str) -> Result<Endpoint, aws::Error> {
    const ACTION: &str = "describe EKS cluster";
    let client = aws.eks().await?;
    aws.take(Service::Eks, Kind::Read).await?;
    let answer = client.describe_cluster().name(cluster_name).send().await;
    let cluster = answer.map_err(|error| aws::Error::call(ACTION, cluster_name, error))?.cluster;
    let senseless = |reason: &str| aws::Error::Answer {
        action: ACTION,
        object: cluster_name.to_owned(),
        reason: reason.to_owned(),
    };
    let cluster = cluster.ok_or_else(|| senseless("it describes no cluster"))?;
    let Some(url) = cluster.endpoint.filter(|url| !url.is_empty()) else {
        return Err(senseless("the cluster has no endpoint, as is so while it is being made"));
    };
    let data = cluster.certificate_authority.and_then(|authority| authority.data).unwrap_or_default();
    let pem = STANDARD.decode(data).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let ca_certificate = pem
        .filter(|pem| !pem.is_empty())
        .ok_or_else(|| senseless("it has no certificate authority for the cluster's endpoint"))?;
    Ok(Endpoint { url, ca_certificate })
}

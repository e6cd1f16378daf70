//! How to reach a cluster, as plain data.

use std::fmt;
use std::path::PathBuf;

/// How to reach a cluster.
#[derive(Clone, PartialEq, Eq)]
pub enum Access {
    /// By its name in EKS, with the AWS identity that calls are made as.
    Eks {
        /// The cluster's name in EKS.
        cluster_name: String,
    },
    /// By a file that `kubectl` reads.
    Kubeconfig {
        /// Where the file is.
        path: PathBuf,
        /// The context in it. Never the current one, which is whatever someone chose last.
        context: String,
    },
    /// By an address, with a token.
    Host {
        /// The API server's URL.
        url: String,
        /// A bearer token.
        token: String,
        /// The certificates in PEM of those who may vouch for the server; `None` for those that the machine trusts.
        ca_certificate: Option<String>,
    },
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Access::Eks { cluster_name } => write!(f, "EKS cluster {cluster_name}"),
            Access::Kubeconfig { path, context } => write!(f, "context {context} of {}", path.display()),
            Access::Host { url, .. } => f.write_str(url),
        }
    }
}

impl fmt::Debug for Access {
    // The token is not shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Access({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_token() {
        let access = Access::Host { url: "https://blue".to_owned(), token: "SECRET".to_owned(), ca_certificate: None };
        assert_eq!(format!("{access:?}"), "Access(https://blue)");
    }
}

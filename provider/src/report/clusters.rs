//! What users are told when a cluster could not be asked.

use eksmig_core::kubernetes::Error;
use tfplugin::{Diagnostic, Path};

use super::{sentence, unreachable};
use crate::clusters::NoCluster;
use crate::notices;

/// There is no cluster for the key that stands at `path`.
pub fn missing(missing: &NoCluster, path: &Path) -> Diagnostic {
    let (notice, detail) = match missing {
        NoCluster::NotConfigured { key, keys } => {
            let keys = if keys.is_empty() { "none".to_owned() } else { keys.join(", ") };
            (
                notices::CLUSTER_NOT_CONFIGURED,
                format!(
                    "The provider's block has no cluster {key:?} in kubernetes.clusters; it has {keys}. Add it there, or \
                     name one of those."
                ),
            )
        }
        NoCluster::Unknown { key, attribute } => (
            notices::CLUSTER_NOT_KNOWN_YET,
            format!(
                "Cluster {key:?} has to be asked now, and {attribute} in the provider's configuration is known only after \
                 apply. Apply what it depends on first, with -target."
            ),
        ),
    };
    notice.says(detail).at(path.clone())
}

/// A cluster could not be asked.
pub fn unread(error: &Error) -> Diagnostic {
    match error {
        Error::Aws(error) => unreachable(error),
        Error::Setting { .. } => notices::CLUSTER_NOT_REACHABLE
            .says(format!("{} Correct it in the provider's configuration.", sentence(&error.to_string()))),
        Error::Call(call) => {
            let notice = match call.code {
                Some(401) => notices::CLUSTER_DOES_NOT_KNOW_WHO_ASKS,
                Some(403) => notices::CLUSTER_DOES_NOT_ALLOW_IT,
                Some(_) => notices::CLUSTER_ANSWERED_WITH_AN_ERROR,
                None => notices::CLUSTER_NOT_REACHABLE,
            };
            notice.says(sentence(&error.to_string()))
        }
    }
}

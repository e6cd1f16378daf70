//! What users are told when a cluster could not be asked.

use eksmig_core::kubernetes::Error;
use tfplugin::{Diagnostic, Path};

use super::{sentence, unreachable};
use crate::clusters::NoCluster;

/// There is no cluster for the key that stands at `path`.
pub fn missing(missing: &NoCluster, path: &Path) -> Diagnostic {
    let (summary, detail) = match missing {
        NoCluster::NotConfigured { key, keys } => {
            let keys = if keys.is_empty() { "none".to_owned() } else { keys.join(", ") };
            (
                "Cluster not configured",
                format!(
                    "The provider's block has no cluster {key:?} in kubernetes.clusters; it has {keys}. Add it there, or \
                     name one of those."
                ),
            )
        }
        NoCluster::Unknown { key, attribute } => (
            "Cluster not known yet",
            format!(
                "Cluster {key:?} has to be asked now, and {attribute} in the provider's configuration is known only after \
                 apply. Apply what it depends on first, with -target."
            ),
        ),
    };
    Diagnostic::error(summary, detail).at(path.clone())
}

/// A cluster could not be asked.
pub fn unread(error: &Error) -> Diagnostic {
    match error {
        Error::Aws(error) => unreachable(error),
        Error::Setting { .. } => Diagnostic::error(
            "Cluster not reachable",
            format!("{} Correct it in the provider's configuration.", sentence(&error.to_string())),
        ),
        Error::Call(call) => {
            let summary = match call.code {
                Some(401) => "Cluster does not know who asks",
                Some(403) => "Cluster does not allow it",
                Some(_) => "Cluster answered with an error",
                None => "Cluster not reachable",
            };
            Diagnostic::error(summary, sentence(&error.to_string()))
        }
    }
}

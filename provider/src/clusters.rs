//! The clusters of one configured provider, by key.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use eksmig_core::aws::Aws;
use eksmig_core::kubernetes::Cluster;

use crate::configuration::kubernetes;

/// The clusters that resources may name. None is reached out to before it is asked for something.
#[derive(Debug, Default)]
pub struct Clusters {
    by_key: BTreeMap<String, Result<Cluster, String>>,
    unknown: Option<String>,
    turns: Mutex<BTreeMap<String, Turn>>,
}

/// Whose turn it is in a cluster, among resources of which one at a time may change it.
pub type Turn = Arc<tokio::sync::Mutex<()>>;

/// Why there is no cluster for a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoCluster {
    /// The provider's block has none of this key.
    NotConfigured {
        /// The key.
        key: String,
        /// The keys that it has.
        keys: Vec<String>,
    },
    /// How to reach it is not known yet, as in a plan that also makes it.
    Unknown {
        /// The key.
        key: String,
        /// The attribute in the provider's block that is not known.
        attribute: String,
    },
}

impl Clusters {
    /// The clusters as they are written.
    pub fn new(written: kubernetes::Clusters, aws: &Aws) -> Self {
        let by_key = written.by_key.into_iter().map(|(key, access)| {
            let cluster = access.map(|access| Cluster::new(key.clone(), access, aws.clone()));
            (key, cluster)
        });
        Self { by_key: by_key.collect(), unknown: written.unknown, turns: Mutex::default() }
    }

    /// The turn in the cluster of this key.
    pub fn turn(&self, key: &str) -> Turn {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(turns.entry(key.to_owned()).or_default())
    }

    /// The cluster of this key. A plan that meets [`NoCluster::Unknown`] leaves open what it would have looked up.
    ///
    /// # Errors
    ///
    /// [`NoCluster`].
    pub fn get(&self, key: &str) -> Result<Cluster, NoCluster> {
        let unknown = |attribute: &String| NoCluster::Unknown { key: key.to_owned(), attribute: attribute.clone() };
        match (self.by_key.get(key), &self.unknown) {
            (Some(Ok(cluster)), _) => Ok(cluster.clone()),
            (Some(Err(attribute)), _) | (None, Some(attribute)) => Err(unknown(attribute)),
            (None, None) => {
                Err(NoCluster::NotConfigured { key: key.to_owned(), keys: self.by_key.keys().cloned().collect() })
            }
        }
    }
}

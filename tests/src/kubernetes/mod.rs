//! A Kubernetes cluster for tests: an API by Kubernetes's rules, and models of the controllers that act on it.
//!
//! | module | what it holds |
//! |---|---|
//! | `api` | the API: objects, and the rules for reading and writing them. It does nothing by itself |
//! | `models` | controllers that act on it, one step at a tick of a virtual clock |
//! | `client` | a plain client, to see answers as they are |
//! | `fixtures` | objects to begin with |
//! | `hosted_zone` | the emulator's Route 53 for ExternalDNS |
//! | `registered` | the emulator's target groups for the load balancer controller |
//! | `role` | what a ClusterRole allows, beside what was asked |
//! | `kubectl` | the real client, of several versions |

pub mod api;
pub mod client;
pub mod fixtures;
pub mod hosted_zone;
pub mod kubectl;
pub mod models;
pub mod registered;
pub mod role;

use std::path::{Path, PathBuf};

use serde_json::json;
use tempfile::TempDir;

use self::api::Api;
use self::api::calendar::{BEGINNING, VirtualClock};
use self::api::faults::Trouble;
use self::api::kind::{BUILT_IN, Kind};
use self::api::serve::Served;
use self::models::Models;
use crate::blocking::wait;

/// How a cluster is to be.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Kinds that custom resource definitions make, besides the built-in ones.
    pub custom: Vec<Kind>,
    /// What it says its version is.
    pub version: String,
    /// The token that clients need.
    pub token: String,
    /// The time at its beginning, in seconds since 1970.
    pub beginning: i64,
    /// The faults to order and the requests that are held; one for several clusters counts their requests together.
    pub trouble: Trouble,
}

impl Default for Settings {
    fn default() -> Self {
        let version = "v1.33.1".to_owned();
        Self {
            custom: Vec::new(),
            version,
            token: "let-me-in".to_owned(),
            beginning: BEGINNING,
            trouble: Trouble::default(),
        }
    }
}

/// A cluster whose API is served over HTTPS on the loopback interface. It ends with this value.
#[derive(Debug)]
pub struct Cluster {
    /// The API, for what is done without a network.
    pub api: Api,
    /// Where it is served.
    pub url: String,
    /// The certificate of its authority, as PEM.
    pub authority: String,
    /// The token that it lets in.
    pub token: String,
    folder: TempDir,
    _served: Served,
}

impl Cluster {
    /// A cluster with the built-in kinds alone.
    pub fn start() -> Self {
        Self::of(Settings::default())
    }

    /// A cluster with these custom kinds as well.
    pub fn with(custom: &[Kind]) -> Self {
        Self::of(Settings { custom: custom.to_vec(), ..Settings::default() })
    }

    /// A cluster by settings.
    pub fn of(settings: Settings) -> Self {
        let kinds = [BUILT_IN.as_slice(), &settings.custom].concat();
        let clock = VirtualClock::at(settings.beginning);
        let api = Api::new(kinds, &settings.version, Some(settings.token.clone()), clock, settings.trouble);
        let served = wait(Served::start(api.clone()));
        let url = format!("https://{}", served.address);
        let folder = TempDir::new().unwrap();
        let cluster =
            Self { api, url, authority: served.authority.clone(), token: settings.token, folder, _served: served };
        std::fs::write(cluster.path("ca.pem"), &cluster.authority).unwrap();
        std::fs::write(cluster.kubeconfig(), cluster.configuration()).unwrap();
        cluster
    }

    /// The controllers that every cluster has.
    pub fn models(&self) -> Models {
        Models::new(self.api.clone())
    }

    /// A kubeconfig that leads to it.
    pub fn kubeconfig(&self) -> PathBuf {
        self.path("kubeconfig")
    }

    fn path(&self, name: &str) -> PathBuf {
        Path::new(self.folder.path()).join(name)
    }

    /// JSON, which YAML understands.
    fn configuration(&self) -> String {
        let cluster = json!({"server": self.url, "certificate-authority": self.path("ca.pem")});
        json!({"apiVersion": "v1", "kind": "Config", "current-context": "lab",
            "clusters": [{"name": "lab", "cluster": cluster}],
            "users": [{"name": "tester", "user": {"token": self.token}}],
            "contexts": [{"name": "lab", "context": {"cluster": "lab", "user": "tester"}}]})
        .to_string()
    }
}

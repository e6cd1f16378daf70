//! What can be read from a cluster.

use std::fmt::Debug;

/// A kind of object that an API server hands out. Everything that fits is one.
pub trait Object: Clone + Debug + Send + k8s_openapi::serde::de::DeserializeOwned + 'static {}

impl<K: Clone + Debug + Send + k8s_openapi::serde::de::DeserializeOwned + 'static> Object for K {}

//! A horizontal pod autoscaler.

use super::{Kind, Labels, Name};

/// A horizontal pod autoscaler. Its controller looks at the bounds before it looks at any metric, so that equal bounds
/// pin the number of pods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Autoscaler {
    /// Its name.
    pub name: Name,
    /// The version of the object that was seen.
    pub version: String,
    /// What it scales.
    pub target: (Kind, String),
    /// The fewest pods.
    pub min: u32,
    /// The most pods.
    pub max: u32,
    /// Who writes it again and again, where that is known: a ScaledObject of KEDA.
    pub master: Option<String>,
    /// Its annotations.
    pub annotations: Labels,
}

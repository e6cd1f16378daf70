//! The data that Terraform keeps beside a shift's state, unseen by users.

use std::collections::BTreeMap;
use std::fmt::Display;

use eksmig_core::engine::shift::Position;
use eksmig_core::share::Weights;
use serde::{Deserialize, Serialize};
use tfplugin::{Diagnostic, Value};

use crate::claims;
use crate::notices;
use crate::saved::Status;

/// The private data of a shift.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Private {
    /// Tells this object from others: see [`claims`].
    pub token: String,
    /// Whether the create of this object did not finish; none where that is not written down. See
    /// [`Private::create_is_unfinished`].
    pub unfinished_create: Option<bool>,
    /// The weights of strangers by what carries them, a route or a type of records, in its order.
    pub strangers: BTreeMap<String, Vec<u32>>,
    /// The weights that a create was reviewed with, by what carries them. Only where the host keeps it for the apply.
    pub reviewed: Option<BTreeMap<String, Reviewed>>,
    /// Since when one side has all of it, in seconds since the epoch; none where that is not known.
    pub idle_since: Option<u64>,
}

/// Weights as a plan saw them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviewed {
    blue: Option<u32>,
    green: Option<u32>,
    strangers: Vec<u32>,
}

impl Default for Private {
    fn default() -> Self {
        Self {
            token: claims::token(),
            unfinished_create: None,
            strangers: BTreeMap::new(),
            reviewed: None,
            idle_since: None,
        }
    }
}

impl Private {
    /// Reads private data. None is that of an object that has none yet.
    ///
    /// # Errors
    ///
    /// Where the bytes are not ours.
    pub fn read(bytes: &[u8]) -> Result<Self, Diagnostic> {
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        serde_json::from_slice(bytes).map_err(|error| {
            let detail = format!("The private data beside the state cannot be read: {error}. Remove the object from the state and import it again; that moves no traffic.");
            notices::DAMAGED_STATE.says(detail)
        })
    }

    /// Whether the create of this object did not finish, so that destroying it must not move traffic.
    ///
    /// The private data may not know: Terraform empties it when the provider dies in an update, and gives the destroy of
    /// a tainted object the data of the create that is to replace it. Then the state tells.
    pub fn create_is_unfinished(&self, state: &Value) -> bool {
        self.unfinished_create.unwrap_or_else(|| state.attr("status").as_str() != Some(Status::Settled.as_str()))
    }

    /// The bytes to keep.
    pub fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Notes the strangers of a position.
    pub fn note_strangers(&mut self, position: &Position<impl Display>) {
        let strangers = position.iter().filter(|(_, weights)| !weights.strangers.is_empty());
        self.strangers = strangers.map(|(route, weights)| (route.to_string(), weights.strangers.clone())).collect();
    }

    /// Notes what a create is reviewed with.
    pub fn note_reviewed(&mut self, position: &Position<impl Display>) {
        let note = |weights: &Weights| Reviewed {
            blue: weights.blue,
            green: weights.green,
            strangers: weights.strangers.clone(),
        };
        let noted = position.iter().map(|(route, weights)| (route.to_string(), note(weights)));
        self.reviewed = Some(noted.collect());
    }

    /// What a create was reviewed with; nothing where the host does not keep it.
    pub fn reviewed<K: Ord>(&self, parse: impl Fn(&str) -> Option<K>) -> Position<K> {
        let noted = self.reviewed.iter().flatten();
        noted
            .filter_map(|(key, noted)| {
                let Reviewed { blue, green, strangers } = noted.clone();
                Some((parse(key)?, Weights { blue, green, strangers }))
            })
            .collect()
    }
}

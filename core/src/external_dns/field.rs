//! Where in an object its weight stands. Pure.

use std::fmt;

use super::deployed::Settings;
use super::kind::Kind;
use crate::route53::RecordName;

/// The property of an endpoint that is its weight (ExternalDNS, provider `aws`).
pub(super) const WEIGHT_PROPERTY: &str = "aws/weight";

/// Where in an object its weight stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// In the annotation of this key.
    Annotation(String),
    /// In the properties of a `DNSEndpoint`'s endpoints of a name with a set identifier.
    Endpoints {
        /// The name.
        name: RecordName,
        /// The set identifier.
        set_identifier: String,
    },
}

impl Field {
    /// Where an object of a kind has the weight of a record.
    pub(super) fn of(kind: Kind, settings: &Settings, name: &RecordName, set_identifier: &str) -> Self {
        if kind.is_annotated() {
            Field::Annotation(settings.key("aws-weight"))
        } else {
            Field::Endpoints { name: name.clone(), set_identifier: set_identifier.to_owned() }
        }
    }

    /// Its path among the fields that managers own. A list without keys has one owner as a whole.
    pub(super) fn owned(&self) -> Vec<String> {
        match self {
            Field::Annotation(key) => vec!["f:metadata".to_owned(), "f:annotations".to_owned(), format!("f:{key}")],
            Field::Endpoints { .. } => vec!["f:spec".to_owned(), "f:endpoints".to_owned()],
        }
    }

    /// What belongs to someone where the weight does.
    pub(super) fn possession(&self) -> String {
        match self {
            Field::Annotation(_) => self.to_string(),
            Field::Endpoints { .. } => "the list spec.endpoints, which belongs to one as a whole,".to_owned(),
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Field::Annotation(key) => write!(f, "annotation {key}"),
            Field::Endpoints { name, set_identifier } => {
                write!(f, "{WEIGHT_PROPERTY} of its endpoints {name} {set_identifier:?}")
            }
        }
    }
}

//! A plan as `terraform show -json` writes it. Source: Terraform's "JSON Output Format" page, format version 1.

use serde::Deserialize;
use serde_json::Value;
use tfplugin::Field;

/// The major format version that is known. Terraform promises to raise it when it breaks something.
const FORMAT: &str = "1";

/// Why a text is not read as a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable(String);

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}. Nothing was reviewed. Wanted is the output of `terraform show -json PLANFILE`.", self.0)
    }
}

impl std::error::Error for Unreadable {}

/// A plan, as far as it is reviewed.
#[derive(Debug, Clone, Deserialize)]
pub struct Plan {
    /// Terraform's version.
    #[serde(default)]
    pub terraform_version: String,
    /// What is to become of each resource.
    #[serde(default)]
    pub resource_changes: Vec<Change>,
    /// What changed outside Terraform since its last apply.
    #[serde(default)]
    pub resource_drift: Vec<Change>,
    /// Changes that Terraform put off to a later plan, of which nothing else is known here.
    #[serde(default)]
    pub deferred_changes: Vec<Value>,
    /// The results of conditions and of `check` blocks.
    #[serde(default)]
    pub checks: Vec<Check>,
    /// Whether planning failed.
    #[serde(default)]
    pub errored: bool,
    /// Whether applying it is expected to leave nothing to do; none before Terraform 1.8.
    pub complete: Option<bool>,
}

/// What is to become of a resource, or what became of it.
#[derive(Debug, Clone, Deserialize)]
pub struct Change {
    /// Where it is in the configuration.
    pub address: String,
    /// `managed` or `data`.
    #[serde(default)]
    pub mode: String,
    /// Its type.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// Why it is replaced or deleted, in a word of Terraform's.
    pub action_reason: Option<String>,
    change: Delta,
}

#[derive(Debug, Clone, Deserialize)]
struct Delta {
    actions: Vec<String>,
    #[serde(default)]
    before: Value,
    #[serde(default)]
    after: Value,
    #[serde(default)]
    after_unknown: Value,
}

/// The result of the conditions of one object.
#[derive(Debug, Clone, Deserialize)]
pub struct Check {
    /// The object.
    pub address: CheckAddress,
    /// `pass`, `fail`, `error` or `unknown`.
    pub status: String,
    /// Each instance of it.
    #[serde(default)]
    pub instances: Vec<CheckInstance>,
}

/// What has conditions.
#[derive(Debug, Clone, Deserialize)]
pub struct CheckAddress {
    /// Its address, to be shown.
    #[serde(default)]
    pub to_display: String,
}

/// The result for one instance.
#[derive(Debug, Clone, Deserialize)]
pub struct CheckInstance {
    /// The instance.
    pub address: CheckAddress,
    /// As that of the whole.
    pub status: String,
    /// The messages of what fails.
    #[serde(default)]
    pub problems: Vec<Problem>,
}

/// What a failing condition says.
#[derive(Debug, Clone, Deserialize)]
pub struct Problem {
    /// The author's own words.
    pub message: String,
}

/// What is done to a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Nothing.
    Nothing,
    /// It is made.
    Create,
    /// It is changed in place.
    Update,
    /// It is destroyed and made anew, in either order.
    Replace,
    /// It is destroyed.
    Delete,
    /// It is taken out of the state, and stays as it is.
    Forget,
    /// What this report does not know, in Terraform's words.
    Other(String),
}

impl Action {
    /// The action in a word.
    pub fn as_str(&self) -> &str {
        match self {
            Action::Nothing => "no-op",
            Action::Create => "create",
            Action::Update => "update",
            Action::Replace => "replace",
            Action::Delete => "delete",
            Action::Forget => "forget",
            Action::Other(words) => words,
        }
    }
}

impl Plan {
    /// Reads a plan.
    ///
    /// # Errors
    ///
    /// The text is not JSON, is something else than a plan, or has a format version that is not known.
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        let unreadable = |why: String| Err(Unreadable(why));
        if text.trim().is_empty() {
            return unreadable("There was nothing to read".to_owned());
        }
        let document: Value = match serde_json::from_str(text) {
            Ok(document) => document,
            Err(error) => return unreadable(format!("This is not one JSON document: {error}")),
        };
        let Some(version) = document.get("format_version").and_then(Value::as_str) else {
            return unreadable("This JSON has no `format_version`, so it is no plan of Terraform's".to_owned());
        };
        if version.split('.').next() != Some(FORMAT) {
            return unreadable(format!(
                "The plan has the format version {version:?}, and {FORMAT}.x is what is known here"
            ));
        }
        if document.get("planned_values").is_none() && document.get("resource_changes").is_none() {
            return unreadable(
                "This JSON has neither `planned_values` nor `resource_changes`: a state, perhaps".to_owned(),
            );
        }
        serde_json::from_value(document)
            .or_else(|error| unreadable(format!("The plan has not the known shape: {error}")))
    }
}

impl Change {
    /// Whether it is a resource of this provider's, of whatever type.
    pub fn is_ours(&self) -> bool {
        self.mode != "data" && self.kind.starts_with("eksmig_")
    }

    /// What is done.
    pub fn action(&self) -> Action {
        let actions: Vec<&str> = self.change.actions.iter().map(String::as_str).collect();
        match actions.as_slice() {
            ["no-op"] => Action::Nothing,
            ["create"] => Action::Create,
            ["update"] => Action::Update,
            ["delete"] => Action::Delete,
            ["forget"] => Action::Forget,
            ["delete", "create"] | ["create", "delete"] => Action::Replace,
            other => Action::Other(other.join(", ")),
        }
    }

    /// An attribute before the change.
    pub fn before(&self, name: &str) -> &Value {
        self.change.before.get(name).unwrap_or(&Value::Null)
    }

    /// An attribute after the change. What is unknown in part is unknown.
    pub fn after(&self, name: &str) -> Field<&Value> {
        if self.change.after_unknown.get(name).is_some_and(is_marked) {
            return Field::Unknown;
        }
        match self.change.after.get(name) {
            None | Some(Value::Null) => Field::Null,
            Some(value) => Field::Known(value),
        }
    }
}

/// Whether a part of `after_unknown` marks anything.
fn is_marked(marks: &Value) -> bool {
    match marks {
        Value::Bool(marked) => *marked,
        Value::Array(parts) => parts.iter().any(is_marked),
        Value::Object(parts) => parts.values().any(is_marked),
        Value::Null | Value::Number(_) | Value::String(_) => false,
    }
}

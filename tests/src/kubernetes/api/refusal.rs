//! What the API says when it does not do what it was asked: a `Status`, in Kubernetes's own words.

use serde_json::{Value, json};

use super::kind::Kind;

/// A refusal. Boxed where it is returned.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// The HTTP status.
    pub code: u16,
    /// The reason, one of Kubernetes's fixed words.
    pub reason: &'static str,
    /// For people.
    pub message: String,
    /// What it is about, and the causes.
    pub details: Value,
    /// The seconds after which to ask again.
    pub retry_after: Option<u32>,
}

/// What a request comes to, or a refusal.
pub type Answered<T> = Result<T, Box<Refusal>>;

impl Refusal {
    /// A refusal about no object in particular.
    pub fn new(code: u16, reason: &'static str, message: impl Into<String>) -> Box<Self> {
        Box::new(Self { code, reason, message: message.into(), details: json!({}), retry_after: None })
    }

    /// A refusal about an object.
    pub fn of(code: u16, reason: &'static str, kind: &Kind, name: &str, message: impl Into<String>) -> Box<Self> {
        let mut refusal = Self::new(code, reason, message);
        refusal.details = json!({"name": name, "group": kind.group, "kind": kind.plural});
        refusal
    }

    /// There is no such object.
    pub fn not_found(kind: &Kind, name: &str) -> Box<Self> {
        Self::of(404, "NotFound", kind, name, format!("{} {name:?} not found", kind.resource()))
    }

    /// There is no such path, as for a kind whose definition is not installed.
    pub fn no_such_path() -> Box<Self> {
        Self::new(404, "NotFound", "the server could not find the requested resource")
    }

    /// Somebody else wrote first.
    pub fn modified(kind: &Kind, name: &str) -> Box<Self> {
        let why = "the object has been modified; please apply your changes to the latest version and try again";
        Self::conflict(kind, name, why)
    }

    /// What was asked does not fit what is there.
    pub fn conflict(kind: &Kind, name: &str, why: &str) -> Box<Self> {
        let message = format!("Operation cannot be fulfilled on {} {name:?}: {why}", kind.resource());
        Self::of(409, "Conflict", kind, name, message)
    }

    /// The object as it would be is not allowed.
    pub fn invalid(kind: &Kind, name: &str, field: &str, why: &str) -> Box<Self> {
        let message = format!("{}.{} {name:?} is invalid: {field}: {why}", kind.kind, kind.group);
        let message = message.replacen(". ", " ", usize::from(kind.group.is_empty()));
        let refusal = Self::of(422, "Invalid", kind, name, message);
        refusal.because("FieldValueInvalid", why, field)
    }

    /// The request makes no sense.
    pub fn bad_request(message: impl Into<String>) -> Box<Self> {
        Self::new(400, "BadRequest", message)
    }

    /// What a watch or a list goes on from is no longer kept.
    pub fn expired(message: impl Into<String>) -> Box<Self> {
        Self::new(410, "Expired", message)
    }

    /// Adds a cause.
    pub fn because(mut self: Box<Self>, reason: &str, message: &str, field: &str) -> Box<Self> {
        let mut cause = json!({"reason": reason, "message": message});
        if !field.is_empty() {
            cause["field"] = json!(field);
        }
        if let Value::Array(causes) = self.details.as_object_mut().unwrap().entry("causes").or_insert(json!([])) {
            causes.push(cause);
        }
        self
    }

    /// Says when to ask again.
    pub fn after(mut self: Box<Self>, seconds: u32) -> Box<Self> {
        self.retry_after = Some(seconds);
        self.details["retryAfterSeconds"] = json!(seconds);
        self
    }

    /// The `Status` to answer with.
    pub fn status(&self) -> Value {
        json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "code": self.code,
            "reason": self.reason, "message": self.message, "details": self.details})
    }
}

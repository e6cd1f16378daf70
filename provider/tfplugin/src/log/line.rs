//! One line of the log.

use std::fmt;

use serde_json::{Map, Value as Json};
use tracing::Level;
use tracing::field::{Field, Visit};

use super::timestamp;

/// What Terraform reads of a line at most, its end included.
const MAX_LINE: usize = 64 * 1024;

/// What is left of a message that is longer. In JSON one character takes up to six bytes, some take four in UTF-8.
const MAX_MESSAGE: usize = 10_000;

/// The fields of an event or a span.
#[derive(Debug, Default)]
pub(super) struct Fields(Map<String, Json>);

impl Fields {
    pub(super) fn put(&mut self, name: &str, value: impl Into<Json>) {
        self.0.insert(name.to_owned(), value.into());
    }

    pub(super) fn add_missing(&mut self, others: &Fields) {
        for (name, value) in &others.0 {
            if !self.0.contains_key(name) {
                self.0.insert(name.clone(), value.clone());
            }
        }
    }

    pub(super) fn take_message(&mut self) -> String {
        match self.0.remove("message") {
            Some(Json::String(text)) => text,
            Some(other) => other.to_string(),
            None => String::new(),
        }
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field.name(), value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field.name(), value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field.name(), value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field.name(), value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field.name(), value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field.name(), format!("{value:?}"));
    }
}

/// The line, with its end. Terraform panics unless the four `@` keys are strings, so they are set last.
pub(super) fn line(level: Level, module: &str, message: &str, fields: Fields) -> Vec<u8> {
    let full = json(level, module, message, fields.0);
    if full.len() < MAX_LINE {
        return full;
    }
    let mut cut: String = message.chars().take(MAX_MESSAGE).collect();
    if cut.len() < message.len() {
        cut.push_str(" [cut]");
    }
    json(level, module, &cut, Map::new())
}

fn json(level: Level, module: &str, message: &str, mut fields: Map<String, Json>) -> Vec<u8> {
    let level = level.as_str().to_ascii_lowercase();
    for (name, value) in
        [("@level", level.as_str()), ("@message", message), ("@module", module), ("@timestamp", &timestamp::now())]
    {
        fields.insert(name.to_owned(), value.into());
    }
    let mut line = Json::Object(fields).to_string();
    line.push('\n');
    line.into_bytes()
}

//! What is recorded of one resource in one version.

use std::path::PathBuf;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use eksmig_tests::emulator::root;
use expect_test::expect_file;
use serde_json::{Value, json};

use crate::place::Place;

/// When everything happened, in a record.
const THEN: &str = "2026-01-31T23:59:58Z";
const THEN_SECONDS: u64 = 1_769_903_998;

/// A resource as it was saved, and its configuration.
#[derive(Debug, Clone)]
pub struct Record {
    /// Its type.
    pub kind: String,
    /// In HCL.
    pub configuration: String,
    /// The version of the schema.
    pub schema_version: u64,
    /// What Terraform knows of it.
    pub attributes: Value,
    /// What the provider keeps beside that.
    pub private: Value,
}

/// Every record of every version.
pub fn all() -> Vec<Record> {
    let versions = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let files = versions.flat_map(|version| std::fs::read_dir(version).unwrap().map(|entry| entry.unwrap().path()));
    let states = files.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    states.map(|path| Record::read(&path)).collect()
}

fn folder() -> PathBuf {
    root().join("tests/upgrade/recorded")
}

impl Record {
    fn read(path: &std::path::Path) -> Self {
        let text = |path: &std::path::Path| std::fs::read_to_string(path).unwrap();
        let mut saved: Value = serde_json::from_str(&text(path)).unwrap();
        Self {
            kind: format!("eksmig_{}", path.file_stem().unwrap().to_str().unwrap()),
            configuration: text(&path.with_extension("tf")),
            schema_version: saved["schema_version"].as_u64().unwrap(),
            attributes: saved["attributes"].take(),
            private: saved["private"].take(),
        }
    }

    /// What a place's one resource was saved as, with what it calls its own by its places' names.
    pub fn of(place: &dyn Place) -> Self {
        let workspace = &place.stage().workspace;
        let state = std::fs::read_to_string(workspace.path().join("terraform.tfstate")).unwrap();
        let state: Value = serde_json::from_str(&state).unwrap();
        let [resource] = state["resources"].as_array().unwrap().as_slice() else { panic!("{state:#}") };
        let instance = &resource["instances"][0];
        let private = instance["private"].as_str().map(|text| BASE64_STANDARD.decode(text).unwrap());
        let private = private.map_or(Value::Null, |bytes| serde_json::from_slice(&bytes).unwrap());
        let names = place.names();
        let named = |value: &Value| -> Value { serde_json::from_str(&replaced(&value.to_string(), &names)).unwrap() };
        Self {
            kind: resource["type"].as_str().unwrap().to_owned(),
            configuration: replaced(&place.configuration(), &names),
            schema_version: instance["schema_version"].as_u64().unwrap(),
            attributes: settled_in_time(named(&instance["attributes"])),
            private: settled_in_time(named(&private)),
        }
    }

    /// Compares it with what this version recorded; with `UPDATE_EXPECT=1`, records it.
    pub fn expect(&self) {
        let file = folder().join(env!("CARGO_PKG_VERSION")).join(self.kind.trim_start_matches("eksmig_"));
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        let saved = json!({
            "schema_version": self.schema_version,
            "attributes": self.attributes,
            "private": self.private,
        });
        expect_file![file.with_extension("json")].assert_eq(&format!("{saved:#}\n"));
        expect_file![file.with_extension("tf")].assert_eq(&self.configuration);
    }

    /// Writes it into a place as its configuration and its state.
    pub fn lay(&self, place: &dyn Place) {
        let names: Vec<(String, String)> = place.names().into_iter().map(|(name, own)| (own, name)).collect();
        let own = |text: &str| replaced(text, &names);
        let workspace = &place.stage().workspace;
        workspace.write("main.tf", &own(&self.configuration));
        let attributes: Value = serde_json::from_str(&own(&self.attributes.to_string())).unwrap();
        let mut instance = json!({ "schema_version": self.schema_version, "attributes": attributes });
        if !self.private.is_null() {
            instance["private"] = BASE64_STANDARD.encode(own(&self.private.to_string())).into();
        }
        let state = json!({
            "version": 4,
            "terraform_version": "1.8.0",
            "serial": 1,
            "lineage": "00000000-0000-0000-0000-000000000000",
            "outputs": {},
            "resources": [{
                "mode": "managed",
                "type": self.kind,
                "name": place.address().rsplit('.').next().unwrap(),
                "provider": "provider[\"registry.terraform.io/eksmig/eksmig\"]",
                "instances": [instance],
            }],
        });
        workspace.write("terraform.tfstate", &state.to_string());
    }
}

/// A text with each second word in place of the first; the longest first, for one may be in another.
fn replaced(text: &str, words: &[(String, String)]) -> String {
    let mut words = words.to_vec();
    words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    words.iter().fold(text.to_owned(), |text, (word, instead)| text.replace(word, instead))
}

/// What differs from run to run, made the same.
fn settled_in_time(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let settled = members.into_iter().map(|(name, value)| {
                let value = match name.as_str() {
                    "idle_since" if value.is_number() => THEN_SECONDS.into(),
                    "token" => "recorded".into(),
                    _ if name.ends_with("_at") && value.is_string() => THEN.into(),
                    _ => settled_in_time(value),
                };
                (name, value)
            });
            Value::Object(settled.collect())
        }
        Value::Array(elements) => Value::Array(elements.into_iter().map(settled_in_time).collect()),
        other => other,
    }
}

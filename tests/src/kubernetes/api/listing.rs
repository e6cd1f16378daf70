//! Listing, page by page, each page as of the first one's version.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::asked::Asked;
use super::kind::Kind;
use super::refusal::{Answered, Refusal};
use super::select::Selection;
use super::store::{Key, Store};

/// The list that a request asks for.
///
/// # Errors
/// 400 for selectors, 410 for a page of a list that is no longer known.
pub fn list(store: &Store, kind: &Kind, namespace: Option<&str>, asked: &Asked) -> Answered<Value> {
    let selection = Selection::read(kind, asked.parameter("labelSelector"), asked.parameter("fieldSelector"))?;
    let begun = read_token(asked.parameter("continue"))?;
    let version = match &begun {
        Some((version, _)) => *version,
        None => version_of(store, asked)?,
    };
    let expired = || {
        let why = "The provided continue parameter is too old to display a consistent list result. You must start a new \
            list without the continue parameter.";
        Refusal::expired(why)
    };
    let found = store.list_at(&kind.resource(), namespace, version).ok_or_else(expired)?;
    let mut left: Vec<(Key, Arc<Value>)> = found.into_iter().filter(|(_, object)| selection.takes(object)).collect();
    if let Some((_, after)) = &begun {
        left.retain(|(key, _)| [&key.namespace, &key.name] > [&after[0], &after[1]]);
    }
    let limit = asked.parameter("limit").parse::<usize>().ok().filter(|limit| *limit > 0).unwrap_or(left.len());
    let (page, rest) = left.split_at(limit.min(left.len()));
    let mut metadata = json!({"resourceVersion": version.to_string()});
    if let (Some((last, _)), false) = (page.last(), rest.is_empty()) {
        metadata["continue"] = json!(token(version, last));
        // Kubernetes: with selectors, it is not known how many remain.
        if selection == Selection::default() {
            metadata["remainingItemCount"] = json!(rest.len());
        }
    }
    let items: Vec<Value> = page.iter().map(|(_, object)| as_item(kind, object)).collect();
    Ok(
        json!({"kind": format!("{}List", kind.kind), "apiVersion": kind.api_version(), "metadata": metadata, "items": items}),
    )
}

/// The version that a list without a token is to be of.
fn version_of(store: &Store, asked: &Asked) -> Answered<u64> {
    let exact = asked.parameter("resourceVersionMatch") == "Exact";
    let wanted = asked.parameter("resourceVersion").parse::<u64>().ok();
    match wanted {
        Some(wanted) if wanted > store.version() => {
            let message = format!("Too large resource version: {wanted}, current: {}", store.version());
            Err(Refusal::new(504, "Timeout", message).because(
                "ResourceVersionTooLarge",
                "Too large resource version",
                "",
            ))
        }
        Some(wanted) if exact && wanted < store.compacted() => {
            Err(Refusal::expired(format!("The resourceVersion for the provided list is too old: {wanted}")))
        }
        Some(wanted) if exact => Ok(wanted),
        _ => Ok(store.version()),
    }
}

/// An object as it stands in a list: of a built-in kind, it does not say which.
fn as_item(kind: &Kind, object: &Value) -> Value {
    let mut item = object.clone();
    if !kind.custom {
        let fields = item.as_object_mut().unwrap();
        fields.remove("kind");
        fields.remove("apiVersion");
    }
    item
}

fn token(version: u64, last: &Key) -> String {
    URL_SAFE_NO_PAD.encode(json!([version, last.namespace, last.name]).to_string())
}

fn read_token(text: &str) -> Answered<Option<(u64, [String; 2])>> {
    if text.is_empty() {
        return Ok(None);
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
    let found: Option<(u64, String, String)> = serde_json::from_slice(&bytes).ok();
    let (version, namespace, name) =
        found.ok_or_else(|| Refusal::bad_request("continue key is not valid: it is no token of this server"))?;
    Ok(Some((version, [namespace, name])))
}

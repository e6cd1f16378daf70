//! Parameters of the backend's request, mapped from the client's.

use std::collections::BTreeMap;

use super::aim::Asked;

/// What the lab does not play.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown(pub String);

/// Parameters for the backend.
#[derive(Debug, Default)]
pub struct Mapping {
    /// Those of the path, by name.
    pub path: BTreeMap<String, String>,
    /// Those that go into headers.
    pub headers: Vec<(String, String)>,
    /// Those that go into the query, as `name=value`.
    pub query: Vec<String>,
}

impl Mapping {
    /// A REST API's: `integration.request.PLACE.NAME` from `method.request.PLACE.NAME`, or from a text in quotes. One
    /// that the client did not send is left out.
    ///
    /// # Errors
    ///
    /// An expression that is not played.
    pub fn of_rest(parameters: Option<&BTreeMap<String, String>>, asked: &Asked<'_>) -> Result<Self, Unknown> {
        let mut mapping = Self::default();
        for (to, from) in parameters.into_iter().flatten() {
            let Some(value) = sent(from, asked)? else { continue };
            match place(to, "integration.request.") {
                Some(("path", name)) => {
                    mapping.path.insert(name.to_owned(), value);
                }
                Some(("header", name)) => mapping.headers.push((name.to_owned(), value)),
                Some(("querystring", name)) => mapping.query.push(format!("{name}={value}")),
                _ => return Err(Unknown(to.clone())),
            }
        }
        Ok(mapping)
    }

    /// An HTTP API's: `overwrite:path` with `$request.path`, the whole of it or a name's part. It stands under `path`.
    ///
    /// # Errors
    ///
    /// Any other.
    pub fn of_http(parameters: Option<&BTreeMap<String, String>>, asked: &Asked<'_>) -> Result<Self, Unknown> {
        let mut mapping = Self::default();
        for (to, from) in parameters.into_iter().flatten() {
            let named = asked
                .captures
                .iter()
                .fold(from.clone(), |text, (name, value)| text.replace(&format!("$request.path.{name}"), value));
            let value = named.replace("$request.path", asked.path);
            if to != "overwrite:path" || value.contains('$') {
                return Err(Unknown(format!("{to} = {from}")));
            }
            mapping.path.insert("path".to_owned(), value);
        }
        Ok(mapping)
    }
}

/// What an expression of a REST API's comes to.
fn sent(from: &str, asked: &Asked<'_>) -> Result<Option<String>, Unknown> {
    if let Some(text) = from.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')) {
        return Ok(Some(text.to_owned()));
    }
    match place(from, "method.request.") {
        Some(("path", name)) => Ok(asked.captures.get(name).cloned()),
        Some(("header", name)) => Ok(asked.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)),
        Some(("querystring", name)) => {
            let mut pairs = asked.query.into_iter().flat_map(|query| query.split('&'));
            Ok(pairs.find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).map(str::to_owned))
        }
        _ => Err(Unknown(from.to_owned())),
    }
}

fn place<'a>(expression: &'a str, prefix: &str) -> Option<(&'a str, &'a str)> {
    expression.strip_prefix(prefix)?.split_once('.')
}

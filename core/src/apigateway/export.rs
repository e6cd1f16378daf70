//! The export of a stage, an OpenAPI document with API Gateway's extensions: the one place where AWS shows which
//! integrations a stage serves. Pure.

use std::collections::{BTreeMap, HashMap};

use aws_smithy_json::deserialize::json_token_iter;
use aws_smithy_json::deserialize::token::expect_document;
use aws_smithy_types::{Blob, Document};

use crate::apigateway::error::Error;
use crate::apigateway::integration::Integration;
use crate::apigateway::view::{ApiId, Routes};

const ANY: &str = "x-amazon-apigateway-any-method";
const INTEGRATION: &str = "x-amazon-apigateway-integration";
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
/// What an HTTP API's default route is called in an export, and by users.
const DEFAULT: &str = "/$default";

type Fields = HashMap<String, Document>;

/// Why an export cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the export of the stage is not the OpenAPI document that AWS documents: {0}")]
pub struct Unreadable(String);

/// What a stage serves, by its export.
///
/// # Errors
///
/// The export is not what it should be.
pub(crate) fn served(api: ApiId, stage: &str, export: Option<Blob>) -> Result<Routes<Integration>, Error> {
    let text = export.map(Blob::into_inner).unwrap_or_default();
    routes(&text).map_err(|source| Error::Export { api, stage: stage.to_owned(), source })
}

/// Every route of the document with its integration.
fn routes(text: &[u8]) -> Result<Routes<Integration>, Unreadable> {
    let mut tokens = json_token_iter(text).peekable();
    let document = expect_document(&mut tokens).map_err(|error| Unreadable(error.to_string()))?;
    let Some(Document::Object(paths)) = object(&document).and_then(|fields| fields.get("paths")) else {
        return Err(Unreadable("it has no paths".to_owned()));
    };
    let mut routes = Routes::new();
    for (path, methods) in paths {
        for (name, operation) in object(methods).into_iter().flatten() {
            let method = match name.as_str() {
                ANY => "ANY".to_owned(),
                name if METHODS.contains(&name) => name.to_ascii_uppercase(),
                _ => continue,
            };
            let found = object(operation).and_then(|fields| fields.get(INTEGRATION)).and_then(object);
            let route = if path == DEFAULT { "$default".to_owned() } else { format!("{method} {path}") };
            routes.insert(route, found.map(integration).unwrap_or_default());
        }
    }
    Ok(routes)
}

fn object(document: &Document) -> Option<&Fields> {
    match document {
        Document::Object(fields) => Some(fields),
        _ => None,
    }
}

fn integration(fields: &Fields) -> Integration {
    let text = |name: &str| fields.get(name).map(plain).filter(|text| !text.is_empty());
    Integration {
        uri: text("uri").unwrap_or_default(),
        private: text("connectionType").as_deref() == Some("VPC_LINK"),
        connection_id: text("connectionId"),
        target: text("integrationTarget"),
        others: normal(COMPARED.map(|name| (name, fields.get(name).map(plain)))),
    }
}

/// The fields that two integrations are compared by, beside where they lead.
const COMPARED: [&str; 10] = [
    "type",
    "httpMethod",
    "credentials",
    "requestParameters",
    "requestTemplates",
    "passthroughBehavior",
    "contentHandling",
    "timeoutInMillis",
    "responseTransferMode",
    "payloadFormatVersion",
];

/// The fields without what AWS fills in by itself, which it shows in one place and not in another.
pub(crate) fn normal<const N: usize>(fields: [(&str, Option<String>); N]) -> BTreeMap<String, String> {
    let there = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    let mut others: BTreeMap<String, String> = there.collect();
    for name in ["type", "passthroughBehavior", "responseTransferMode"] {
        if let Some(value) = others.get_mut(name) {
            value.make_ascii_lowercase();
        }
    }
    let filled_in = |name: &str, value: &str| match name {
        "timeoutInMillis" => value == "29000" || value == "30000" || value == "0",
        "passthroughBehavior" => value == "when_no_match",
        "responseTransferMode" => value == "buffered",
        _ => value.is_empty() || value == "{}",
    };
    others.retain(|name, value| !filled_in(name, value));
    others
}

/// A map as one text, whatever its order; none for none.
pub(crate) fn written(map: Option<HashMap<String, String>>) -> Option<String> {
    let sorted: BTreeMap<_, _> = map?.into_iter().collect();
    let pairs: Vec<String> = sorted.into_iter().map(|(key, value)| format!("{key}={value}")).collect();
    Some(format!("{{{}}}", pairs.join(", ")))
}

fn plain(value: &Document) -> String {
    match value {
        Document::String(text) => text.clone(),
        Document::Number(number) => format!("{}", number.to_f64_lossy()),
        Document::Bool(flag) => flag.to_string(),
        Document::Null => String::new(),
        Document::Object(fields) => {
            let fields = fields.iter().map(|(key, value)| (key.clone(), plain(value)));
            written(Some(fields.collect())).unwrap_or_default()
        }
        Document::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    #[track_caller]
    fn check(text: &str, expect: &Expect) {
        let line = |(route, found): (String, Integration)| {
            let link = found.connection_id.unwrap_or_default();
            format!("{route}: {} {} {link} {:?}\n", found.uri, found.private, found.others)
        };
        let text = match routes(text.as_bytes()) {
            Ok(routes) => routes.into_iter().map(line).collect(),
            Err(error) => format!("{error}\n"),
        };
        expect.assert_eq(&text);
    }

    #[test]
    fn routes_are_read_with_their_integrations() {
        check(
            r#"{"openapi": "3.0.1", "paths": {
                "/orders/{proxy+}": {
                    "parameters": [],
                    "x-amazon-apigateway-any-method": {"x-amazon-apigateway-integration": {
                        "type": "http_proxy", "httpMethod": "ANY", "uri": "http://n:8080/{proxy}", "timeoutInMillis": 5000,
                        "connectionType": "VPC_LINK", "connectionId": "abc", "passthroughBehavior": "when_no_match",
                        "requestParameters": {"b": "2", "a": "1"}}}},
                "/$default": {"x-amazon-apigateway-any-method": {}},
                "/ping": {"get": {"responses": {}}}}}"#,
            &expect![[r#"
                $default:  false  {}
                ANY /orders/{proxy+}: http://n:8080/{proxy} true abc {"httpMethod": "ANY", "requestParameters": "{a=1, b=2}", "timeoutInMillis": "5000", "type": "http_proxy"}
                GET /ping:  false  {}
            "#]],
        );
    }

    #[test]
    fn what_is_no_export_is_refused() {
        check(
            r#"{"openapi": "3.0.1"}"#,
            &expect![[r#"
            the export of the stage is not the OpenAPI document that AWS documents: it has no paths
        "#]],
        );
    }
}

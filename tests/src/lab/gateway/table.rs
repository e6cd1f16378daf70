//! What one deployment has, ready to be asked for every request.

use super::pattern::{Captures, Pattern};
use super::told::{Integration, Kind, Route};

/// Whatever method a request has.
const ANY: &str = "ANY";
/// The key of the route that takes what no other does.
const DEFAULT: &str = "$default";

/// A deployment's routes.
#[derive(Debug)]
pub struct Table {
    kind: Kind,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    /// None takes every path.
    pattern: Option<Pattern>,
    method: String,
    integration: Integration,
}

/// Where a request goes.
#[derive(Debug)]
pub struct Found<'a> {
    /// By which integration.
    pub integration: &'a Integration,
    /// What stands for the names in its path.
    pub captures: Captures,
}

impl Table {
    /// A deployment's routes.
    pub fn new(kind: Kind, routes: &[Route]) -> Self {
        let entry = |route: &Route| {
            let (method, path) = match kind {
                Kind::Rest => (route.method.as_str(), Some(route.path.as_str())),
                Kind::Http if route.key == DEFAULT => (ANY, None),
                Kind::Http => route.key.split_once(' ').map(|(method, path)| (method, Some(path))).unwrap_or_default(),
            };
            Entry { pattern: path.map(Pattern::of), method: method.to_owned(), integration: route.integration.clone() }
        };
        Self { kind, entries: routes.iter().map(entry).collect() }
    }

    /// Where a request goes; none where nothing is made for it.
    ///
    /// AWS: of a REST API, the most specific resource is found first, and then its method, by name before `ANY`. Of an
    /// HTTP API, the most specific route that has the method, and at last `$default`.
    pub fn find(&self, method: &str, path: &str) -> Option<Found<'_>> {
        let captures = |entry: &Entry| match &entry.pattern {
            Some(pattern) => pattern.captures(path),
            None => Some(Captures::new()),
        };
        let mut matching: Vec<(&Entry, Captures)> =
            self.entries.iter().filter_map(|entry| Some((entry, captures(entry)?))).collect();
        if self.kind == Kind::Rest {
            let resource = matching.iter().map(|(entry, _)| entry.pattern.clone()).max()?;
            matching.retain(|(entry, _)| entry.pattern == resource);
        }
        matching.retain(|(entry, _)| entry.method == method || entry.method == ANY);
        let (entry, captures) = matching.into_iter().max_by_key(|(entry, _)| (&entry.pattern, entry.method != ANY))?;
        Some(Found { integration: &entry.integration, captures })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integration(uri: &str) -> Integration {
        Integration { uri: Some(uri.to_owned()), ..Integration::default() }
    }

    #[track_caller]
    fn check(table: &Table, method: &str, path: &str, expect: Option<&str>) {
        let found = table.find(method, path);
        assert_eq!(found.and_then(|found| found.integration.uri.as_deref()), expect, "{method} {path}");
    }

    #[test]
    fn of_a_rest_api_the_most_specific_resource_serves_and_then_its_method() {
        let keys = [
            "ANY /{proxy+}",
            "GET /orders",
            "ANY /orders/{proxy+}",
            "GET /orders/{id}",
            "ANY /orders/{id}/lines",
            "POST /orders/{id}/lines",
            "GET /orders/new",
        ];
        let route = |key: &&str| {
            let (method, path) = key.split_once(' ').unwrap();
            let (method, path) = (method.to_owned(), path.to_owned());
            Route { method, path, integration: integration(key), ..Route::default() }
        };
        let table = Table::new(Kind::Rest, &keys.iter().map(route).collect::<Vec<_>>());
        check(&table, "GET", "/orders", Some("GET /orders"));
        check(&table, "GET", "/orders/new", Some("GET /orders/new"));
        check(&table, "GET", "/orders/1", Some("GET /orders/{id}"));
        check(&table, "POST", "/orders/1/lines", Some("POST /orders/{id}/lines"));
        check(&table, "PUT", "/orders/1/lines", Some("ANY /orders/{id}/lines"));
        check(&table, "PUT", "/orders/1/notes", Some("ANY /orders/{proxy+}"));
        check(&table, "PUT", "/stock/1", Some("ANY /{proxy+}"));
        check(&table, "PUT", "/orders/1", None);
        check(&table, "GET", "/", None);
    }

    #[test]
    fn of_an_http_api_the_most_specific_route_with_the_method_serves_and_default_last() {
        let keys = ["$default", "GET /orders/{id}", "ANY /orders/{id}", "POST /orders/{proxy+}"];
        let route = |key: &&str| Route { key: (*key).to_owned(), integration: integration(key), ..Route::default() };
        let table = Table::new(Kind::Http, &keys.iter().map(route).collect::<Vec<_>>());
        check(&table, "GET", "/orders/1", Some("GET /orders/{id}"));
        check(&table, "PUT", "/orders/1", Some("ANY /orders/{id}"));
        check(&table, "POST", "/orders/1/lines", Some("POST /orders/{proxy+}"));
        check(&table, "GET", "/orders/1/lines", Some("$default"));
        check(&table, "GET", "/", Some("$default"));
        check(&Table::new(Kind::Http, &[]), "GET", "/", None);
    }
}

//! A request as rules look at it, and whether it is like a rule's conditions.

use hyper::HeaderMap;

use super::pattern::{matches, matches_any_case};
use super::routes::{Condition, Patterns};

/// A request.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The host, without a port.
    pub host: &'a str,
    /// The path, without the query.
    pub path: &'a str,
    /// The query, without the question mark.
    pub query: &'a str,
    /// The method.
    pub method: &'a str,
    /// The headers.
    pub headers: &'a HeaderMap,
}

impl Asked<'_> {
    /// Whether it is like all of them.
    pub fn meets(&self, conditions: &[Condition]) -> bool {
        conditions.iter().all(|condition| self.meets_one(condition))
    }

    /// AWS: paths are compared in their case, hosts, header values and queries in any; methods as they are. Conditions
    /// on the source are met by all: everybody here is on the loopback interface.
    fn meets_one(&self, condition: &Condition) -> bool {
        let values = |config: &Option<Patterns>| {
            config.as_ref().map_or_else(|| condition.values.clone(), |config| config.values.clone())
        };
        match condition.field.as_str() {
            "host-header" => {
                values(&condition.host_header_config).iter().any(|pattern| matches_any_case(pattern, self.host))
            }
            "path-pattern" => values(&condition.path_pattern_config).iter().any(|pattern| matches(pattern, self.path)),
            "http-request-method" => {
                values(&condition.http_request_method_config).iter().any(|method| method == self.method)
            }
            "http-header" => condition.http_header_config.as_ref().is_some_and(|config| {
                let found = self.headers.get_all(&config.http_header_name);
                found
                    .iter()
                    .filter_map(|value| value.to_str().ok())
                    .any(|value| config.values.iter().any(|pattern| matches_any_case(pattern, value)))
            }),
            "query-string" => condition.query_string_config.as_ref().is_some_and(|config| {
                let pairs = || self.query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
                config.values.iter().any(|wanted| {
                    pairs().any(|(key, value)| {
                        wanted.key.as_ref().is_none_or(|pattern| matches_any_case(pattern, key))
                            && matches_any_case(&wanted.value, value)
                    })
                })
            }),
            "source-ip" => true,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(condition: serde_json::Value, expect: bool) {
        let mut headers = HeaderMap::new();
        headers.insert("x-team", "Payments".parse().unwrap());
        let asked =
            Asked { host: "a.example.com", path: "/orders/1", query: "a=1&b=Two", method: "GET", headers: &headers };
        let text = condition.to_string();
        let condition: Condition = serde_json::from_value(condition).unwrap();
        assert_eq!(asked.meets(&[condition]), expect, "{text}");
    }

    #[test]
    fn each_field_of_a_condition() {
        use serde_json::json;
        check(json!({"Field": "host-header", "Values": ["*.EXAMPLE.com"]}), true);
        check(json!({"Field": "host-header", "HostHeaderConfig": {"Values": ["b.example.com"]}}), false);
        check(json!({"Field": "path-pattern", "PathPatternConfig": {"Values": ["/x", "/orders/*"]}}), true);
        check(json!({"Field": "path-pattern", "Values": ["/Orders/*"]}), false);
        check(json!({"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["POST", "GET"]}}), true);
        check(json!({"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["POST"]}}), false);
        let header = |name: &str| json!({"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": name, "Values": ["pay*"]}});
        check(header("X-Team"), true);
        check(header("x-other"), false);
        let query = |pair: serde_json::Value| json!({"Field": "query-string", "QueryStringConfig": {"Values": [pair]}});
        check(query(json!({"Key": "B", "Value": "two"})), true);
        check(query(json!({"Key": "a", "Value": "two"})), false);
        check(query(json!({"Value": "t?o"})), true);
        check(json!({"Field": "something-new"}), false);
    }

    #[test]
    fn all_conditions_have_to_be_met() {
        let of = |pattern: &str| Condition {
            field: "path-pattern".to_owned(),
            values: vec![pattern.to_owned()],
            ..Condition::default()
        };
        let asked = Asked { host: "", path: "/a/b", query: "", method: "GET", headers: &HeaderMap::new() };
        assert!(asked.meets(&[of("/a/*"), of("*/b")]));
        assert!(!asked.meets(&[of("/a/*"), of("*/c")]));
        assert!(asked.meets(&[]));
    }
}

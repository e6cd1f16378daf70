//! A rule's conditions in short. Pure.

use aws_sdk_elasticloadbalancingv2::types::{QueryStringKeyValuePair, RuleCondition};

/// A rule's conditions, one text each, for example `host=orders.example.com` or `path=/orders/*,/orders`; a regular
/// expression stands behind `~`. In an order of their own, not AWS's, so that the same conditions give the same texts.
pub(crate) fn in_short(conditions: &[RuleCondition]) -> Vec<String> {
    let mut texts: Vec<String> = conditions.iter().map(text).collect();
    texts.sort();
    texts
}

fn text(condition: &RuleCondition) -> String {
    let subject = match condition.field().unwrap_or("unknown") {
        "host-header" => "host".to_owned(),
        "path-pattern" => "path".to_owned(),
        "http-request-method" => "method".to_owned(),
        "source-ip" => "source".to_owned(),
        "query-string" => "query".to_owned(),
        "http-header" => {
            let config = condition.http_header_config();
            format!("header:{}", config.and_then(|config| config.http_header_name()).unwrap_or_default())
        }
        other => other.to_owned(),
    };
    let sorted = |mut values: Vec<String>| {
        values.sort();
        values.dedup();
        values.join(",")
    };
    let (values, patterns) = (sorted(values(condition)), sorted(patterns(condition)));
    match (values.is_empty(), patterns.is_empty()) {
        (_, true) => format!("{subject}={values}"),
        (true, false) => format!("{subject}~{patterns}"),
        (false, false) => format!("{subject}={values}~{patterns}"),
    }
}

/// The values, in either of the two forms in which AWS has them.
fn values(condition: &RuleCondition) -> Vec<String> {
    let mut values = condition.values().to_vec();
    values.extend(condition.host_header_config().map(|config| config.values()).unwrap_or_default().to_vec());
    values.extend(condition.path_pattern_config().map(|config| config.values()).unwrap_or_default().to_vec());
    values.extend(condition.http_header_config().map(|config| config.values()).unwrap_or_default().to_vec());
    values.extend(condition.http_request_method_config().map(|config| config.values()).unwrap_or_default().to_vec());
    values.extend(condition.source_ip_config().map(|config| config.values()).unwrap_or_default().to_vec());
    let queries = condition.query_string_config().map(|config| config.values()).unwrap_or_default();
    values.extend(queries.iter().map(query));
    values
}

fn query(pair: &QueryStringKeyValuePair) -> String {
    let value = pair.value().unwrap_or_default();
    pair.key().map_or(value.to_owned(), |key| format!("{key}={value}"))
}

fn patterns(condition: &RuleCondition) -> Vec<String> {
    let mut patterns = condition.regex_values().to_vec();
    patterns.extend(condition.host_header_config().map(|config| config.regex_values()).unwrap_or_default().to_vec());
    patterns.extend(condition.path_pattern_config().map(|config| config.regex_values()).unwrap_or_default().to_vec());
    patterns.extend(condition.http_header_config().map(|config| config.regex_values()).unwrap_or_default().to_vec());
    patterns
}

#[cfg(test)]
mod tests {
    use aws_sdk_elasticloadbalancingv2::types::{
        HostHeaderConditionConfig, HttpHeaderConditionConfig, QueryStringConditionConfig,
    };

    use super::*;

    fn on(field: &str) -> aws_sdk_elasticloadbalancingv2::types::builders::RuleConditionBuilder {
        RuleCondition::builder().field(field)
    }

    #[track_caller]
    fn check(conditions: &[RuleCondition], wanted: &[&str]) {
        assert_eq!(in_short(conditions), wanted);
    }

    #[test]
    fn conditions_are_short_and_in_an_order_of_their_own() {
        let path = || on("path-pattern").values("/orders/*").values("/orders").build();
        let host = on("host-header")
            .values("a.example.com")
            .host_header_config(HostHeaderConditionConfig::builder().values("a.example.com").build())
            .build();
        check(&[path(), host.clone()], &["host=a.example.com", "path=/orders,/orders/*"]);
        check(&[host, path()], &["host=a.example.com", "path=/orders,/orders/*"]);
        check(&[], &[]);
    }

    #[test]
    fn every_field_says_what_it_looks_at() {
        let header = HttpHeaderConditionConfig::builder().http_header_name("X-Env").values("green").build();
        check(&[on("http-header").http_header_config(header).build()], &["header:X-Env=green"]);
        let pair = |key: Option<&str>, value: &str| {
            QueryStringKeyValuePair::builder().set_key(key.map(str::to_owned)).value(value).build()
        };
        let query =
            QueryStringConditionConfig::builder().values(pair(Some("v"), "2")).values(pair(None, "beta")).build();
        check(&[on("query-string").query_string_config(query).build()], &["query=beta,v=2"]);
        check(&[on("http-request-method").values("GET").build()], &["method=GET"]);
        check(&[on("source-ip").values("10.0.0.0/8").build()], &["source=10.0.0.0/8"]);
        check(&[on("path-pattern").regex_values("^/v[12]/").build()], &["path~^/v[12]/"]);
        check(&[on("moon-phase").values("full").build()], &["moon-phase=full"]);
    }
}

//! What a deployment would ship beside a swap's own edits: where the API differs from what a stage serves. Pure.

use crate::apigateway::integration::Integration;
use crate::apigateway::view::{Live, Routes};

/// One difference between an API and what a stage of it serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Difference {
    /// The route.
    pub route: String,
    /// How it differs, in words.
    pub what: String,
    /// Whether nothing differs but where the integration leads.
    pub only_leads_elsewhere: bool,
}

/// Every route on which the API differs from what a stage serves. Integrations are compared field by field, but for
/// caching, and routes by whether they are there; models, authorisation and responses are not compared.
pub(crate) fn differences(live: &Routes<Live>, served: &Routes<Integration>) -> Vec<Difference> {
    let gone = served.keys().filter(|route| !live.contains_key(*route));
    let gone = gone.map(|route| difference(route, "is served, and is no longer in the API"));
    let edited = live.iter().filter_map(|(route, live)| match served.get(route) {
        None => Some(difference(route, "is in the API, and is not served yet")),
        Some(served) => compared(route, &live.integration, served),
    });
    gone.chain(edited).collect()
}

fn difference(route: &str, what: &str) -> Difference {
    Difference { route: route.to_owned(), what: what.to_owned(), only_leads_elsewhere: false }
}

fn compared(route: &str, live: &Integration, served: &Integration) -> Option<Difference> {
    if live == served {
        return None;
    }
    let mut fields = Vec::new();
    let mut note = |name: &str, live: &str, served: &str| {
        if live != served {
            fields.push(format!("{name} {served:?} is to become {live:?}"));
        }
    };
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    note("uri", &live.uri, &served.uri);
    note("integrationTarget", &text(&live.target), &text(&served.target));
    let only_leads_elsewhere =
        live.private == served.private && live.connection_id == served.connection_id && live.others == served.others;
    note("connectionType", connection(live), connection(served));
    note("connectionId", &text(&live.connection_id), &text(&served.connection_id));
    let names: std::collections::BTreeSet<&String> = live.others.keys().chain(served.others.keys()).collect();
    for name in names {
        let value = |of: &Integration| of.others.get(name).cloned().unwrap_or_default();
        note(name, &value(live), &value(served));
    }
    Some(Difference { route: route.to_owned(), what: fields.join(", "), only_leads_elsewhere })
}

fn connection(integration: &Integration) -> &'static str {
    if integration.private { "VPC_LINK" } else { "INTERNET" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integration(uri: &str, timeout: &str) -> Integration {
        let others = [("timeoutInMillis".to_owned(), timeout.to_owned())].into();
        Integration { uri: uri.to_owned(), others, ..Integration::default() }
    }

    #[track_caller]
    fn check(live: &[(&str, Integration)], served: &[(&str, Integration)], expect: &[(&str, &str, bool)]) {
        let live = live.iter().map(|(route, integration)| {
            let live = Live { handle: (String::new(), String::new()), integration: integration.clone() };
            ((*route).to_owned(), live)
        });
        let served = served.iter().map(|(route, integration)| ((*route).to_owned(), integration.clone()));
        let found = differences(&live.collect(), &served.collect());
        let found: Vec<(&str, &str, bool)> =
            found.iter().map(|one| (one.route.as_str(), one.what.as_str(), one.only_leads_elsewhere)).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn every_difference_is_named() {
        let (a, b) = (integration("http://a:1/", "29000"), integration("http://a:2/", "29000"));
        check(&[("GET /", a.clone())], &[("GET /", a.clone())], &[]);
        let uri = r#"uri "http://a:1/" is to become "http://a:2/""#;
        check(&[("GET /", b)], &[("GET /", a.clone())], &[("GET /", uri, true)]);
        let timeout = r#"timeoutInMillis "29000" is to become "5000""#;
        check(&[("GET /", integration("http://a:1/", "5000"))], &[("GET /", a.clone())], &[("GET /", timeout, false)]);
        check(&[("GET /n", a.clone())], &[], &[("GET /n", "is in the API, and is not served yet", false)]);
        check(&[], &[("GET /n", a)], &[("GET /n", "is served, and is no longer in the API", false)]);
    }
}

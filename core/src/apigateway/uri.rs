//! The port in an integration's URI, written out or in a stage variable. Pure.
//!
//! A stage variable may stand for a whole authority, a host, a sub-domain, a path or a query (API Gateway developer guide,
//! stage variables reference); never for the scheme.

use std::collections::BTreeMap;

/// A stage's variables by name.
pub(crate) type Variables = BTreeMap<String, String>;

/// Where a URI leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Authority {
    /// The host, with the variables in place, in lower case.
    pub host: String,
    /// The port; the scheme's own where none is written.
    pub port: u16,
    /// Who holds the port.
    pub holder: Holder,
}

/// Who holds the port of a URI.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Holder {
    /// The URI itself: a change takes effect with a deployment.
    Uri,
    /// This stage variable: a change takes effect at once.
    Variable(String),
}

/// What gives a URI another port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PortChange {
    /// This URI instead.
    Uri(String),
    /// This variable set to this value.
    Variable {
        /// The variable's name.
        name: String,
        /// Its value.
        value: String,
    },
}

/// An authority and what follows it, cut where its parts begin and end.
struct Place<'a> {
    host: &'a str,
    port: Option<&'a str>,
    rest: &'a str,
}

/// Where a URI leads in a stage with these variables. None for what is no HTTP URI, or whose port cannot be told.
pub(crate) fn authority(uri: &str, variables: &Variables) -> Option<Authority> {
    let (scheme, place) = cut(uri)?;
    let standard = if scheme.eq_ignore_ascii_case("https") { 443 } else { 80 };
    let host = filled(place.host, variables)?;
    let (host, port, holder) = match (place.port, variable(place.host)) {
        (Some(port), _) => match variable(port) {
            Some(name) => (host, variables.get(name)?.parse().ok()?, Holder::Variable(name.to_owned())),
            None => (host, port.parse().ok()?, Holder::Uri),
        },
        (None, Some(name)) => {
            let held = place_of(&host)?;
            let port = held.port.map_or(Some(standard), |port| port.parse().ok())?;
            (held.host.to_owned(), port, Holder::Variable(name.to_owned()))
        }
        (None, None) => (host, standard, Holder::Uri),
    };
    (!host.is_empty()).then(|| Authority { host: host.to_ascii_lowercase(), port, holder })
}

/// What gives the URI this port, everything else in it as it is. None where [`authority`] finds none.
pub(crate) fn with_port(uri: &str, variables: &Variables, port: u16) -> Option<PortChange> {
    let (scheme, place) = cut(uri)?;
    match authority(uri, variables)?.holder {
        Holder::Uri => Some(PortChange::Uri(format!("{scheme}://{}:{port}{}", place.host, place.rest))),
        Holder::Variable(name) if place.port.is_some() => Some(PortChange::Variable { name, value: port.to_string() }),
        Holder::Variable(name) => {
            let held = place_of(variables.get(&name)?)?;
            let value = format!("{}:{port}{}", held.host, held.rest);
            Some(PortChange::Variable { name, value })
        }
    }
}

/// The names of the stage variables in a text.
pub(crate) fn variables_in(text: &str) -> Vec<&str> {
    let pieces = text.split("${stageVariables.").skip(1);
    pieces.filter_map(|piece| piece.split_once('}').map(|(name, _)| name)).collect()
}

/// The text with the variables in place; none where one is not set.
pub(crate) fn filled(text: &str, variables: &Variables) -> Option<String> {
    let mut filled = text.to_owned();
    for name in variables_in(text) {
        filled = filled.replace(&format!("${{stageVariables.{name}}}"), variables.get(name)?);
    }
    Some(filled)
}

/// An HTTP URI's scheme, and where it leads.
fn cut(uri: &str) -> Option<(&str, Place<'_>)> {
    let (scheme, after) = uri.split_once("://")?;
    let http = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    http.then_some((scheme, place_of(after)?))
}

fn place_of(text: &str) -> Option<Place<'_>> {
    let (authority, rest) = text.split_at_checked(text.find(['/', '?', '#']).unwrap_or(text.len()))?;
    let (host, port) = authority.rsplit_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    Some(Place { host, port, rest })
}

/// The variable that a text is, whole.
fn variable(text: &str) -> Option<&str> {
    let name = text.strip_prefix("${stageVariables.")?.strip_suffix('}')?;
    (!name.contains(['$', '{', '}'])).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage() -> Variables {
        let pairs = [("port", "8080"), ("backend", "NLB.example:8080"), ("host", "nlb.example"), ("env", "prod")];
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
    }

    /// A URI, and what it becomes at port 9090: the URI, or `variable=value`.
    #[track_caller]
    fn check(uri: &str, leads_to: &str, at_9090: &str) {
        let found = authority(uri, &stage());
        let text = found.map_or("nowhere".to_owned(), |found| format!("{}:{}", found.host, found.port));
        assert_eq!(text, leads_to);
        let changed = match with_port(uri, &stage(), 9090) {
            None => "nothing".to_owned(),
            Some(PortChange::Uri(uri)) => uri,
            Some(PortChange::Variable { name, value }) => format!("{name}={value}"),
        };
        assert_eq!(changed, at_9090);
    }

    #[test]
    fn a_written_port_is_replaced_and_the_rest_stays() {
        check("http://nlb.example:8080/a/{proxy}?x=1", "nlb.example:8080", "http://nlb.example:9090/a/{proxy}?x=1");
        check("https://Orders.example/", "orders.example:443", "https://Orders.example:9090/");
        check("http://nlb.example", "nlb.example:80", "http://nlb.example:9090");
        check("http://api.${stageVariables.env}:8080/", "api.prod:8080", "http://api.${stageVariables.env}:9090/");
        check("http://${stageVariables.host}:8080/a", "nlb.example:8080", "http://${stageVariables.host}:9090/a");
    }

    #[test]
    fn a_port_in_a_stage_variable_is_changed_there() {
        check("http://nlb.example:${stageVariables.port}/a", "nlb.example:8080", "port=9090");
        check("http://${stageVariables.host}:${stageVariables.port}/a", "nlb.example:8080", "port=9090");
        check("http://${stageVariables.backend}/{proxy}", "nlb.example:8080", "backend=NLB.example:9090");
        check("https://${stageVariables.host}/", "nlb.example:443", "host=nlb.example:9090");
    }

    #[test]
    fn what_cannot_be_told_leads_nowhere() {
        check("arn:aws:lambda:eu-west-1:1:function:f", "nowhere", "nothing");
        check("http://nlb.example:${stageVariables.unset}/", "nowhere", "nothing");
        check("http://nlb.example:80${stageVariables.port}/", "nowhere", "nothing");
        check("http://nlb.example:99999/", "nowhere", "nothing");
        check("", "nowhere", "nothing");
    }
}

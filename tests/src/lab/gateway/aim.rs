//! Where an integration sends a request, and what the request is then.

use std::time::Duration;

use hyper::{HeaderMap, Uri};

use super::mapping::{Mapping, Unknown};
use super::pattern::Captures;
use super::told::{Integration, Kind, Link, Links};

/// AWS: how long a backend may take where the integration does not say.
const TIMEOUT_OF_REST: u64 = 29_000;
/// See `TIMEOUT_OF_REST`.
const TIMEOUT_OF_HTTP: u64 = 30_000;

/// A request that has found its integration.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// What its API is.
    pub kind: Kind,
    /// The stage's name.
    pub stage: &'a str,
    /// The path, without the query.
    pub path: &'a str,
    /// The query, without the question mark.
    pub query: Option<&'a str>,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// What stands for the names in the route's path.
    pub captures: &'a Captures,
}

/// Which listener takes a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// The one on this port of a load balancer.
    Port(String, u16),
    /// This one.
    Listener(String),
}

/// Where a request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aim {
    /// The listener that takes it.
    pub via: Via,
    /// The host that is asked for.
    pub host: Option<String>,
    /// The path and the query that are asked for.
    pub path: String,
    /// Headers beside the client's.
    pub headers: Vec<(String, String)>,
    /// How long the backend may take.
    pub timeout: Duration,
}

/// Why a request goes nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// AWS would log this as a configuration error.
    Configuration(String),
    /// AWS might serve it; the lab does not.
    NotPlayed(String),
}

impl From<Unknown> for Fault {
    fn from(Unknown(what): Unknown) -> Self {
        Self::NotPlayed(format!("the mapping {what}"))
    }
}

impl Aim {
    /// Where an integration sends a request.
    ///
    /// # Errors
    ///
    /// No usable VPC link, a URI that is none, or something that the lab does not play.
    pub fn of(integration: &Integration, links: &Links, asked: &Asked<'_>) -> Result<Self, Fault> {
        if integration.kind != "HTTP_PROXY" {
            return Err(Fault::NotPlayed(format!("an integration of type {}", integration.kind)));
        }
        if integration.connection_type.as_deref() != Some("VPC_LINK") {
            return Err(Fault::NotPlayed("an integration without a VPC link".to_owned()));
        }
        let name = integration.connection_id.as_deref().unwrap_or_default();
        let link = links.get(name).filter(|link| link.status == "AVAILABLE");
        let link = link.ok_or_else(|| Fault::Configuration(format!("no available VPC link {name:?}")))?;
        match asked.kind {
            Kind::Rest => of_rest(integration, link, asked),
            Kind::Http => of_http(integration, asked),
        }
    }
}

/// AWS: the URI gives port, path and host; the host is not looked up, for the VPC link leads to the load balancer.
/// Parameters in braces are those that the integration maps, and braces that stay are an illegal character. The client's
/// query goes along.
fn of_rest(integration: &Integration, link: &Link, asked: &Asked<'_>) -> Result<Aim, Fault> {
    let uri = integration.uri.as_deref().unwrap_or_default();
    let mapping = Mapping::of_rest(integration.request_parameters.as_ref(), asked)?;
    let filled =
        mapping.path.iter().fold(uri.to_owned(), |uri, (name, value)| uri.replace(&format!("{{{name}}}"), value));
    let wrong = || Fault::Configuration(format!("{filled:?} is no URI"));
    if filled.contains(['{', '}']) {
        return Err(wrong());
    }
    let parsed: Uri = filled.parse().map_err(|_| wrong())?;
    let host = parsed.authority().ok_or_else(wrong)?.host().to_owned();
    let port = match (parsed.port_u16(), parsed.scheme_str()) {
        (Some(port), _) => port,
        // The lab speaks plain HTTP on it all the same.
        (None, Some("https")) => 443,
        (None, _) => 80,
    };
    let via = match integration.integration_target.as_deref() {
        Some(target) if target.contains(":listener/") => Via::Listener(target.to_owned()),
        Some(target) => Via::Port(target.to_owned(), port),
        None => {
            let balancer = link.balancers.first();
            Via::Port(balancer.ok_or_else(|| Fault::Configuration("a VPC link to nowhere".to_owned()))?.clone(), port)
        }
    };
    let query: Vec<&str> =
        [parsed.query(), asked.query].into_iter().flatten().chain(mapping.query.iter().map(String::as_str)).collect();
    let timeout = Duration::from_millis(integration.timeout_in_millis.unwrap_or(TIMEOUT_OF_REST));
    let path = with_query(parsed.path(), &query);
    Ok(Aim { via, host: Some(host), path, headers: mapping.headers, timeout })
}

/// AWS: the URI is a listener's ARN. The path is the client's, below the stage's name unless that is `$default`, or what
/// `overwrite:path` makes of it.
fn of_http(integration: &Integration, asked: &Asked<'_>) -> Result<Aim, Fault> {
    let uri = integration.uri.as_deref().unwrap_or_default();
    if !uri.contains(":listener/") {
        return Err(Fault::NotPlayed(format!("a private integration with {uri:?}")));
    }
    let mapping = Mapping::of_http(integration.request_parameters.as_ref(), asked)?;
    let path = match mapping.path.get("path") {
        Some(path) => path.clone(),
        None if asked.stage == "$default" => asked.path.to_owned(),
        None => format!("/{}{}", asked.stage, asked.path),
    };
    let query: Vec<&str> = asked.query.into_iter().collect();
    let timeout = Duration::from_millis(integration.timeout_in_millis.unwrap_or(TIMEOUT_OF_HTTP));
    let via = Via::Listener(uri.to_owned());
    Ok(Aim { via, host: None, path: with_query(&path, &query), headers: mapping.headers, timeout })
}

fn with_query(path: &str, query: &[&str]) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::super::pattern::Pattern;
    use super::*;

    const NLB: &str = "arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/net/nlb/1";
    const LISTENER: &str = "arn:aws:elasticloadbalancing:eu-west-1:1:listener/net/nlb/1/2";

    fn links() -> Links {
        let link = |status: &str, balancers: &[&str]| Link {
            status: status.to_owned(),
            balancers: balancers.iter().map(|&arn| arn.to_owned()).collect(),
        };
        let all =
            [("v1", link("AVAILABLE", &[NLB])), ("v2", link("AVAILABLE", &[])), ("late", link("PENDING", &[NLB]))];
        all.into_iter().map(|(name, link)| (name.to_owned(), link)).collect()
    }

    fn private(link: &str, uri: &str) -> Integration {
        Integration {
            kind: "HTTP_PROXY".to_owned(),
            uri: Some(uri.to_owned()),
            connection_type: Some("VPC_LINK".to_owned()),
            connection_id: Some(link.to_owned()),
            ..Integration::default()
        }
    }

    fn mapped(integration: Integration, parameters: &[(&str, &str)]) -> Integration {
        let parameters = parameters.iter().map(|(to, from)| (to.to_string(), from.to_string())).collect();
        Integration { request_parameters: Some(parameters), ..integration }
    }

    /// Of a request for `/orders/4/2?a=1&b=2`, by the route `/orders/{proxy+}`.
    fn aim(kind: Kind, stage: &str, integration: &Integration) -> Result<Aim, Fault> {
        let captures = &Pattern::of("/orders/{proxy+}").captures("/orders/4/2").unwrap();
        let headers = &[("x-team".parse().unwrap(), "pay".parse().unwrap())].into_iter().collect();
        let asked = Asked { kind, stage, path: "/orders/4/2", query: Some("a=1&b=2"), headers, captures };
        Aim::of(integration, &links(), &asked)
    }

    #[track_caller]
    fn check(kind: Kind, stage: &str, integration: Integration, via: Via, path: &str) {
        let aim = aim(kind, stage, &integration).unwrap();
        assert_eq!((aim.via, aim.path.as_str()), (via, path), "{integration:?}");
    }

    #[test]
    fn a_rest_integration_goes_to_the_port_in_its_uri() {
        let port = |number| Via::Port(NLB.to_owned(), number);
        let rest = |integration, via, path| check(Kind::Rest, "prod", integration, via, path);
        rest(private("v1", "http://nlb:8080/a"), port(8080), "/a?a=1&b=2");
        rest(private("v1", "http://nlb/a?c=3"), port(80), "/a?c=3&a=1&b=2");
        rest(private("v1", "https://nlb"), port(443), "/?a=1&b=2");
        let target =
            |arn: &str| Integration { integration_target: Some(arn.to_owned()), ..private("v2", "http://any:9090/a") };
        rest(target(NLB), port(9090), "/a?a=1&b=2");
        rest(target(LISTENER), Via::Listener(LISTENER.to_owned()), "/a?a=1&b=2");
    }

    #[test]
    fn parameters_are_mapped_into_path_headers_and_query() {
        let integration = mapped(
            private("v1", "http://nlb:1/new/{rest}/{b}"),
            &[
                ("integration.request.path.rest", "method.request.path.proxy"),
                ("integration.request.path.b", "method.request.querystring.b"),
                ("integration.request.querystring.c", "'3'"),
                ("integration.request.header.x-by", "method.request.header.x-team"),
                ("integration.request.header.x-none", "method.request.header.x-other"),
            ],
        );
        let aim = aim(Kind::Rest, "prod", &integration).unwrap();
        assert_eq!(aim.path, "/new/4/2/2?a=1&b=2&c=3");
        assert_eq!(aim.headers, [("x-by".to_owned(), "pay".to_owned())]);
    }

    #[test]
    fn an_http_integration_goes_to_its_listener_below_the_stages_name() {
        let via = || Via::Listener(LISTENER.to_owned());
        let http = |stage, integration, path| check(Kind::Http, stage, integration, via(), path);
        http("$default", private("v2", LISTENER), "/orders/4/2?a=1&b=2");
        http("prod", private("v2", LISTENER), "/prod/orders/4/2?a=1&b=2");
        let overwritten = |to| mapped(private("v2", LISTENER), &[("overwrite:path", to)]);
        http("prod", overwritten("$request.path"), "/orders/4/2?a=1&b=2");
        http("prod", overwritten("/new/$request.path.proxy"), "/new/4/2?a=1&b=2");
    }

    #[test]
    fn what_goes_nowhere_says_why() {
        let check = |kind, integration: Integration, expect: &str| {
            let fault = aim(kind, "prod", &integration).unwrap_err();
            assert!(format!("{fault:?}").contains(expect), "{fault:?}");
        };
        check(Kind::Rest, private("v3", "http://nlb"), "Configuration(\"no available VPC link");
        check(Kind::Rest, private("late", "http://nlb"), "Configuration(\"no available VPC link");
        check(Kind::Rest, private("v2", "http://nlb"), "Configuration(\"a VPC link to nowhere");
        check(Kind::Rest, private("v1", "http://nlb/{proxy}"), "Configuration(");
        check(Kind::Rest, private("v1", "/orders"), "Configuration(");
        check(Kind::Rest, Integration { kind: "MOCK".to_owned(), ..private("v1", "") }, "NotPlayed(");
        check(Kind::Rest, Integration { connection_type: None, ..private("v1", "") }, "NotPlayed(");
        check(Kind::Http, private("v2", "http://nlb"), "NotPlayed(");
        let odd = mapped(private("v2", LISTENER), &[("append:header.x", "1")]);
        check(Kind::Http, odd, "NotPlayed(\"the mapping append:header.x = 1");
    }
}

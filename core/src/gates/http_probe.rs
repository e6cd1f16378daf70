//! A request that green has to answer.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{HOST, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use http::uri::{Scheme, Uri};
use http::{Request, StatusCode};
use http_body_util::Empty;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::sync::OnceCell;

use crate::causes::causes;
use crate::clock::Clock;
use crate::engine::gate::{Gate, Question, Side, Verdict};

/// The statuses that count as healthy: single ones and ranges, as in `200-299,301`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedStatus(Vec<RangeInclusive<u16>>);

impl ExpectedStatus {
    /// Reads statuses of 100 to 599, and ranges of them, with commas between.
    ///
    /// # Errors
    ///
    /// [`HttpProbeError::ExpectedStatus`] names the part that is wrong.
    pub fn parse(text: &str) -> Result<Self, HttpProbeError> {
        let wrong = |part: &str| HttpProbeError::ExpectedStatus { text: text.to_owned(), part: part.to_owned() };
        let status = |part: &str| {
            let digits = part.len() == 3 && part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse().ok().filter(|status| digits && (100..=599).contains(status))
        };
        let mut ranges = Vec::new();
        for part in text.split(',').map(str::trim) {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            match (status(first.trim()), status(last.trim())) {
                (Some(first), Some(last)) if first <= last => ranges.push(first..=last),
                _ => return Err(wrong(part)),
            }
        }
        Ok(Self(ranges))
    }

    /// Whether this status counts as healthy.
    pub fn contains(&self, status: u16) -> bool {
        self.0.iter().any(|range| range.contains(&status))
    }
}

impl Default for ExpectedStatus {
    fn default() -> Self {
        Self(vec![200..=299])
    }
}

impl FromStr for ExpectedStatus {
    type Err = HttpProbeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for ExpectedStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = self
            .0
            .iter()
            .map(|range| match (range.start(), range.end()) {
                (first, last) if first == last => first.to_string(),
                (first, last) => format!("{first}-{last}"),
            })
            .collect();
        f.write_str(&parts.join(","))
    }
}

/// What to ask of green.
#[derive(Clone)]
pub struct HttpProbeConfig {
    /// The URL, `http` or `https`, without a user or a password in it.
    pub url: String,
    /// The statuses that count as healthy.
    pub expected_status: ExpectedStatus,
    /// How long the answer may take, from connecting to the last header; more than zero.
    pub timeout: Duration,
    /// The `Host` header, where it is not the URL's host. TLS asks for the URL's host all the same.
    pub host: Option<String>,
    /// Further headers. Their values are never shown.
    pub headers: BTreeMap<String, String>,
}

impl fmt::Debug for HttpProbeConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpProbeConfig")
            .field("url", &self.url.split(['?', '#']).next().unwrap_or_default())
            .field("expected_status", &self.expected_status)
            .field("timeout", &self.timeout)
            .field("host", &self.host)
            .field("headers", &self.headers.keys())
            .finish()
    }
}

/// Settings that make no probe.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HttpProbeError {
    /// The URL cannot be asked. It is not repeated here, for it may hold a password.
    #[error("use the URL of the probe: {0}")]
    Url(String),
    /// The expected statuses cannot be read.
    #[error("read the expected status {text:?}: {part:?} is no status (100 to 599) and no range such as 200-299")]
    ExpectedStatus {
        /// The whole text.
        text: String,
        /// The part that is wrong.
        part: String,
    },
    /// The timeout is zero.
    #[error("use a timeout of zero for the probe: nothing answers in no time")]
    Timeout,
    /// The host is no host.
    #[error("use {0:?} as the probe's host: it cannot be a `Host` header")]
    Host(String),
    /// A header cannot be sent. Its value is not repeated.
    #[error("send the probe's header {name:?}: {reason}")]
    Header {
        /// The header's name.
        name: String,
        /// What is wrong.
        reason: &'static str,
    },
}

type Body = Empty<Bytes>;

/// The client, by what the URL needs: certificates are read from the system only for `https`.
enum Prober {
    Plain(Client<HttpConnector, Body>),
    Tls(Client<HttpsConnector<HttpConnector>, Body>),
}

/// Asks green over HTTP where green's share rises. Follows no redirect and reads no body.
pub struct HttpProbeGate {
    clock: Arc<dyn Clock>,
    uri: Uri,
    /// The URL without its query, which may hold a secret.
    shown: String,
    expected_status: ExpectedStatus,
    timeout: Duration,
    headers: HeaderMap,
    prober: OnceCell<Prober>,
}

impl HttpProbeGate {
    /// A gate that asks this and waits on `clock`. Connects to nothing yet.
    ///
    /// # Errors
    ///
    /// A setting that makes no probe.
    pub fn new(clock: Arc<dyn Clock>, config: HttpProbeConfig) -> Result<Self, HttpProbeError> {
        let uri: Uri =
            config.url.parse().map_err(|error: http::uri::InvalidUri| HttpProbeError::Url(error.to_string()))?;
        let wrong = |why: &str| HttpProbeError::Url(why.to_owned());
        let scheme = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTP || *scheme == Scheme::HTTPS => scheme,
            _ => return Err(wrong("it begins with neither `http://` nor `https://`")),
        };
        let authority = uri.authority().filter(|authority| !authority.host().is_empty());
        let authority = authority.ok_or_else(|| wrong("it names no host"))?;
        if authority.as_str().contains('@') {
            return Err(wrong("it holds a user or a password; send an `Authorization` header instead"));
        }
        if config.timeout.is_zero() {
            return Err(HttpProbeError::Timeout);
        }
        let shown = format!("{scheme}://{authority}{}", uri.path());
        let headers = headers(&config)?;
        let HttpProbeConfig { expected_status, timeout, .. } = config;
        Ok(Self { clock, uri, shown, expected_status, timeout, headers, prober: OnceCell::new() })
    }

    async fn ask(&self, prober: &Prober) -> Result<StatusCode, String> {
        let mut request = Request::new(Body::new());
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = self.headers.clone();
        let answer = async {
            match prober {
                Prober::Plain(client) => client.request(request).await,
                Prober::Tls(client) => client.request(request).await,
            }
        };
        tokio::select! {
            biased;
            answer = answer => match answer {
                Ok(answer) => Ok(answer.status()),
                Err(error) => Err(causes(&error)),
            },
            () = self.clock.sleep(self.timeout) => Err(format!("no answer within {:?}", self.timeout)),
        }
    }
}

/// The headers to send.
fn headers(config: &HttpProbeConfig) -> Result<HeaderMap, HttpProbeError> {
    let mut headers = HeaderMap::new();
    headers.insert(USER_AGENT, HeaderValue::from_static(concat!("eksmig/", env!("CARGO_PKG_VERSION"))));
    for (name, value) in &config.headers {
        let wrong = |reason| HttpProbeError::Header { name: name.clone(), reason };
        let key = HeaderName::from_str(name).map_err(|_| wrong("this is no name of a header"))?;
        if key == HOST {
            return Err(wrong("set `host` instead"));
        }
        let mut value =
            HeaderValue::from_str(value).map_err(|_| wrong("its value has characters that no header may have"))?;
        value.set_sensitive(true);
        headers.insert(key, value);
    }
    if let Some(host) = &config.host {
        let wrong = || HttpProbeError::Host(host.clone());
        let authority: http::uri::Authority = host.parse().map_err(|_| wrong())?;
        if authority.as_str().contains('@') {
            return Err(wrong());
        }
        headers.insert(HOST, HeaderValue::from_str(host).map_err(|_| wrong())?);
    }
    Ok(headers)
}

/// Makes the client: one connection for each probe, so that a connection kept open hides nothing.
async fn prober(tls: bool) -> Result<Prober, std::io::Error> {
    let mut builder = Client::builder(TokioExecutor::new());
    builder.pool_max_idle_per_host(0).retry_canceled_requests(false);
    let mut connector = HttpConnector::new();
    if !tls {
        return Ok(Prober::Plain(builder.build(connector)));
    }
    connector.enforce_http(false);
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let connector = HttpsConnectorBuilder::new()
        .with_provider_and_native_roots(provider)?
        .https_only()
        .enable_http1()
        .wrap_connector(connector);
    Ok(Prober::Tls(builder.build(connector)))
}

impl fmt::Debug for HttpProbeGate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpProbeGate")
            .field("url", &self.shown)
            .field("expected_status", &self.expected_status)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Gate for HttpProbeGate {
    fn name(&self) -> &'static str {
        "http_probe"
    }

    fn watches(&self, question: Question) -> bool {
        question.rising.contains(Side::Green)
    }

    async fn judge(&self, _question: Question) -> Verdict {
        let Self { shown, expected_status, .. } = self;
        let tls = self.uri.scheme() == Some(&Scheme::HTTPS);
        let prober = match self.prober.get_or_try_init(|| prober(tls)).await {
            Ok(prober) => prober,
            Err(error) => {
                return Verdict::Inconclusive(format!(
                    "{shown} cannot be asked: the system's certificates cannot be read: {}",
                    causes(&error)
                ));
            }
        };
        match self.ask(prober).await {
            Ok(status) if expected_status.contains(status.as_u16()) => Verdict::Pass,
            Ok(status) if status.is_redirection() => Verdict::Fail(format!(
                "{shown} answered {status}; wanted {expected_status} (redirects are not followed)"
            )),
            Ok(status) => Verdict::Fail(format!("{shown} answered {status}; wanted {expected_status}")),
            Err(why) => Verdict::Fail(format!("{shown} did not answer: {why}; wanted {expected_status}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::loopback::{Loopback, Reply};
    use crate::clock::SystemClock;
    use crate::engine::gate::Sides;

    const RISING: Question = Question { rising: Sides { blue: false, green: true }, serving: Sides::NONE };

    #[test]
    fn statuses_are_read_as_written() {
        let check = |text: &str, shown: &str, inside: &[u16], outside: &[u16]| {
            let expected = ExpectedStatus::parse(text).unwrap();
            assert_eq!(expected.to_string(), shown);
            inside.iter().for_each(|status| assert!(expected.contains(*status), "{text} {status}"));
            outside.iter().for_each(|status| assert!(!expected.contains(*status), "{text} {status}"));
        };
        check("200-299", "200-299", &[200, 250, 299], &[199, 300]);
        check("200-299,301", "200-299,301", &[204, 301], &[300, 302]);
        check(" 200 , 401 - 403 ", "200,401-403", &[200, 402], &[201, 404]);
        check("100-599", "100-599", &[100, 599], &[600]);
        assert_eq!(ExpectedStatus::default(), "200-299".parse().unwrap());
    }

    #[test]
    fn what_is_no_status_is_refused() {
        for text in
            ["", ",", "200,", "abc", "99", "600", "299-200", "200-", "-200", "200-299-300", "+20", "2000", "0200"]
        {
            assert!(matches!(ExpectedStatus::parse(text), Err(HttpProbeError::ExpectedStatus { .. })), "{text}");
        }
    }

    fn config(url: &str) -> HttpProbeConfig {
        HttpProbeConfig {
            url: url.to_owned(),
            expected_status: ExpectedStatus::default(),
            timeout: Duration::from_secs(5),
            host: None,
            headers: BTreeMap::new(),
        }
    }

    fn gate(config: HttpProbeConfig) -> Result<HttpProbeGate, HttpProbeError> {
        HttpProbeGate::new(Arc::new(SystemClock::new()), config)
    }

    #[test]
    fn a_url_that_cannot_be_asked_is_refused() {
        for url in [
            "",
            "/health",
            "green.example.com",
            "ftp://green.example.com/",
            "http://",
            "https:///health",
            "http://a b/",
            "http://u:SECRET@green.example.com/",
        ] {
            let error = gate(config(url)).unwrap_err();
            assert!(matches!(error, HttpProbeError::Url(_)), "{url}: {error}");
            assert!(!error.to_string().contains("SECRET"), "{error}");
        }
    }

    #[test]
    fn settings_that_cannot_be_sent_are_refused_without_showing_values() {
        let url = "http://green.example.com/";
        assert_eq!(
            gate(HttpProbeConfig { timeout: Duration::ZERO, ..config(url) }).unwrap_err(),
            HttpProbeError::Timeout
        );
        for host in ["", "a b", "a\nb", "u@h"] {
            let error = gate(HttpProbeConfig { host: Some(host.into()), ..config(url) }).unwrap_err();
            assert!(matches!(error, HttpProbeError::Host(_)), "{host:?}: {error}");
        }
        for (name, value) in [("a b", "SECRET"), ("x", "SECRET\n"), ("Host", "SECRET")] {
            let headers = [(name.to_owned(), value.to_owned())].into();
            let error = gate(HttpProbeConfig { headers, ..config(url) }).unwrap_err();
            assert!(matches!(error, HttpProbeError::Header { .. }), "{name}: {error}");
            assert!(!error.to_string().contains("SECRET"), "{error}");
        }
    }

    #[tokio::test]
    async fn the_status_decides() {
        let check = async |status: u16, expected: &str, pass: bool| {
            let server = Loopback::serve(move |_| Reply::Answer {
                status,
                headers: vec![("location", "/SECRET".into())],
                body: b"ok".to_vec(),
            })
            .await;
            let config = HttpProbeConfig { expected_status: expected.parse().unwrap(), ..config(server.url()) };
            let verdict = gate(config).unwrap().judge(RISING).await;
            match verdict {
                Verdict::Pass => assert!(pass, "{status}"),
                Verdict::Fail(why) => {
                    assert!(!pass, "{why}");
                    assert!(
                        why.contains(&status.to_string()) && why.contains(expected) && why.contains(server.url()),
                        "{why}"
                    );
                    assert!(!why.contains("SECRET"), "{why}");
                }
                Verdict::Inconclusive(why) | Verdict::Unanswerable(why) => panic!("{why}"),
            }
            assert_eq!(server.calls().len(), 1, "redirects are not followed");
        };
        check(200, "200-299", true).await;
        check(204, "200-299", true).await;
        check(503, "200-299", false).await;
        check(302, "200-299", false).await;
        check(302, "302", true).await;
        check(200, "301", false).await;
    }

    #[tokio::test]
    async fn the_request_carries_what_was_asked_for() {
        let server = Loopback::serve(|_| Reply::status(200)).await;
        let config = HttpProbeConfig {
            url: format!("{}/health?deep=SECRET", server.url()),
            host: Some("orders.example.com".into()),
            headers: [("X-Probe-Token".to_owned(), "SECRET".to_owned())].into(),
            ..config("")
        };
        let shown = format!("{config:?}");
        assert!(!shown.contains("SECRET") && shown.contains("X-Probe-Token"), "{shown}");
        let gate = gate(config).unwrap();
        assert!(!format!("{gate:?}").contains("SECRET"));
        assert_eq!(gate.judge(RISING).await, Verdict::Pass);
        assert_eq!(gate.judge(RISING).await, Verdict::Pass);
        let calls = server.calls();
        assert_eq!(calls.len(), 2);
        let head = calls[0].head.to_lowercase();
        for text in [
            "get /health?deep=secret http/1.1",
            "host: orders.example.com\r\n",
            "x-probe-token: secret\r\n",
            "user-agent: eksmig/",
        ] {
            assert!(head.contains(text), "{text}: {head}");
        }
        assert!(!head.contains("127.0.0.1"), "{head}");
    }

    #[tokio::test]
    async fn no_answer_fails_with_what_happened() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let verdict = gate(config(&format!("http://{address}/?token=SECRET"))).unwrap().judge(RISING).await;
        assert!(
            matches!(&verdict, Verdict::Fail(why) if why.contains("refused") && !why.contains("SECRET")),
            "{verdict:?}"
        );

        let server = Loopback::serve(|_| Reply::Silence).await;
        let timeout = Duration::from_millis(100);
        let verdict = gate(HttpProbeConfig { timeout, ..config(server.url()) }).unwrap().judge(RISING).await;
        assert!(matches!(&verdict, Verdict::Fail(why) if why.contains("no answer within 100ms")), "{verdict:?}");
    }

    #[tokio::test]
    async fn a_server_that_speaks_no_tls_fails() {
        let server = Loopback::serve(|_| Reply::status(200)).await;
        let url = server.url().replace("http://", "https://");
        let verdict = gate(config(&url)).unwrap().judge(RISING).await;
        assert!(matches!(&verdict, Verdict::Fail(why) if why.contains("did not answer")), "{verdict:?}");
    }

    #[test]
    fn only_a_rising_green_is_watched() {
        let gate = gate(config("https://green.example.com/health")).unwrap();
        assert!(gate.watches(RISING));
        assert!(!gate.watches(Question { rising: Sides::only(Side::Blue), ..RISING }));
    }
}

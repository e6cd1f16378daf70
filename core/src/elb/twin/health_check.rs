//! How a target group finds out which targets are healthy.

/// A health check. What is `None` is not set, or not given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HealthCheck {
    /// Whether targets are checked at all. Only a Lambda function's need not be.
    pub enabled: Option<bool>,
    /// `HTTP`, `HTTPS` or `TCP`.
    pub protocol: Option<String>,
    /// A port, or `traffic-port`.
    pub port: Option<String>,
    /// The path, or for gRPC the method.
    pub path: Option<String>,
    /// The codes of a healthy answer: of HTTP, or of gRPC.
    pub matcher: Option<String>,
    /// Seconds between two checks, 5 to 300.
    pub interval: Option<i32>,
    /// Seconds that an answer may take, 2 to 120.
    pub timeout: Option<i32>,
    /// Successes in a row that make a target healthy, 2 to 10.
    pub healthy_threshold: Option<i32>,
    /// Failures in a row that make it unhealthy, 2 to 10.
    pub unhealthy_threshold: Option<i32>,
}

impl HealthCheck {
    /// Itself, and what it leaves open from another.
    #[must_use]
    pub fn or(self, under: &HealthCheck) -> HealthCheck {
        let under = under.clone();
        HealthCheck {
            enabled: self.enabled.or(under.enabled),
            protocol: self.protocol.or(under.protocol),
            port: self.port.or(under.port),
            path: self.path.or(under.path),
            matcher: self.matcher.or(under.matcher),
            interval: self.interval.or(under.interval),
            timeout: self.timeout.or(under.timeout),
            healthy_threshold: self.healthy_threshold.or(under.healthy_threshold),
            unhealthy_threshold: self.unhealthy_threshold.or(under.unhealthy_threshold),
        }
    }

    /// What is to be sent so that a check becomes this one: what is set here, and there is otherwise.
    pub(crate) fn unlike(&self, live: &HealthCheck) -> HealthCheck {
        fn new<T: PartialEq + Clone>(wanted: &Option<T>, live: &Option<T>) -> Option<T> {
            wanted.clone().filter(|_| wanted != live)
        }
        HealthCheck {
            enabled: new(&self.enabled, &live.enabled),
            protocol: new(&self.protocol, &live.protocol),
            port: new(&self.port, &live.port),
            path: new(&self.path, &live.path),
            matcher: new(&self.matcher, &live.matcher),
            interval: new(&self.interval, &live.interval),
            timeout: new(&self.timeout, &live.timeout),
            healthy_threshold: new(&self.healthy_threshold, &live.healthy_threshold),
            unhealthy_threshold: new(&self.unhealthy_threshold, &live.unhealthy_threshold),
        }
    }

    /// Whether it asks by HTTP, and so has a path and a matcher. That of a Lambda function does, and names no protocol.
    pub fn asks_by_http(&self) -> bool {
        matches!(self.protocol.as_deref(), None | Some("HTTP" | "HTTPS"))
    }

    /// Itself without what only checks by HTTP have.
    #[must_use]
    pub fn without_http(self) -> HealthCheck {
        HealthCheck { path: None, matcher: None, ..self }
    }
}

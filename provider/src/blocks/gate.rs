//! `gate`: what must be true before a step begins and all through its interval.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use eksmig_core::aws::PortPair;
use eksmig_core::clock::SystemClock;
use eksmig_core::elb::cutover::{Cutover, Enough, Serving};
use eksmig_core::elb::forward::Pair;
use eksmig_core::elb::{LoadBalancerKind, RouteArn, TargetGroupArn};
use eksmig_core::engine::driver::Pacing;
use eksmig_core::engine::gate::Gate as CoreGate;
use eksmig_core::engine::transition::OnFailure;
use eksmig_core::gates::{
    AlarmConfig, AlarmGate, CutoverHealthGate, ErrorRateConfig, ErrorRateGate, ExpectedStatus, HttpProbeConfig,
    HttpProbeGate, MeasuredTargetGroup, NodeHealthGate, RecordHealthConfig, RecordHealthGate, TargetHealthConfig,
    TargetHealthGate,
};
use eksmig_core::nodes::{Backing, Migration};
use eksmig_core::route53::record_shift::RecordShift;
use tfplugin::schema::checks;
use tfplugin::{Attribute, Diagnostic, Field, Reader, Type};

use crate::blocks::{duration, known};
use crate::notices;
use crate::session::Session;

/// `gate` as written.
#[derive(Debug, Clone)]
pub struct Gate {
    min_healthy_targets: u32,
    min_healthy_percent: Option<u8>,
    alarm_names: BTreeSet<String>,
    http_probe: Option<HttpProbeConfig>,
    error_rate: Option<ErrorRate>,
    failure_threshold: u32,
    poll_interval: Duration,
    timeout: Duration,
}

#[derive(Debug, Clone)]
struct ErrorRate {
    max_percent: f64,
    min_requests: u64,
    window: Duration,
}

/// The schema of `gate`.
pub fn attribute() -> Attribute {
    let second = Duration::from_secs(1);
    Attribute::object(
        "gate",
        vec![
            Attribute::number("min_healthy_targets")
                .optional()
                .description("Healthy targets that a side must have before its share may rise. Default 1.")
                .check(checks::whole())
                .check(checks::between(1_i64, 1_000_000_i64)),
            Attribute::number("min_healthy_percent")
                .optional()
                .description("Percent of a side's registered targets that must be healthy. Default 0.")
                .check(checks::whole())
                .check(checks::between(0_i64, 100_i64)),
            Attribute::new("alarm_names", Type::set(Type::String))
                .optional()
                .description(
                    "CloudWatch alarms, metric or composite. One in ALARM is a fail, one without data is inconclusive \
                     while green serves, one that does not exist is an error. Watched while green rises.",
                )
                .check(checks::each(checks::not_empty())),
            http_probe_attribute(),
            error_rate_attribute(),
            Attribute::number("failure_threshold")
                .optional()
                .description("How many failing polls in a row make a fail. Default 1.")
                .check(checks::whole())
                .check(checks::between(1_i64, 1000_i64)),
            duration::attribute("poll_interval", second)
                .optional()
                .description("How often the gates are asked. Default `\"10s\"`."),
            duration::attribute("timeout", second).optional().description(
                "How long a step may wait for its gates to pass before it starts. Default `\"10m\"`. What waiting \
                     cannot mend, such as a missing permission, ends it at once.",
            ),
        ],
    )
    .optional()
    .description(
        "What must be true before a step begins and all through its interval. Without it, the side whose share rises \
         must have a healthy target.",
    )
    .check(|reader| read(reader).map(drop))
}

fn http_probe_attribute() -> Attribute {
    Attribute::object(
        "http_probe",
        vec![
            Attribute::string("url").required().description("What to request, with GET. `http://` or `https://`."),
            Attribute::string("expected_status").optional().description(
                "Status codes that pass: codes and ranges, for example `\"200-299,301\"`. Default `\"200-299\"`.",
            ),
            duration::attribute("timeout", Duration::from_millis(100))
                .optional()
                .description("How long an answer may take. Default `\"5s\"`."),
            Attribute::string("host")
                .optional()
                .description("The `Host` header, to reach green before the name points to it."),
            Attribute::new("headers", Type::map(Type::String))
                .optional()
                .sensitive()
                .description("Further headers. Their values are never logged."),
        ],
    )
    .optional()
    .description("A request to green that must succeed. Redirects are not followed. Watched while green rises.")
}

fn error_rate_attribute() -> Attribute {
    Attribute::object(
        "error_rate",
        vec![
            Attribute::number("max_percent")
                .required()
                .description("The greatest percentage of green's requests that may be answered with 5xx.")
                .check(checks::between(0_i64, 100_i64)),
            Attribute::number("min_requests")
                .optional()
                .description("Fewer requests than this in the window are inconclusive. Default 100.")
                .check(checks::whole())
                .check(checks::at_least(1_i64)),
            duration::attribute("window", Duration::from_secs(60))
                .optional()
                .description("The time looked back over, in whole minutes; two more are looked at, for CloudWatch publishes late. Default `\"1m\"`."),
        ],
    )
    .optional()
    .description(
        "Green's own 5xx answers, from CloudWatch. Application load balancers only. Watched while green rises and serves.",
    )
}

/// Reads `gate`. Null is a gate of defaults.
pub fn read(reader: &Reader<'_>) -> Result<Field<Gate>, Diagnostic> {
    let count = |name: &str| reader.attr(name).integer();
    let min_healthy_targets = known!(count("min_healthy_targets")?).unwrap_or(1);
    let min_healthy_percent = known!(count("min_healthy_percent")?);
    let failure_threshold = known!(count("failure_threshold")?).unwrap_or(1);
    Ok(Field::Known(Gate {
        min_healthy_targets: u32::try_from(min_healthy_targets).unwrap_or(u32::MAX),
        min_healthy_percent: min_healthy_percent.map(|percent| u8::try_from(percent).unwrap_or(u8::MAX)),
        alarm_names: known!(names(&reader.attr("alarm_names"))?).unwrap_or_default(),
        http_probe: known!(http_probe(&reader.attr("http_probe"))?),
        error_rate: known!(error_rate(&reader.attr("error_rate"))?),
        failure_threshold: u32::try_from(failure_threshold).unwrap_or(1),
        poll_interval: known!(duration::read(&reader.attr("poll_interval"))?).unwrap_or(Duration::from_secs(10)),
        timeout: known!(duration::read(&reader.attr("timeout"))?).unwrap_or(Duration::from_secs(600)),
    }))
}

fn names(reader: &Reader<'_>) -> Result<Field<BTreeSet<String>>, Diagnostic> {
    let Some(elements) = known!(reader.elements()?) else { return Ok(Field::Null) };
    let mut names = BTreeSet::new();
    for element in elements {
        names.extend(known!(element.string()?));
    }
    Ok(Field::Known(names))
}

fn http_probe(reader: &Reader<'_>) -> Result<Field<HttpProbeConfig>, Diagnostic> {
    if reader.is_null() {
        return Ok(Field::Null);
    }
    let Some(url) = known!(reader.attr("url").string()?) else { return Ok(Field::Null) };
    let status = reader.attr("expected_status");
    let expected = known!(status.string()?).unwrap_or_else(|| "200-299".to_owned());
    let mut headers = BTreeMap::new();
    for (name, value) in known!(reader.attr("headers").entries()?).unwrap_or_default() {
        headers.extend(known!(value.string()?).map(|value| (name, value)));
    }
    let config = HttpProbeConfig {
        url,
        expected_status: ExpectedStatus::parse(&expected)
            .map_err(|error| status.error(notices::INVALID_STATUS_CODES, format!("{}: {error}.", status.path())))?,
        timeout: known!(duration::read(&reader.attr("timeout"))?).unwrap_or(Duration::from_secs(5)),
        host: known!(reader.attr("host").string()?),
        headers,
    };
    HttpProbeGate::new(Arc::new(SystemClock::new()), config.clone())
        .map_err(|error| reader.error(notices::INVALID_PROBE, format!("{}: {error}.", reader.path())))?;
    Ok(Field::Known(config))
}

fn error_rate(reader: &Reader<'_>) -> Result<Field<ErrorRate>, Diagnostic> {
    let Some(max_percent) = known!(reader.attr("max_percent").number()?) else { return Ok(Field::Null) };
    let window = reader.attr("window");
    let length = known!(duration::read(&window)?).unwrap_or(Duration::from_secs(60));
    if length.as_secs() % 60 != 0 || length.is_zero() {
        let detail = format!("{} must be whole minutes, for CloudWatch counts by the minute.", window.path());
        return Err(window.error(notices::INVALID_WINDOW, detail));
    }
    Ok(Field::Known(ErrorRate {
        max_percent: max_percent.to_f64(),
        min_requests: known!(reader.attr("min_requests").integer()?)
            .and_then(|count| u64::try_from(count).ok())
            .unwrap_or(100),
        window: length,
    }))
}

/// Refuses `gate.error_rate`, for a resource that moves no target groups.
pub fn no_error_rate(reader: &Reader<'_>) -> Option<Diagnostic> {
    let rate = reader.attr("error_rate");
    let detail = format!(
        "{} counts the answers of a target group, and none is moved here. Use gate.alarm_names or gate.http_probe.",
        rate.path()
    );
    (!rate.is_null()).then(|| rate.error(notices::GATE_WITHOUT_A_TARGET_GROUP, detail))
}

impl Gate {
    /// How a run is paced under this gate.
    pub fn pacing(&self, on_failure: OnFailure) -> Pacing {
        Pacing {
            poll_interval: self.poll_interval,
            gate_timeout: self.timeout,
            failure_threshold: self.failure_threshold,
            on_failure,
        }
    }

    /// Whether a route is behind a load balancer that cannot say what this gate asks.
    pub fn unanswerable(&self, routes: &BTreeSet<RouteArn>) -> Option<String> {
        let network = routes.iter().find(|route| route.load_balancer_kind() != LoadBalancerKind::Application)?;
        self.error_rate.is_some().then(|| {
            format!(
                "gate.error_rate counts HTTP answers, and route {network} is not on an application load balancer. \
                 Use gate.alarm_names or gate.http_probe there."
            )
        })
    }

    /// The gates that need no target group: alarms and the probe.
    ///
    /// # Errors
    ///
    /// What a gate does not take, in words.
    fn gates_without_targets(&self, session: &Session) -> Result<Vec<Arc<dyn CoreGate>>, String> {
        let mut gates: Vec<Arc<dyn CoreGate>> = Vec::new();
        if !self.alarm_names.is_empty() {
            let config = AlarmConfig { names: self.alarm_names.clone() };
            gates.push(Arc::new(AlarmGate::new(session.aws.clone(), config)));
        }
        if let Some(config) = &self.http_probe {
            let probe = HttpProbeGate::new(session.clock.clone(), config.clone()).map_err(|error| error.to_string())?;
            gates.push(Arc::new(probe));
        }
        Ok(gates)
    }

    /// How healthy a side of a cut-over has to be: all of it, unless a percentage is given.
    pub fn enough(&self) -> Enough {
        Enough { targets: self.min_healthy_targets, percent: self.min_healthy_percent.unwrap_or(100) }
    }

    /// The gates to ask before a node group's nodes leave the load balancers.
    ///
    /// # Errors
    ///
    /// What a gate does not take, in words.
    pub fn node_gates(&self, session: &Session, migration: &Migration) -> Result<Vec<Arc<dyn CoreGate>>, String> {
        let mut gates = self.gates_without_targets(session)?;
        if migration.is_backed() {
            gates.insert(0, Arc::new(NodeHealthGate::new(migration.clone())));
        }
        Ok(gates)
    }

    /// What green has to show in these target groups before blue leaves them.
    pub fn backing(&self, target_groups: &BTreeSet<TargetGroupArn>) -> Backing {
        Backing {
            target_groups: target_groups.iter().map(ToString::to_string).collect(),
            at_least: self.min_healthy_targets,
            percent: self.min_healthy_percent.unwrap_or(0),
        }
    }

    /// How long a step may wait for its gates to pass, and a side of a cut-over to become healthy.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// The gates to ask of a cut-over.
    ///
    /// # Errors
    ///
    /// What a gate does not take, in words.
    pub fn cutover_gates(
        &self,
        session: &Session,
        cutover: Cutover,
        serving: Serving,
    ) -> Result<Vec<Arc<dyn CoreGate>>, String> {
        let health = CutoverHealthGate::new(cutover, self.enough(), serving);
        let mut gates: Vec<Arc<dyn CoreGate>> = vec![Arc::new(health)];
        gates.extend(self.gates_without_targets(session)?);
        Ok(gates)
    }

    /// The gates to ask of a swap between two listeners: a side is as healthy as each target group that its listener
    /// forwards to.
    ///
    /// # Errors
    ///
    /// What a gate does not take, in words.
    pub fn port_gates(&self, session: &Session, pair: &PortPair) -> Result<Vec<Arc<dyn CoreGate>>, String> {
        let (targets, percent) = (self.min_healthy_targets, self.min_healthy_percent.unwrap_or(0));
        let health = TargetHealthGate::of_ports(&session.reader, pair, targets, percent);
        let health = health.map_err(|error| error.to_string())?;
        let mut gates: Vec<Arc<dyn CoreGate>> = health.into_iter().map(|gate| Arc::new(gate) as _).collect();
        gates.extend(self.gates_without_targets(session)?);
        Ok(gates)
    }

    /// The gates to ask of a shift of records, the first of which tells what watches them.
    ///
    /// # Errors
    ///
    /// What a gate does not take, in words.
    pub fn record_gates(&self, session: &Session, records: RecordShift) -> Result<Vec<Arc<dyn CoreGate>>, String> {
        let mut gates: Vec<Arc<dyn CoreGate>> = vec![Arc::new(self.record_health(session, records))];
        gates.extend(self.gates_without_targets(session)?);
        Ok(gates)
    }

    /// What asks for the health of what records lead to.
    pub fn record_health(&self, session: &Session, records: RecordShift) -> RecordHealthGate {
        let config = RecordHealthConfig {
            min_healthy_targets: self.min_healthy_targets,
            min_healthy_percent: self.min_healthy_percent.unwrap_or(0),
        };
        RecordHealthGate::new(records, session.record_reader.clone(), session.reader.clone(), config)
    }

    /// Whether it asks something of the service itself.
    pub fn asks_the_service(&self) -> bool {
        self.http_probe.is_some() || !self.alarm_names.is_empty()
    }

    /// The gates to ask.
    ///
    /// # Errors
    ///
    /// What a gate does not take, in words.
    pub fn gates(
        &self,
        session: &Session,
        pair: &Pair,
        routes: &BTreeSet<RouteArn>,
    ) -> Result<Vec<Arc<dyn CoreGate>>, String> {
        let health = TargetHealthConfig {
            blue: pair.blue.clone(),
            green: pair.green.clone(),
            min_healthy_targets: self.min_healthy_targets,
            min_healthy_percent: self.min_healthy_percent.unwrap_or(0),
        };
        let mut gates: Vec<Arc<dyn CoreGate>> = vec![Arc::new(TargetHealthGate::new(session.reader.clone(), health))];
        gates.extend(self.gates_without_targets(session)?);
        if let Some(rate) = &self.error_rate {
            let load_balancers: BTreeSet<String> = routes.iter().map(RouteArn::load_balancer_dimension).collect();
            let measured = |load_balancer| MeasuredTargetGroup { load_balancer, target_group: pair.green.clone() };
            let config = ErrorRateConfig {
                targets: load_balancers.into_iter().map(measured).collect(),
                max_percent: rate.max_percent,
                min_requests: rate.min_requests,
                window: rate.window,
            };
            let gate = ErrorRateGate::new(session.aws.clone(), config).map_err(|error| error.to_string())?;
            gates.push(Arc::new(gate));
        }
        Ok(gates)
    }
}

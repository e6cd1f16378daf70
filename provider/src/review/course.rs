//! How a resource that is planned moves the traffic: from where, to where, in which steps, under which gates.

use std::time::Duration;

use eksmig_core::share::Share;
use serde_json::Value;
use tfplugin::Field;

use super::plan::{Action, Change};
use crate::blocks::duration;

/// Where traffic stands, or will.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Green's share.
    Share(Share),
    /// Who is registered: `blue`, `both` or `green`.
    Serving(String),
    /// What moves together stands at shares of its own, or in between.
    Apart,
    /// It is known only once the plan is applied.
    Unknown,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What it brings about.
    pub goal: Goal,
    /// How long it bakes; none where that cannot be read.
    pub interval: Option<Duration>,
}

/// What a step brings about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Goal {
    /// Green's share.
    Share(Share),
    /// So many percent of a side are registered.
    Registered {
        /// The side.
        side: String,
        /// 0 to 100.
        percent: u8,
    },
    /// Something that this report does not know.
    Unknown,
}

/// How a resource moves the traffic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// Where it stands, as the plan saw it.
    pub now: Standing,
    /// Where it will.
    pub then: Standing,
    /// The steps; none where they are known only once the plan is applied.
    pub steps: Option<Vec<Step>>,
    /// The least time that they take; none as with the steps.
    pub least: Option<Duration>,
    /// The gates, each in a few words. None where that is not known yet; empty where there is but the one that always is.
    pub gates: Option<Vec<String>>,
}

impl Course {
    /// The course of a resource that is made or changed; none where it does not move traffic.
    pub fn of(change: &Change) -> Option<Self> {
        if !matches!(change.action(), Action::Create | Action::Update | Action::Replace) {
            return None;
        }
        let [now, then] = standings(change)?;
        // A state keeps the steps of the last change, which are no longer to come.
        if now == then && !matches!(now, Standing::Apart | Standing::Unknown) {
            return None;
        }
        let steps = known_or_none(change.after("schedule"), |steps| Some(steps.as_array()?.iter().map(step).collect()));
        let least = known_or_none(change.after("minimum_duration"), |text| duration::parse(text.as_str()?));
        let gates = match change.after("gate") {
            Field::Unknown => None,
            Field::Null => Some(gates(&Value::Null, &then)),
            Field::Known(gate) => Some(gates(gate, &then)),
        };
        Some(Self { now, then, steps, least, gates })
    }

    /// The furthest that one step goes, in points: tenths of a percent of green's share, or of the registrations of a side
    /// that leaves. None where that cannot be told.
    pub fn largest_step(&self) -> Option<u16> {
        let mut largest = 0;
        let mut share = match &self.now {
            Standing::Share(share) => Some(*share),
            // A create's steps are reckoned from 0.
            Standing::Unknown => Some(Share::BLUE),
            Standing::Serving(_) | Standing::Apart => None,
        };
        let mut registered = [100_u8; 2];
        for step in self.steps.as_ref()? {
            match &step.goal {
                Goal::Share(goal) => {
                    largest = largest.max(share?.tenths().abs_diff(goal.tenths()));
                    share = Some(*goal);
                }
                Goal::Registered { side, percent } => {
                    let left = registered.get_mut(usize::from(side == "green"))?;
                    largest = largest.max(u16::from(left.saturating_sub(*percent)) * 10);
                    *left = *percent;
                }
                Goal::Unknown => return None,
            }
        }
        Some(largest)
    }

    /// Whether the change is one towards green, for all that is known.
    pub fn raises_green(&self) -> bool {
        match (&self.now, &self.then) {
            (_, Standing::Share(Share::BLUE)) => false,
            (Standing::Share(now), Standing::Share(then)) => then > now,
            (_, Standing::Serving(then)) => then != "blue",
            _ => true,
        }
    }
}

/// Where it stands, and where it will; none where it has neither, as a twin.
fn standings(change: &Change) -> Option<[Standing; 2]> {
    let seen = |name: &str, read: fn(&Value) -> Option<Standing>| match change.before(name) {
        _ if change.action() != Action::Update => Standing::Unknown,
        Value::Null => Standing::Apart,
        value => read(value).unwrap_or(Standing::Unknown),
    };
    let wanted = |name: &str, read: fn(&Value) -> Option<Standing>| match change.after(name) {
        Field::Null => None,
        Field::Unknown => Some(Standing::Unknown),
        Field::Known(value) => Some(read(value).unwrap_or(Standing::Unknown)),
    };
    let percent = |value: &Value| share(value).map(Standing::Share);
    let serving = |value: &Value| value.as_str().map(|side| Standing::Serving(side.to_owned()));
    if let Some(then) = wanted("green_weight", percent) {
        return Some([seen("observed_green_weight", percent), then]);
    }
    wanted("serving", serving).map(|then| [seen("observed_serving", serving), then])
}

fn known_or_none<T>(value: Field<&Value>, read: impl Fn(&Value) -> Option<T>) -> Option<T> {
    value.known().and_then(read)
}

/// A share that is written in percent.
pub fn share(value: &Value) -> Option<Share> {
    let tenths = (value.as_f64()? * 10.0).round();
    // The range is checked before, so nothing is cut off.
    (0.0..=1000.0).contains(&tenths).then(|| Share::from_tenths(tenths as u16)).flatten()
}

fn step(value: &Value) -> Step {
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    let percent =
        value.get("registered_percent").and_then(Value::as_u64).and_then(|percent| u8::try_from(percent).ok());
    let goal = match (value.get("green_weight").and_then(share), text("side"), percent) {
        (Some(share), ..) => Goal::Share(share),
        (None, Some(side), Some(percent)) => Goal::Registered { side: side.to_owned(), percent },
        _ => Goal::Unknown,
    };
    Step { goal, interval: text("interval").and_then(duration::parse) }
}

/// The gates in a few words each. No header and no path of a probe's address is shown: either may hold a secret.
fn gates(gate: &Value, then: &Standing) -> Vec<String> {
    let set = |name: &str| gate.get(name).filter(|value| !value.is_null());
    let mut gates = Vec::new();
    if let Some(targets) = set("min_healthy_targets") {
        gates.push(format!("{targets} healthy"));
    }
    match (set("min_healthy_percent"), then) {
        (Some(percent), _) => gates.push(format!("{percent} % healthy")),
        // The default of a cut-over; see the schema of `eksmig_target_cutover`.
        (None, Standing::Serving(_)) => gates.push("100 % healthy".to_owned()),
        (None, _) => {}
    }
    if let Some(alarms) = set("alarm_names").and_then(Value::as_array).filter(|alarms| !alarms.is_empty()) {
        let names: Vec<&str> = alarms.iter().filter_map(Value::as_str).collect();
        gates.push(match names.as_slice() {
            [one] => format!("alarm {one}"),
            _ => format!("{} alarms", alarms.len()),
        });
    }
    if let Some(probe) = set("http_probe") {
        let host = probe.get("url").and_then(Value::as_str).and_then(host);
        gates.push(host.map_or("probe".to_owned(), |host| format!("probe {host}")));
    }
    if let Some(most) = set("error_rate").and_then(|rate| rate.get("max_percent")) {
        gates.push(format!("5xx ≤ {most} %"));
    }
    gates
}

/// The host of a URL, without the name and the password that may stand before it.
fn host(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    authority.rsplit('@').next()
}

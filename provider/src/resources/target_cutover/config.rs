//! An `eksmig_target_cutover` as written, and as run.

use std::collections::BTreeSet;
use std::time::Duration;

use eksmig_core::elb::TargetGroupArn;
use eksmig_core::elb::cutover::{Aim, Batches, Members, Named, Serving};
use eksmig_core::engine::both::Both;
use eksmig_core::engine::transition::OnFailure;
use tfplugin::{Diagnostic, Diagnostics, Field, Reader, Value};

use super::state;
use crate::blocks::gate::{self, Gate};
use crate::blocks::policy::{self, OnDestroy};
use crate::blocks::timeouts::{self, Timeouts};
use crate::blocks::{batches, known, take, target_groups};
use crate::notices;
use crate::planned;
use crate::report;

/// The configuration as written: each part known, or not yet.
#[derive(Debug, Clone)]
pub struct Written {
    /// The target groups.
    pub target_groups: Field<BTreeSet<TargetGroupArn>>,
    /// Who the sides are.
    pub members: Both<Field<Members>>,
    /// Who is to serve.
    pub serving: Field<Serving>,
    /// How a side leaves.
    pub batches: Field<Batches>,
    /// What must hold on the way.
    pub gate: Field<Gate>,
    /// What to do on a failure.
    pub on_failure: Field<OnFailure>,
    /// What a destroy does.
    pub on_destroy: Field<OnDestroy>,
    /// How long things may take.
    pub timeouts: Field<Timeouts>,
}

/// The configuration as run: all of it known.
#[derive(Debug, Clone)]
pub struct Config {
    /// The target groups.
    pub target_groups: BTreeSet<TargetGroupArn>,
    /// Who the sides are.
    pub members: Both<Members>,
    /// Where to go, and how.
    pub aim: Aim,
    /// What must hold on the way.
    pub gate: Gate,
    /// What to do on a failure.
    pub on_failure: OnFailure,
    /// What a destroy does.
    pub on_destroy: OnDestroy,
    /// How long things may take.
    pub timeouts: Timeouts,
}

impl planned::Written for Written {
    fn read(value: &Value) -> Result<Self, Diagnostics> {
        read(value)
    }

    fn id(&self) -> Option<String> {
        self.target_groups.as_ref().known().map(state::id)
    }

    fn destroying(&self, prior: &Value, unfinished: bool) -> Option<Diagnostic> {
        let on_destroy = self.on_destroy.clone().known().filter(|_| !unfinished).unwrap_or(OnDestroy::Keep);
        report::targets::destroying(state::observed(prior), on_destroy, unfinished)
    }
}

impl Written {
    /// The configuration, if all of it is known.
    pub fn known(self) -> Option<Config> {
        let aim = self.aim()?;
        Some(Config {
            target_groups: self.target_groups.known()?,
            members: Both { blue: self.members.blue.known()?, green: self.members.green.known()? },
            aim,
            gate: self.gate.known()?,
            on_failure: self.on_failure.known()?,
            on_destroy: self.on_destroy.known()?,
            timeouts: self.timeouts.known()?,
        })
    }

    /// Where to go and how, where that is known.
    pub fn aim(&self) -> Option<Aim> {
        Some(Aim { serving: self.serving.clone().known()?, batches: self.batches.clone().known()? })
    }
}

impl Config {
    /// How long a create or an update may take.
    pub fn time_limit(&self, prior: Option<&Value>) -> Duration {
        if prior.is_some() { self.timeouts.update } else { self.timeouts.create }
    }
}

/// Reads a configuration, or the part of a state that was one. What is unknown is left out of the rules.
///
/// # Errors
///
/// Everything that is wrong with it, each at its attribute.
pub fn read(value: &Value) -> Result<Written, Diagnostics> {
    let root = Reader::new(value);
    let mut errors = Diagnostics::default();
    let serving = root.attr("serving").string().map(|text| match text.map(|text| Serving::parse(&text)) {
        Field::Known(Some(serving)) => Field::Known(serving),
        Field::Known(None) | Field::Null => Field::Null,
        Field::Unknown => Field::Unknown,
    });
    let written = Written {
        target_groups: take(&mut errors, target_groups::read(&root.attr("target_group_arns"))),
        members: Both {
            blue: take(&mut errors, members(&root.attr("blue"))),
            green: take(&mut errors, members(&root.attr("green"))),
        },
        serving: take(&mut errors, serving),
        batches: take(&mut errors, batches::read(&root.attr("ramp"))),
        gate: take(&mut errors, gate::read(&root.attr("gate"))),
        on_failure: take(&mut errors, policy::read_on_failure(&root.attr("on_failure"))).known_or(OnFailure::default()),
        on_destroy: take(&mut errors, policy::read_on_destroy(&root.attr("on_destroy"))).known_or(OnDestroy::default()),
        timeouts: take(&mut errors, timeouts::read(&root.attr("timeouts"))),
    };
    errors.extend(no_error_rate(&root));
    if let (Field::Known(blue), Field::Known(green)) = (&written.members.blue, &written.members.green) {
        errors.extend(one_on_both_sides(&root, blue, green));
    }
    if errors.has_errors() { Err(errors) } else { Ok(written) }
}

fn members(side: &Reader<'_>) -> Result<Field<Members>, Diagnostic> {
    let (groups, targets) = (side.attr("autoscaling_group_names"), side.attr("targets"));
    let (names, named) = (known!(groups.elements()?), known!(targets.elements()?));
    match (names, named) {
        (Some(elements), None) => {
            let mut names = BTreeSet::new();
            for element in elements {
                names.extend(known!(element.string()?));
            }
            Ok(Field::Known(Members::ScalingGroups(names)))
        }
        (None, Some(elements)) => {
            let mut named = BTreeSet::new();
            for element in elements {
                let Some(id) = known!(element.attr("id").string()?) else { continue };
                let port = known!(element.attr("port").integer()?).and_then(|port| i32::try_from(port).ok());
                named.insert(Named { id, port, zone: known!(element.attr("zone").string()?) });
            }
            Ok(Field::Known(Members::Targets(named)))
        }
        _ => {
            let detail = format!(
                "{} is either Auto Scaling groups, in autoscaling_group_names, or targets, in targets. Set one of the two.",
                side.path()
            );
            Err(side.error(notices::UNCLEAR_SIDE, detail))
        }
    }
}

/// What is on both sides.
fn one_on_both_sides(root: &Reader<'_>, blue: &Members, green: &Members) -> Option<Diagnostic> {
    let common = match (blue, green) {
        (Members::ScalingGroups(blue), Members::ScalingGroups(green)) => blue.intersection(green).next().cloned(),
        (Members::Targets(blue), Members::Targets(green)) => green
            .iter()
            // A port that is left out is each target group's own, which is not known here.
            .find(|green| blue.iter().any(|blue| blue.id == green.id && blue.port == green.port))
            .map(|green| green.id.clone()),
        _ => None,
    }?;
    let detail = format!("{common} is in blue and in green. There is nothing to hand over.");
    Some(root.attr("green").error(notices::ONE_TARGET_ON_BOTH_SIDES, detail))
}

/// A target group's rate of errors is that of both sides.
fn no_error_rate(root: &Reader<'_>) -> Option<Diagnostic> {
    let rate = root.attr("gate").attr("error_rate");
    let detail = format!(
        "{} counts the answers of a target group, and blue and green share one here. Use gate.alarm_names or \
         gate.http_probe.",
        rate.path()
    );
    (!rate.is_null()).then(|| rate.error(notices::GATE_THAT_CANNOT_TELL_THE_SIDES_APART, detail))
}

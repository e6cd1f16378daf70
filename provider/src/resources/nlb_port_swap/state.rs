//! What is saved of an `eksmig_nlb_port_swap`: its shape.

use std::collections::BTreeMap;

use eksmig_core::apigateway::port_swap::{Position as Standings, Standing, Swapped, Unplaced};
use eksmig_core::engine::shift::Position;
use eksmig_core::engine::standing::Shifted;
use eksmig_core::share::{Share, Weights};
use tfplugin::{Diagnostic, Reader, Value};

use super::config::Place;
use crate::blocks::share;
use crate::private::Private;
use crate::saved;

/// Where a stage stands, as it is saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// Green's share; none where the swap has no place on it.
    pub share: Option<Share>,
    /// What is left over, or why the swap has no place on it.
    pub leftover: Option<String>,
}

/// Where the stages stand, by name.
pub type Stages = BTreeMap<String, Stage>;

/// The id of a swap: short, for Terraform shows it on every line of progress.
pub fn id(place: &Place) -> String {
    let stages: Vec<&str> = place.stages.iter().map(String::as_str).collect();
    format!("{}/{}", place.api.as_str(), stages.join(","))
}

/// What is seen of the stages. One that does not exist is left out.
pub fn seen(sights: BTreeMap<String, Result<Standing, Unplaced>>) -> Stages {
    let stage = |sight| match sight {
        Ok(standing) => Some(of(&standing)),
        Err(Unplaced::NoStage) => None,
        Err(why) => Some(Stage { share: None, leftover: Some(why.to_string()) }),
    };
    sights.into_iter().filter_map(|(name, sight)| Some((name, stage(sight)?))).collect()
}

/// Where the stages stand.
pub fn stages(standings: &Standings) -> Stages {
    standings.iter().map(|(name, standing)| (name.clone(), of(standing))).collect()
}

/// A stage that stands so: what is left over is what keeps it from being settled where it is.
fn of(standing: &Standing) -> Stage {
    let settled = standing.share.is_split() || standing.is(standing.share);
    Stage { share: Some(standing.share), leftover: (!settled).then(|| standing.to_string()) }
}

/// A run in the words of every shift: shares as weights in percent.
pub fn shifted(swapped: Swapped) -> Shifted<String> {
    swapped.map(|standings| {
        standings
            .into_iter()
            .map(|(stage, standing)| (stage, Weights::of(standing.share)))
            .collect::<Position<String>>()
    })
}

/// Writes where the stages stand.
pub fn write_stages(state: &mut Value, stages: &Stages) {
    let stage = |stage: &Stage| {
        Value::object([
            ("share", stage.share.map_or(Value::Null, share::value)),
            ("leftover", stage.leftover.as_deref().map_or(Value::Null, Value::from)),
        ])
    };
    state.set_attr("stages", Value::map(stages.iter().map(|(name, one)| (name.as_str(), stage(one)))));
    let shares: Vec<Option<Share>> = stages.values().map(|stage| stage.share).collect();
    let all = shares.first().copied().flatten().filter(|first| shares.iter().all(|share| *share == Some(*first)));
    state.set_attr("observed_green_weight", all.map_or(Value::Null, share::value));
}

/// Writes what is true after a run.
pub fn write_truth(state: &mut Value, swapped: &Swapped) {
    write_stages(state, &stages(saved::seen(swapped)));
    saved::write_status(state, &swapped.report.outcome);
}

/// Writes the shares that the stages had before the resource first touched them.
pub fn write_baseline(state: &mut Value, prior: Option<&Value>, before: &Stages) {
    let known = |name: &str| match prior.map(|prior| prior.attr("baseline")) {
        Some(Value::Map(known)) => known.get(name).cloned(),
        _ => None,
    };
    let baseline = before.iter().map(|(name, stage)| {
        let seen = || Value::object([("share", stage.share.map_or(Value::Null, share::value))]);
        (name.as_str(), known(name).unwrap_or_else(seen))
    });
    state.set_attr("baseline", Value::map(baseline));
}

/// Where a state says that the stages stand.
///
/// # Errors
///
/// Where the state is not one of ours.
pub fn saved_stages(state: &Value) -> Result<Stages, Diagnostic> {
    let mut stages = Stages::new();
    for (name, entry) in Reader::new(state).attr("stages").entries()?.known().unwrap_or_default() {
        let stage = Stage {
            share: share::read(&entry.attr("share"))?.known(),
            leftover: entry.attr("leftover").string()?.known(),
        };
        stages.insert(name, stage);
    }
    Ok(stages)
}

/// The shares that a plan was made with, which the apply compares: of a prior state, or of a create where the host keeps
/// them.
///
/// # Errors
///
/// Where the state is not one of ours.
pub fn reviewed(prior: Option<&Value>, private: &Private) -> Result<BTreeMap<String, Share>, Diagnostic> {
    let Some(prior) = prior else {
        let noted = private.reviewed(|stage| Some(stage.to_owned()));
        return Ok(noted.into_iter().filter_map(|(stage, weights)| Some((stage, weights.share()?))).collect());
    };
    Ok(saved_stages(prior)?.into_iter().filter_map(|(name, stage)| Some((name, stage.share?))).collect())
}

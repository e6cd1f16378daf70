//! What many swaps ask of one API, done in one go: one look, all edits, and as few deployments as can be.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::apigateway::difference::differences;
use crate::apigateway::integration::Integration;
use crate::apigateway::label::{Label, Mark};
use crate::apigateway::port_swap::Swap;
use crate::apigateway::port_swap::desk::{Desk, Done, Errand};
use crate::apigateway::port_swap::standing::{Standing, standing};
use crate::apigateway::view::{ApiId, Live, Routes, Stage, View};

/// Some errands at one API.
pub(super) struct Batch<'a> {
    pub(super) desk: &'a Desk,
    pub(super) api: ApiId,
    /// Whose turn it is: the one that stands for the others, and whose stop ends the turn.
    pub(super) first: Errand,
    pub(super) errands: Vec<Errand>,
    /// What came of each; none where nothing was refused or failed so far.
    pub(super) done: Vec<Option<Done>>,
    /// What is there, kept up with what is written.
    pub(super) view: View,
    /// The API's integrations before this batch edited any.
    before: Routes<Live>,
    /// Why the API must not be deployed as it is: an errand failed half way, and its edits could not be taken back.
    pub(super) tainted: Option<String>,
}

/// The turn broke off, since the run that has it is to stop. Nothing more is written.
pub(super) struct Stopped;

/// Why nothing was written: the run stops, or AWS refused.
pub(super) enum Cut {
    Stopped,
    Failed(String),
}

/// Does what is asked of one API. Fewer answers than errands come back where the turn broke off.
pub(super) async fn carry_out(desk: &Desk, lead: &Errand, errands: Vec<Errand>) -> Vec<Done> {
    let api = lead.swap.api.clone();
    let stages: BTreeSet<String> = errands.iter().flat_map(|errand| errand.swap.stages.iter().cloned()).collect();
    let look = desk.apis.look_afresh(&api, &stages);
    let seen = tokio::select! {
        biased;
        () = lead.stop.cancelled() => return Vec::new(),
        seen = look => seen,
    };
    let view = match seen {
        Ok(view) => view,
        Err(error) => return errands.iter().map(|_| Done::Failed(error.to_string())).collect(),
    };
    let done = vec![None; errands.len()];
    let before = view.live.clone();
    let mut batch = Batch { desk, api: api.clone(), first: lead.clone(), errands, done, view, before, tainted: None };
    batch.refuse();
    let mut broken_off = false;
    for stage in &stages {
        if batch.settle(stage).await.is_err() {
            broken_off = true;
            break;
        }
    }
    desk.apis.forget(&api, &stages);
    if broken_off {
        return Vec::new();
    }
    batch.done.into_iter().map(|done| done.unwrap_or(Done::Written)).collect()
}

impl Batch<'_> {
    /// Refuses the errands whose stages are not as they left them.
    fn refuse(&mut self) {
        for index in 0..self.errands.len() {
            let Some(errand) = self.errands.get(index).cloned() else { continue };
            for stage in &errand.swap.stages {
                let found = match self.standing(&errand, stage) {
                    Ok(found) => found.share,
                    Err(why) => {
                        self.end(index, Done::Failed(why));
                        continue;
                    }
                };
                let expected = errand.expected.get(stage);
                let fits =
                    errand.goal.get(stage) == Some(&found) || expected.is_some_and(|shares| shares.contains(&found));
                if !fits {
                    let left: Vec<String> = expected.into_iter().flatten().map(|share| format!("{share}%")).collect();
                    self.end(
                        index,
                        Done::Moved(format!(
                            "green's share of stage {stage} of {} is {found}%, not {} as left by the last step",
                            self.api,
                            left.join(" or ")
                        )),
                    );
                }
            }
        }
    }

    pub(super) fn standing(&self, errand: &Errand, stage: &str) -> Result<Standing, String> {
        let variables = self.desk.variables(&self.api, &self.view, stage);
        standing(&errand.swap, &self.view, stage, &variables)
            .map_err(|why| format!("stage {stage} of {}: {why}", self.api))
    }

    /// Ends an errand; the first end counts.
    pub(super) fn end(&mut self, index: usize, done: Done) {
        if let Some(slot) = self.done.get_mut(index) {
            slot.get_or_insert(done);
        }
    }

    pub(super) fn end_all(&mut self, indices: &[usize], done: &Done) {
        for index in indices {
            self.end(*index, done.clone());
        }
    }

    /// Ends these with a failure, or the turn with a stop.
    pub(super) fn cut(&mut self, indices: &[usize], cut: Cut) -> Result<(), Stopped> {
        match cut {
            Cut::Stopped => Err(Stopped),
            Cut::Failed(why) => {
                self.end_all(indices, &Done::Failed(why));
                Ok(())
            }
        }
    }

    pub(super) fn marks(&self, indices: &[usize]) -> BTreeSet<Mark> {
        indices.iter().filter_map(|index| self.errands.get(*index)).map(|errand| errand.swap.mark()).collect()
    }

    pub(super) fn is_open(&self, index: usize) -> bool {
        self.done.get(index).is_some_and(Option::is_none)
    }

    pub(super) fn stage(&self, name: &str) -> Stage {
        self.view.stages.get(name).cloned().unwrap_or_default()
    }

    /// What a deployment onto the stage would ship that no swap of this process edited, in words; none where nothing.
    pub(super) fn foreign(&self, stage: &Stage) -> Option<String> {
        let kin = self.desk.kin(&self.api);
        let foreign: Vec<String> = differences(&self.before, &stage.served)
            .into_iter()
            .filter(|difference| !(difference.only_leads_elsewhere && self.is_swapped(&kin, stage, &difference.route)))
            .map(|difference| format!("{}: {}", difference.route, difference.what))
            .collect();
        (!foreign.is_empty()).then(|| foreign.join("; "))
    }

    /// Whether a route is one that a known swap moves.
    fn is_swapped(&self, kin: &[Arc<Swap>], stage: &Stage, route: &str) -> bool {
        let (Some(live), Some(served)) = (self.before.get(route), stage.served.get(route)) else { return false };
        let sides = |integration: &Integration| {
            kin.iter()
                .filter(|swap| swap.selects(route))
                .any(|swap| swap.side(&self.view, integration, &stage.variables).is_some())
        };
        sides(&live.integration) && sides(served)
    }

    /// The label of a deployment that carries these swaps.
    pub(super) fn label(&self, stage: &Stage, swaps: BTreeSet<Mark>) -> Label {
        Label { after: stage.deployment.clone(), swaps }
    }
}

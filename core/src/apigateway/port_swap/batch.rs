//! What many swaps ask of one API, done in one go: one look, all edits, and as few deployments as can be.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::apigateway::change::{NewDeployment, StageChange};
use crate::apigateway::difference::differences;
use crate::apigateway::fare::Fare;
use crate::apigateway::integration::{Edit, Integration};
use crate::apigateway::label::{Label, Mark};
use crate::apigateway::port_swap::Swap;
use crate::apigateway::port_swap::desk::{Desk, Done, Errand};
use crate::apigateway::port_swap::standing::{Standing, standing};
use crate::apigateway::view::{ApiId, Live, Routes, Stage, View};
use crate::aws::Kind;
use crate::engine::gate::Side;

/// Some errands at one API.
pub(super) struct Batch<'a> {
    pub(super) desk: &'a Desk,
    pub(super) api: ApiId,
    /// Whose turn it is: the one that stands for the others, and whose stop ends the turn.
    pub(super) lead: Errand,
    pub(super) errands: Vec<Errand>,
    /// What came of each; none where nothing was refused or failed so far.
    pub(super) done: Vec<Option<Done>>,
    /// What is there, kept up with what is written.
    pub(super) view: View,
    /// The API's integrations before this batch edited any.
    before: Routes<Live>,
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
    let mut batch = Batch { desk, api: api.clone(), lead: lead.clone(), errands, done, view, before };
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

    /// Waits for room in the budget, unless the run that has the turn stops first.
    async fn room(&self, kind: Kind) -> Result<(), Cut> {
        if self.lead.back {
            let paid = self.desk.apis.wait_for_room(kind, Fare::Ahead).await;
            return paid.map_err(|error| Cut::Failed(error.to_string()));
        }
        tokio::select! {
            biased;
            () = self.lead.stop.cancelled() => Err(Cut::Stopped),
            paid = self.desk.apis.wait_for_room(kind, Fare::InLine) => paid.map_err(|error| Cut::Failed(error.to_string())),
        }
    }

    /// Has the API's integrations of these errands lead to `side`, and answers with the stage variables that have to be
    /// set for that. An errand whose edit fails is ended, the others go on.
    pub(super) async fn edit(
        &mut self,
        stage: &str,
        indices: &[usize],
        side: Side,
    ) -> Result<BTreeMap<String, String>, Stopped> {
        let variables = self.stage(stage).variables;
        let mut to_set = BTreeMap::new();
        for index in indices {
            let Some(errand) = self.errands.get(*index).cloned() else { continue };
            let routes: Vec<String> =
                self.view.live.keys().filter(|route| errand.swap.selects(route)).cloned().collect();
            for route in routes {
                let Some(live) = self.view.live.get(&route).cloned() else { continue };
                let edit = live.integration.towards(side, errand.swap.around(&self.view, &variables));
                to_set.extend(edit.variables.clone());
                if edit.needs_deployment()
                    && let Err(cut) = self.write(&route, &live, &edit).await
                {
                    self.cut(&[*index], cut)?;
                    break;
                }
            }
        }
        Ok(to_set)
    }

    async fn write(&mut self, route: &str, live: &Live, edit: &Edit) -> Result<(), Cut> {
        self.room(Kind::Write).await?;
        tracing::info!(api = %self.api, route, before = live.integration.uri, uri = edit.uri, "editing an integration");
        let written = self.desk.apis.edit(&self.api, live, edit, Fare::Paid).await;
        written.map_err(|error| Cut::Failed(error.to_string()))?;
        // Routes of an HTTP API may share an integration.
        for other in self.view.live.values_mut().filter(|other| other.handle == live.handle) {
            if let Some(uri) = &edit.uri {
                other.integration.uri.clone_from(uri);
            }
            if edit.target.is_some() {
                other.integration.target.clone_from(&edit.target);
            }
        }
        Ok(())
    }

    /// Changes a stage, in one call.
    pub(super) async fn change(&mut self, stage: &str, changes: &[StageChange]) -> Result<(), Cut> {
        if changes.is_empty() {
            return Ok(());
        }
        self.room(Kind::Write).await?;
        tracing::info!(api = %self.api, stage, ?changes, "changing a stage");
        let variables = self.stage(stage).variables;
        let changed = self.desk.apis.change(&self.api, stage, &variables, changes, Fare::Paid).await;
        changed.map_err(|error| Cut::Failed(error.to_string()))?;
        if let Some(seen) = self.view.stages.get_mut(stage) {
            changes.iter().for_each(|change| seen.take(change));
            if changes.contains(&StageChange::TakeCanarysDeployment) {
                seen.served = integrations(&self.view.live);
            }
        }
        Ok(())
    }

    /// Deploys the API onto a stage, or onto its canary.
    pub(super) async fn deploy(&mut self, stage: &str, wanted: NewDeployment) -> Result<(), Cut> {
        self.room(Kind::Deployment).await?;
        tracing::info!(api = %self.api, stage, description = %wanted.label, canary = ?wanted.canary, "deploying");
        let made = self.desk.apis.deploy(&self.api, stage, &wanted, Fare::Paid).await;
        let id = made.map_err(|error| Cut::Failed(error.to_string()))?;
        let live = integrations(&self.view.live);
        if let Some(seen) = self.view.stages.get_mut(stage) {
            seen.receive(id, &wanted, live);
        }
        Ok(())
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
        let sides = |integration| {
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

fn integrations(live: &Routes<Live>) -> Routes<Integration> {
    live.iter().map(|(route, live)| (route.clone(), live.integration.clone())).collect()
}

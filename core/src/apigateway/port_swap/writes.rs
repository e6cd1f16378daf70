//! The writes of a batch: each waits for room in the budget, none begins after a stop, and what is seen is kept up.

use std::collections::BTreeMap;

use crate::apigateway::change::{NewDeployment, StageChange};
use crate::apigateway::fare::Fare;
use crate::apigateway::integration::{Edit, Integration};
use crate::apigateway::port_swap::batch::{Batch, Cut, Stopped};
use crate::apigateway::port_swap::desk::Done;
use crate::apigateway::view::{Live, Routes};
use crate::aws::Kind;
use crate::engine::gate::Side;

impl Batch<'_> {
    /// Waits for room in the budget, unless the run that has the turn stops first.
    async fn room(&self, kind: Kind) -> Result<(), Cut> {
        if self.first.back {
            let paid = self.desk.apis.wait_for_room(kind, Fare::Ahead).await;
            return paid.map_err(|error| Cut::Failed(error.to_string()));
        }
        tokio::select! {
            biased;
            () = self.first.stop.cancelled() => Err(Cut::Stopped),
            paid = self.desk.apis.wait_for_room(kind, Fare::InLine) => paid.map_err(|error| Cut::Failed(error.to_string())),
        }
    }

    /// Has the API's integrations of these errands lead to `side`, and answers with the stage variables that have to be
    /// set for that. An errand whose edit fails is ended and its edits are taken back, so that the deployment of the
    /// others does not ship half of it.
    pub(super) async fn edit(
        &mut self,
        stage: &str,
        indices: &[usize],
        side: Side,
    ) -> Result<BTreeMap<String, String>, Stopped> {
        let mut to_set = BTreeMap::new();
        for index in indices {
            let mut edited = Vec::new();
            match self.lead(stage, *index, side, &mut edited).await {
                Ok(variables) => to_set.extend(variables),
                Err(Cut::Stopped) => return Err(Stopped),
                Err(Cut::Failed(why)) => {
                    self.end(*index, Done::Failed(why.clone()));
                    self.take_back(edited, &why).await?;
                }
            }
        }
        Ok(to_set)
    }

    /// Has the API's integrations of one errand lead to `side`. What they were goes to `edited`.
    async fn lead(
        &mut self,
        stage: &str,
        index: usize,
        side: Side,
        edited: &mut Vec<(String, Live)>,
    ) -> Result<BTreeMap<String, String>, Cut> {
        let variables = self.stage(stage).variables;
        let mut to_set = BTreeMap::new();
        let Some(errand) = self.errands.get(index).cloned() else { return Ok(to_set) };
        let routes: Vec<String> = self.view.live.keys().filter(|route| errand.swap.selects(route)).cloned().collect();
        for route in routes {
            let Some(live) = self.view.live.get(&route).cloned() else { continue };
            let edit = live.integration.towards(side, errand.swap.around(&self.view, &variables));
            if edit.needs_deployment() {
                // Before the write, for one that fails may have gone through all the same.
                edited.push((route.clone(), live.clone()));
                self.write(&route, &live, &edit).await?;
            }
            to_set.extend(edit.variables);
        }
        Ok(to_set)
    }

    /// Takes back what was edited for an errand that failed. Where that fails too, nothing is deployed any more.
    async fn take_back(&mut self, edited: Vec<(String, Live)>, why: &str) -> Result<(), Stopped> {
        for (route, live) in edited.into_iter().rev() {
            let was = &live.integration;
            let edit = Edit { uri: Some(was.uri.clone()), target: was.target.clone(), ..Edit::default() };
            match self.write(&route, &live, &edit).await {
                Ok(()) => {}
                Err(Cut::Stopped) => return Err(Stopped),
                Err(Cut::Failed(again)) => {
                    self.tainted = Some(format!("{why}; and taking that back failed as well: {again}"));
                }
            }
        }
        Ok(())
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
        if let Some(why) = &self.tainted {
            let api = &self.api;
            return Err(Cut::Failed(format!(
                "{api} is not deployed to stage {stage}, for it is edited in part: {why}"
            )));
        }
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
}

fn integrations(live: &Routes<Live>) -> Routes<Integration> {
    live.iter().map(|(route, live)| (route.clone(), live.integration.clone())).collect()
}

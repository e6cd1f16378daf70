//! The one canary of a stage, which swaps share: who leaves it, what percent it has, who joins it and who begins it.

use std::collections::{BTreeMap, BTreeSet};

use crate::apigateway::change::{NewCanary, NewDeployment, StageChange};
use crate::apigateway::port_swap::batch::{Batch, Stopped};
use crate::apigateway::port_swap::desk::Done;
use crate::apigateway::port_swap::settle::Open;
use crate::apigateway::port_swap::standing::{percent, port_variables, whole};
use crate::apigateway::view::{ApiId, Canary, Stage};
use crate::share::Share;

impl Batch<'_> {
    /// Takes those out of the canary that go back to what the stage serves beside it. Where nobody else is left in it, or
    /// the stage serves it to all already, the canary goes; else it is made anew, without them.
    pub(super) async fn leave(&mut self, name: &str) -> Result<(), Stopped> {
        let open = self.open(name);
        let stage = self.stage(name);
        let Some(canary) = stage.canary.clone() else { return Ok(()) };
        let leaves = |open: &&Open| {
            open.standing.canary.is_some() && whole(open.goal).is_some() && whole(open.goal) == open.standing.base
        };
        let leaving: Vec<usize> = open.iter().filter(leaves).map(|open| open.index).collect();
        let Some(side) = open.iter().find(leaves).and_then(|open| whole(open.goal)) else { return Ok(()) };
        let promoted = canary.label.is_some() && stage.deployment.as_ref() == Some(&canary.deployment);
        let gone = self.variables_of(&stage, &leaving);
        let overrides: BTreeMap<String, String> = canary
            .overrides
            .iter()
            .filter(|(variable, _)| !gone.contains(*variable))
            .map(|(a, b)| (a.clone(), b.clone()))
            .collect();
        let marks = self.marks(&leaving);
        let stay: BTreeSet<_> =
            canary.label.iter().flat_map(|label| &label.swaps).filter(|mark| !marks.contains(*mark)).cloned().collect();
        if promoted || (stay.is_empty() && overrides.is_empty()) {
            if let Err(cut) = self.change(name, &[StageChange::RemoveCanary]).await {
                return self.cut(&leaving, cut);
            }
            self.edit(name, &leaving, side).await?;
            return Ok(());
        }
        self.edit(name, &leaving, side).await?;
        let written = if canary.label.is_some() && !stay.is_empty() {
            let label = self.label(&stage, stay);
            let canary = Some(NewCanary { percent: canary.percent, overrides });
            self.deploy(name, NewDeployment { label, canary }).await
        } else {
            let drop: Vec<StageChange> = gone.into_iter().map(StageChange::DropOverride).collect();
            self.change(name, &drop).await
        };
        match written {
            Ok(()) => Ok(()),
            Err(cut) => self.cut(&leaving, cut),
        }
    }

    /// Gives all requests to the canary, once all who take part in it want that, and removes it.
    pub(super) async fn promote(&mut self, name: &str) -> Result<(), Stopped> {
        let open = self.open(name);
        let stage = self.stage(name);
        let Some(canary) = stage.canary.clone() else { return Ok(()) };
        let goes = |open: &&Open| whole(open.goal).is_some() && open.standing.canary == Some(whole(open.goal));
        let going: Vec<usize> = open.iter().filter(goes).map(|open| open.index).collect();
        let Some(goal) = open.iter().find(goes).map(|open| open.goal) else { return Ok(()) };
        if let Some(why) = self.disagreement(name, &canary, goal) {
            self.end_all(&going, &Done::Waiting(why));
            return Ok(());
        }
        let mut changes = vec![StageChange::Percent(0.0)];
        if stage.deployment.as_ref() != Some(&canary.deployment) {
            changes.push(StageChange::TakeCanarysDeployment);
        }
        changes.extend(
            canary
                .overrides
                .iter()
                .map(|(name, value)| StageChange::Variable { name: name.clone(), value: value.clone() }),
        );
        for changes in [changes, vec![StageChange::RemoveCanary]] {
            if let Err(cut) = self.change(name, &changes).await {
                return self.cut(&going, cut);
            }
        }
        Ok(())
    }

    /// Gives the canary another percent, once all who take part in it want the same.
    pub(super) async fn raise(&mut self, name: &str) -> Result<(), Stopped> {
        let open = self.open(name);
        let Some(canary) = self.stage(name).canary else { return Ok(()) };
        let taking_part: Vec<&Open> =
            open.iter().filter(|open| open.standing.canary.is_some() && open.goal.is_split()).collect();
        for goal in taking_part.iter().map(|open| open.goal).collect::<BTreeSet<_>>() {
            let same: Vec<&&Open> = taking_part.iter().filter(|open| open.goal == goal).collect();
            let indices: Vec<usize> = same.iter().map(|open| open.index).collect();
            if let Some(why) = self.disagreement(name, &canary, goal) {
                self.end_all(&indices, &Done::Waiting(why));
                continue;
            }
            let Some(base) = same.first().and_then(|open| open.standing.base) else {
                self.end_all(&indices, &Done::Failed(self.mixed(name)));
                continue;
            };
            if let Err(cut) = self.change(name, &[StageChange::Percent(percent(goal, base))]).await {
                self.cut(&indices, cut)?;
            }
        }
        Ok(())
    }

    /// Which of those who take part in a canary does not want this share, in words; none where all do.
    fn disagreement(&self, stage: &str, canary: &Canary, goal: Share) -> Option<String> {
        let kin = self.desk.kin(&self.api);
        let seen = self.stage(stage);
        let labelled = canary.label.iter().flat_map(|label| label.swaps.iter().cloned());
        let by_variable = kin.iter().filter(|swap| {
            port_variables(swap, &self.view, &seen).iter().any(|variable| canary.overrides.contains_key(variable))
        });
        let all: BTreeSet<_> = labelled.chain(by_variable.map(|swap| swap.mark())).collect();
        let others: Vec<String> = all
            .iter()
            .filter_map(|mark| match self.desk.wished(&self.api, mark, stage) {
                Some(wish) if wish == goal => None,
                Some(wish) => Some(format!("{mark} (wants {wish}%)")),
                None => Some(format!("{mark} (asks for nothing in this run)")),
            })
            .collect();
        (!others.is_empty()).then(|| {
            format!(
                "the canary of stage {stage} of {} carries other swaps as well, which do not ask for {goal}% yet: {}; all that share a canary move together, so apply them together",
                self.api,
                others.join(", ")
            )
        })
    }

    /// Takes more swaps into the canary, where they want the percent that it has. The others wait for its end.
    pub(super) async fn join(&mut self, name: &str) -> Result<(), Stopped> {
        let open: Vec<Open> = self.open(name).into_iter().filter(|open| open.standing.canary.is_none()).collect();
        let stage = self.stage(name);
        let Some(canary) = stage.canary.clone() else { return Ok(()) };
        let fits = |open: &&Open| {
            let base = open.standing.base.filter(|_| open.goal.is_split());
            base.is_some_and(|base| (percent(open.goal, base) - canary.percent).abs() < 0.05)
        };
        let joining: Vec<usize> = open.iter().filter(fits).map(|open| open.index).collect();
        for open in open.iter().filter(|open| !fits(open)) {
            let why = format!(
                "stage {name} of {} has a canary of other swaps at {}%, and can have but one; {}% has to wait for its end",
                self.api, canary.percent, open.goal
            );
            self.end(open.index, Done::Waiting(why));
        }
        let Some(base) = open.iter().find(fits).and_then(|open| open.standing.base) else { return Ok(()) };
        let joining = self.without_foreign(&stage, name, joining);
        let already = canary.label.as_ref().map_or(0, |label| label.swaps.len());
        let joining = self.at_most(name, already, joining);
        let overrides = self.edit(name, &joining, base.other()).await?;
        let joining: Vec<usize> = joining.into_iter().filter(|index| self.is_open(*index)).collect();
        self.deploy_canary(name, &joining, canary.percent, overrides).await
    }

    /// Begins a canary for those that want a part of the requests and take part in none.
    pub(super) async fn begin(&mut self, name: &str) -> Result<(), Stopped> {
        let open: Vec<Open> = self.open(name).into_iter().filter(|open| open.goal.is_split()).collect();
        let stage = self.stage(name);
        let Some(first) = open.first().filter(|_| stage.canary.is_none()).cloned() else { return Ok(()) };
        if matches!(self.api, ApiId::Http(_)) {
            let indices: Vec<usize> = open.iter().map(|open| open.index).collect();
            self.end_all(&indices, &Done::Failed(format!("{} has no canaries: its share is 0% or 100%", self.api)));
            return Ok(());
        }
        let Some(base) = first.standing.base else {
            self.end(first.index, Done::Failed(self.mixed(name)));
            return Ok(());
        };
        let mut beginning = Vec::new();
        for other in open {
            if other.goal == first.goal && other.standing.base == Some(base) {
                beginning.push(other.index);
            } else {
                let why = format!(
                    "stage {name} of {} can have one canary, which goes to swaps that ask for {}%; {}% has to wait for its end",
                    self.api, first.goal, other.goal
                );
                self.end(other.index, Done::Waiting(why));
            }
        }
        let beginning = self.without_foreign(&stage, name, beginning);
        let beginning = self.at_most(name, 0, beginning);
        let overrides = self.edit(name, &beginning, base.other()).await?;
        let beginning: Vec<usize> = beginning.into_iter().filter(|index| self.is_open(*index)).collect();
        self.deploy_canary(name, &beginning, percent(first.goal, base), overrides).await
    }

    /// Makes a canary of the API as it is, with those who take part already and these; or of variables alone, where
    /// nothing has to be deployed.
    pub(super) async fn deploy_canary(
        &mut self,
        name: &str,
        indices: &[usize],
        percent: f64,
        overrides: BTreeMap<String, String>,
    ) -> Result<(), Stopped> {
        if indices.is_empty() {
            return Ok(());
        }
        let stage = self.stage(name);
        let literal = indices.iter().any(|index| self.has_literal_ports(&stage, *index));
        let written = if literal {
            let before = stage.canary.clone();
            let mut swaps = self.marks(indices);
            swaps.extend(
                before.iter().filter_map(|canary| canary.label.as_ref()).flat_map(|label| label.swaps.iter().cloned()),
            );
            let mut all = before.map(|canary| canary.overrides).unwrap_or_default();
            all.extend(overrides);
            let label = self.label(&stage, swaps);
            self.deploy(name, NewDeployment { label, canary: Some(NewCanary { percent, overrides: all }) }).await
        } else {
            let overrides = overrides.into_iter().map(|(name, value)| StageChange::Override { name, value });
            let changes: Vec<StageChange> = std::iter::once(StageChange::Percent(percent)).chain(overrides).collect();
            self.change(name, &changes).await
        };
        match written {
            Ok(()) => Ok(()),
            Err(cut) => self.cut(indices, cut),
        }
    }

    /// The variables that hold the ports of these errands.
    fn variables_of(&self, stage: &Stage, indices: &[usize]) -> BTreeSet<String> {
        let errands = indices.iter().filter_map(|index| self.errands.get(*index));
        errands.flat_map(|errand| port_variables(&errand.swap, &self.view, stage)).collect()
    }
}

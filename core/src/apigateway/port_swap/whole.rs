//! Moving all requests of a swap at once: by a deployment, by a stage variable, or by the deployment before.

use crate::apigateway::change::{NewDeployment, StageChange};
use crate::apigateway::port_swap::batch::{Batch, Cut, Stopped};
use crate::apigateway::port_swap::standing::whole;
use crate::apigateway::view::Stage;
use crate::engine::gate::Side;

impl Batch<'_> {
    /// Moves all requests of those that take part in no canary.
    pub(super) async fn move_whole(&mut self, name: &str, side: Side) -> Result<(), Stopped> {
        let open = self.open(name);
        let stage = self.stage(name);
        let moving: Vec<usize> =
            open.iter().filter(|open| whole(open.goal) == Some(side)).map(|open| open.index).collect();
        let moving: Vec<usize> = moving.into_iter().filter(|index| self.is_open(*index)).collect();
        if moving.is_empty() || stage.canary.is_some() {
            return Ok(());
        }
        // Where the stage serves that side already, only the API is put in order, and nothing is deployed.
        let (moving, tidying): (Vec<usize>, Vec<usize>) = moving
            .into_iter()
            .partition(|index| self.is_undeployed(name, *index, side) || self.is_unfinished(&stage, *index));
        self.edit(name, &tidying, side).await?;
        if !moving.is_empty() && self.point_back(name, &stage, &moving).await? {
            self.edit(name, &moving, side).await?;
            return Ok(());
        }
        let moving = self.without_foreign(&stage, name, moving);
        let moving = self.at_most(name, 0, moving);
        let variables = self.edit(name, &moving, side).await?;
        let moving: Vec<usize> = moving.into_iter().filter(|index| self.is_open(*index)).collect();
        let changes: Vec<StageChange> = variables
            .into_iter()
            .filter(|_| !moving.is_empty())
            .map(|(name, value)| StageChange::Variable { name, value })
            .collect();
        if let Err(cut) = self.change(name, &changes).await {
            return self.cut(&moving, cut);
        }
        let undeployed: Vec<usize> = moving
            .into_iter()
            .filter(|index| self.is_undeployed(name, *index, side) || self.is_unfinished(&stage, *index))
            .collect();
        if undeployed.is_empty() || stage.automatic {
            return Ok(());
        }
        let label = self.label(&stage, self.marks(&undeployed));
        match self.deploy(name, NewDeployment { label, canary: None }).await {
            Ok(()) => Ok(()),
            Err(cut) => self.cut(&undeployed, cut),
        }
    }

    /// Points the stage to the deployment that it had before, where its present one carries exactly the swaps that go
    /// back: that takes no deployment and ships nothing. Whether it did.
    async fn point_back(&mut self, name: &str, stage: &Stage, moving: &[usize]) -> Result<bool, Stopped> {
        let back = moving.iter().all(|index| self.errands.get(*index).is_some_and(|errand| errand.back));
        let Some(label) = stage.label.as_ref().filter(|label| back && label.swaps == self.marks(moving)) else {
            return Ok(false);
        };
        let Some(before) = label.after.clone().filter(|_| !stage.automatic) else { return Ok(false) };
        match self.change(name, &[StageChange::Deployment(before.clone())]).await {
            Ok(()) => Ok(true),
            Err(Cut::Stopped) => Err(Stopped),
            Err(Cut::Failed(why)) => {
                // It may have been deleted. There is still the way that ships the API as it is.
                tracing::warn!(
                    stage = name,
                    deployment = before,
                    why,
                    "cannot point the stage at the deployment before"
                );
                Ok(false)
            }
        }
    }

    /// Whether the stage's deployment is the errand's own and did not come to be served. The stage still serves the one
    /// before, and would serve this one if it came through after all.
    fn is_unfinished(&self, stage: &Stage, index: usize) -> bool {
        let mark = self.errands.get(index).map(|errand| errand.swap.mark());
        let ours = stage.label.as_ref().is_some_and(|label| mark.is_some_and(|mark| label.swaps.contains(&mark)));
        ours && stage.unfinished.is_some()
    }

    /// Whether the stage serves one of the errand's integrations from another side than this.
    fn is_undeployed(&self, name: &str, index: usize, side: Side) -> bool {
        let stage = self.stage(name);
        let Some(errand) = self.errands.get(index) else { return false };
        stage
            .served
            .iter()
            .filter(|(route, _)| errand.swap.selects(route))
            .any(|(_, served)| errand.swap.side(&self.view, served, &stage.variables) == Some(side.other()))
    }
}

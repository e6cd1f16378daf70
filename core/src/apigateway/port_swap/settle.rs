//! What becomes of a stage when some swaps want something of it, in order: who leaves its canary, who is promoted, who
//! joins, who moves whole, and who begins a canary.

use crate::apigateway::label::MOST;
use crate::apigateway::port_swap::Undeployed;
use crate::apigateway::port_swap::batch::{Batch, Stopped};
use crate::apigateway::port_swap::desk::Done;
use crate::apigateway::port_swap::standing::Standing;
use crate::apigateway::view::Stage;
use crate::engine::gate::Side;
use crate::share::Share;

/// One open errand on the stage in question.
#[derive(Debug, Clone)]
pub(super) struct Open {
    pub(super) index: usize,
    pub(super) standing: Standing,
    pub(super) goal: Share,
}

impl Batch<'_> {
    /// Brings about what the open errands want of a stage.
    pub(super) async fn settle(&mut self, stage: &str) -> Result<(), Stopped> {
        self.leave(stage).await?;
        self.promote(stage).await?;
        self.raise(stage).await?;
        self.join(stage).await?;
        for side in [Side::Green, Side::Blue] {
            self.move_whole(stage, side).await?;
        }
        self.begin(stage).await
    }

    /// The open errands on a stage. Those that are where they want to be are not open.
    pub(super) fn open(&mut self, stage: &str) -> Vec<Open> {
        let mut open = Vec::new();
        for index in 0..self.errands.len() {
            let Some(errand) = self.errands.get(index).filter(|_| self.is_open(index)).cloned() else { continue };
            let Some(goal) = errand.goal.get(stage).copied() else { continue };
            match self.standing(&errand, stage) {
                Ok(standing) if standing.is(goal) => {}
                Ok(standing) => open.push(Open { index, standing, goal }),
                Err(why) => self.end(index, Done::Failed(why)),
            }
        }
        open
    }

    /// Those errands that may deploy the API as it is. The others are ended with what someone else edited.
    pub(super) fn without_foreign(&mut self, stage: &Stage, name: &str, indices: Vec<usize>) -> Vec<usize> {
        let needs = |index: &usize| self.has_literal_ports(stage, *index) && !stage.automatic;
        let deploys =
            |index: &usize| self.errands.get(*index).is_some_and(|errand| errand.swap.undeployed == Undeployed::Deploy);
        let refused: Vec<usize> = indices.iter().copied().filter(|index| needs(index) && !deploys(index)).collect();
        let Some(foreign) = self.foreign(stage).filter(|_| !refused.is_empty()) else { return indices };
        let why = format!(
            "a deployment of {} to stage {name} would ship what others edited and did not deploy: {foreign}. Deploy or undo that first, or set undeployed_changes = \"deploy\" to ship it; nothing was deployed",
            self.api
        );
        self.end_all(&refused, &Done::Failed(why));
        indices.into_iter().filter(|index| self.is_open(*index)).collect()
    }

    /// Those errands that one deployment can name beside those that it carries already. The others wait for the next.
    pub(super) fn at_most(&mut self, name: &str, already: usize, indices: Vec<usize>) -> Vec<usize> {
        let (mut named, mut others) = (indices, Vec::new());
        let room = MOST.saturating_sub(already);
        if named.len() > room {
            others = named.split_off(room);
        }
        let why = format!(
            "a deployment of {} to stage {name} carries {MOST} swaps at most, for its description names them; the others wait for the next",
            self.api
        );
        self.end_all(&others, &Done::Waiting(why));
        named
    }

    /// Whether one of the errand's integrations has its port written out, so that it moves by a deployment.
    pub(super) fn has_literal_ports(&self, stage: &Stage, index: usize) -> bool {
        let Some(errand) = self.errands.get(index) else { return false };
        self.view.live.iter().filter(|(route, _)| errand.swap.selects(route)).any(|(_, live)| {
            errand.swap.side(&self.view, &live.integration, &stage.variables).is_some()
                && live.integration.port_variable(&stage.variables).is_none()
        })
    }

    pub(super) fn mixed(&self, stage: &str) -> String {
        format!(
            "stage {stage} of {} serves some of the integrations from blue and some from green, so that no canary of it has a share that can be told; move it to 0% or to 100% first",
            self.api
        )
    }
}

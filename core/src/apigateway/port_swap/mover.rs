//! The work that the engine drives: hand in what the step asks for, and read back what the stages show.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use crate::apigateway::port_swap::desk::{Done, Errand};
use crate::apigateway::port_swap::itinerary::Goal;
use crate::apigateway::port_swap::standing::Position;
use crate::apigateway::port_swap::{PortSwap, batch};
use crate::engine::shift;
use crate::engine::work::{Settlement, Work, WorkError};
use crate::share::Share;

/// How long to wait before asking again for what has to wait for other swaps.
const AGAIN: Duration = Duration::from_secs(3);

/// Moves the stages of one swap through one run.
#[derive(Debug)]
pub(super) struct Mover<'a> {
    swap: &'a PortSwap,
    /// The shares as the last step left them.
    left: Mutex<BTreeMap<String, Share>>,
    /// What was seen last.
    known: Mutex<Position>,
    /// The shares that the step under way is to bring, which a stage may show already.
    aimed: Mutex<Goal>,
    /// How long a step may wait for swaps that share the canary, or for a canary to end.
    patience: Duration,
    stop: CancellationToken,
}

impl<'a> Mover<'a> {
    pub(super) fn new(swap: &'a PortSwap, before: Position, patience: Duration, stop: CancellationToken) -> Self {
        let left = before.iter().map(|(stage, standing)| (stage.clone(), standing.share)).collect();
        Self { swap, left: Mutex::new(left), known: Mutex::new(before), aimed: Mutex::default(), patience, stop }
    }

    /// What was seen last.
    pub(super) fn known(&self) -> Position {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn errand(&self, goal: &Goal, back: bool) -> Errand {
        let aimed = self.aimed.lock().unwrap_or_else(PoisonError::into_inner);
        let left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let mut expected: BTreeMap<String, BTreeSet<Share>> = BTreeMap::new();
        for (stage, share) in left.iter().chain(aimed.iter().filter(|_| back)) {
            expected.entry(stage.clone()).or_default().insert(*share);
        }
        // What leads back is not stopped: it was begun to leave nobody without an answer.
        let stop = if back { CancellationToken::new() } else { self.stop.clone() };
        Errand { swap: Arc::clone(&self.swap.swap), goal: goal.clone(), expected, back, stop }
    }

    /// Whether the goal may take a deployment: not where the swap is in a canary, whose percent is all that changes.
    fn may_deploy(&self, goal: &Goal) -> bool {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.iter().any(|(stage, seen)| seen.canary.is_none() && goal.get(stage) != Some(&seen.share))
    }

    /// Hands the errand in until it is done, or cannot be.
    async fn hand_in(&self, errand: Errand) -> Result<(), WorkError> {
        let desk = &self.swap.desk;
        let clock = desk.apis.aws().clock();
        let began = clock.now();
        desk.wish(&errand.swap, Some(&errand.goal));
        loop {
            let carry_out = async |errands: Vec<Errand>| batch::carry_out(desk, &errand, errands).await;
            let room = async {
                if self.may_deploy(&errand.goal)
                    && let Err(error) = desk.apis.wait_for_deployment().await
                {
                    // The calls need the budget as well, and fail with this.
                    tracing::debug!(%error, "cannot wait for room for a deployment");
                }
            };
            let asked =
                desk.deployments.ask(&errand.swap.api, errand.clone(), errand.back, &errand.stop, room, carry_out);
            let done = asked.await;
            match done {
                None => return Err(WorkError::Stopped),
                Some(Done::Written) => return Ok(()),
                Some(Done::Moved(why)) => return Err(WorkError::Moved(why)),
                Some(Done::Failed(why)) => return Err(WorkError::Failed(why)),
                Some(Done::Waiting(why)) if clock.now().since(began) >= self.patience => {
                    return Err(WorkError::Failed(format!("waited {} s: {why}", self.patience.as_secs())));
                }
                Some(Done::Waiting(why)) => tracing::debug!(why, "waiting for other swaps"),
            }
            tokio::select! {
                biased;
                () = errand.stop.cancelled() => return Err(WorkError::Stopped),
                () = clock.sleep(AGAIN) => {}
            }
        }
    }
}

impl Drop for Mover<'_> {
    fn drop(&mut self) {
        self.swap.desk.wish(&self.swap.swap, None);
    }
}

#[async_trait]
impl Work for Mover<'_> {
    type Goal = Goal;
    type Position = Position;

    async fn observe(&self) -> Result<Position, String> {
        let seen = self.swap.look_afresh().await.map_err(|refusal| refusal.to_string())?;
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&seen);
        Ok(seen)
    }

    fn seen(&self) -> Option<Position> {
        Some(self.known())
    }

    fn green_at(&self, goal: &Goal) -> Option<Share> {
        shift::one(goal.values().map(|share| Some(*share)))
    }

    fn green_seen(&self, position: &Position) -> Option<Share> {
        shift::one(position.values().map(|standing| Some(standing.share)))
    }

    async fn apply(&self, goal: &Goal) -> Result<(), WorkError> {
        self.aimed.lock().unwrap_or_else(PoisonError::into_inner).clone_from(goal);
        self.hand_in(self.errand(goal, false)).await?;
        self.left.lock().unwrap_or_else(PoisonError::into_inner).clone_from(goal);
        Ok(())
    }

    async fn settled(&self, goal: &Goal) -> Result<Settlement, String> {
        let now = self.observe().await?;
        let unsettled: Vec<String> = now
            .iter()
            .filter(|(stage, standing)| !goal.get(*stage).is_some_and(|share| standing.is(*share)))
            .map(|(stage, standing)| format!("stage {stage} shows {standing}"))
            .collect();
        if unsettled.is_empty() { Ok(Settlement::Settled) } else { Ok(Settlement::Pending(unsettled.join("; "))) }
    }

    async fn undo(&self, to: &Goal) -> Result<(), WorkError> {
        self.hand_in(self.errand(to, true)).await?;
        self.left.lock().unwrap_or_else(PoisonError::into_inner).clone_from(to);
        Ok(())
    }
}

//! The work that the engine drives: read the whole action, edit the two weights, write, read back.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use aws_sdk_elasticloadbalancingv2::types::Action;
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::sync::CancellationToken;

use crate::elb::Fare;
use crate::elb::arn::RouteArn;
use crate::elb::forward;
use crate::elb::weighted_shift::{Position, WeightedShift, position};
use crate::engine::shift::{self, Goal, Idle};
use crate::engine::standing::Standing;
use crate::engine::work::{Settlement, Work, WorkError, unless_stopped};
use crate::share::{Share, Weights};

/// Moves the routes of one shift through one run.
#[derive(Debug)]
pub(super) struct Mover<'a> {
    shift: &'a WeightedShift,
    standing: Standing<RouteArn>,
    stop: CancellationToken,
    /// The turn to read and write, from when it came until the write is done.
    turn: Mutex<Option<OwnedSemaphorePermit>>,
}

/// A write that is ready to be sent.
struct Edit {
    route: RouteArn,
    from: Weights,
    to: Weights,
    actions: Vec<Action>,
}

impl<'a> Mover<'a> {
    pub(super) fn new(shift: &'a WeightedShift, before: Position, stop: CancellationToken) -> Self {
        let standing = Standing::new(before, forward::WEIGHT_LIMIT);
        Self { shift, standing, stop, turn: Mutex::new(None) }
    }

    /// The weights as they were seen or written last.
    pub(super) fn known(&self) -> Position {
        self.standing.known()
    }

    /// Every write that brings the goal about, made before any is sent.
    async fn edits(&self, goal: &Goal<RouteArn>) -> Result<(Position, Vec<Edit>), String> {
        let pair = &self.shift.pair;
        let routes = self.shift.reader.routes_fresh(&self.shift.routes).await.map_err(|error| error.to_string())?;
        let now = position(self.shift.sights(routes.clone())).map_err(|refusal| refusal.to_string())?;
        self.standing.learn(&now);
        let mut edits = Vec::new();
        for (route, from) in &now {
            let explain = |error: forward::ForwardError| format!("route {route} cannot be edited: {error}");
            let Some(share) = goal.shares.get(route) else { continue };
            let wanted = forward::wanted(from, *share, goal.idle).map_err(explain)?;
            let Some(Some(live)) = routes.get(route).filter(|_| wanted != *from) else { continue };
            let to = goal.seen.get(route).and_then(|seen| from.restored(seen)).unwrap_or(wanted);
            let actions = forward::edit(&live.actions, pair, &to).map_err(explain)?;
            edits.push(Edit { route: route.clone(), from: from.clone(), to, actions });
        }
        Ok((now, edits))
    }

    async fn write(&self, edit: Edit, fare: Fare) -> Result<(), String> {
        let Edit { route, from, to, actions } = edit;
        tracing::info!(
            route = %route,
            blue_before = from.blue, green_before = from.green,
            blue = to.blue, green = to.green,
            "writing weights"
        );
        self.shift.writer.set_actions(&route, actions, fare).await.map_err(|error| error.to_string())?;
        self.standing.learn_one(route, to);
        Ok(())
    }
}

#[async_trait]
impl Work for Mover<'_> {
    type Goal = Goal<RouteArn>;
    type Position = Position;

    async fn observe(&self) -> Result<Position, String> {
        let sights = self.shift.look_afresh().await.map_err(|error| error.to_string())?;
        let seen = position(sights).map_err(|refusal| refusal.to_string())?;
        self.standing.learn(&seen);
        Ok(seen)
    }

    fn seen(&self) -> Option<Position> {
        Some(self.known())
    }

    fn green_at(&self, goal: &Goal<RouteArn>) -> Option<Share> {
        goal.green()
    }

    fn green_seen(&self, position: &Position) -> Option<Share> {
        shift::green(position)
    }

    async fn ready(&self) {
        let turn = self.shift.writer.turn().await;
        *self.turn.lock().unwrap_or_else(PoisonError::into_inner) = turn;
    }

    fn release(&self) {
        *self.turn.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    async fn apply(&self, goal: &Goal<RouteArn>) -> Result<(), WorkError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner).take();
        let _held = unless_stopped(&self.stop, self.shift.writer.hold(self.shift.routes.iter())).await?;
        // Nothing is written yet where this fails, but the step before may need to be undone all the same.
        let (now, edits) = unless_stopped(&self.stop, self.edits(goal)).await?.map_err(WorkError::Failed)?;
        if let Some(moved) = self.standing.moved(&now) {
            return Err(WorkError::Moved(moved));
        }
        self.standing.aim(&goal.shares);
        for edit in edits {
            let room = unless_stopped(&self.stop, self.shift.writer.wait_for_room()).await?;
            room.map_err(|error| WorkError::Failed(error.to_string()))?;
            self.write(edit, Fare::Paid).await.map_err(WorkError::Failed)?;
        }
        self.standing.leave(goal.shares.iter().map(|(route, share)| (route.clone(), Some(*share))));
        Ok(())
    }

    async fn settled(&self, goal: &Goal<RouteArn>) -> Result<Settlement, String> {
        let now = self.observe().await?;
        let unsettled: Vec<String> = now
            .iter()
            .filter(|(route, weights)| {
                let share = goal.shares.get(*route);
                !share.is_some_and(|share| forward::wanted(weights, *share, goal.idle).as_ref() == Ok(*weights))
            })
            .map(|(route, weights)| format!("{route} shows {weights}"))
            .collect();
        if unsettled.is_empty() {
            // The weights beside strangers may be near the share asked for and not exactly it.
            self.standing.leave(now.iter().map(|(route, weights)| (route.clone(), weights.share())));
            return Ok(Settlement::Settled);
        }
        Ok(Settlement::Pending(unsettled.join("; ")))
    }

    async fn undo(&self, to: &Goal<RouteArn>) -> Result<(), WorkError> {
        let _held = self.shift.writer.hold(self.shift.routes.iter()).await;
        // A side that a run referenced stays referenced: taking it out is never urgent.
        let to = Goal { idle: Idle::Keep, ..to.clone() };
        let (now, edits) = self.edits(&to).await.map_err(WorkError::Failed)?;
        if let Some(moved) = self.standing.moved_on_the_way_to(&now, &to.shares) {
            return Err(WorkError::Moved(moved));
        }
        let mut failures = Vec::new();
        for edit in edits {
            if let Err(failure) = self.write(edit, Fare::Ahead).await {
                failures.push(failure);
            }
        }
        if !failures.is_empty() {
            return Err(WorkError::Failed(failures.join("; ")));
        }
        self.standing.leave(to.shares.into_iter().map(|(route, share)| (route, Some(share))));
        Ok(())
    }
}

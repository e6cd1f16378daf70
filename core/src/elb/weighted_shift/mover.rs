//! The work that the engine drives: read the whole action, edit the two weights, write, read back.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use aws_sdk_elasticloadbalancingv2::types::Action;
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::sync::CancellationToken;

use crate::elb::Fare;
use crate::elb::arn::RouteArn;
use crate::elb::forward::{self, Idle};
use crate::elb::weighted_shift::{Goal, Position, WeightedShift, position};
use crate::engine::work::{Settlement, Work, WorkError};
use crate::share::{Share, Weights};

/// Moves the routes of one shift through one run.
#[derive(Debug)]
pub(super) struct Mover<'a> {
    shift: &'a WeightedShift,
    /// The shares as the last step left them.
    left: Mutex<BTreeMap<RouteArn, Option<Share>>>,
    /// The weights as they were seen or written last.
    known: Mutex<Position>,
    /// The shares that the step under way is to bring, which a route may show already.
    aimed: Mutex<BTreeMap<RouteArn, Share>>,
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
        let left = before.iter().map(|(route, weights)| (route.clone(), weights.share())).collect();
        Self {
            shift,
            left: Mutex::new(left),
            known: Mutex::new(before),
            turn: Mutex::new(None),
            aimed: Mutex::default(),
            stop,
        }
    }

    /// The weights as they were seen or written last.
    pub(super) fn known(&self) -> Position {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn learn(&self, seen: &Position) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone_from(seen);
    }

    fn leave(&self, shares: impl Iterator<Item = (RouteArn, Option<Share>)>) {
        *self.left.lock().unwrap_or_else(PoisonError::into_inner) = shares.collect();
    }

    /// What someone else moved since the last step, in words. A route may stand where the last step left it, or at one of
    /// the shares in `also`.
    fn moved(&self, now: &Position, also: &[&BTreeMap<RouteArn, Share>]) -> Option<String> {
        let left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let percent = |share: Option<Share>| share.map_or("undefined".to_owned(), |share| format!("{share}%"));
        now.iter().find_map(|(route, weights)| {
            let (left, live) = (left.get(route).copied().flatten(), weights.share());
            let mut shares = also.iter().filter_map(|shares| shares.get(route));
            let expected = shares.any(|share| weights.express(*share, forward::WEIGHT_LIMIT));
            (left != live && !expected).then(|| {
                format!("green's share of {route} is {}, not {} as left by the last step", percent(live), percent(left))
            })
        })
    }

    /// Does something, unless the run is to stop first.
    async fn unless_stopped<T>(&self, something: impl Future<Output = T>) -> Result<T, WorkError> {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => Err(WorkError::Stopped),
            done = something => Ok(done),
        }
    }

    /// Every write that brings the goal about, made before any is sent.
    async fn edits(&self, goal: &Goal) -> Result<(Position, Vec<Edit>), String> {
        let pair = &self.shift.pair;
        let routes = self.shift.reader.routes_fresh(&self.shift.routes).await.map_err(|error| error.to_string())?;
        let now = position(self.shift.sights(routes.clone())).map_err(|refusal| refusal.to_string())?;
        self.learn(&now);
        let mut edits = Vec::new();
        for (route, from) in &now {
            let explain = |error: forward::ForwardError| format!("route {route} cannot be edited: {error}");
            let Some(share) = goal.shares.get(route) else { continue };
            let wanted = forward::wanted(from, *share, goal.idle).map_err(explain)?;
            let Some(Some(live)) = routes.get(route).filter(|_| wanted != *from) else { continue };
            let to = goal.seen.get(route).and_then(|seen| forward::restored(from, seen)).unwrap_or(wanted);
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
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(route, to);
        Ok(())
    }
}

#[async_trait]
impl Work for Mover<'_> {
    type Goal = Goal;
    type Position = Position;

    async fn observe(&self) -> Result<Position, String> {
        let sights = self.shift.look_afresh().await.map_err(|error| error.to_string())?;
        let seen = position(sights).map_err(|refusal| refusal.to_string())?;
        self.learn(&seen);
        Ok(seen)
    }

    fn seen(&self) -> Option<Position> {
        Some(self.known())
    }

    async fn ready(&self) {
        let turn = self.shift.writer.turn().await;
        *self.turn.lock().unwrap_or_else(PoisonError::into_inner) = turn;
    }

    fn release(&self) {
        *self.turn.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    async fn apply(&self, goal: &Goal) -> Result<(), WorkError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner).take();
        let _held = self.unless_stopped(self.shift.writer.hold(self.shift.routes.iter())).await?;
        // Nothing is written yet where this fails, but the step before may need to be undone all the same.
        let (now, edits) = self.unless_stopped(self.edits(goal)).await?.map_err(WorkError::Failed)?;
        if let Some(moved) = self.moved(&now, &[]) {
            return Err(WorkError::Moved(moved));
        }
        self.aimed.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&goal.shares);
        for edit in edits {
            let room = self.unless_stopped(self.shift.writer.wait_for_room()).await?;
            room.map_err(|error| WorkError::Failed(error.to_string()))?;
            self.write(edit, Fare::Paid).await.map_err(WorkError::Failed)?;
        }
        self.leave(goal.shares.iter().map(|(route, share)| (route.clone(), Some(*share))));
        Ok(())
    }

    async fn settled(&self, goal: &Goal) -> Result<Settlement, String> {
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
            self.leave(now.iter().map(|(route, weights)| (route.clone(), weights.share())));
            return Ok(Settlement::Settled);
        }
        Ok(Settlement::Pending(unsettled.join("; ")))
    }

    async fn undo(&self, to: &Goal) -> Result<(), WorkError> {
        let _held = self.shift.writer.hold(self.shift.routes.iter()).await;
        // A side that a run referenced stays referenced: taking it out is never urgent.
        let to = Goal { idle: Idle::Keep, ..to.clone() };
        let (now, edits) = self.edits(&to).await.map_err(WorkError::Failed)?;
        // A step that was written in part left some routes at its own share; what a cut-short way back wrote is at its
        // end already.
        let aimed = self.aimed.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(moved) = self.moved(&now, &[&aimed, &to.shares]) {
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
        self.leave(to.shares.into_iter().map(|(route, share)| (route, Some(share))));
        Ok(())
    }
}

//! The work that the engine drives: read who is registered, register who is missing, deregister who is to leave.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use crate::elb::arn::TargetGroupArn;
use crate::elb::cutover::known::Known;
use crate::elb::cutover::place::{self, Place};
use crate::elb::cutover::position::{Bench, Families, Position, SIDES};
use crate::elb::cutover::{Cutover, Enough, Family, Goal, Order};
use crate::elb::{Error, Fare};
use crate::engine::gate::Side;
use crate::engine::work::{Settlement, Work, WorkError, unless_stopped};

/// How much longer than its deregistration delay a target may be listed.
const SLACK: Duration = Duration::from_secs(120);
/// How long to wait between two looks at a side that is to be healthy before a way back goes on.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// Hands over the target groups of one cut-over through one run.
#[derive(Debug)]
pub(super) struct Mover<'a> {
    cutover: &'a Cutover,
    enough: Enough,
    /// How long a side may take to become healthy.
    patience: Duration,
    /// For how long the slowest target group drains.
    delay: Duration,
    stop: CancellationToken,
    known: Mutex<Known>,
}

impl<'a> Mover<'a> {
    pub(super) fn new(
        cutover: &'a Cutover,
        order: &Order,
        before: Position,
        families: Families,
        delay: Duration,
        stop: CancellationToken,
    ) -> Self {
        let known = Mutex::new(Known { position: before, families, settles_in: order.patience });
        Self { cutover, enough: order.enough, patience: order.patience, delay, stop, known }
    }

    /// Where everything was seen or written last, and how target groups are or were attached.
    pub(super) fn known(&self) -> (Position, Families) {
        let known = self.lock();
        (known.position.clone(), known.families.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn settles_in(&self, length: Duration) {
        self.lock().settles_in = length;
    }

    async fn look(&self) -> Result<Position, String> {
        let seen = self.cutover.look().await.map_err(|refusal| refusal.to_string())?;
        self.lock().position.clone_from(&seen);
        Ok(seen)
    }

    /// Registers who is missing of a side. Auto Scaling groups that are attached by this register their own.
    async fn join(&self, now: &Position, side: Side, place: &Place, fare: Fare) -> Result<(), WorkError> {
        for (name, arns) in self.unattached(now, side, place) {
            let families = by_family(arns, |arn| self.lock().family(name, arn));
            for (family, arns) in families {
                self.before_writing()?;
                self.cutover.scaling.attach(name, &arns, family).await.map_err(failed)?;
                self.lock().attached(side, name, &arns, family);
            }
        }
        let members = self.cutover.targets.members.of(side);
        for (arn, bench) in now.benches(side) {
            let mut seats = place.missing(arn, bench);
            if *place == Place::Whole {
                let attached_now = members.scaling_groups().filter(|name| !bench.attached.contains(*name));
                for group in attached_now.filter_map(|name| now.scaling_groups.get(name)) {
                    seats.retain(|seat| !group.in_service.contains(&seat.id));
                }
            }
            if !seats.is_empty() {
                self.before_writing()?;
                self.cutover.registrar.register(arn, &seats, members, fare).await.map_err(failed)?;
                self.lock().registered(side, arn, seats);
            }
        }
        Ok(())
    }

    /// The target groups that a side's Auto Scaling groups are to be attached to and are not.
    fn unattached<'p>(&'p self, now: &Position, side: Side, place: &Place) -> Vec<(&'p String, Vec<TargetGroupArn>)> {
        let wanted = |name: &String, arn: &TargetGroupArn, bench: &Bench| match place {
            // Those whose instances are all registered one by one stay as they are.
            Place::Whole => !bench.is_whole(),
            Place::Only(kept) => kept.get(arn).is_some_and(|(_, attached)| attached.contains(name)),
        };
        let of = |name: &'p String| {
            let lacking =
                now.benches(side).filter(|(arn, bench)| wanted(name, arn, bench) && !bench.attached.contains(name));
            (name, lacking.map(|(arn, _)| arn.clone()).collect::<Vec<_>>())
        };
        let groups = self.cutover.targets.members.of(side).scaling_groups();
        groups.map(of).filter(|(_, arns)| !arns.is_empty()).collect()
    }

    /// Deregisters who is to leave of a side, and detaches it first where it leaves as a whole.
    async fn leave(&self, now: &Position, side: Side, place: &Place, fare: Fare) -> Result<(), WorkError> {
        let surplus = place.surplus(now, side);
        place::guard(now, side, &surplus).map_err(WorkError::Failed)?;
        for name in now.scaling_groups.keys() {
            let leaves = |(arn, bench): &(&TargetGroupArn, &Bench)| {
                bench.attached.contains(name) && !place.keeps_attached(arn, name)
            };
            let arns: Vec<TargetGroupArn> = now.benches(side).filter(leaves).map(|(arn, _)| arn.clone()).collect();
            if arns.is_empty() {
                continue;
            }
            let older =
                unless_stopped(&self.stop, self.cutover.scaling.by_target_groups(name)).await?.map_err(failed)?;
            let family = |arn: &TargetGroupArn| Family::among(&older, arn);
            for (family, arns) in by_family(arns, family) {
                self.before_writing()?;
                self.cutover.scaling.detach(name, &arns, family).await.map_err(failed)?;
                self.lock().detached(side, name, &arns);
            }
        }
        for (arn, seats) in surplus {
            if !seats.is_empty() {
                self.before_writing()?;
                let members = self.cutover.targets.members.of(side);
                self.cutover.registrar.deregister(arn, &seats, members, fare).await.map_err(failed)?;
                self.lock().deregistered(side, arn, &seats);
            }
        }
        Ok(())
    }

    /// A stop is heard before each call that writes.
    fn before_writing(&self) -> Result<(), WorkError> {
        if self.stop.is_cancelled() { Err(WorkError::Stopped) } else { Ok(()) }
    }

    /// Waits until a side is healthy enough for the other to leave.
    async fn until_healthy(&self, side: Side, place: &Place) -> Result<Position, WorkError> {
        let clock = self.cutover.reader.aws().clock();
        let began = clock.now();
        loop {
            let why = match unless_stopped(&self.stop, self.look()).await? {
                Err(why) => why,
                Ok(now) => match self.unready(&now, side, place) {
                    None => return Ok(now),
                    Some(why) => why,
                },
            };
            if clock.now().since(began) >= self.patience {
                let waited = self.patience.as_secs();
                return Err(WorkError::Failed(format!("{side} is not ready after {waited} s: {why}")));
            }
            unless_stopped(&self.stop, clock.sleep(LOOK_AGAIN)).await?;
        }
    }

    /// Why a side cannot serve alone yet; none where it can.
    fn unready(&self, now: &Position, side: Side, place: &Place) -> Option<String> {
        let unready = |(arn, bench): (&TargetGroupArn, &Bench)| {
            let missing = place.missing(arn, bench).len();
            let wanted = match place {
                Place::Whole => self.enough.of(bench.registered.len()),
                Place::Only(kept) => usize::from(kept.get(arn).is_some_and(|(seats, _)| !seats.is_empty())),
            };
            let healthy = bench.healthy();
            if missing > 0 {
                return Some(format!("{arn}: {missing} of {side} not registered yet; {}", bench.summary()));
            }
            (healthy < wanted).then(|| format!("{arn}: {side} {}; wanted at least {wanted} healthy", bench.summary()))
        };
        let unready: Vec<String> = now.benches(side).filter_map(unready).collect();
        (!unready.is_empty()).then(|| unready.join("; "))
    }
}

/// Target groups by the family of calls that is to attach or detach them.
fn by_family(
    arns: Vec<TargetGroupArn>,
    family: impl Fn(&TargetGroupArn) -> Family,
) -> BTreeMap<Family, Vec<TargetGroupArn>> {
    let mut found: BTreeMap<Family, Vec<TargetGroupArn>> = BTreeMap::new();
    for arn in arns {
        found.entry(family(&arn)).or_default().push(arn);
    }
    found
}

fn failed(error: impl Into<Error>) -> WorkError {
    WorkError::Failed(error.into().to_string())
}

#[async_trait]
impl Work for Mover<'_> {
    type Goal = Goal;
    type Position = Position;

    async fn observe(&self) -> Result<Position, String> {
        self.look().await
    }

    fn seen(&self) -> Option<Position> {
        Some(self.known().0)
    }

    async fn apply(&self, goal: &Goal) -> Result<(), WorkError> {
        let now = unless_stopped(&self.stop, self.look()).await?.map_err(WorkError::Failed)?;
        if let Some(side) = goal.joining {
            self.settles_in(self.patience);
            self.join(&now, side, goal.places.of(side), Fare::InLine).await?;
        }
        if let Some(side) = goal.leaving {
            let other = side.other();
            if let Some((arn, _)) = now.benches(other).find(|(_, bench)| bench.registered.is_empty()) {
                return Err(WorkError::Moved(format!("nothing of {other} is registered in {arn} any more")));
            }
            self.settles_in(self.delay + SLACK);
            self.leave(&now, side, goal.places.of(side), Fare::InLine).await?;
        }
        Ok(())
    }

    async fn settled(&self, goal: &Goal) -> Result<Settlement, String> {
        let now = self.look().await?;
        let mut pending = Vec::new();
        if let Some(side) = goal.joining {
            pending.extend(self.unready(&now, side, goal.places.of(side)));
        }
        for side in SIDES.into_iter().filter(|side| goal.origin || goal.leaving == Some(*side)) {
            pending.extend(goal.places.of(side).lingering(&now, side));
        }
        if pending.is_empty() { Ok(Settlement::Settled) } else { Ok(Settlement::Pending(pending.join("; "))) }
    }

    fn settle_timeout(&self) -> Duration {
        self.lock().settles_in
    }

    async fn undo(&self, to: &Goal) -> Result<(), WorkError> {
        let mut now = self.look().await.map_err(WorkError::Failed)?;
        for side in SIDES {
            self.join(&now, side, to.places.of(side), Fare::Ahead).await?;
        }
        self.settles_in(self.delay + SLACK);
        for side in SIDES {
            let place = to.places.of(side);
            let goes = place.surplus(&now, side).iter().any(|(_, seats)| !seats.is_empty());
            if goes {
                now = self.until_healthy(side.other(), to.places.of(side.other())).await?;
                self.leave(&now, side, place, Fare::Ahead).await?;
            }
        }
        Ok(())
    }
}

//! The work that the engine drives: set the weight of the side that rises, wait until Route 53 shows it, set the other's,
//! and wait until resolvers have forgotten what was before.
//!
//! The two weights of a step are brought to Route 53 by two programs, each at its own time. So what is waited for between
//! the two belongs to the write, and is bounded like one step of the driver.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use super::field::Field;
use super::look::lags;
use super::source::Source;
use super::writes::writes;
use super::{ExternalDnsShift, Look, Position, USUALLY_IN_SYNC, words};
use crate::clock::Moment;
use crate::engine::both::Both;
use crate::engine::gate::Side;
use crate::engine::shift;
use crate::engine::standing::Standing;
use crate::engine::work::{Settlement, Work, WorkError, unless_stopped};
use crate::route53::{RecordName, WEIGHT_LIMIT, record_shift};
use crate::share::Weights;

/// Between two looks at what was written. Two reads of clusters and one of the zone each.
const PAUSE: Duration = Duration::from_secs(3);
/// How long the first weight of a side is looked at where a GitOps controller tracks the object: Argo CD heals after 5 s as
/// a rule (Argo CD: `--self-heal-timeout-seconds`).
const WATCHED: Duration = Duration::from_secs(30);

type Goal = shift::Goal<RecordName>;

/// Moves one pair of objects through one run.
#[derive(Debug)]
pub(super) struct Mover<'a> {
    pub(super) shift: &'a ExternalDnsShift,
    pub(super) look: &'a Look,
    pub(super) standing: Standing<RecordName>,
    stop: CancellationToken,
    progress: Mutex<Progress>,
}

/// How far the run has come.
#[derive(Debug)]
pub(super) struct Progress {
    /// The weights in Route 53, as they were read last.
    records: record_shift::Position,
    /// Since when Route 53 shows what was written last.
    pub(super) shown: Option<Moment>,
    /// When a side's weight was written for the first time.
    pub(super) written: Both<Option<Moment>>,
}

/// What was seen of a wait.
enum Seen {
    /// The records as they are.
    Records(record_shift::Position),
    /// Why they or the objects could not be read this time.
    Unread(String),
    /// An object says something else than was written.
    Stray(String),
}

impl<'a> Mover<'a> {
    pub(super) fn new(shift: &'a ExternalDnsShift, look: &'a Look, stop: CancellationToken) -> Self {
        let progress = Progress { records: look.records.clone(), shown: None, written: Both::default() };
        let standing = Standing::new(look.position.clone(), WEIGHT_LIMIT);
        Self { shift, look, standing, stop, progress: Mutex::new(progress) }
    }

    /// The weights as they were seen or written last.
    pub(super) fn known(&self) -> Position {
        self.standing.known()
    }

    /// The weights in Route 53, as they were read last.
    pub(super) fn records(&self) -> record_shift::Position {
        self.progress().records.clone()
    }

    /// How long it takes from now until all who ask meet the weights, as a rule.
    pub(super) fn effective_in(&self) -> Duration {
        let spreads = self.look.ttl + USUALLY_IN_SYNC;
        match self.progress().shown {
            Some(since) => spreads.saturating_sub(self.shift.clock.now().since(since)),
            None => spreads + self.patience(),
        }
    }

    pub(super) fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long a weight may take to be in Route 53.
    fn patience(&self) -> Duration {
        let Both { blue, green } = &self.look.settings;
        blue.patience().max(green.patience()).max(WATCHED + PAUSE)
    }

    pub(super) fn field(&self, side: Side) -> Field {
        self.shift.field(side, &self.look.settings)
    }

    pub(super) async fn read(&self) -> Result<(Both<Source>, Weights), String> {
        let objects = self.shift.objects().await.map_err(|refusal| refusal.to_string())?;
        let position = self.shift.position(&objects, &self.look.settings);
        self.standing.learn(&position);
        let weights = position.into_values().next().unwrap_or_default();
        Ok((objects, weights))
    }

    /// The weights that bring a goal about.
    fn wanted(&self, goal: &Goal, now: &Weights) -> Result<Weights, WorkError> {
        let name = &self.shift.names.name;
        let Some(share) = goal.shares.get(name) else { return Ok(now.clone()) };
        let seen = goal.seen.get(name).filter(|_| !now.express(*share, WEIGHT_LIMIT));
        match seen.and_then(|seen| now.restored(seen)) {
            Some(restored) => Ok(restored),
            None => now.wanted(*share, WEIGHT_LIMIT).map_err(|error| WorkError::Failed(error.to_string())),
        }
    }

    /// Looks once at the objects, which should say `said`, and at the records.
    async fn look_for(&self, said: &Weights) -> Seen {
        let objects = match self.read().await {
            Ok((_, weights)) if weights == *said => None,
            Ok((objects, weights)) => Some((objects, weights)),
            Err(why) => return Seen::Unread(why),
        };
        if let Some((objects, weights)) = objects {
            let side = if weights.green == said.green { Side::Blue } else { Side::Green };
            let wrote = if side == Side::Blue { said.blue } else { said.green };
            let place = self.shift.names.places.of(side);
            return Seen::Stray(words::taken_back(place, &self.field(side), wrote, objects.of(side)));
        }
        match self.shift.records(&self.look.moved).await {
            Ok(records) => {
                self.progress().records.clone_from(&records);
                Seen::Records(records)
            }
            Err(error) => Seen::Unread(error.to_string()),
        }
    }

    /// Waits until the records are as they should, while the objects go on saying `said`.
    async fn until(&self, said: &Weights, fit: impl Fn(&record_shift::Position) -> bool) -> Result<(), WorkError> {
        let began = self.shift.clock.now();
        loop {
            let unread = match self.look_for(said).await {
                Seen::Records(records) if fit(&records) && !self.is_watched() => return Ok(()),
                Seen::Records(_) => None,
                Seen::Unread(why) => Some(why),
                Seen::Stray(why) => return Err(self.stray(why)),
            };
            let waited = self.shift.clock.now().since(began);
            if waited >= self.patience() {
                let Both { blue, green } = &self.look.settings;
                let why = unread.unwrap_or_else(|| words::not_brought(&self.records(), said, [blue, green], waited));
                return Err(WorkError::Failed(why));
            }
            self.shift.clock.sleep(PAUSE).await;
        }
    }

    /// Someone changed an object. Of a run's first write nothing is left then; of later ones something is to be undone.
    fn stray(&self, why: String) -> WorkError {
        let Both { blue, green } = &self.progress().written;
        if blue.is_some() && green.is_some() { WorkError::Failed(why) } else { WorkError::Moved(why) }
    }

    /// Whether a GitOps controller may still take the first weight of a side back.
    fn is_watched(&self) -> bool {
        let now = self.shift.clock.now();
        let progress = self.progress();
        let recent = |side: Side| progress.written.of(side).is_some_and(|since| now.since(since) < WATCHED);
        self.look.objects.each().into_iter().any(|(side, object)| object.tracked.is_some() && recent(side))
    }

    /// Brings weights about, each only when Route 53 shows the one before.
    async fn bring(&self, from: Weights, to: &Weights) -> Result<(), WorkError> {
        let shown = |said: &Weights| {
            let said = said.clone();
            move |records: &record_shift::Position| !records.is_empty() && !lags(records, &said)
        };
        unless_stopped(&self.stop, self.until(&from, shown(&from))).await??;
        let mut now = from;
        for write in writes(&now, to) {
            now = self.write(write, &now, Some(&self.stop)).await?;
            unless_stopped(&self.stop, self.until(&now, shown(&now))).await??;
        }
        self.progress().shown.get_or_insert(self.shift.clock.now());
        Ok(())
    }
}

#[async_trait]
impl Work for Mover<'_> {
    type Goal = Goal;
    type Position = Position;

    async fn observe(&self) -> Result<Position, String> {
        self.read().await?;
        Ok(self.known())
    }

    async fn apply(&self, goal: &Goal) -> Result<(), WorkError> {
        let (_, now) = unless_stopped(&self.stop, self.read()).await?.map_err(WorkError::Failed)?;
        if let Some(moved) = self.standing.moved(&self.known()) {
            return Err(WorkError::Moved(moved));
        }
        let to = self.wanted(goal, &now)?;
        self.standing.aim(&goal.shares);
        self.bring(now, &to).await?;
        self.standing.leave(goal.shares.iter().map(|(name, share)| (name.clone(), Some(*share))));
        Ok(())
    }

    async fn settled(&self, goal: &Goal) -> Result<Settlement, String> {
        let (_, now) = self.read().await?;
        let wanted = self.wanted(goal, &now).map_err(|error| error.to_string())?;
        if now != wanted {
            return Ok(Settlement::Pending(format!("the objects say {now}")));
        }
        let records = self.shift.records(&self.look.moved).await.map_err(|error| error.to_string())?;
        self.progress().records.clone_from(&records);
        if records.is_empty() || lags(&records, &now) {
            let Both { blue, green } = &self.look.settings;
            let why = words::not_brought(&records, &now, [blue, green], self.patience());
            return Ok(Settlement::Pending(why));
        }
        let since = *self.progress().shown.get_or_insert(self.shift.clock.now());
        if self.shift.clock.now().since(since) < self.look.ttl {
            let kept = self.look.ttl.as_secs();
            return Ok(Settlement::Pending(format!("in Route 53, and resolvers keep old answers for {kept} s")));
        }
        // Weights are whole numbers, and may be near the share asked for and not exactly it.
        self.standing.leave(self.known().into_iter().map(|(name, weights)| (name, weights.share())));
        Ok(Settlement::Settled)
    }

    fn settle_timeout(&self) -> Duration {
        self.patience() + self.look.ttl + USUALLY_IN_SYNC
    }

    /// The way back does not wait for what is not needed: only the side that is to be 0 waits until the other serves.
    async fn undo(&self, to: &Goal) -> Result<(), WorkError> {
        let (_, mut now) = self.read().await.map_err(WorkError::Failed)?;
        if let Some(moved) = self.standing.moved_on_the_way_to(&self.known(), &to.shares) {
            return Err(WorkError::Moved(moved));
        }
        let wanted = self.wanted(to, &now)?;
        for write in writes(&now, &wanted) {
            if write.weight == 0 {
                let other = |weights: &Weights| if write.side == Side::Blue { weights.green } else { weights.blue };
                let serves = move |records: &record_shift::Position| {
                    !records.is_empty() && records.values().all(|weights| other(weights).is_some_and(|other| other > 0))
                };
                self.until(&now, serves).await?;
            }
            now = self.write(write, &now, None).await?;
        }
        self.standing.leave(to.shares.iter().map(|(name, share)| (name.clone(), Some(*share))));
        Ok(())
    }
}

//! The work that the engine drives: read the name's records, write the weights of all types in one batch, wait until
//! every name server has them and every resolver has forgotten what was before.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_route53::types::{Change, ResourceRecordSet};
use tokio_util::sync::CancellationToken;

use crate::aws::Error;
use crate::clock::Moment;
use crate::engine::shift::{self, Idle};
use crate::engine::standing::Standing;
use crate::engine::work::{Settlement, Work, WorkError, unless_stopped};
use crate::route53::batch::{self, Group};
use crate::route53::change_line::Unsent;
use crate::route53::group::{self, Answers, WEIGHT_LIMIT};
use crate::route53::record_shift::{Position, RecordShift, answers, position};
use crate::route53::record_type::RecordType;
use crate::route53::write::Urgency;
use crate::share::Share;

/// How long a change may take to reach every name server before it counts as failed.
const IN_SYNC_TIMEOUT: Duration = Duration::from_secs(15 * 60);

/// How long a change takes to reach every name server as a rule (Route 53 API, `GetChange`).
pub(super) const USUALLY_IN_SYNC: Duration = Duration::from_secs(60);

/// What AWS answers to a batch that it will not carry out as it is.
const REFUSED: [&str; 2] = ["InvalidChangeBatch", "InvalidInput"];

type Goal = shift::Goal<RecordType>;

/// Moves the records of one shift through one run.
#[derive(Debug)]
pub(super) struct Mover<'a> {
    shift: &'a RecordShift,
    standing: Standing<RecordType>,
    stop: CancellationToken,
    /// The change that was sent last, while it spreads.
    sent: Mutex<Option<Sent>>,
    /// What the sides answered with when they were read last.
    answers: Mutex<BTreeMap<RecordType, Answers>>,
}

/// A change on its way to those who ask.
#[derive(Debug, Clone)]
struct Sent {
    id: String,
    /// Whether it, or one before it, moved a share.
    moved: bool,
    /// How long resolvers keep what they were told before it.
    ttl: Duration,
    /// When every name server had it.
    in_sync: Option<Moment>,
}

/// What brings a goal about.
struct Edit {
    now: Position,
    to: Position,
    changes: Vec<Change>,
    /// Whether a share changes.
    moves: bool,
    /// How long resolvers keep the answers that the changes make old; zero where no share changes.
    ttl: Duration,
}

impl<'a> Mover<'a> {
    pub(super) fn new(shift: &'a RecordShift, before: Position, stop: CancellationToken) -> Self {
        Self {
            shift,
            standing: Standing::new(before, WEIGHT_LIMIT),
            stop,
            sent: Mutex::new(None),
            answers: Mutex::default(),
        }
    }

    /// The weights as they were seen or written last.
    pub(super) fn known(&self) -> Position {
        self.standing.known()
    }

    /// What the sides answered with when they were read last.
    pub(super) fn answers(&self) -> BTreeMap<RecordType, Answers> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How long it takes from now until all who ask meet the weights that were written last, as a rule; none where
    /// nothing that was written moved a share.
    pub(super) fn effective_in(&self) -> Option<Duration> {
        let sent = self.sent().filter(|sent| sent.moved)?;
        Some(match sent.in_sync {
            None => sent.ttl + USUALLY_IN_SYNC,
            Some(since) => sent.ttl.saturating_sub(self.shift.clock.now().since(since)),
        })
    }

    /// The records as they are now, and where they stand.
    async fn read(&self) -> Result<(Vec<ResourceRecordSet>, Position), String> {
        let records = self.shift.read().await.map_err(|error| error.to_string())?;
        let sights = self.shift.records.sights(&records);
        *self.answers.lock().unwrap_or_else(PoisonError::into_inner) = answers(&sights);
        let now = position(sights).map_err(|refusal| refusal.to_string())?;
        self.standing.learn(&now);
        Ok((records, now))
    }

    async fn edit(&self, goal: &Goal) -> Result<Edit, String> {
        let (read, now) = self.read().await?;
        let mut edit = Edit { to: now.clone(), now, changes: Vec::new(), moves: false, ttl: Duration::ZERO };
        let records = &self.shift.records;
        for (kind, share) in &goal.shares {
            let Some(from) = edit.now.get(kind) else { continue };
            let (of_the_type, known) = (records.group(&read, *kind), records.known(*kind));
            let (pair, green) = (&records.pair, records.green.as_ref());
            let group = Group { name: &records.name, kind: *kind, records: &of_the_type, pair, known: &known, green };
            let seen = goal.seen.get(kind).filter(|seen| seen.blue.is_some() && !from.express(*share, WEIGHT_LIMIT));
            let to = match seen.and_then(|seen| from.restored(seen)) {
                Some(restored) => Ok(restored),
                None => group::wanted(from, *share, goal.idle),
            };
            let changes = to.and_then(|to| Ok((batch::changes(group, &to)?, to)));
            let (changes, to) = changes.map_err(|error| format!("the {kind} record cannot be edited: {error}"))?;
            edit.changes.extend(changes);
            if to.share() != from.share() {
                edit.moves = true;
                edit.ttl = edit.ttl.max(group::ttl(&of_the_type, pair, &known));
            }
            edit.to.insert(*kind, to);
        }
        Ok(edit)
    }

    async fn write(&self, edit: &Edit, urgency: Urgency) -> Result<(), Unsent> {
        if edit.changes.is_empty() {
            return Ok(());
        }
        for (kind, to) in &edit.to {
            let from = edit.now.get(kind);
            tracing::info!(
                name = %self.shift.records.name, kind = %kind,
                blue_before = from.and_then(|from| from.blue), green_before = from.and_then(|from| from.green),
                blue = to.blue, green = to.green,
                "writing weights"
            );
        }
        let records = &self.shift.records;
        let id = self.shift.writer.change(&records.zone_id, edit.changes.clone(), urgency, &self.stop).await?;
        self.standing.learn(&edit.to);
        self.note(id, edit.moves, edit.ttl, None);
        Ok(())
    }

    /// Writes an edit of a goal. Where the answer to a batch was lost, the SDK sends it again, and AWS refuses to make or
    /// delete twice; so what failed is read again, and went through if nothing is left to do. What was refused together
    /// with the changes of others is sent once more alone.
    async fn bring(&self, goal: &Goal, edit: Edit, urgency: Urgency) -> Result<(), WorkError> {
        let why = match self.write(&edit, urgency).await {
            Ok(()) => return Ok(()),
            Err(Unsent::Stopped) => return Err(WorkError::Stopped),
            Err(why) => why,
        };
        let failed = || WorkError::Failed(words(&why));
        let left = self.edit(goal).await.map_err(|_| failed())?;
        if left.changes.is_empty() {
            // Nobody can ask for a change without its id, so its way to the name servers is waited for as long as it
            // takes as a rule.
            let ttl = if edit.ttl.is_zero() { edit.ttl } else { edit.ttl + USUALLY_IN_SYNC };
            self.note(String::new(), edit.moves, ttl, Some(self.shift.clock.now()));
            return Ok(());
        }
        if !is_for_others(&why) {
            return Err(failed());
        }
        if let Some(moved) = self.standing.moved_on_the_way_to(&left.now, &goal.shares) {
            return Err(WorkError::Moved(moved));
        }
        match self.write(&left, Urgency::Alone).await {
            Ok(()) => Ok(()),
            Err(Unsent::Stopped) => Err(WorkError::Stopped),
            Err(why) => Err(WorkError::Failed(words(&why))),
        }
    }

    fn sent(&self) -> Option<Sent> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, id: String, moves: bool, ttl: Duration, in_sync: Option<Moment>) {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        let moved = moves || sent.as_ref().is_some_and(|before| before.moved);
        *sent = Some(Sent { id, moved, ttl, in_sync });
    }
}

/// Whether what failed may be the fault of others whose changes were in the same batch.
fn is_for_others(why: &Unsent) -> bool {
    let refused = |error: &Error| error.code().is_some_and(|code| REFUSED.contains(&code));
    matches!(why, Unsent::Answered { error, joined: true } if refused(error))
}

fn words(why: &Unsent) -> String {
    match why {
        Unsent::Stopped => "the run was stopped".to_owned(),
        Unsent::Answered { error, .. } => error.to_string(),
        Unsent::Lost => "the answer to the change was lost".to_owned(),
    }
}

#[async_trait]
impl Work for Mover<'_> {
    type Goal = Goal;
    type Position = Position;

    async fn observe(&self) -> Result<Position, String> {
        Ok(self.read().await?.1)
    }

    fn seen(&self) -> Option<Position> {
        Some(self.known())
    }

    fn green_at(&self, goal: &Goal) -> Option<Share> {
        goal.green()
    }

    fn green_seen(&self, position: &Position) -> Option<Share> {
        shift::green(position)
    }

    async fn apply(&self, goal: &Goal) -> Result<(), WorkError> {
        let records = &self.shift.records;
        let _held = unless_stopped(&self.stop, self.shift.writer.hold(&records.zone_id, &records.name)).await?;
        // Nothing is written yet where this fails, but the step before may need to be undone all the same.
        let edit = unless_stopped(&self.stop, self.edit(goal)).await?.map_err(WorkError::Failed)?;
        if let Some(moved) = self.standing.moved(&edit.now) {
            return Err(WorkError::Moved(moved));
        }
        self.standing.aim(&goal.shares);
        self.bring(goal, edit, Urgency::Joining).await?;
        self.standing.leave(goal.shares.iter().map(|(kind, share)| (*kind, Some(*share))));
        Ok(())
    }

    async fn settled(&self, goal: &Goal) -> Result<Settlement, String> {
        if let Some(sent) = self.sent() {
            let since = match sent.in_sync {
                Some(since) => since,
                None => {
                    let in_sync = self.shift.reader.is_in_sync(&sent.id).await.map_err(|error| error.to_string())?;
                    if !in_sync {
                        return Ok(Settlement::Pending(format!("change {} is PENDING, not INSYNC", sent.id)));
                    }
                    let now = self.shift.clock.now();
                    self.note(sent.id, sent.moved, sent.ttl, Some(now));
                    now
                }
            };
            if self.shift.clock.now().since(since) < sent.ttl {
                let kept = sent.ttl.as_secs();
                return Ok(Settlement::Pending(format!("INSYNC, and resolvers keep old answers for {kept} s")));
            }
        }
        let now = self.observe().await?;
        let settled = |kind: &RecordType| {
            let (weights, share) = (now.get(kind)?, goal.shares.get(kind)?);
            group::wanted(weights, *share, goal.idle).ok().filter(|wanted| wanted == weights)
        };
        let unsettled: Vec<String> = now
            .iter()
            .filter(|(kind, _)| settled(kind).is_none())
            .map(|(kind, weights)| format!("{kind} shows {weights}"))
            .collect();
        if unsettled.is_empty() {
            // The weights beside strangers may be near the share asked for and not exactly it.
            self.standing.leave(now.iter().map(|(kind, weights)| (*kind, weights.share())));
            return Ok(Settlement::Settled);
        }
        Ok(Settlement::Pending(unsettled.join("; ")))
    }

    fn settle_timeout(&self) -> Duration {
        IN_SYNC_TIMEOUT + self.sent().map_or(Duration::ZERO, |sent| sent.ttl)
    }

    async fn undo(&self, to: &Goal) -> Result<(), WorkError> {
        let records = &self.shift.records;
        let _held = self.shift.writer.hold(&records.zone_id, &records.name).await;
        // A record that a run made stays: deleting it is never urgent.
        let to = Goal { idle: Idle::Keep, ..to.clone() };
        let edit = self.edit(&to).await.map_err(WorkError::Failed)?;
        if let Some(moved) = self.standing.moved_on_the_way_to(&edit.now, &to.shares) {
            return Err(WorkError::Moved(moved));
        }
        self.bring(&to, edit, Urgency::AtOnce).await?;
        self.standing.leave(to.shares.into_iter().map(|(kind, share)| (kind, Some(share))));
        Ok(())
    }
}

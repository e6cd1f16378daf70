//! The work that the engine drives: read the name's records, write the weights of all types in one batch, wait until
//! every name server has them and every resolver has forgotten what was before.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_route53::types::Change;

use crate::clock::{Clock, Moment};
use crate::engine::standing::Standing;
use crate::engine::work::{Settlement, Work, WorkError};
use crate::route53::batch;
use crate::route53::group::WEIGHT_LIMIT;
use crate::route53::record_shift::itinerary::{Goal, wanted};
use crate::route53::record_shift::{Position, RecordShift, position};
use crate::route53::record_type::RecordType;

/// How long a change may take to reach every name server before it counts as failed.
const IN_SYNC_TIMEOUT: Duration = Duration::from_secs(15 * 60);

/// How long a change takes to reach every name server as a rule (Route 53 API, `GetChange`).
const USUALLY_IN_SYNC: Duration = Duration::from_secs(60);

/// Moves the records of one shift through one run.
#[derive(Debug)]
pub(super) struct Mover<'a> {
    shift: &'a RecordShift,
    clock: Arc<dyn Clock>,
    standing: Standing<RecordType>,
    /// The change that was sent last, while it spreads.
    sent: Mutex<Option<Sent>>,
}

/// A change on its way to those who ask.
#[derive(Debug, Clone)]
struct Sent {
    id: String,
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
    /// How long resolvers keep the answers that the changes make old; zero where no share changes.
    ttl: Duration,
}

impl<'a> Mover<'a> {
    pub(super) fn new(shift: &'a RecordShift, clock: Arc<dyn Clock>, before: Position) -> Self {
        Self { shift, clock, standing: Standing::new(before, WEIGHT_LIMIT), sent: Mutex::new(None) }
    }

    /// The weights as they were seen or written last.
    pub(super) fn known(&self) -> Position {
        self.standing.known()
    }

    async fn edit(&self, goal: &Goal) -> Result<Edit, String> {
        let shift = self.shift;
        let records = shift.read().await.map_err(|error| error.to_string())?;
        let now = position(shift.sights(&records)).map_err(|refusal| refusal.to_string())?;
        self.standing.learn(&now);
        let mut edit = Edit { to: now.clone(), now, changes: Vec::new(), ttl: Duration::ZERO };
        for (kind, share) in goal {
            let Some(from) = edit.now.get(kind) else { continue };
            let group = shift.group(&records, *kind);
            let changes = wanted(from, *share).and_then(|to| {
                let green = shift.records.green.as_ref();
                Ok((batch::changes(&group, &shift.records.name, *kind, &shift.records.pair, &to, green)?, to))
            });
            let (changes, to) = changes.map_err(|error| format!("the {kind} records cannot be edited: {error}"))?;
            edit.changes.extend(changes);
            if to.share() != from.share() {
                edit.ttl = edit.ttl.max(crate::route53::group::ttl(&group, &shift.records.pair));
            }
            edit.to.insert(*kind, to);
        }
        Ok(edit)
    }

    async fn write(&self, edit: Edit) -> Result<(), String> {
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
        let change = self.shift.writer.change(&self.shift.records.zone_id, edit.changes).await;
        let id = change.map_err(|error| error.to_string())?;
        self.standing.learn(&edit.to);
        self.note(Sent { id, ttl: edit.ttl, in_sync: None });
        Ok(())
    }

    /// Writes an edit of a goal. Where the answer to a batch was lost, the SDK sends it again, and AWS refuses to make or
    /// delete twice; so what failed is read again, and went through if nothing is left to do.
    async fn bring(&self, goal: &Goal, edit: Edit) -> Result<(), String> {
        let ttl = edit.ttl;
        let Err(why) = self.write(edit).await else { return Ok(()) };
        let left = self.edit(goal).await.map_err(|_| why.clone())?;
        if !left.changes.is_empty() {
            return Err(why);
        }
        // Nobody can ask for a change without its id, so its way to the name servers is waited for as long as it takes
        // as a rule.
        let ttl = if ttl.is_zero() { ttl } else { ttl + USUALLY_IN_SYNC };
        self.note(Sent { id: String::new(), ttl, in_sync: Some(self.clock.now()) });
        Ok(())
    }

    fn sent(&self) -> Option<Sent> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, sent: Sent) {
        *self.sent.lock().unwrap_or_else(PoisonError::into_inner) = Some(sent);
    }
}

#[async_trait]
impl Work for Mover<'_> {
    type Goal = Goal;
    type Position = Position;

    async fn observe(&self) -> Result<Position, String> {
        let records = self.shift.read().await.map_err(|error| error.to_string())?;
        let seen = position(self.shift.sights(&records)).map_err(|refusal| refusal.to_string())?;
        self.standing.learn(&seen);
        Ok(seen)
    }

    async fn apply(&self, goal: &Goal) -> Result<(), WorkError> {
        let _held = self.shift.writer.hold(&self.shift.records.zone_id).await;
        // Nothing is written yet where this fails, but the step before may need to be undone all the same.
        let edit = self.edit(goal).await.map_err(WorkError::Failed)?;
        if let Some(moved) = self.standing.moved(&edit.now) {
            return Err(WorkError::Moved(moved));
        }
        self.standing.aim(goal);
        self.bring(goal, edit).await.map_err(WorkError::Failed)?;
        self.standing.leave(goal.iter().map(|(kind, share)| (*kind, Some(*share))));
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
                    let now = self.clock.now();
                    self.note(Sent { in_sync: Some(now), ..sent.clone() });
                    now
                }
            };
            if self.clock.now().since(since) < sent.ttl {
                let kept = sent.ttl.as_secs();
                return Ok(Settlement::Pending(format!("INSYNC, and resolvers keep old answers for {kept} s")));
            }
        }
        let now = self.observe().await?;
        let settled = |kind: &RecordType| {
            let (weights, share) = (now.get(kind)?, goal.get(kind)?);
            wanted(weights, *share).ok().filter(|wanted| wanted == weights)
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
        let _held = self.shift.writer.hold(&self.shift.records.zone_id).await;
        let edit = self.edit(to).await.map_err(WorkError::Failed)?;
        if let Some(moved) = self.standing.moved_on_the_way_to(&edit.now, to) {
            return Err(WorkError::Moved(moved));
        }
        self.bring(to, edit).await.map_err(WorkError::Failed)?;
        self.standing.leave(to.iter().map(|(kind, share)| (*kind, Some(*share))));
        Ok(())
    }
}

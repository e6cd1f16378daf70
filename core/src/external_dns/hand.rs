//! Setting one weight, and looking before it is set again.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::mover::Mover;
use super::words;
use super::writes::Write;
use crate::engine::gate::Side;
use crate::engine::work::WorkError;
use crate::share::Weights;

/// How often one weight is tried to be written. An API server is gone for seconds where its cluster is upgraded, and
/// ExternalDNS writes the status of a `DNSEndpoint` once after each change of it.
const ATTEMPTS: u32 = 5;
/// How long to wait before another attempt.
const PAUSE: Duration = Duration::from_secs(1);

impl Mover<'_> {
    /// Sets one weight. What is there tells whether an attempt that failed went through all the same; another is only made
    /// where nothing was changed, and where the failure may pass. Between two attempts it heeds `stop`, if there is one.
    pub(super) async fn write(
        &self,
        write: Write,
        now: &Weights,
        stop: Option<&CancellationToken>,
    ) -> Result<Weights, WorkError> {
        let (place, field) = (self.shift.names.places.of(write.side), self.field(write.side));
        let uid = &self.look.objects.of(write.side).uid;
        let mut after = now.clone();
        let said = match write.side {
            Side::Blue => after.blue.replace(write.weight),
            Side::Green => after.green.replace(write.weight),
        };
        tracing::info!(
            name = %self.shift.names.name, object = %place.object, cluster = %place.cluster,
            blue_before = now.blue, green_before = now.green, blue = after.blue, green = after.green,
            "writing a weight"
        );
        let (desk, force) = (&self.shift.desk, self.shift.names.force_conflicts);
        for left in (0..ATTEMPTS).rev() {
            let Err(unset) = desk.set(place, uid, &field, (said, write.weight), force).await else { break };
            let there = self.read().await.map(|(_, weights)| weights);
            if there.as_ref() == Ok(&after) {
                break;
            }
            if left == 0 || !unset.may_pass() || there.as_ref() != Ok(now) {
                return Err(WorkError::Failed(words::unwritten(place, &field, write, &unset)));
            }
            tracing::debug!(error = %unset, "write the weight again");
            match stop {
                None => self.shift.clock.sleep(PAUSE).await,
                Some(stop) => tokio::select! {
                    biased;
                    () = stop.cancelled() => return Err(WorkError::Stopped),
                    () = self.shift.clock.sleep(PAUSE) => {}
                },
            }
        }
        self.note(write.side, &after);
        Ok(after)
    }

    /// Notes weights, of which one side's was written just now.
    fn note(&self, side: Side, after: &Weights) {
        let name = &self.shift.names.name;
        self.standing.learn_one(name.clone(), after.clone());
        // One of the two weights of a step is a share of its own.
        self.standing.leave(std::iter::once((name.clone(), after.share())));
        let mut progress = self.progress();
        progress.shown = None;
        progress.written.of_mut(side).get_or_insert(self.shift.clock.now());
    }
}

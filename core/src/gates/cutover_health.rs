//! A side of a cut-over takes the other's part only while enough of its targets are healthy.

use async_trait::async_trait;

use super::worst::{untold, worst};
use crate::elb::cutover::{Cutover, Enough, Refusal, Serving};
use crate::engine::gate::{Gate, Question, Side, Verdict};

/// Asks for the health of a side that serves and whose part rises, in every target group. Whether a side that joins
/// becomes healthy is waited for by the step that registers it.
#[derive(Debug)]
pub struct CutoverHealthGate {
    cutover: Cutover,
    enough: Enough,
    serving: Serving,
}

impl CutoverHealthGate {
    /// A gate that asks afresh every time. The sides that are to serve have to be healthy `enough`; a side that is only
    /// gone back to may be there in part.
    pub fn new(cutover: Cutover, enough: Enough, serving: Serving) -> Self {
        Self { cutover, enough, serving }
    }

    async fn judge_sides(&self, sides: impl Iterator<Item = Side>) -> Verdict {
        let now = match self.cutover.look().await {
            Ok(now) => now,
            Err(Refusal::Unread(error)) => return untold(error.retryable(), error.to_string()),
            Err(refusal) => return Verdict::Unanswerable(refusal.to_string()),
        };
        let mut verdicts = Vec::new();
        for side in sides {
            let needs = if self.serving.sides().contains(side) { self.enough } else { Enough::ANY };
            for (arn, bench) in now.benches(side) {
                let (healthy, enough) = (bench.healthy(), needs.of(bench.registered.len()));
                let undecided = bench.registered.values().filter(|target| target.is_undecided()).count();
                let text = format!("{side} in {arn}: {}; wanted at least {enough} healthy", bench.summary());
                verdicts.push(match healthy {
                    healthy if healthy >= enough => Verdict::Pass,
                    healthy if healthy + undecided >= enough => Verdict::Inconclusive(text),
                    _ => Verdict::Fail(text),
                });
            }
        }
        worst(verdicts)
    }
}

#[async_trait]
impl Gate for CutoverHealthGate {
    fn name(&self) -> &'static str {
        "min_healthy_targets"
    }

    fn watches(&self, question: Question) -> bool {
        question.rising.iter().any(|side| question.serving.contains(side))
    }

    async fn judge(&self, question: Question) -> Verdict {
        self.judge_sides(question.rising.iter().filter(|side| question.serving.contains(*side))).await
    }
}

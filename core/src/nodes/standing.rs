//! Where a migration stands.

use super::backing;
use super::ground::Trouble;
use super::picture::Taint;
use super::stage::{Decision, Scene, Stage, is_leftover};
use super::verdict::{Judged, Verdict, verdicts};

/// Where a migration stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// The first stage that is not done; none where all are.
    pub stage: Option<Stage>,
    /// What becomes of each pod that is still on blue.
    pub verdicts: Vec<Judged>,
    /// How both groups are in each target group that brings traffic; where that could not be read, why.
    pub targets: Vec<Result<String, Trouble>>,
    /// Whether a migration was begun and is not over.
    pub under_way: bool,
    /// Whether blue is deleted, or about to be.
    pub past_return: bool,
}

impl Standing {
    pub(super) fn of(scene: &Scene<'_>) -> Self {
        let open = |stage: &Stage| stage.decide(scene) != Decision::Met;
        Standing {
            stage: if is_over(scene) { None } else { Stage::left(scene.orders, scene.record).into_iter().find(open) },
            verdicts: verdicts(scene.picture, scene.orders),
            targets: backing::foreseen(scene.picture, scene.orders),
            under_way: scene.record.is_some(),
            past_return: scene.record.is_some_and(super::record::Record::is_past_return),
        }
    }

    /// How many pods have still to leave blue.
    pub fn left(&self) -> usize {
        self.verdicts.iter().filter(|judged| !matches!(judged.verdict, Verdict::Ignore | Verdict::Stay)).count()
    }

    /// Whether blue's nodes have still to leave the load balancers.
    pub fn is_before_leaving(&self) -> bool {
        self.stage.is_some_and(|stage| stage <= Stage::Balancers)
    }

    /// The pods that stand in the way, with why.
    pub fn refused(&self) -> impl Iterator<Item = &Judged> {
        self.verdicts.iter().filter(|judged| judged.verdict == Verdict::Refuse)
    }
}

/// Whether a migration was carried out and forgotten: nothing that has to leave is on blue, nothing can come to it, and
/// green is there.
fn is_over(scene: &Scene<'_>) -> bool {
    let Scene { picture, orders, record, .. } = scene;
    let closed = picture.blue.as_ref().is_none_or(|blue| blue.taints.contains(&Taint::of(&orders.name())));
    let empty = !picture.pods_on(&orders.blue).any(is_leftover);
    let kept = picture.blue.is_none() || !orders.delete_blue;
    record.is_none() && picture.green.is_some() && kept && closed && empty
}

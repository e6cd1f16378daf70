//! The work that the engine drives: look, decide, act, look again.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use super::act::Act;
use super::ground::{Acted, Ground, Trouble};
use super::orders::Orders;
use super::picture::Picture;
use super::record::Record;
use super::stage::{Decision, Scene, Stage};
use super::standing::Standing;
use super::whole;
use crate::clock::Clock;
use crate::engine::work::{Settlement, Work, WorkError};

/// What a step is to bring about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// Everything as it was before the migration: all of the way back.
    Origin,
    /// A stage.
    Stage(Stage),
}

/// Carries out one migration through one run.
pub(super) struct Mover<'a> {
    ground: &'a dyn Ground,
    orders: &'a Orders,
    clock: &'a dyn Clock,
    stop: CancellationToken,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    record: Option<Record>,
    picture: Option<Picture>,
    /// How long the stages that this run began had left then.
    begun: BTreeMap<Stage, Duration>,
    settles_in: Duration,
    /// What was answered to the calls of the last pass, other than that they were made.
    answers: Vec<String>,
}

impl<'a> Mover<'a> {
    pub(super) fn new(
        ground: &'a dyn Ground,
        orders: &'a Orders,
        clock: &'a dyn Clock,
        stop: CancellationToken,
        record: Option<Record>,
    ) -> Self {
        let known = Known { record, settles_in: orders.stage_timeout, ..Known::default() };
        Self { ground, orders, clock, stop, known: Mutex::new(known) }
    }

    /// Where everything was seen last.
    pub(super) fn standing(&self) -> Option<Standing> {
        let known = self.known();
        known.picture.as_ref().map(|picture| Standing::of(&self.scene(picture, known.record.as_ref())))
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at what a goal depends on. Target groups matter to one stage; for the others they are as they were.
    async fn look(&self, goal: Goal) -> Result<Picture, Trouble> {
        let picture = match goal {
            Goal::Stage(Stage::Balancers) => whole(self.ground, self.orders).await?,
            _ => {
                let picture = self.ground.picture().await?;
                let targets = self.known().picture.as_ref().and_then(|before| before.targets.clone());
                Picture { targets, ..picture }
            }
        };
        self.known().picture = Some(picture.clone());
        Ok(picture)
    }

    fn scene<'s>(&'s self, picture: &'s Picture, record: Option<&'s Record>) -> Scene<'s> {
        Scene { picture, orders: self.orders, record, now: self.clock.wall() }
    }

    /// What is to be done for a goal. All of the way back is its first stage that is not done.
    fn decide(&self, goal: Goal, picture: &Picture) -> Decision {
        let record = self.known().record.clone();
        let scene = self.scene(picture, record.as_ref());
        match goal {
            Goal::Stage(stage) => stage.decide(&scene),
            Goal::Origin => {
                let open = Stage::BACK.into_iter().map(|stage| stage.decide(&scene)).find(|it| *it != Decision::Met);
                open.unwrap_or(Decision::Met)
            }
        }
    }

    /// Notes that a stage is under way, before anything is done for it.
    async fn begin(&self, stage: Stage, picture: &Picture) -> Result<(), Trouble> {
        if self.known().begun.contains_key(&stage) {
            return Ok(());
        }
        let fresh = || Record {
            blue: self.orders.blue.clone(),
            green: self.orders.green.name().to_owned(),
            nodes: picture.nodes_of(&self.orders.blue).map(|it| (it.name.clone(), it.provider_id.clone())).collect(),
            ..Record::default()
        };
        let before = self.known().record.clone();
        let mut record = before.clone().unwrap_or_else(fresh);
        record.begin(stage, self.clock.wall(), self.orders.stage_timeout);
        let left = record.left(stage, self.clock.wall());
        if before.as_ref() != Some(&record) {
            self.ground.note(&record).await?;
        }
        let mut known = self.known();
        known.record = Some(record);
        known.settles_in = left;
        known.begun.insert(stage, left);
        Ok(())
    }

    /// One pass: what can be done now is done once.
    async fn pass(&self, goal: Goal) -> Result<(), WorkError> {
        self.known().answers.clear();
        let done = async {
            self.ground.hold().await?;
            let picture = self.look(goal).await?;
            let mut decision = self.decide(goal, &picture);
            if let Goal::Stage(stage) = goal {
                // Settled already: nothing is noted either.
                if decision == Decision::Met {
                    return Ok(());
                }
                self.begin(stage, &picture).await?;
                decision = self.decide(goal, &picture);
            }
            match decision {
                Decision::Met | Decision::Wait(_) => Ok(()),
                Decision::Blocked(why) => Err(Trouble::Lasting(why)),
                Decision::Act(acts, why) => {
                    tracing::info!(calls = acts.len(), "{why}");
                    self.act(&acts).await
                }
            }
        };
        match done.await {
            Ok(()) if self.stop.is_cancelled() => Err(WorkError::Stopped),
            Ok(()) => Ok(()),
            // What passes is looked at again, for as long as the stage may take.
            Err(Trouble::Passing(why)) => {
                self.known().answers.push(why);
                Ok(())
            }
            Err(Trouble::Lasting(why)) => Err(WorkError::Failed(why)),
        }
    }

    /// A stop is heard before each call.
    async fn act(&self, acts: &[Act]) -> Result<(), Trouble> {
        for act in acts {
            if self.stop.is_cancelled() {
                return Ok(());
            }
            match self.ground.act(act).await? {
                Acted::Done if *act == Act::Forget => self.known().record = None,
                Acted::Done => {}
                Acted::NotNow(why) => self.known().answers.push(why),
            }
        }
        Ok(())
    }

    /// What is seen, and what was answered to the last calls.
    fn seen(&self, what: String) -> String {
        let answers = self.known().answers.join("; ");
        if answers.is_empty() { what } else { format!("{what}; {answers}") }
    }
}

#[async_trait]
impl Work for Mover<'_> {
    type Goal = Goal;
    type Position = Standing;

    async fn observe(&self) -> Result<Standing, String> {
        // Whoever looks last wants to know it all.
        self.look(Goal::Stage(Stage::Balancers)).await.map_err(|trouble| trouble.to_string())?;
        self.standing().ok_or_else(|| "nothing was seen".to_owned())
    }

    async fn apply(&self, goal: &Goal) -> Result<(), WorkError> {
        self.pass(*goal).await
    }

    async fn settled(&self, goal: &Goal) -> Result<Settlement, String> {
        self.ground.hold().await.map_err(|trouble| trouble.to_string())?;
        let picture = self.look(*goal).await.map_err(|trouble| trouble.to_string())?;
        Ok(match self.decide(*goal, &picture) {
            Decision::Met => Settlement::Settled,
            Decision::Wait(why) => Settlement::Pending(self.seen(why)),
            // What is blocked is an error of the next pass.
            Decision::Act(_, why) | Decision::Blocked(why) => Settlement::Unfinished(self.seen(why)),
        })
    }

    fn settle_timeout(&self) -> Duration {
        self.known().settles_in
    }

    async fn undo(&self, to: &Goal) -> Result<(), WorkError> {
        match to {
            Goal::Origin => self.pass(Goal::Origin).await,
            // A stage that was cut short is gone on with: nothing of it is worse than before.
            Goal::Stage(_) => Ok(()),
        }
    }
}

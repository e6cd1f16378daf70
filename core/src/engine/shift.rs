//! The steps of a shift: green's share of the traffic, over everything that moves together. Pure.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::engine::gate::Sides;
use crate::engine::itinerary::{Itinerary, Step};
use crate::schedule::{self, Ramp, Schedule, label, serving};
use crate::share::{Share, SplitError, Weights};

/// The weights of everything that moves together, by what carries them.
pub type Position<K> = BTreeMap<K, Weights>;

/// What becomes of the side that ends at weight 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Idle {
    /// It stays where it is, so that going back is fast.
    #[default]
    Keep,
    /// It is taken out, so that it can be deleted.
    Drop,
    /// It is to be taken out later, and stays until then. Where it is out already, it is not brought back.
    DropLater,
}

/// What a step brings about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goal<K> {
    /// Green's share by what carries it.
    pub shares: BTreeMap<K, Share>,
    /// What becomes of a side at weight 0.
    pub idle: Idle,
    /// The very weights to go back to, for 1 and 2 are no number of tenths. None in a step.
    pub seen: Position<K>,
}

impl<K> Goal<K> {
    /// The share, where it is the same for all.
    pub(crate) fn green(&self) -> Option<Share> {
        one(self.shares.values().map(|share| Some(*share)))
    }
}

/// Green's share, where it is the same for all that moves.
pub(crate) fn green<K>(position: &Position<K>) -> Option<Share> {
    one(position.values().map(Weights::share))
}

/// The share that all of these are.
pub(crate) fn one(mut shares: impl Iterator<Item = Option<Share>>) -> Option<Share> {
    let first = shares.next()??;
    shares.all(|share| share == Some(first)).then_some(first)
}

/// A kind of thing that carries weights, and how a share is written there.
pub trait Carrier: fmt::Debug + Clone + PartialEq + Eq {
    /// Names one of the things that move together.
    type Key: Ord + Clone + fmt::Debug + fmt::Display;
    /// Why one cannot be moved.
    type Error: std::error::Error + Clone + PartialEq + Eq + From<SplitError> + 'static;
    /// The greatest weight.
    const WEIGHT_LIMIT: u32;
    /// What the step is called in which a missing side joins, before anything moves.
    const JOINED: &'static str;
    /// What the step is called in which the idle side is taken out.
    const DROPPED: &'static str;

    /// One of the things in words: `route arn:...`.
    fn name(key: &Self::Key) -> String;

    /// Whether a side has to join before anything moves.
    fn misses_a_side(weights: &Weights) -> bool;

    /// The weights to write for a share.
    ///
    /// # Errors
    ///
    /// Why it cannot be had.
    fn wanted(weights: &Weights, share: Share, idle: Idle) -> Result<Weights, Self::Error>;
}

/// Something that cannot be moved as asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmovable<C: Carrier> {
    /// What it is.
    pub at: C::Key,
    /// Why.
    pub source: C::Error,
}

impl<C: Carrier> fmt::Display for Unmovable<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot be moved: {}", C::name(&self.at), self.source)
    }
}

impl<C: Carrier> std::error::Error for Unmovable<C> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

/// Something that was moved after it was reviewed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stale<C: Carrier> {
    /// What it is.
    pub at: C::Key,
    /// The weights that were reviewed.
    pub reviewed: Box<Weights>,
    /// The weights that are seen.
    pub live: Box<Weights>,
}

impl<C: Carrier> fmt::Display for Stale<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, reviewed, live } = self;
        write!(f, "{} had {reviewed} when this was planned and has {live} now", C::name(at))
    }
}

impl<C: Carrier> std::error::Error for Stale<C> {}

/// Where green's share is to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aim {
    /// Green's share.
    pub target: Share,
    /// How to get there.
    pub ramp: Ramp,
    /// What becomes of a side that ends at weight 0.
    pub idle: Idle,
}

impl Aim {
    /// The same, but that the idle side is not taken out yet.
    pub fn dropping_later(&self) -> Self {
        let idle = if self.idle == Idle::Drop { Idle::DropLater } else { self.idle };
        Aim { idle, ..self.clone() }
    }
}

/// What a shift is to bring about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order<K> {
    /// Where to go, and how.
    pub aim: Aim,
    /// The weights that were seen when the order was reviewed. What has another share now, or would end with other
    /// weights, stops the shift before it begins. What is not listed was not reviewed, and is taken as it is.
    pub reviewed: Position<K>,
}

/// The schedule that takes everything to the target. Weights that express the target as near as whole numbers can are
/// there already.
///
/// # Errors
///
/// [`Unmovable`], for the first on which a share of the way cannot be expressed.
pub fn schedule<C: Carrier>(now: &Position<C::Key>, aim: &Aim) -> Result<Schedule, Unmovable<C>> {
    let schedule = Schedule::new(&aim.ramp, &positions::<C>(now, aim.target)?, aim.target);
    for step in &schedule.steps {
        for ((key, weights), share) in now.iter().zip(&step.shares) {
            wanted::<C>(key, weights, *share, Idle::Keep)?;
        }
    }
    Ok(schedule)
}

/// The whole way: a missing side joins, then the schedule's steps are taken, then the idle side is taken out where that
/// is asked for.
///
/// # Errors
///
/// As [`schedule()`].
pub fn itinerary<C: Carrier>(now: &Position<C::Key>, aim: &Aim) -> Result<Itinerary<Goal<C::Key>>, Unmovable<C>> {
    let from = positions::<C>(now, aim.target)?;
    let schedule = schedule::<C>(now, aim)?;
    let goal = |shares: &[Share], idle: Idle| Goal {
        shares: now.keys().cloned().zip(shares.iter().copied()).collect(),
        idle,
        seen: Position::new(),
    };
    let unraised = |label: &str, shares: &[Share], idle: Idle| Step {
        goal: goal(shares, idle),
        label: label.to_owned(),
        rising: Sides::NONE,
        serving: serving(shares),
        interval: Duration::ZERO,
    };

    let drops = aim.idle == Idle::Drop && !aim.target.is_split();
    let goes = aim.idle != Idle::Keep && !aim.target.is_split();
    let has_both = now.values().any(|weights| weights.blue.is_some() && weights.green.is_some());
    let moves = !schedule.steps.is_empty();

    let mut steps = Vec::with_capacity(schedule.steps.len() + 2);
    if now.values().any(C::misses_a_side) && (moves || !goes) {
        for ((key, weights), share) in now.iter().zip(&from) {
            wanted::<C>(key, weights, *share, Idle::Keep)?;
        }
        steps.push(unraised(C::JOINED, &from, Idle::Keep));
    }
    steps.extend(schedule.steps.iter().map(|step| Step {
        goal: goal(&step.shares, Idle::Keep),
        label: format!("{}%", step.share),
        rising: step.rising,
        serving: step.serving,
        interval: step.interval,
    }));
    if drops && (moves || has_both) {
        steps.push(unraised(C::DROPPED, &vec![aim.target; from.len()], Idle::Drop));
    }
    let origin = Goal { seen: now.clone(), ..goal(&from, Idle::Keep) };
    Ok(Itinerary { origin_label: label(&from), origin_serving: serving(&from), origin, steps })
}

/// The weights that everything ends with, exactly as they will be written.
///
/// # Errors
///
/// As [`schedule()`].
pub fn final_position<C: Carrier>(now: &Position<C::Key>, aim: &Aim) -> Result<Position<C::Key>, Unmovable<C>> {
    let mut position = now.clone();
    for step in itinerary::<C>(now, aim)?.steps {
        for (key, share) in &step.goal.shares {
            if let Some(weights) = position.get_mut(key) {
                *weights = wanted::<C>(key, weights, *share, step.goal.idle)?;
            }
        }
    }
    Ok(position)
}

/// What has another share than was reviewed, or would end with other weights. What was not reviewed is not compared, and
/// strangers together count as one: two resources on one route move each their own pair.
///
/// # Errors
///
/// As [`schedule()`].
pub(crate) fn stale<C: Carrier>(
    reviewed: &Position<C::Key>,
    live: &Position<C::Key>,
    aim: &Aim,
) -> Result<Option<Stale<C>>, Unmovable<C>> {
    for (key, reviewed) in reviewed {
        let Some(seen) = live.get(key) else { continue };
        let end = |weights: &Weights| final_position::<C>(&Position::from([(key.clone(), weights.clone())]), aim);
        let (planned, now) = (end(reviewed)?, end(seen)?);
        let alike = planned.values().zip(now.values()).all(|(planned, now)| planned.balance_alike(now));
        if reviewed.share() != seen.share() || !alike {
            let (reviewed, live) = (Box::new(reviewed.clone()), Box::new(seen.clone()));
            return Ok(Some(Stale { at: key.clone(), reviewed, live }));
        }
    }
    Ok(None)
}

fn wanted<C: Carrier>(key: &C::Key, weights: &Weights, share: Share, idle: Idle) -> Result<Weights, Unmovable<C>> {
    C::wanted(weights, share, idle).map_err(|source| Unmovable { at: key.clone(), source })
}

/// Where everything stands, with what expresses the target as well as it can counted as being there.
fn positions<C: Carrier>(now: &Position<C::Key>, target: Share) -> Result<Vec<Share>, Unmovable<C>> {
    let shares = schedule::positions(now.values(), target, C::WEIGHT_LIMIT);
    let unmovable = |key: &C::Key| Unmovable { at: key.clone(), source: SplitError::NoTraffic.into() };
    now.keys().zip(shares).map(|(key, share)| share.ok_or_else(|| unmovable(key))).collect()
}

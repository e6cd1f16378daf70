//! What must be true before a step begins and all through its interval.

use std::fmt;

use async_trait::async_trait;

/// One of the two sides that share the traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// The side that serves before the migration.
    Blue,
    /// The side that takes over.
    Green,
}

impl Side {
    /// The opposite side.
    pub fn other(self) -> Side {
        match self {
            Side::Blue => Side::Green,
            Side::Green => Side::Blue,
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Side::Blue => "blue",
            Side::Green => "green",
        })
    }
}

/// A set of sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sides {
    /// Blue is in the set.
    pub blue: bool,
    /// Green is in the set.
    pub green: bool,
}

impl Sides {
    /// Neither side.
    pub const NONE: Sides = Sides { blue: false, green: false };

    /// The set of this side alone.
    pub fn only(side: Side) -> Sides {
        Sides { blue: side == Side::Blue, green: side == Side::Green }
    }

    /// Whether `side` is in the set.
    pub fn contains(self, side: Side) -> bool {
        match side {
            Side::Blue => self.blue,
            Side::Green => self.green,
        }
    }

    /// The sides in the set, blue first.
    pub fn iter(self) -> impl Iterator<Item = Side> {
        [Side::Blue, Side::Green].into_iter().filter(move |side| self.contains(*side))
    }
}

/// What a gate is asked about: the step that wants to begin, or that is baking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// The sides whose share the step raises.
    pub rising: Sides,
    /// The sides that carry a share above zero right now.
    pub serving: Sides,
}

/// A gate's answer. Not being able to tell is an answer of its own, and never a pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The condition holds.
    Pass,
    /// The condition does not hold; the text says which object, what it showed, and what was wanted.
    Fail(String),
    /// It could not be told whether the condition holds; the text says why.
    Inconclusive(String),
    /// It cannot be told, and asking again will not help: a person has to change something first. A call that is not
    /// allowed, for example, or an alarm that does not exist. The text says what stands in the way.
    Unanswerable(String),
}

/// A condition that steps wait for and bake under.
#[async_trait]
pub trait Gate: fmt::Debug + Send + Sync {
    /// The gate's name as users write it, `alarm_names` for example, for logs and errors.
    fn name(&self) -> &'static str;

    /// Whether this gate has a say in the step. A gate without a say is not asked.
    fn watches(&self, question: Question) -> bool;

    /// Asks once. An error of the service behind the gate is `Inconclusive` where the same question may be answered
    /// later, and `Unanswerable` where it will not be.
    async fn judge(&self, question: Question) -> Verdict;
}

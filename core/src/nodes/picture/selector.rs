//! Label selectors, and the terms of affinities, which are written alike.

use super::Labels;

/// What a term asks of a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// It has one of the values.
    In,
    /// It has none of the values, or is not there.
    NotIn,
    /// It is there.
    Exists,
    /// It is not there.
    DoesNotExist,
    /// It is a number above the value.
    Gt,
    /// It is a number below the value.
    Lt,
}

/// One thing asked of one label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The label.
    pub key: String,
    /// What is asked.
    pub operator: Operator,
    /// The values that it is asked about.
    pub values: Vec<String>,
}

impl Term {
    /// Whether labels are as asked.
    pub fn matches(&self, labels: &Labels) -> bool {
        let value = labels.get(&self.key);
        let number = |text: Option<&String>| text.and_then(|text| text.parse::<i64>().ok());
        let (have, bound) = (number(value), number(self.values.first()));
        match self.operator {
            Operator::In => value.is_some_and(|value| self.values.contains(value)),
            Operator::NotIn => value.is_none_or(|value| !self.values.contains(value)),
            Operator::Exists => value.is_some(),
            Operator::DoesNotExist => value.is_none(),
            Operator::Gt => have.zip(bound).is_some_and(|(have, bound)| have > bound),
            Operator::Lt => have.zip(bound).is_some_and(|(have, bound)| have < bound),
        }
    }
}

impl std::fmt::Display for Term {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let values = self.values.join(", ");
        match self.operator {
            Operator::In => write!(f, "{} in ({values})", self.key),
            Operator::NotIn => write!(f, "{} notin ({values})", self.key),
            Operator::Exists => write!(f, "{}", self.key),
            Operator::DoesNotExist => write!(f, "!{}", self.key),
            Operator::Gt => write!(f, "{} > {values}", self.key),
            Operator::Lt => write!(f, "{} < {values}", self.key),
        }
    }
}

/// A label selector: every term has to hold, so one without terms selects everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selector {
    /// The terms.
    pub terms: Vec<Term>,
}

impl Selector {
    /// Whether it selects an object with these labels.
    pub fn matches(&self, labels: &Labels) -> bool {
        self.terms.iter().all(|term| term.matches(labels))
    }
}

//! What is known of an unknown value.

use crate::number::Number;

/// What is promised of a value before it is known. Terraform holds the value to it later, so a refinement that is
/// read is passed on as it is, and one is made only of what is certain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refinement {
    pub(crate) not_null: bool,
    pub(crate) prefix: Option<String>,
    pub(crate) min: Option<(Number, bool)>,
    pub(crate) max: Option<(Number, bool)>,
    pub(crate) min_length: Option<u64>,
    pub(crate) max_length: Option<u64>,
}

impl Refinement {
    /// Nothing is promised.
    pub const NONE: Refinement =
        Refinement { not_null: false, prefix: None, min: None, max: None, min_length: None, max_length: None };

    /// It will not be null.
    pub const NOT_NULL: Refinement = Refinement { not_null: true, ..Refinement::NONE };

    /// Whether nothing is promised.
    pub fn is_none(&self) -> bool {
        *self == Refinement::NONE
    }

    /// Whether it will not be null.
    pub fn is_not_null(&self) -> bool {
        self.not_null
    }

    /// What the text will begin with.
    pub fn prefix(&self) -> Option<&str> {
        self.prefix.as_deref()
    }

    /// The least the number will be, and whether it may be just that.
    pub fn min(&self) -> Option<(&Number, bool)> {
        self.min.as_ref().map(|(number, inclusive)| (number, *inclusive))
    }

    /// The most the number will be, and whether it may be just that.
    pub fn max(&self) -> Option<(&Number, bool)> {
        self.max.as_ref().map(|(number, inclusive)| (number, *inclusive))
    }

    /// The least and the most elements the collection will have.
    pub fn length(&self) -> (Option<u64>, Option<u64>) {
        (self.min_length, self.max_length)
    }
}

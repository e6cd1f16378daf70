//! The path of a value while one walks through it: it costs nothing until an error asks for it.

use crate::mismatch::Mismatch;
use crate::path::Path;

/// How many values may stand inside one another. A type given by the schema never comes near; a value that brings
/// its type along could otherwise exhaust the stack.
const MAX_DEPTH: usize = 128;

#[derive(Clone, Copy)]
pub(crate) struct Trail<'a> {
    step: Step<'a>,
    depth: usize,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Root,
    Attribute(&'a Trail<'a>, &'a str),
    Key(&'a Trail<'a>, &'a str),
    Index(&'a Trail<'a>, usize),
    /// Deeper, at the same path: an element of a set, or the value behind its type.
    Inside(&'a Trail<'a>),
}

impl<'a> Trail<'a> {
    pub(crate) const ROOT: Trail<'static> = Trail { step: Step::Root, depth: 0 };

    pub(crate) fn attr(&'a self, name: &'a str) -> Trail<'a> {
        self.deeper(Step::Attribute(self, name))
    }

    pub(crate) fn key(&'a self, key: &'a str) -> Trail<'a> {
        self.deeper(Step::Key(self, key))
    }

    pub(crate) fn index(&'a self, index: usize) -> Trail<'a> {
        self.deeper(Step::Index(self, index))
    }

    pub(crate) fn inside(&'a self) -> Trail<'a> {
        self.deeper(Step::Inside(self))
    }

    fn deeper(&self, step: Step<'a>) -> Trail<'a> {
        Trail { step, depth: self.depth + 1 }
    }

    pub(crate) fn mismatch(&self, what: impl Into<String>) -> Mismatch {
        Mismatch { path: self.path(), what: what.into() }
    }

    /// An error once the walk is too deep.
    pub(crate) fn check_depth(&self) -> Result<(), Mismatch> {
        if self.depth > MAX_DEPTH {
            Err(self.mismatch(format!("is nested more than {MAX_DEPTH} deep")))
        } else {
            Ok(())
        }
    }

    fn path(&self) -> Path {
        match self.step {
            Step::Root => Path::root(),
            Step::Attribute(before, name) => before.path().attr(name),
            Step::Key(before, key) => before.path().key(key),
            Step::Index(before, index) => before.path().index(index),
            Step::Inside(before) => before.path(),
        }
    }
}

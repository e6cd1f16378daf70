//! One nested block of a schema.

use super::{Attribute, Nesting, object_type};
use crate::ty::Type;

/// A nested block, written `name { ... }`. Prefer an attribute that holds an object: it can be null, unknown and
/// computed.
#[derive(Debug, Clone)]
pub struct Block {
    name: String,
    nesting: Nesting,
    min: u64,
    max: u64,
    markdown: String,
    deprecation: Option<String>,
    attributes: Vec<Attribute>,
    blocks: Vec<Block>,
}

impl Block {
    /// At most one; its value is an object, or null.
    pub fn single(name: impl Into<String>, attributes: Vec<Attribute>) -> Block {
        Block::nested(name, Nesting::Single, attributes)
    }

    /// Any count in order; its value is a list, never null.
    pub fn list(name: impl Into<String>, attributes: Vec<Attribute>) -> Block {
        Block::nested(name, Nesting::List, attributes)
    }

    /// Any count without order; its value is a set, never null.
    pub fn set(name: impl Into<String>, attributes: Vec<Attribute>) -> Block {
        Block::nested(name, Nesting::Set, attributes)
    }

    /// Any count, each with a label; its value is a map, never null.
    pub fn map(name: impl Into<String>, attributes: Vec<Attribute>) -> Block {
        Block::nested(name, Nesting::Map, attributes)
    }

    fn nested(name: impl Into<String>, nesting: Nesting, attributes: Vec<Attribute>) -> Block {
        Block {
            name: name.into(),
            nesting,
            min: 0,
            max: 0,
            markdown: String::new(),
            deprecation: None,
            attributes,
            blocks: Vec::new(),
        }
    }

    /// The least count. For a single block, 1 makes it required; blocks by label have none.
    #[must_use]
    pub fn min(mut self, min: u64) -> Block {
        self.min = min;
        self
    }

    /// The greatest count, 0 being none. Only of lists and sets.
    #[must_use]
    pub fn max(mut self, max: u64) -> Block {
        self.max = max;
        self
    }

    /// Adds a block inside it.
    #[must_use]
    pub fn block(mut self, block: Block) -> Block {
        self.blocks.push(block);
        self
    }

    /// What it is for, in Markdown.
    #[must_use]
    pub fn description(mut self, markdown: impl Into<String>) -> Block {
        self.markdown = markdown.into();
        self
    }

    /// Marks it as on its way out, and says what to use.
    #[must_use]
    pub fn deprecated(mut self, message: impl Into<String>) -> Block {
        self.deprecation = Some(message.into());
        self
    }

    /// Its name in HCL.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many there may be, and how they are told apart.
    pub fn nesting(&self) -> Nesting {
        self.nesting
    }

    /// The least and the greatest count, the latter being 0 where there is none.
    pub fn bounds(&self) -> (u64, u64) {
        (self.min, self.max)
    }

    /// What it is for, in Markdown.
    pub fn markdown(&self) -> &str {
        &self.markdown
    }

    /// What to use instead, if it is on its way out.
    pub fn deprecation(&self) -> Option<&str> {
        self.deprecation.as_deref()
    }

    /// Its attributes.
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// The blocks inside it.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The type of its value.
    pub fn ty(&self) -> Type {
        let object = object_type(&self.attributes, &self.blocks);
        match self.nesting {
            // Elements that each bring a type along have no common one: then the value is a tuple or an object.
            Nesting::List | Nesting::Map if object.has_dynamic() => Type::Dynamic,
            nesting => nesting.of(object),
        }
    }
}

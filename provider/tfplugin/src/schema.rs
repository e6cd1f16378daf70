//! What may be written in a block, and what it means.

mod anchor;
mod attribute;
mod block;
pub mod checks;
mod fill;
mod validate;
mod validity;
mod wire;

use std::sync::Arc;

pub use attribute::{Attribute, Shape};
pub use block::Block;

use crate::diagnostic::Diagnostic;
use crate::reader::Reader;
use crate::ty::Type;

/// A rule on one value, asked for wherever that value is written and known.
pub type Check = Arc<dyn Fn(&Reader<'_>) -> Result<(), Diagnostic> + Send + Sync>;

/// How many of a nested object there are, and how they are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Nesting {
    /// One or none.
    Single,
    /// In order.
    List,
    /// Without order or duplicates.
    Set,
    /// By text key.
    Map,
}

impl Nesting {
    fn of(self, object: Type) -> Type {
        match self {
            Nesting::Single => object,
            Nesting::List => Type::list(object),
            Nesting::Set => Type::set(object),
            Nesting::Map => Type::map(object),
        }
    }
}

/// The schema of a provider, a resource or a data source.
#[derive(Debug, Clone)]
pub struct Schema {
    version: u64,
    markdown: String,
    deprecation: Option<String>,
    attributes: Vec<Attribute>,
    blocks: Vec<Block>,
}

impl Schema {
    /// Begins an empty schema. `version` is that of the saved state, from 0: raise it when states of the older
    /// shape must be rewritten.
    pub fn new(version: u64) -> Schema {
        Schema { version, markdown: String::new(), deprecation: None, attributes: Vec::new(), blocks: Vec::new() }
    }

    /// What it is for, in Markdown.
    #[must_use]
    pub fn description(mut self, markdown: impl Into<String>) -> Schema {
        self.markdown = markdown.into();
        self
    }

    /// Marks the whole of it as on its way out, and says what to use.
    #[must_use]
    pub fn deprecated(mut self, message: impl Into<String>) -> Schema {
        self.deprecation = Some(message.into());
        self
    }

    /// Adds an attribute.
    #[must_use]
    pub fn attribute(mut self, attribute: Attribute) -> Schema {
        self.attributes.push(attribute);
        self
    }

    /// Adds a nested block.
    #[must_use]
    pub fn block(mut self, block: Block) -> Schema {
        self.blocks.push(block);
        self
    }

    /// The version of the state's shape.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// What it is for, in Markdown.
    pub fn markdown(&self) -> &str {
        &self.markdown
    }

    /// What to use instead, if it is on its way out.
    pub fn deprecation(&self) -> Option<&str> {
        self.deprecation.as_deref()
    }

    /// The attributes, in the order in which they were added.
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// The nested blocks, in the order in which they were added.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The type of a value of this schema.
    pub fn ty(&self) -> Type {
        object_type(&self.attributes, &self.blocks)
    }
}

fn object_type(attributes: &[Attribute], blocks: &[Block]) -> Type {
    let attributes = attributes.iter().map(|attribute| (attribute.name(), attribute.ty()));
    let blocks = blocks.iter().map(|block| (block.name(), block.ty()));
    Type::object(attributes.chain(blocks))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_has_attributes_and_blocks() {
        let schema = Schema::new(0)
            .attribute(Attribute::string("name").required())
            .attribute(Attribute::object("gate", vec![Attribute::string("url").optional()]).optional())
            .attribute(Attribute::nested("probes", Nesting::Map, vec![Attribute::bool("on").optional()]).optional())
            .block(Block::single("timeouts", vec![Attribute::string("create").optional()]))
            .block(Block::list("rule", vec![Attribute::new("any", Type::Dynamic).optional()]))
            .block(Block::set("tag", vec![]).block(Block::map("by", vec![])));
        let empty = || Type::object::<&str>([]);
        let expected = Type::object([
            ("name", Type::String),
            ("gate", Type::object([("url", Type::String)])),
            ("probes", Type::map(Type::object([("on", Type::Bool)]))),
            ("timeouts", Type::object([("create", Type::String)])),
            ("rule", Type::Dynamic),
            ("tag", Type::set(Type::object([("by", Type::map(empty()))]))),
        ]);
        assert_eq!(schema.ty(), expected);
    }
}

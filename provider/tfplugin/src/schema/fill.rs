//! What is absent from a state, as Terraform wants it to be absent.

use super::{Block, Nesting, Schema};
use crate::ty::Type;
use crate::value::Value;

impl Schema {
    /// Repeated blocks that are null become empty, at any depth: to Terraform, such a block is never null.
    #[must_use]
    pub(crate) fn fill(&self, value: Value) -> Value {
        fill_object(value, &self.blocks)
    }
}

fn fill_object(value: Value, blocks: &[Block]) -> Value {
    match value {
        Value::Object(mut attributes) => {
            for block in blocks {
                let value = attributes.remove(block.name()).unwrap_or(Value::Null);
                attributes.insert(block.name().to_owned(), fill_block(value, block));
            }
            Value::Object(attributes)
        }
        other => other,
    }
}

fn fill_block(value: Value, block: &Block) -> Value {
    let each =
        |elements: Vec<Value>| elements.into_iter().map(|element| fill_object(element, block.blocks())).collect();
    match (block.nesting(), value) {
        (Nesting::Single, value) => fill_object(value, block.blocks()),
        (Nesting::List, Value::Null) if block.ty() == Type::Dynamic => {
            Value::Dynamic(Box::new((Type::Tuple(Vec::new()), Value::Tuple(Vec::new()))))
        }
        (Nesting::Map, Value::Null) if block.ty() == Type::Dynamic => {
            Value::Dynamic(Box::new((Type::object::<&str>([]), Value::object::<&str>([]))))
        }
        (Nesting::List, Value::Null) => Value::List(Vec::new()),
        (Nesting::Set, Value::Null) => Value::Set(Vec::new()),
        (Nesting::Map, Value::Null) => Value::map::<&str>([]),
        (_, Value::List(elements)) => Value::List(each(elements)),
        (_, Value::Set(elements)) => Value::Set(each(elements)),
        (_, Value::Map(elements)) => {
            Value::Map(elements.into_iter().map(|(key, element)| (key, fill_object(element, block.blocks()))).collect())
        }
        (_, other) => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Attribute;

    #[test]
    fn absent_blocks_are_empty_and_a_single_one_is_null() {
        let schema = Schema::new(0)
            .block(Block::single("one", vec![]).block(Block::set("inner", vec![])))
            .block(Block::list("many", vec![]).block(Block::map("by", vec![])))
            .block(Block::list("any", vec![Attribute::new("x", Type::Dynamic).optional()]));
        let filled = schema.fill(Value::object([("many", Value::list([Value::object::<&str>([])]))]));
        let any = Value::Dynamic(Box::new((Type::Tuple(vec![]), Value::Tuple(vec![]))));
        let many = Value::list([Value::object([("by", Value::map::<&str>([]))])]);
        assert_eq!(filled, Value::object([("one", Value::Null), ("many", many.clone()), ("any", any.clone())]));
        let filled = schema.fill(Value::object([("one", Value::object::<&str>([])), ("many", many.clone())]));
        let one = Value::object([("inner", Value::Set(vec![]))]);
        assert_eq!(filled, Value::object([("one", one), ("many", many), ("any", any)]));
    }
}

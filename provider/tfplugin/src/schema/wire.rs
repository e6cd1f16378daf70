//! A schema as the protocol carries it.

use super::{Attribute, Block, Nesting, Schema, Shape};
use crate::proto::tfplugin6::{self as proto, StringKind, schema};

impl Schema {
    pub(crate) fn to_proto(&self) -> proto::Schema {
        proto::Schema {
            version: to_i64(self.version),
            block: Some(schema::Block {
                attributes: self.attributes.iter().map(attribute).collect(),
                block_types: self.blocks.iter().map(nested_block).collect(),
                description: self.markdown.clone(),
                description_kind: StringKind::Markdown.into(),
                deprecated: self.deprecation.is_some(),
                deprecation_message: self.deprecation.clone().unwrap_or_default(),
                ..schema::Block::default()
            }),
        }
    }
}

fn attribute(attribute: &Attribute) -> schema::Attribute {
    // One of the two stays empty, or Terraform refuses the schema.
    let (ty, nested_type) = match attribute.shape() {
        Shape::Plain(ty) => (ty.to_json_bytes(), None),
        Shape::Nested(nesting, attributes) => (Vec::new(), Some(object(*nesting, attributes))),
    };
    schema::Attribute {
        name: attribute.name().to_owned(),
        r#type: ty,
        nested_type,
        description: attribute.markdown().to_owned(),
        required: attribute.is_required(),
        optional: attribute.is_optional(),
        computed: attribute.is_computed(),
        sensitive: attribute.is_sensitive(),
        description_kind: StringKind::Markdown.into(),
        deprecated: attribute.deprecation().is_some(),
        write_only: attribute.is_write_only(),
        deprecation_message: attribute.deprecation().unwrap_or_default().to_owned(),
    }
}

fn object(nesting: Nesting, attributes: &[Attribute]) -> schema::Object {
    use schema::object::NestingMode;
    let nesting = match nesting {
        Nesting::Single => NestingMode::Single,
        Nesting::List => NestingMode::List,
        Nesting::Set => NestingMode::Set,
        Nesting::Map => NestingMode::Map,
    };
    schema::Object {
        attributes: attributes.iter().map(attribute).collect(),
        nesting: nesting.into(),
        ..schema::Object::default()
    }
}

fn nested_block(block: &Block) -> schema::NestedBlock {
    use schema::nested_block::NestingMode;
    let (min, max) = block.bounds();
    let (nesting, min, max) = match block.nesting() {
        // A single block's bounds are equal: both 1 if it must be there, else both 0.
        Nesting::Single => (NestingMode::Single, min, min),
        Nesting::List => (NestingMode::List, min, max),
        Nesting::Set => (NestingMode::Set, min, max),
        Nesting::Map => (NestingMode::Map, min, max),
    };
    schema::NestedBlock {
        type_name: block.name().to_owned(),
        block: Some(schema::Block {
            attributes: block.attributes().iter().map(attribute).collect(),
            block_types: block.blocks().iter().map(nested_block).collect(),
            description: block.markdown().to_owned(),
            description_kind: StringKind::Markdown.into(),
            deprecated: block.deprecation().is_some(),
            deprecation_message: block.deprecation().unwrap_or_default().to_owned(),
            ..schema::Block::default()
        }),
        nesting: nesting.into(),
        min_items: to_i64(min),
        max_items: to_i64(max),
    }
}

fn to_i64(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_has_a_type_or_a_nested_type() {
        let sent = Schema::new(2)
            .attribute(Attribute::string("a").required())
            .attribute(Attribute::object("b", vec![Attribute::bool("c").optional()]).optional())
            .block(Block::single("d", vec![]).min(1))
            .to_proto();
        assert_eq!(sent.version, 2);
        let block = sent.block.unwrap();
        assert_eq!(block.attributes[0].r#type, br#""string""#);
        assert!(block.attributes[0].nested_type.is_none());
        assert!(block.attributes[1].r#type.is_empty());
        assert_eq!(block.attributes[1].nested_type.as_ref().unwrap().attributes[0].name, "c");
        assert_eq!((block.block_types[0].min_items, block.block_types[0].max_items), (1, 1));
    }
}

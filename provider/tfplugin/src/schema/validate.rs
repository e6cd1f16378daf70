//! Asking every check of a schema about a configuration.

use super::{Attribute, Block, Check, Nesting, Schema, Shape};
use crate::diagnostic::Diagnostics;
use crate::reader::{Field, Reader};
use crate::value::Value;

impl Schema {
    /// What the schema's own rules say of a configuration. What is null or unknown breaks none.
    /// `write_only_allowed` is whether this host keeps write-only attributes out of plan and state.
    pub fn validate(&self, config: &Value, write_only_allowed: bool) -> Diagnostics {
        let mut walk = Walk { write_only_allowed, found: Diagnostics::new() };
        walk.object(&Reader::new(config), &self.attributes, &self.blocks);
        walk.found
    }
}

struct Walk {
    write_only_allowed: bool,
    found: Diagnostics,
}

impl Walk {
    fn object(&mut self, reader: &Reader<'_>, attributes: &[Attribute], blocks: &[Block]) {
        if reader.is_null() || reader.is_unknown() {
            return;
        }
        for attribute in attributes {
            self.attribute(&reader.attr(attribute.name()), attribute);
        }
        for block in blocks {
            let reader = reader.attr(block.name());
            self.nested(&reader, block.nesting(), block.attributes(), block.blocks());
        }
    }

    fn attribute(&mut self, reader: &Reader<'_>, attribute: &Attribute) {
        if reader.is_null() {
            return;
        }
        if attribute.is_write_only() && !self.write_only_allowed {
            self.found.push(reader.error(
                "Write-only attribute not supported",
                format!(
                    "{} would be stored in the state by this version. It needs Terraform 1.11 or OpenTofu 1.11.",
                    reader.path()
                ),
            ));
        }
        if reader.is_unknown() {
            return;
        }
        self.checks(reader, attribute.checks());
        if let Shape::Nested(nesting, attributes) = attribute.shape() {
            self.nested(reader, *nesting, attributes, &[]);
        }
    }

    fn checks(&mut self, reader: &Reader<'_>, checks: &[Check]) {
        self.found.extend(checks.iter().filter_map(|check| check(reader).err()));
    }

    fn nested(&mut self, reader: &Reader<'_>, nesting: Nesting, attributes: &[Attribute], blocks: &[Block]) {
        // The wire's decoding has seen to it that each value is of its schema's type.
        let elements = match nesting {
            Nesting::Single => Ok(Field::Known(vec![reader.clone()])),
            Nesting::List | Nesting::Set => reader.elements(),
            Nesting::Map => reader
                .entries()
                .map(|entries| entries.map(|entries| entries.into_iter().map(|(_, element)| element).collect())),
        };
        match elements {
            Ok(elements) => {
                for element in elements.known().unwrap_or_default() {
                    self.object(&element, attributes, blocks);
                }
            }
            Err(error) => self.found.push(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::checks::{between, one_of};

    fn schema() -> Schema {
        let weight = || Attribute::number("weight").optional().check(between(0_i64, 100_i64));
        Schema::new(0)
            .attribute(Attribute::string("mode").optional().check(one_of(&["fast"])))
            .attribute(Attribute::string("secret").optional().write_only())
            .attribute(Attribute::nested("by_name", Nesting::Map, vec![weight()]).optional())
            .attribute(Attribute::nested("in_order", Nesting::List, vec![weight()]).optional())
            .block(Block::set("rule", vec![]).block(Block::single("deep", vec![weight()])))
    }

    fn said(config: &Value, write_only_allowed: bool) -> Vec<String> {
        let found = schema().validate(config, write_only_allowed);
        found.iter().map(|one| one.path.clone().unwrap().to_string()).collect()
    }

    #[test]
    fn checks_run_at_every_depth() {
        let heavy = || Value::object([("weight", Value::from(101_i64))]);
        let light = || Value::object([("weight", Value::from(1_i64))]);
        let config = Value::object([
            ("mode", Value::from("slow")),
            ("by_name", Value::map([("a", light()), ("b", heavy())])),
            ("in_order", Value::list([heavy(), light()])),
            ("rule", Value::set([Value::object([("deep", heavy())])])),
        ]);
        assert_eq!(said(&config, true), ["mode", "by_name[\"b\"].weight", "in_order[0].weight", "rule.deep.weight"]);
    }

    #[test]
    fn what_is_not_known_breaks_no_rule() {
        let config = Value::object([
            ("mode", Value::unknown()),
            ("by_name", Value::unknown()),
            ("in_order", Value::list([Value::unknown(), Value::Null])),
            ("rule", Value::set([Value::object([("deep", Value::Null)])])),
        ]);
        assert!(said(&config, true).is_empty());
        assert!(schema().validate(&Value::Null, true).is_empty());
        assert!(schema().validate(&Value::unknown(), true).is_empty());
    }

    #[test]
    fn a_write_only_value_is_refused_where_it_would_be_stored() {
        let config = Value::object([("secret", Value::from("s"))]);
        assert!(said(&config, true).is_empty());
        assert_eq!(said(&config, false), ["secret"]);
        assert!(said(&Value::object([("secret", Value::Null)]), false).is_empty());
    }
}

//! The rules that Terraform has for schemas. One broken rule disables the whole provider, so a test should ask.

use std::collections::BTreeSet;

use super::{Attribute, Block, Nesting, Schema, Shape};
use crate::path::Path;

impl Schema {
    /// What Terraform would refuse in this schema: nothing, if it is sound.
    pub fn validity(&self) -> Vec<String> {
        let mut walk = Walk { broken: Vec::new() };
        if i64::try_from(self.version).is_err() {
            walk.broken.push("version: does not fit".to_owned());
        }
        walk.object(&Path::root(), &self.attributes, &self.blocks, false);
        walk.broken
    }
}

struct Walk {
    broken: Vec<String>,
}

impl Walk {
    fn say(&mut self, path: &Path, what: &str) {
        self.broken.push(format!("{path}: {what}"));
    }

    fn object(&mut self, path: &Path, attributes: &[Attribute], blocks: &[Block], in_set: bool) {
        let mut seen = BTreeSet::new();
        let names = attributes.iter().map(Attribute::name).chain(blocks.iter().map(Block::name));
        for name in names {
            if !seen.insert(name) {
                self.say(&path.attr(name), "is there twice");
            }
            let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
            if name.is_empty() || !name.bytes().all(allowed) {
                self.say(&path.attr(name), "a name has lower-case letters, digits and _ alone");
            }
        }
        for attribute in attributes {
            self.attribute(&path.attr(attribute.name()), attribute, in_set);
        }
        for block in blocks {
            self.block(&path.attr(block.name()), block, in_set);
        }
    }

    fn attribute(&mut self, path: &Path, attribute: &Attribute, in_set: bool) {
        let (required, optional, computed) =
            (attribute.is_required(), attribute.is_optional(), attribute.is_computed());
        if !required && !optional && !computed {
            self.say(path, "is neither required, optional nor computed");
        }
        if required && (optional || computed) {
            self.say(path, "is required, so it can be neither optional nor computed");
        }
        if attribute.is_write_only() && computed {
            self.say(path, "is write-only, so it cannot be computed");
        }
        if attribute.is_write_only() && in_set {
            self.say(path, "is write-only, which nothing in a set can be");
        }
        match attribute.shape() {
            Shape::Plain(ty) => {
                if in_set && ty.has_dynamic() {
                    self.say(path, "is dynamic, which nothing in a set can be");
                }
            }
            Shape::Nested(nesting, attributes) => {
                self.object(path, attributes, &[], in_set || *nesting == Nesting::Set);
            }
        }
    }

    fn block(&mut self, path: &Path, block: &Block, in_set: bool) {
        let (min, max) = block.bounds();
        match block.nesting() {
            Nesting::Single if min > 1 || max > 1 => self.say(path, "is single, so its count is at most 1"),
            Nesting::Map if min > 0 || max > 0 => self.say(path, "is by label, so its count has no bounds"),
            Nesting::List | Nesting::Set if max > 0 && min > max => self.say(path, "has a minimum above its maximum"),
            _ => {}
        }
        let in_set = in_set || block.nesting() == Nesting::Set;
        self.object(path, block.attributes(), block.blocks(), in_set);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ty::Type;

    fn broken(schema: Schema) -> Vec<String> {
        schema.validity()
    }

    #[test]
    fn a_sound_schema_breaks_no_rule() {
        let sound = Schema::new(3)
            .attribute(Attribute::string("a").required())
            .attribute(Attribute::string("b").optional().computed())
            .attribute(Attribute::string("c").optional().write_only())
            .attribute(Attribute::new("any", Type::Dynamic).optional())
            .block(Block::single("one", vec![]).min(1))
            .block(Block::list("many", vec![]).min(2))
            .block(Block::set("few", vec![]).min(1).max(3))
            .block(Block::map("by", vec![]));
        assert_eq!(broken(sound), Vec::<String>::new());
    }

    #[test]
    fn each_rule_is_seen_broken() {
        let one = |attribute: Attribute| broken(Schema::new(0).attribute(attribute));
        let block = |block: Block| broken(Schema::new(0).block(block));
        let text = || Attribute::string("a");
        for (said, expected) in [
            (one(text()), "a: is neither required, optional nor computed"),
            (one(text().required().optional()), "a: is required, so it can be neither optional nor computed"),
            (one(text().required().computed()), "a: is required, so it can be neither optional nor computed"),
            (one(text().computed().write_only()), "a: is write-only, so it cannot be computed"),
            (one(Attribute::string("A-b").optional()), "A-b: a name has lower-case letters, digits and _ alone"),
            (
                one(Attribute::nested("s", Nesting::Set, vec![text().optional().write_only()]).optional()),
                "s.a: is write-only, which nothing in a set can be",
            ),
            (
                block(Block::set("s", vec![Attribute::new("a", Type::list(Type::Dynamic)).optional()])),
                "s.a: is dynamic, which nothing in a set can be",
            ),
            (block(Block::single("s", vec![]).max(2)), "s: is single, so its count is at most 1"),
            (block(Block::map("s", vec![]).min(1)), "s: is by label, so its count has no bounds"),
            (block(Block::list("s", vec![]).min(2).max(1)), "s: has a minimum above its maximum"),
            (
                broken(Schema::new(0).attribute(text().optional()).block(Block::single("a", vec![]))),
                "a: is there twice",
            ),
            (broken(Schema::new(u64::MAX)), "version: does not fit"),
        ] {
            assert_eq!(said, [expected]);
        }
    }
}

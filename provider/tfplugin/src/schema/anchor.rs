//! Where Terraform can point in the configuration.

use super::{Block, Schema};
use crate::diagnostic::Diagnostics;
use crate::path::{Path, Step};

impl Schema {
    /// The diagnostics with each path cut where Terraform loses its way.
    ///
    /// Terraform finds the line of an attribute through any blocks around it, and of an element of that attribute. A
    /// path further into a nested attribute sends it to the first line of the whole resource, so such a path ends at the
    /// attribute. The text of a diagnostic names the rest.
    pub(crate) fn anchor(&self, diagnostics: Diagnostics) -> Diagnostics {
        diagnostics
            .into_iter()
            .map(|mut diagnostic| {
                diagnostic.path = diagnostic.path.map(|path| anchor(self.blocks(), &path));
                diagnostic
            })
            .collect()
    }
}

fn anchor(mut blocks: &[Block], path: &Path) -> Path {
    let steps = path.steps();
    for (index, step) in steps.iter().enumerate() {
        let Step::Attribute(name) = step else { continue };
        match blocks.iter().find(|block| block.name() == name) {
            Some(block) => blocks = block.blocks(),
            None => {
                let element = steps.get(index + 1).filter(|_| steps.len() == index + 2);
                let element = element.is_some_and(|step| !matches!(step, Step::Attribute(_)));
                let end = index + 1 + usize::from(element);
                return steps.iter().take(end).cloned().collect();
            }
        }
    }
    path.clone()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Attribute;

    #[track_caller]
    fn check(path: &Path, expect: &str) {
        let rules = Block::list("rule", vec![Attribute::string("host").optional()]);
        let timeouts = Block::single("timeouts", vec![Attribute::string("create").optional()]);
        let schema = Schema::new(0).block(timeouts.block(rules));
        assert_eq!(anchor(schema.blocks(), path).to_string(), expect);
    }

    #[test]
    fn a_path_ends_where_terraform_finds_a_line() {
        let root = Path::root();
        check(&root.attr("weight"), "weight");
        check(&root.attr("arns").index(1), "arns[1]");
        check(&root.attr("ramp").attr("steps").index(1), "ramp");
        check(&root.attr("routes").key("a").attr("weight"), "routes");
        check(&root.attr("timeouts").attr("create"), "timeouts.create");
        check(&root.attr("timeouts").attr("rule").index(0).attr("host").key("x").attr("y"), "timeouts.rule[0].host");
        check(&root, "");
    }
}

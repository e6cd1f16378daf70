//! Where in a configuration something stands.

use std::fmt;

use crate::proto::tfplugin6::{AttributePath, attribute_path};

/// The way from a block's root to one of its values. Elements of a set have no path of their own: point at the
/// set. Prints as one would write it in HCL: `gate.http_probe.url`, `routes["arn"]`, `steps[2]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(Vec<Step>);

/// One step of a [`Path`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Into an attribute or nested block.
    Attribute(String),
    /// Into a map.
    Key(String),
    /// Into a list or tuple, from 0.
    Index(u64),
}

impl Path {
    /// The block itself.
    pub const fn root() -> Path {
        Path(Vec::new())
    }

    /// Into the attribute or nested block of that name.
    #[must_use]
    pub fn attr(&self, name: impl Into<String>) -> Path {
        self.step(Step::Attribute(name.into()))
    }

    /// Into a map.
    #[must_use]
    pub fn key(&self, key: impl Into<String>) -> Path {
        self.step(Step::Key(key.into()))
    }

    /// Into a list or tuple.
    #[must_use]
    pub fn index(&self, index: usize) -> Path {
        self.step(Step::Index(index as u64))
    }

    /// Whether it is the block itself.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The steps, outermost first.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    fn step(&self, step: Step) -> Path {
        let mut steps = self.0.clone();
        steps.push(step);
        Path(steps)
    }

    pub(crate) fn to_proto(&self) -> AttributePath {
        use attribute_path::step::Selector;
        let steps = self.0.iter().map(|step| attribute_path::Step {
            selector: Some(match step {
                Step::Attribute(name) => Selector::AttributeName(name.clone()),
                Step::Key(key) => Selector::ElementKeyString(key.clone()),
                Step::Index(index) => Selector::ElementKeyInt(i64::try_from(*index).unwrap_or(i64::MAX)),
            }),
        });
        AttributePath { steps: steps.collect() }
    }
}

impl FromIterator<Step> for Path {
    fn from_iter<I: IntoIterator<Item = Step>>(steps: I) -> Path {
        Path(steps.into_iter().collect())
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Attribute(name) if position == 0 => f.write_str(name)?,
                Step::Attribute(name) => write!(f, ".{name}")?,
                Step::Key(key) => write!(f, "[{key:?}]")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_as_hcl() {
        let root = Path::root();
        for (path, printed) in [
            (root.clone(), ""),
            (root.attr("name"), "name"),
            (root.attr("gate").attr("http_probe").attr("url"), "gate.http_probe.url"),
            (root.attr("routes").key("arn"), "routes[\"arn\"]"),
            (root.attr("routes").key("a\"b").attr("weight"), "routes[\"a\\\"b\"].weight"),
            (root.attr("steps").index(2), "steps[2]"),
        ] {
            assert_eq!(path.to_string(), printed);
        }
    }

    #[test]
    fn crosses_the_wire_step_by_step() {
        use attribute_path::step::Selector::{AttributeName, ElementKeyInt, ElementKeyString};
        let selectors: Vec<_> = Path::root()
            .attr("a")
            .key("k")
            .index(3)
            .to_proto()
            .steps
            .into_iter()
            .filter_map(|step| step.selector)
            .collect();
        assert_eq!(selectors, [AttributeName("a".into()), ElementKeyString("k".into()), ElementKeyInt(3)]);
    }
}

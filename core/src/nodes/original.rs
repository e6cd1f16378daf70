//! What stood in an object before a migration changed it, as it is written on the object.

use std::collections::BTreeMap;

use super::picture::{Labels, Sizes};

/// Words with values, `min=1 max=6`: short enough for a tag, and for a person to put back by hand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Original(BTreeMap<String, String>);

impl Original {
    /// What is written under `key` among annotations or tags.
    pub fn in_(labels: &Labels, key: &str) -> Option<Self> {
        labels.get(key).map(|text| Self::parse(text))
    }

    fn parse(text: &str) -> Self {
        let word = |word: &str| word.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self(text.split_whitespace().filter_map(word).collect())
    }

    /// The same with another word.
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.0.insert(name.to_owned(), value.to_string());
        self
    }

    /// A word's value.
    pub fn word(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A word's value, where it is a number.
    pub fn number(&self, name: &str) -> Option<u32> {
        self.word(name).and_then(|text| text.parse().ok())
    }

    /// The sizes of a node group.
    pub fn of_sizes(sizes: Sizes) -> Self {
        Self::default().with("min", sizes.min).with("max", sizes.max).with("desired", sizes.desired)
    }

    /// The sizes that are written here.
    pub fn sizes(&self) -> Option<Sizes> {
        let (min, max) = (self.number("min")?, self.number("max")?);
        Some(Sizes { min, max, desired: self.number("desired")? })
    }
}

impl std::fmt::Display for Original {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words: Vec<String> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        f.write_str(&words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let sizes = Sizes { min: 1, max: 6, desired: 3 };
        let text = Original::of_sizes(sizes).to_string();
        assert_eq!(text, "desired=3 max=6 min=1");
        assert_eq!(Original::parse(&text).sizes(), Some(sizes));
        assert_eq!(Original::parse("min=1 max=").sizes(), None);
    }
}

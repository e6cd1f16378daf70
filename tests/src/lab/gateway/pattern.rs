//! The path of a resource or a route, with `{name}` for one part of a path and `{name+}` for all that is left of it.

use std::collections::BTreeMap;

/// What stood in the place of each name, as it came.
pub type Captures = BTreeMap<String, String>;

/// A path with names in it. The greater of two patterns is the more specific.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pattern(Vec<Piece>);

/// A piece between two slashes, the least specific first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Piece {
    Rest(String),
    One(String),
    Text(String),
}

impl Pattern {
    /// The pattern of a resource's path.
    pub fn of(path: &str) -> Self {
        let piece = |text: &str| match text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
            None => Piece::Text(text.to_owned()),
            Some(name) => name
                .strip_suffix('+')
                .map_or_else(|| Piece::One(name.to_owned()), |greedy| Piece::Rest(greedy.to_owned())),
        };
        Self(path.trim_start_matches('/').split('/').map(piece).collect())
    }

    /// What stands for the names, if the whole path is of this kind. AWS: a name stands for something, `{proxy+}` too.
    pub fn captures(&self, path: &str) -> Option<Captures> {
        let mut captures = Captures::new();
        let mut left = Some(path.trim_start_matches('/'));
        for piece in &self.0 {
            let (part, rest) = match left?.split_once('/') {
                Some((part, rest)) => (part, Some(rest)),
                None => (left?, None),
            };
            match piece {
                Piece::Text(text) if text == part => left = rest,
                Piece::One(name) if !part.is_empty() => {
                    captures.insert(name.clone(), part.to_owned());
                    left = rest;
                }
                Piece::Rest(name) if !left?.is_empty() => {
                    captures.insert(name.clone(), left?.to_owned());
                    left = None;
                }
                _ => return None,
            }
        }
        left.is_none().then_some(captures)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, path: &str, expect: Option<&[(&str, &str)]>) {
        let expect = expect.map(|pairs| pairs.iter().map(|(a, b)| (a.to_string(), b.to_string())).collect());
        assert_eq!(Pattern::of(pattern).captures(path), expect, "{pattern} {path}");
    }

    #[test]
    fn names_stand_for_one_part_and_greedy_names_for_all_that_is_left() {
        check("/", "/", Some(&[]));
        check("/", "/orders", None);
        check("/orders", "/orders", Some(&[]));
        check("/orders", "/orders/1", None);
        check("/orders/{id}", "/orders/1", Some(&[("id", "1")]));
        check("/orders/{id}", "/orders/a%2Fb", Some(&[("id", "a%2Fb")]));
        check("/orders/{id}", "/orders/", None);
        check("/orders/{id}", "/orders/1/lines", None);
        check("/orders/{id}/lines", "/orders/1/lines", Some(&[("id", "1")]));
        check("/orders/{proxy+}", "/orders/1/lines/2", Some(&[("proxy", "1/lines/2")]));
        check("/orders/{proxy+}", "/orders", None);
        check("/orders/{proxy+}", "/orders/", None);
        check("/{proxy+}", "/", None);
        check("/{tenant}/{proxy+}", "/a/b/", Some(&[("tenant", "a"), ("proxy", "b/")]));
    }

    #[test]
    fn text_is_more_specific_than_a_name_and_a_name_than_a_greedy_one() {
        let in_order = ["/{proxy+}", "/{a}/{proxy+}", "/orders/{proxy+}", "/orders/{id}", "/orders/new"];
        for pair in in_order.windows(2) {
            assert!(Pattern::of(pair[0]) < Pattern::of(pair[1]), "{pair:?}");
        }
    }
}

//! Reading a value as what it must be, with its path in every error.

use crate::diagnostic::Diagnostic;
use crate::number::Number;
use crate::path::Path;
use crate::value::Value;

static NULL: Value = Value::Null;
static UNKNOWN: Value = Value::unknown();

/// What an attribute holds, once its type is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field<T> {
    /// Not written.
    Null,
    /// Written, but not known yet.
    Unknown,
    /// Written and known.
    Known(T),
}

impl<T> Field<T> {
    /// Changes what is known.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Field<U> {
        match self {
            Field::Null => Field::Null,
            Field::Unknown => Field::Unknown,
            Field::Known(value) => Field::Known(change(value)),
        }
    }

    /// Changes what is known, where that may fail.
    ///
    /// # Errors
    ///
    /// What `change` answers.
    pub fn try_map<U, E>(self, change: impl FnOnce(T) -> Result<U, E>) -> Result<Field<U>, E> {
        Ok(match self {
            Field::Null => Field::Null,
            Field::Unknown => Field::Unknown,
            Field::Known(value) => Field::Known(change(value)?),
        })
    }

    /// What is known, if anything is.
    pub fn known(self) -> Option<T> {
        match self {
            Field::Known(value) => Some(value),
            Field::Null | Field::Unknown => None,
        }
    }

    /// The default where nothing is written; what is unknown stays so.
    #[must_use]
    pub fn known_or(self, default: T) -> Field<T> {
        match self {
            Field::Null => Field::Known(default),
            other => other,
        }
    }

    /// What is known, by reference.
    pub fn as_ref(&self) -> Field<&T> {
        match self {
            Field::Null => Field::Null,
            Field::Unknown => Field::Unknown,
            Field::Known(value) => Field::Known(value),
        }
    }

    /// Whether nothing is written.
    pub fn is_null(&self) -> bool {
        matches!(self, Field::Null)
    }

    /// Whether it is not known yet.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Field::Unknown)
    }
}

/// A value, and where it stands.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    value: &'a Value,
    path: Path,
}

impl<'a> Reader<'a> {
    /// Begins at a block's root.
    pub fn new(value: &'a Value) -> Reader<'a> {
        Reader { value: value.untagged(), path: Path::root() }
    }

    /// Where it stands. For an element of a set, that is the set.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The value itself.
    pub fn value(&self) -> &'a Value {
        self.value
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        self.value.is_null()
    }

    /// Whether it is unknown itself.
    pub fn is_unknown(&self) -> bool {
        self.value.is_unknown()
    }

    /// The attribute of that name: null under null, unknown under unknown.
    #[must_use]
    pub fn attr(&self, name: &str) -> Reader<'a> {
        let value = match self.value {
            Value::Unknown(_) => &UNKNOWN,
            Value::Object(attributes) => attributes.get(name).unwrap_or(&NULL),
            _ => &NULL,
        };
        self.child(value, self.path.attr(name))
    }

    /// The text.
    ///
    /// # Errors
    ///
    /// Where it is something else than text.
    pub fn string(&self) -> Result<Field<String>, Diagnostic> {
        self.read("a string", |value| match value {
            Value::String(text) => Some(text.clone()),
            _ => None,
        })
    }

    /// The truth.
    ///
    /// # Errors
    ///
    /// Where it is something else than a bool.
    pub fn bool(&self) -> Result<Field<bool>, Diagnostic> {
        self.read("a bool", |value| match value {
            Value::Bool(truth) => Some(*truth),
            _ => None,
        })
    }

    /// The number.
    ///
    /// # Errors
    ///
    /// Where it is something else than a number.
    pub fn number(&self) -> Result<Field<Number>, Diagnostic> {
        self.read("a number", |value| match value {
            Value::Number(number) => Some(number.clone()),
            _ => None,
        })
    }

    /// The whole number.
    ///
    /// # Errors
    ///
    /// Where it is something else than a number, has a fraction or needs more than 64 bits.
    pub fn integer(&self) -> Result<Field<i64>, Diagnostic> {
        self.read("a whole number", |value| match value {
            Value::Number(number) => number.to_i64(),
            _ => None,
        })
    }

    /// The elements of a list, set or tuple.
    ///
    /// # Errors
    ///
    /// Where it is none of these.
    pub fn elements(&self) -> Result<Field<Vec<Reader<'a>>>, Diagnostic> {
        self.read("a list or a set", |value| match value {
            Value::List(elements) | Value::Tuple(elements) => Some(
                elements
                    .iter()
                    .enumerate()
                    .map(|(index, element)| self.child(element, self.path.index(index)))
                    .collect(),
            ),
            Value::Set(elements) => {
                Some(elements.iter().map(|element| self.child(element, self.path.clone())).collect())
            }
            _ => None,
        })
    }

    /// The elements of a map or the attributes of an object, by name.
    ///
    /// # Errors
    ///
    /// Where it is neither.
    pub fn entries(&self) -> Result<Field<Vec<(String, Reader<'a>)>>, Diagnostic> {
        let entry = |name: &String, value: &'a Value, path: Path| (name.clone(), self.child(value, path));
        self.read("a map or an object", |value| match value {
            Value::Map(elements) => {
                Some(elements.iter().map(|(key, value)| entry(key, value, self.path.key(key))).collect())
            }
            Value::Object(attributes) => {
                Some(attributes.iter().map(|(name, value)| entry(name, value, self.path.attr(name))).collect())
            }
            _ => None,
        })
    }

    /// An error about this value.
    pub fn error(&self, summary: impl Into<String>, detail: impl Into<String>) -> Diagnostic {
        Diagnostic::error(summary, detail).at(self.path.clone())
    }

    fn child(&self, value: &'a Value, path: Path) -> Reader<'a> {
        Reader { value: value.untagged(), path }
    }

    fn read<T>(&self, expected: &str, take: impl FnOnce(&'a Value) -> Option<T>) -> Result<Field<T>, Diagnostic> {
        match self.value {
            Value::Null => Ok(Field::Null),
            Value::Unknown(_) => Ok(Field::Unknown),
            value => match take(value) {
                Some(read) => Ok(Field::Known(read)),
                None => {
                    let found = match value {
                        Value::Number(number) => number.to_string(),
                        other => other.kind().to_owned(),
                    };
                    Err(self.error("Invalid value", format!("{} must be {expected}, not {found}.", self.name())))
                }
            },
        }
    }

    fn name(&self) -> String {
        if self.path.is_root() { "The value".to_owned() } else { self.path.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Value {
        Value::object([
            ("name", Value::from("a")),
            ("weight", Value::Number("12.5".parse().unwrap())),
            ("steps", Value::list([1_i64, 10])),
            ("tags", Value::set(["x"])),
            ("gate", Value::object([("url", Value::unknown())])),
            ("later", Value::unknown()),
            ("routes", Value::map([("arn", Value::object([("w", Value::from(true))]))])),
        ])
    }

    #[test]
    fn reads_by_type() {
        let value = sample();
        let root = Reader::new(&value);
        assert_eq!(root.attr("name").string().unwrap(), Field::Known("a".to_owned()));
        assert_eq!(root.attr("absent").string().unwrap(), Field::Null);
        assert_eq!(root.attr("absent").attr("deeper").bool().unwrap(), Field::Null);
        assert_eq!(root.attr("later").attr("deeper").bool().unwrap(), Field::Unknown);
        assert_eq!(root.attr("gate").attr("url").string().unwrap(), Field::Unknown);
        assert_eq!(root.attr("absent").integer().unwrap().known_or(3).known(), Some(3));
    }

    #[test]
    fn errors_name_the_path() {
        let value = sample();
        let root = Reader::new(&value);
        let fraction = root.attr("weight").integer().unwrap_err();
        assert_eq!(fraction.to_string(), "weight: Invalid value: weight must be a whole number, not 12.5.");
        let steps = root.attr("steps").elements().unwrap().known().unwrap();
        assert_eq!(steps[1].string().unwrap_err().path, Some(Path::root().attr("steps").index(1)));
        let tags = root.attr("tags").elements().unwrap().known().unwrap();
        assert_eq!(tags[0].bool().unwrap_err().path, Some(Path::root().attr("tags")));
        let routes = root.attr("routes").entries().unwrap().known().unwrap();
        let weight = routes[0].1.attr("w").number().unwrap_err();
        assert_eq!(weight.path.unwrap().to_string(), "routes[\"arn\"].w");
    }
}

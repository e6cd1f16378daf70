//! Rules that many attributes share.

use crate::diagnostic::Diagnostic;
use crate::number::Number;
use crate::reader::{Field, Reader};

/// The text is one of these.
pub fn one_of(allowed: &[&str]) -> impl Fn(&Reader<'_>) -> Result<(), Diagnostic> + Send + Sync + 'static {
    let allowed: Vec<String> = allowed.iter().map(|&text| text.to_owned()).collect();
    move |reader| match reader.string()? {
        Field::Known(text) if !allowed.contains(&text) => {
            let allowed: Vec<String> = allowed.iter().map(|text| format!("{text:?}")).collect();
            Err(invalid(reader, &format!("one of {}", allowed.join(", ")), &format!("{text:?}")))
        }
        _ => Ok(()),
    }
}

/// The number is at least `min` and at most `max`.
pub fn between(
    min: impl Into<Number>,
    max: impl Into<Number>,
) -> impl Fn(&Reader<'_>) -> Result<(), Diagnostic> + Send + Sync + 'static {
    let (min, max) = (min.into(), max.into());
    move |reader| match reader.number()? {
        Field::Known(number) if number < min || number > max => {
            Err(invalid(reader, &format!("between {min} and {max}"), &number.to_string()))
        }
        _ => Ok(()),
    }
}

/// The number is at least `min`.
pub fn at_least(min: impl Into<Number>) -> impl Fn(&Reader<'_>) -> Result<(), Diagnostic> + Send + Sync + 'static {
    let min = min.into();
    move |reader| match reader.number()? {
        Field::Known(number) if number < min => Err(invalid(reader, &format!("at least {min}"), &number.to_string())),
        _ => Ok(()),
    }
}

/// The number has no fraction.
pub fn whole() -> impl Fn(&Reader<'_>) -> Result<(), Diagnostic> + Send + Sync + 'static {
    |reader| reader.integer().map(drop)
}

/// The text, the list, the set or the map has something in it.
pub fn not_empty() -> impl Fn(&Reader<'_>) -> Result<(), Diagnostic> + Send + Sync + 'static {
    use crate::value::Value;
    |reader| match reader.value() {
        Value::String(text) if text.is_empty() => Err(empty(reader)),
        Value::List(elements) | Value::Set(elements) | Value::Tuple(elements) if elements.is_empty() => {
            Err(empty(reader))
        }
        Value::Map(elements) if elements.is_empty() => Err(empty(reader)),
        _ => Ok(()),
    }
}

/// Every known element of the list or set obeys `check`.
pub fn each(
    check: impl Fn(&Reader<'_>) -> Result<(), Diagnostic> + Send + Sync + 'static,
) -> impl Fn(&Reader<'_>) -> Result<(), Diagnostic> + Send + Sync + 'static {
    move |reader| {
        let elements = reader.elements()?.known().unwrap_or_default();
        elements.iter().filter(|element| !element.is_null() && !element.is_unknown()).try_for_each(&check)
    }
}

fn invalid(reader: &Reader<'_>, expected: &str, found: &str) -> Diagnostic {
    reader.error("Invalid value", format!("{} must be {expected}, not {found}.", reader.path()))
}

fn empty(reader: &Reader<'_>) -> Diagnostic {
    reader.error("Invalid value", format!("{} must not be empty.", reader.path()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    fn said(check: impl Fn(&Reader<'_>) -> Result<(), Diagnostic>, value: impl Into<Value>) -> Option<String> {
        let root = Value::object([("x", value.into())]);
        check(&Reader::new(&root).attr("x")).err().map(|error| error.to_string())
    }

    #[test]
    fn say_what_is_allowed_and_what_was_found() {
        assert_eq!(said(one_of(&["a", "b"]), "b"), None);
        assert_eq!(
            said(one_of(&["a", "b"]), "c").unwrap(),
            "x: Invalid value: x must be one of \"a\", \"b\", not \"c\"."
        );
        assert_eq!(said(between(0_i64, 100_i64), 0_i64), None);
        assert_eq!(said(between(0_i64, 100_i64), 100_i64), None);
        assert_eq!(
            said(between(0_i64, 100_i64), 101_i64).unwrap(),
            "x: Invalid value: x must be between 0 and 100, not 101."
        );
        assert_eq!(said(at_least(1_i64), 0_i64).unwrap(), "x: Invalid value: x must be at least 1, not 0.");
        assert_eq!(said(not_empty(), "").unwrap(), "x: Invalid value: x must not be empty.");
        assert_eq!(said(not_empty(), Value::list(["a"])), None);
        let half = Value::Number("0.5".parse().unwrap());
        assert_eq!(said(whole(), half).unwrap(), "x: Invalid value: x must be a whole number, not 0.5.");
    }

    #[test]
    fn leave_alone_what_is_not_known() {
        assert_eq!(said(one_of(&["a"]), Value::unknown()), None);
        assert_eq!(said(between(0_i64, 1_i64), Value::Null), None);
        let partly = Value::list([Value::unknown(), Value::from(3_i64)]);
        assert_eq!(
            said(each(between(0_i64, 1_i64)), partly).unwrap(),
            "x[1]: Invalid value: x[1] must be between 0 and 1, not 3."
        );
    }
}

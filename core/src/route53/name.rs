//! Names of records, in the one form in which Route 53 keeps them.

use std::fmt;

/// A record's name as Route 53 keeps it: in lower case, with its last dot, and with an octal escape for every character
/// but letters, digits, `-`, `_` and `.` (Route 53 developer guide, DNS domain name format). So `*.Example.com` is
/// `\052.example.com.` here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordName(String);

/// A text that is no name of a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameError {
    /// It has no labels, or an empty one.
    #[error("{0:?} is no domain name: it has an empty label")]
    EmptyLabel(String),
    /// It is longer than DNS takes: 63 characters in a label, 255 in all.
    #[error("{0:?} is no domain name: a label has 63 characters at most, and a name 255")]
    TooLong(String),
    /// It has a character that DNS names do not have, or a broken escape.
    #[error("{0:?} is no domain name: it has a character that is neither visible ASCII nor an octal escape")]
    BadCharacter(String),
}

impl RecordName {
    /// The name that a text stands for, as users or Route 53 write it: in any case, with or without its last dot.
    ///
    /// # Errors
    ///
    /// [`NameError`], where it is no name.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let bad = || NameError::BadCharacter(text.to_owned());
        let written = text.strip_suffix('.').unwrap_or(text);
        let mut name = String::with_capacity(written.len() + 1);
        let mut letters = written.chars();
        let (mut label, mut length) = (0, 0);
        while let Some(letter) = letters.next() {
            length += 1;
            match letter {
                '.' if label == 0 => return Err(NameError::EmptyLabel(text.to_owned())),
                '.' => {
                    label = 0;
                    name.push('.');
                    continue;
                }
                '\\' => {
                    let digits: String = letters.by_ref().take(3).collect();
                    let octal = digits.len() == 3 && digits.bytes().all(|digit| (b'0'..=b'7').contains(&digit));
                    let code = u8::from_str_radix(&digits, 8).ok().filter(|_| octal).ok_or_else(bad)?;
                    push(&mut name, code);
                }
                visible if visible.is_ascii_graphic() => push(&mut name, u8::try_from(visible).map_err(|_| bad())?),
                _ => return Err(bad()),
            }
            label += 1;
            if label > 63 || length > 254 {
                return Err(NameError::TooLong(text.to_owned()));
            }
        }
        if label == 0 {
            return Err(NameError::EmptyLabel(text.to_owned()));
        }
        name.push('.');
        Ok(Self(name))
    }

    /// The name as Route 53 keeps it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Writes a character as Route 53 does.
fn push(name: &mut String, code: u8) {
    let code = code.to_ascii_lowercase();
    if code.is_ascii_alphanumeric() || matches!(code, b'-' | b'_') {
        name.push(char::from(code));
    } else {
        name.push_str(&format!("\\{code:03o}"));
    }
}

impl fmt::Display for RecordName {
    /// The name as users write it: without the last dot, and with `*` in place of its escape.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.trim_end_matches('.').replace("\\052", "*"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_has_one_form() {
        for text in ["*.Example.com", "\\052.example.com.", "*.example.com."] {
            let name = RecordName::parse(text).unwrap();
            assert_eq!((name.as_str(), name.to_string().as_str()), ("\\052.example.com.", "*.example.com"));
        }
        assert_eq!(RecordName::parse("a_b-1.example.com").unwrap().as_str(), "a_b-1.example.com.");
        assert_eq!(RecordName::parse("A\\100.com").unwrap(), RecordName::parse("a@.com").unwrap());
    }

    #[test]
    fn what_is_no_name_is_refused() {
        let long = "x".repeat(64);
        for text in ["", ".", "a..b", "a b.com", "ä.com", "a\\9.com", "a\\777.com", &long] {
            assert!(RecordName::parse(text).is_err(), "{text}");
        }
    }
}

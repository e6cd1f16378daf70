//! Terraform's number: a decimal of any length.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// The largest power of ten that may be *written* as one (`1e1000`). It bounds what a short text can make us print;
/// digits that are spelt out, as Terraform does, are not limited.
const MAX_EXPONENT: i64 = 1_000;

/// A number as Terraform has it: any count of digits, or an infinity. Nothing is rounded between the wire and
/// the wire. Equality and order are those of the value: `1.50` is `1.5`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Number(Form);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Form {
    /// `digits * 10^exponent`, the digits having no zero at either end. Zero has no digits and no sign.
    Finite {
        negative: bool,
        digits: String,
        exponent: i64,
    },
    Infinite {
        negative: bool,
    },
}

/// A text that is no number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Not of the form `[-]digits[.digits][e[-]digits]`.
    #[error("read a number: not a decimal")]
    Syntax,
    /// The power of ten is beyond what anyone means.
    #[error("read a number: its exponent is beyond 1000")]
    Exponent,
}

impl Number {
    /// Zero.
    pub const ZERO: Number = Number(Form::Finite { negative: false, digits: String::new(), exponent: 0 });
    /// Positive infinity.
    pub const INFINITY: Number = Number(Form::Infinite { negative: false });
    /// Negative infinity.
    pub const NEG_INFINITY: Number = Number(Form::Infinite { negative: true });

    /// The number that Rust prints for this float: 0.1 is a tenth. `None` for NaN.
    pub fn from_f64(float: f64) -> Option<Number> {
        Self::from_float_text(float, || float.to_string())
    }

    /// Exactly what the float holds, which for 0.1 is a little more than a tenth. `None` for NaN.
    pub(crate) fn from_f64_exactly(float: f64) -> Option<Number> {
        // No float has more binary, and so decimal, places than 1074.
        Self::from_float_text(float, || format!("{float:.1074}"))
    }

    fn from_float_text(float: f64, text: impl Fn() -> String) -> Option<Number> {
        if float.is_nan() {
            None
        } else if float.is_infinite() {
            Some(Number(Form::Infinite { negative: float.is_sign_negative() }))
        } else {
            text().parse().ok()
        }
    }

    /// The whole number, if it is one and fits.
    pub fn to_i64(&self) -> Option<i64> {
        match &self.0 {
            Form::Finite { exponent: 0.., .. } if self.magnitude() <= 19 => self.to_string().parse().ok(),
            _ => None,
        }
    }

    /// The same for numbers that are never negative.
    pub fn to_u64(&self) -> Option<u64> {
        match &self.0 {
            Form::Finite { exponent: 0.., .. } if self.magnitude() <= 20 => self.to_string().parse().ok(),
            _ => None,
        }
    }

    /// The nearest float; an infinity where none is near.
    pub fn to_f64(&self) -> f64 {
        match &self.0 {
            Form::Infinite { negative: true } => f64::NEG_INFINITY,
            Form::Infinite { negative: false } => f64::INFINITY,
            Form::Finite { digits, .. } if digits.is_empty() => 0.0,
            Form::Finite { negative, digits, exponent } => {
                let sign = if *negative { "-" } else { "" };
                // Rust's own parser rounds correctly and knows no range error, so this cannot fail.
                format!("{sign}{digits}e{exponent}").parse().unwrap_or(f64::NAN)
            }
        }
    }

    /// Whether it is neither infinity.
    pub fn is_finite(&self) -> bool {
        matches!(self.0, Form::Finite { .. })
    }

    /// Whether it is below zero.
    pub fn is_negative(&self) -> bool {
        match self.0 {
            Form::Finite { negative, .. } | Form::Infinite { negative } => negative,
        }
    }

    /// The place of the first digit, counted from the decimal point: 1 for 1 to 9, 0 for 0.1.
    fn magnitude(&self) -> i64 {
        match &self.0 {
            Form::Finite { digits, exponent, .. } => exponent.saturating_add_unsigned(digits.len() as u64),
            Form::Infinite { .. } => i64::MAX,
        }
    }
}

impl From<i64> for Number {
    fn from(whole: i64) -> Self {
        finite(whole < 0, &whole.unsigned_abs().to_string(), 0)
    }
}

impl From<u64> for Number {
    fn from(whole: u64) -> Self {
        finite(false, &whole.to_string(), 0)
    }
}

/// Takes the zeros off both ends.
fn finite(negative: bool, digits: &str, exponent: i64) -> Number {
    let significant = digits.trim_start_matches('0');
    let trimmed = significant.trim_end_matches('0');
    if trimmed.is_empty() {
        return Number::ZERO;
    }
    let dropped = (significant.len() - trimmed.len()) as u64;
    Number(Form::Finite { negative, digits: trimmed.to_owned(), exponent: exponent.saturating_add_unsigned(dropped) })
}

impl FromStr for Number {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, written) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, power(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !is_digits(whole) || !is_digits(fraction) {
            return Err(NumberError::Syntax);
        }
        let exponent = written.saturating_sub_unsigned(fraction.len() as u64);
        Ok(finite(negative, &format!("{whole}{fraction}"), exponent))
    }
}

fn power(text: &str) -> Result<i64, NumberError> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NumberError::Syntax);
    }
    match text.parse::<i64>() {
        Ok(power) if (-MAX_EXPONENT..=MAX_EXPONENT).contains(&power) => Ok(power),
        _ => Err(NumberError::Exponent),
    }
}

impl fmt::Display for Number {
    /// Without an exponent, and with no more digits than it has.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (negative, digits, exponent) = match &self.0 {
            Form::Infinite { negative } => {
                return f.write_str(if *negative { "-inf" } else { "inf" });
            }
            Form::Finite { negative, digits, exponent } => (*negative, digits, *exponent),
        };
        let zeros = |count: i64| "0".repeat(usize::try_from(count).unwrap_or(0));
        let sign = if negative { "-" } else { "" };
        let point = self.magnitude();
        if digits.is_empty() {
            f.write_str("0")
        } else if exponent >= 0 {
            write!(f, "{sign}{digits}{}", zeros(exponent))
        } else if point <= 0 {
            write!(f, "{sign}0.{}{digits}", zeros(-point))
        } else {
            let (whole, fraction) = digits.split_at(usize::try_from(point).unwrap_or(0));
            write!(f, "{sign}{whole}.{fraction}")
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.sign(), other.sign()) {
            (-1, -1) => other.cmp_absolute(self),
            (1, 1) => self.cmp_absolute(other),
            (mine, theirs) => mine.cmp(&theirs),
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Number {
    fn sign(&self) -> i8 {
        match (&self.0, self.is_negative()) {
            (Form::Finite { digits, .. }, _) if digits.is_empty() => 0,
            (_, true) => -1,
            (_, false) => 1,
        }
    }

    /// Of two numbers that are not zero, which is farther from it. Digits after a common point compare as text.
    fn cmp_absolute(&self, other: &Self) -> Ordering {
        self.magnitude().cmp(&other.magnitude()).then_with(|| match (&self.0, &other.0) {
            (Form::Finite { digits: mine, .. }, Form::Finite { digits: theirs, .. }) => mine.cmp(theirs),
            _ => Ordering::Equal,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(text: &str) -> Number {
        text.parse().unwrap()
    }

    #[test]
    fn prints_the_shortest_plain_form() {
        for (text, printed) in [
            ("0", "0"),
            ("-0.00", "0"),
            ("007", "7"),
            ("1.50", "1.5"),
            ("0.1", "0.1"),
            (".5", "0.5"),
            ("5.", "5"),
            ("-12.034", "-12.034"),
            ("1e3", "1000"),
            ("1200E-4", "0.12"),
            ("+3", "3"),
            ("3.14159265358979323846264338327950288", "3.14159265358979323846264338327950288"),
            ("123456789012345678901234567890", "123456789012345678901234567890"),
        ] {
            assert_eq!(number(text).to_string(), printed, "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_decimal() {
        for text in ["", "-", ".", "1e", "e3", "0x10", "1_000", "NaN", "inf", "1.2.3", "--1", "1e+-3", " 1"] {
            assert_eq!(text.parse::<Number>(), Err(NumberError::Syntax), "{text}");
        }
        for text in ["1e1001", "1e-1001", "1e99999999999999999999"] {
            assert_eq!(text.parse::<Number>(), Err(NumberError::Exponent), "{text}");
        }
    }

    #[test]
    fn equality_is_that_of_the_value() {
        assert_eq!(number("1.0"), number("1"));
        assert_eq!(number("10e-1"), Number::from(1_i64));
        assert_ne!(number("0.1"), Number::from_f64_exactly(0.1).unwrap());
        assert_eq!(number("0.1"), Number::from_f64(0.1).unwrap());
    }

    #[test]
    fn order_is_that_of_the_value() {
        let ascending = ["-100", "-10.5", "-10.4", "-0.01", "0", "0.009", "0.01", "0.1", "1", "1.05", "9", "10", "99"];
        let mut numbers: Vec<Number> = vec![Number::NEG_INFINITY];
        numbers.extend(ascending.map(number));
        numbers.push(Number::INFINITY);
        for (i, left) in numbers.iter().enumerate() {
            for (j, right) in numbers.iter().enumerate() {
                assert_eq!(left.cmp(right), i.cmp(&j), "{left} and {right}");
            }
        }
    }

    #[test]
    fn becomes_a_whole_number_only_without_loss() {
        assert_eq!(number("9223372036854775807").to_i64(), Some(i64::MAX));
        assert_eq!(number("-9223372036854775808").to_i64(), Some(i64::MIN));
        assert_eq!(number("9223372036854775808").to_i64(), None);
        assert_eq!(number("18446744073709551615").to_u64(), Some(u64::MAX));
        assert_eq!(number("1.5").to_i64(), None);
        assert_eq!(number("1e999").to_i64(), None);
        assert_eq!(number("-1").to_u64(), None);
        assert_eq!(Number::INFINITY.to_i64(), None);
    }

    #[test]
    fn knows_infinities_and_no_nan() {
        assert_eq!(Number::from_f64(f64::INFINITY), Some(Number::INFINITY));
        assert_eq!(Number::from_f64(f64::NEG_INFINITY), Some(Number::NEG_INFINITY));
        assert_eq!(Number::from_f64(f64::NAN), None);
        assert_eq!(Number::NEG_INFINITY.to_f64(), f64::NEG_INFINITY);
        assert_eq!(Number::INFINITY.to_string(), "inf");
    }

    proptest! {
        #[test]
        fn text_survives(whole in "[1-9][0-9]{0,40}", fraction in "[0-9]{0,40}[1-9]", negative: bool) {
            let text = format!("{}{whole}.{fraction}", if negative { "-" } else { "" });
            prop_assert_eq!(number(&text).to_string(), text);
        }

        #[test]
        fn whole_numbers_survive(whole: i64) {
            prop_assert_eq!(Number::from(whole).to_i64(), Some(whole));
        }

        #[test]
        fn floats_survive(float in any::<f64>()) {
            prop_assume!(!float.is_nan());
            prop_assert_eq!(Number::from_f64(float).unwrap().to_f64(), float);
            prop_assert_eq!(Number::from_f64_exactly(float).unwrap().to_f64(), float);
        }

        #[test]
        fn order_agrees_with_floats(left in -1e6..1e6_f64, right in -1e6..1e6_f64) {
            let order = Number::from_f64(left).unwrap().cmp(&Number::from_f64(right).unwrap());
            prop_assert_eq!(Some(order), left.partial_cmp(&right));
        }
    }
}

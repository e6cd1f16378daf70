//! Durations as Terraform's users write them: `90s`, `5m`, `1h30m`, `500ms`.

use std::time::Duration;

use tfplugin::{Attribute, Diagnostic, Field, Reader};

use crate::notices;

/// The longest duration taken: 30 days. What is longer is a slip of the pen.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 3600);

/// The units, longest first, in milliseconds.
const UNITS: [(&str, u64); 4] = [("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];

/// An attribute that holds a duration of at least `least`.
pub fn attribute(name: &str, least: Duration) -> Attribute {
    Attribute::string(name).check(move |reader| match read(reader)? {
        Field::Known(length) if length < least => Err(reader.error(
            notices::DURATION_TOO_SHORT,
            format!("{} must be at least {}, not {}.", reader.path(), text(least), text(length)),
        )),
        _ => Ok(()),
    })
}

/// Reads a duration.
pub fn read(reader: &Reader<'_>) -> Result<Field<Duration>, Diagnostic> {
    reader.string()?.try_map(|written| {
        parse(&written).ok_or_else(|| {
            reader.error(notices::INVALID_DURATION, format!(
                    "{} is {written:?}. A duration is numbers with units, such as \"30s\", \"5m\" or \"1h30m\", up to {}.",
                    reader.path(),
                    text(LONGEST)
                ),
            )
        })
    })
}

/// The duration that a text stands for; none if it stands for none.
pub fn parse(written: &str) -> Option<Duration> {
    let mut rest = written;
    let mut total = 0u64;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, tail) = rest.split_at_checked(digits)?;
        let letters = tail.find(|c: char| c.is_ascii_digit()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at_checked(letters)?;
        let (_, milliseconds) = UNITS.iter().find(|(name, _)| *name == unit)?;
        total = total.checked_add(number.parse::<u64>().ok()?.checked_mul(*milliseconds)?)?;
        rest = tail;
    }
    let length = Duration::from_millis(total);
    (!written.is_empty() && length <= LONGEST).then_some(length)
}

/// The shortest way to write a duration.
pub fn text(length: Duration) -> String {
    let mut left = u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
    let mut written = String::new();
    for (unit, milliseconds) in UNITS {
        if left >= milliseconds {
            written += &format!("{}{unit}", left / milliseconds);
            left %= milliseconds;
        }
    }
    if written.is_empty() { "0s".to_owned() } else { written }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_written() {
        for (written, seconds, shortest) in
            [("0s", 0, "0s"), ("90s", 90, "1m30s"), ("5m", 300, "5m"), ("1h30m", 5400, "1h30m"), ("2000ms", 2, "2s")]
        {
            assert_eq!(parse(written), Some(Duration::from_secs(seconds)), "{written}");
            assert_eq!(text(Duration::from_secs(seconds)), shortest);
        }
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for written in ["", "5", "m", "5 m", "-5m", "1.5h", "5x", "99999999999999999999s", "800h"] {
            assert_eq!(parse(written), None, "{written}");
        }
    }
}

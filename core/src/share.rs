//! Shares and weights: how a percentage of traffic becomes whole numbers beside other people's. Pure.
//!
//! ```
//! use eksmig_core::share::{Share, Weights};
//!
//! // A rule in which a stranger has a tenth of the traffic. What the pair shares is the rest, and the stranger keeps its part.
//! let weights = Weights { blue: Some(90), green: Some(0), strangers: vec![10] };
//! let split = weights.split("30".parse()?, 999)?;
//! assert_eq!(split, Weights { blue: Some(63), green: Some(27), strangers: vec![10] });
//!
//! // What is neither all nor nothing never rounds to it.
//! assert_eq!(Weights::of("0.1".parse()?), Weights { blue: Some(999), green: Some(1), strangers: vec![] });
//! assert!("0.05".parse::<Share>().is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt;
use std::str::FromStr;

/// Green's part of the traffic that blue and green share, in tenths of a percent: 0 to 1000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share(u16);

impl Share {
    /// Everything is blue's.
    pub const BLUE: Share = Share(0);
    /// Everything is green's.
    pub const GREEN: Share = Share(1000);

    /// A share of `tenths` of a percent; none above 1000.
    pub fn from_tenths(tenths: u16) -> Option<Share> {
        (tenths <= 1000).then_some(Share(tenths))
    }

    /// Tenths of a percent, 0 to 1000.
    pub fn tenths(self) -> u16 {
        self.0
    }

    /// The share that two weights express, to the nearest tenth. What is neither all nor nothing never rounds to
    /// all or nothing. None where both weights are zero: then there is no share.
    pub(crate) fn of(blue: u32, green: u32) -> Option<Share> {
        let (total, green) = (u64::from(blue) + u64::from(green), u64::from(green));
        if total == 0 {
            return None;
        }
        let nearest = (green * 2000 + total) / (total * 2);
        let tenths = match green {
            0 => 0,
            all if all == total => 1000,
            _ => nearest.clamp(1, 999),
        };
        u16::try_from(tenths).ok().map(Share)
    }

    /// Whether this share has the other side serve too.
    pub fn is_split(self) -> bool {
        self != Share::BLUE && self != Share::GREEN
    }
}

impl fmt::Display for Share {
    /// The percentage as users write it, `10` or `33.3`, without a sign.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 % 10 {
            0 => write!(f, "{}", self.0 / 10),
            tenth => write!(f, "{}.{tenth}", self.0 / 10),
        }
    }
}

/// The text is not a percentage from 0 to 100 with at most one decimal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a percentage from 0 to 100 with at most one decimal")]
pub struct NotAShare(String);

impl FromStr for Share {
    type Err = NotAShare;

    fn from_str(text: &str) -> Result<Share, NotAShare> {
        let refuse = || NotAShare(text.to_owned());
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let whole: u16 = whole.parse().map_err(|_| refuse())?;
        let tenth: u16 = match decimals.trim_end_matches('0') {
            "" => 0,
            one if one.len() == 1 => one.parse().map_err(|_| refuse())?,
            _ => return Err(refuse()),
        };
        whole.checked_mul(10).and_then(|tenths| Share::from_tenths(tenths + tenth)).ok_or_else(refuse)
    }
}

/// The weights in one route. A side that the route does not reference has none, which serves like zero.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Weights {
    /// Blue's weight; none where blue is not in the route.
    pub blue: Option<u32>,
    /// Green's weight; none where green is not in the route.
    pub green: Option<u32>,
    /// The weights of the strangers, in the route's order.
    pub strangers: Vec<u32>,
}

impl Weights {
    /// Whether these and `other` send blue and green the same, and everyone else the same together. What strangers move
    /// among themselves, as another resource on the same route does, is theirs.
    pub(crate) fn balance_alike(&self, other: &Weights) -> bool {
        let strangers = |weights: &Weights| weights.strangers.iter().copied().map(u64::from).sum::<u64>();
        (self.blue, self.green) == (other.blue, other.green) && strangers(self) == strangers(other)
    }
}

impl fmt::Display for Weights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |weight: Option<u32>| weight.map_or("none".to_owned(), |weight| weight.to_string());
        write!(f, "weights blue {}, green {}", number(self.blue), number(self.green))?;
        match self.strangers.as_slice() {
            [] => Ok(()),
            strangers => {
                let strangers: Vec<String> = strangers.iter().map(u32::to_string).collect();
                write!(f, ", others {}", strangers.join(" and "))
            }
        }
    }
}

/// A share could not be turned into weights.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SplitError {
    /// Neither side has a weight above zero, so there is nothing to divide.
    #[error("neither blue nor green has a weight above zero, so they share no traffic that could be moved")]
    NoTraffic,
    /// The strangers' weights leave no room: weights are whole numbers with a limit, and the strangers keep their
    /// exact share.
    #[error(
        "a green share of {share}% cannot be expressed in whole weights up to {limit} while the other targets of the route keep their exact share"
    )]
    OutOfReach {
        /// The share asked for.
        share: Share,
        /// The greatest weight the service takes.
        limit: u32,
    },
}

/// How far, in tenths of a percent, the weights written may be from the share asked for where strangers leave no
/// room for the exact one.
const TOLERANCE: u64 = 5;

impl Weights {
    /// Weights that express a share in percent, or in tenths of a percent where that takes them.
    pub fn of(share: Share) -> Weights {
        let (whole, green) = match share.tenths() {
            tenths if tenths % 10 == 0 => (100, tenths / 10),
            tenths => (1000, tenths),
        };
        let green = u32::from(green);
        Weights { blue: Some(whole - green), green: Some(green), strangers: Vec::new() }
    }

    /// The share that blue and green express; none where neither has a weight above zero.
    pub fn share(&self) -> Option<Share> {
        Share::of(self.blue.unwrap_or(0), self.green.unwrap_or(0))
    }

    /// The weights that give green `share` of what blue and green have together, each at most `limit`, with every
    /// stranger's part of the whole exactly as it is.
    ///
    /// Where no stranger has a weight, the two add up to 100, or 1000 for tenths. Beside strangers the numbers stay
    /// as they are if the share can be had in them; else all are scaled, which changes no stranger's part. A share
    /// above zero never becomes a weight of zero.
    ///
    /// Splitting what was split already changes nothing.
    ///
    /// # Errors
    ///
    /// [`SplitError`], where there is nothing to divide or no whole numbers come within half a percent.
    pub fn split(&self, share: Share, limit: u32) -> Result<Weights, SplitError> {
        let pair = self.blue.unwrap_or(0) + self.green.unwrap_or(0);
        if pair == 0 {
            return Err(SplitError::NoTraffic);
        }
        let strangers_serve = self.strangers.iter().any(|weight| *weight > 0);
        let unit =
            if strangers_serve { self.strangers.iter().fold(pair, |unit, weight| gcd(unit, *weight)) } else { pair };
        let preferred: &[u32] = if strangers_serve { &[unit] } else { &[100, 1000] };

        preferred
            .iter()
            .copied()
            .chain(1..=limit.saturating_mul(2))
            .filter_map(|scale| self.scaled(pair, unit, scale, share, limit))
            .min_by(|a, b| a.error.cmp_fraction(&b.error))
            .filter(|best| best.error.within(TOLERANCE))
            .map(|best| best.weights)
            .ok_or(SplitError::OutOfReach { share, limit })
    }

    /// Whether these weights are the given share already, as near as they can come to it.
    pub(crate) fn express(&self, share: Share, limit: u32) -> bool {
        self.share() == Some(share)
            || self.split(share, limit).is_ok_and(|wanted| wanted.share().is_some() && wanted.share() == self.share())
    }

    /// The weights to write for a share: these where they express it already, with a missing side at 0, and else the
    /// split.
    ///
    /// # Errors
    ///
    /// Those of [`Weights::split`].
    pub(crate) fn wanted(&self, share: Share, limit: u32) -> Result<Weights, SplitError> {
        if !self.express(share, limit) {
            return self.split(share, limit);
        }
        Ok(Weights { blue: Some(self.blue.unwrap_or(0)), green: Some(self.green.unwrap_or(0)), ..self.clone() })
    }

    /// The very weights that were `seen` where these are now, with both sides there. None where strangers have another
    /// part of the whole by now, for that is not this pair's to change.
    pub(crate) fn restored(&self, seen: &Weights) -> Option<Weights> {
        let whole = |weights: &Weights| -> u64 {
            let sides = [weights.blue, weights.green].into_iter().flatten();
            sides.chain(weights.strangers.iter().copied()).map(u64::from).sum()
        };
        let mut parts = self.strangers.iter().zip(&seen.strangers);
        let same_parts = parts.all(|(has, had)| u64::from(*has) * whole(seen) == u64::from(*had) * whole(self));
        (self.strangers.len() == seen.strangers.len() && same_parts).then(|| Weights {
            blue: Some(seen.blue.unwrap_or(0)),
            green: Some(seen.green.unwrap_or(0)),
            strangers: seen.strangers.clone(),
        })
    }

    fn scaled(&self, pair: u32, unit: u32, scale: u32, share: Share, limit: u32) -> Option<Candidate> {
        let total = (pair / unit).checked_mul(scale)?;
        let Divided { blue, green } = divide(total, share)?;
        let fits = |weight: &u32| *weight <= limit;
        let strangers = self
            .strangers
            .iter()
            .map(|weight| (weight / unit).checked_mul(scale).filter(fits))
            .collect::<Option<Vec<_>>>()?;
        let (green_wide, total) = (u64::from(green), u64::from(total));
        Some(Candidate {
            weights: Weights {
                blue: Some(blue).filter(fits).map(Some)?,
                green: Some(green).filter(fits).map(Some)?,
                strangers,
            },
            error: Fraction { over: (green_wide * 1000).abs_diff(total * u64::from(share.tenths())), under: total },
        })
    }
}

/// A total in two parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Divided {
    /// Blue's part.
    pub blue: u32,
    /// Green's part.
    pub green: u32,
}

/// Divides `total` so that green's part is as near to `share` as whole numbers can be. None where the share is neither
/// all nor nothing and there are not two to share.
pub fn divide(total: u32, share: Share) -> Option<Divided> {
    let green = match share {
        Share::BLUE => 0,
        Share::GREEN => total,
        _ if total < 2 => return None,
        _ => {
            let nearest = (u64::from(total) * u64::from(share.tenths()) * 2 + 1000) / 2000;
            u32::try_from(nearest).ok()?.clamp(1, total - 1)
        }
    };
    Some(Divided { blue: total - green, green })
}

struct Candidate {
    weights: Weights,
    error: Fraction,
}

/// A distance in tenths of a percent, as a fraction, so that no rounding decides which is smaller.
struct Fraction {
    over: u64,
    under: u64,
}

impl Fraction {
    fn cmp_fraction(&self, other: &Fraction) -> std::cmp::Ordering {
        (self.over * other.under).cmp(&(other.over * self.under))
    }

    fn within(&self, tenths: u64) -> bool {
        self.over <= tenths * self.under
    }
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn strangers_that_move_weight_among_themselves_leave_the_balance_alike() {
        let with = |green, strangers: &[u32]| Weights { blue: Some(50), green, strangers: strangers.to_vec() };
        let weights = with(Some(0), &[50, 0]);
        assert!(weights.balance_alike(&with(Some(0), &[30, 20])));
        assert!(!weights.balance_alike(&with(Some(0), &[30, 30])));
        assert!(!weights.balance_alike(&with(Some(1), &[50, 0])));
        assert!(!weights.balance_alike(&with(None, &[50, 0])));
    }

    fn share(text: &str) -> Share {
        text.parse().unwrap()
    }

    #[track_caller]
    fn check(blue: u32, green: u32, strangers: &[u32], asked: &str, expect: (u32, u32, &[u32])) {
        let weights = Weights { blue: Some(blue), green: Some(green), strangers: strangers.to_vec() };
        let split = weights.split(share(asked), 999).unwrap();
        assert_eq!((split.blue.unwrap(), split.green.unwrap(), split.strangers.as_slice()), expect);
    }

    #[test]
    fn a_pair_alone_is_written_in_hundredths_or_thousandths() {
        check(1, 0, &[], "10", (90, 10, &[]));
        check(100, 0, &[], "0.1", (999, 1, &[]));
        check(1, 1, &[], "100", (0, 100, &[]));
        check(7, 3, &[0], "33.3", (667, 333, &[0]));
    }

    #[test]
    fn strangers_keep_their_numbers_where_they_can() {
        check(90, 0, &[10], "30", (63, 27, &[10]));
        check(0, 90, &[10], "0", (90, 0, &[10]));
        check(180, 0, &[20], "50", (90, 90, &[20]));
    }

    #[test]
    fn strangers_are_scaled_where_they_must() {
        check(1, 0, &[1], "30", (7, 3, &[10]));
        check(90, 0, &[10], "33", (603, 297, &[100]));
    }

    #[test]
    fn where_there_is_no_room_the_split_is_refused() {
        let weights = Weights { blue: Some(2), green: None, strangers: vec![998] };
        let asked = share("10");
        assert_eq!(weights.split(asked, 999), Err(SplitError::OutOfReach { share: asked, limit: 999 }));
        let none = Weights { blue: Some(0), green: Some(0), strangers: vec![5] };
        assert_eq!(none.split(asked, 999), Err(SplitError::NoTraffic));
    }

    #[test]
    fn equal_ratios_are_the_same_share() {
        assert_eq!(Share::of(1, 1), Share::of(50, 50));
        assert_eq!(Share::of(0, 0), None);
        assert_eq!(Share::of(99_999, 1), Share::from_tenths(1));
        assert_eq!(Share::of(1, 99_999), Share::from_tenths(999));
    }

    #[test]
    fn text_is_read_and_written_as_users_do() {
        for text in ["0", "10", "33.3", "99.9", "100"] {
            assert_eq!(share(text).to_string(), text);
        }
        assert_eq!(share("10.0"), share("10"));
        for text in ["101", "-1", "1.25", "", "x", "100.1", "6554"] {
            assert!(text.parse::<Share>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn splitting_keeps_strangers_exact_and_is_idempotent(
            blue in 0u32..=999, green in 0u32..=999, strangers in prop::collection::vec(0u32..=999, 0..4), tenths in 0u16..=1000,
        ) {
            let weights = Weights { blue: Some(blue), green: Some(green), strangers: strangers.clone() };
            let asked = Share::from_tenths(tenths).unwrap();
            if let Ok(split) = weights.split(asked, 999) {
                let (b, g) = (split.blue.unwrap(), split.green.unwrap());
                prop_assert!(b <= 999 && g <= 999 && split.strangers.iter().all(|w| *w <= 999));
                prop_assert!((tenths == 0) == (g == 0) && (tenths == 1000) == (b == 0));
                for (before, after) in strangers.iter().zip(&split.strangers) {
                    if strangers.iter().any(|w| *w > 0) {
                        prop_assert_eq!(u64::from(*before) * u64::from(b + g), u64::from(*after) * u64::from(blue + green));
                    }
                }
                let got = split.share().unwrap().tenths();
                prop_assert!(got.abs_diff(tenths) <= 5);
                prop_assert!(split.express(asked, 999));
                prop_assert_eq!(split.split(asked, 999).unwrap(), split);
            }
        }
    }
}

//! The description that our deployments carry, by which a later run knows them.
//!
//! `eksmig port swap after 4kf2xq: 1f2e3d4c 5a6b7c8d`: the deployment that the stage had before, and the swaps that the
//! deployment carries.

use std::collections::BTreeSet;
use std::fmt;

const START: &str = "eksmig port swap after ";
/// The most swaps that a deployment carries, so that its description can name them all. AWS takes 1024 characters of an
/// HTTP API's (API Gateway V2 API reference, CreateDeployment) and says nothing of a REST API's.
pub(crate) const MOST: usize = 100;
/// What stands for a stage without a deployment.
const NONE: &str = "none";

/// A short name of one swap, the same in every run: made of its listeners and of the routes that it is limited to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Mark(String);

impl Mark {
    /// The mark of a swap that these texts describe.
    pub(crate) fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        // FNV-1a, since it must be the same in every build.
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        for byte in texts.flat_map(|text| text.bytes().chain([0])) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        Self(format!("{:08x}", (hash ^ (hash >> 32)) & 0xffff_ffff))
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the description of one of our deployments says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Label {
    /// The deployment that the stage had before.
    pub after: Option<String>,
    /// The swaps that the deployment carries.
    pub swaps: BTreeSet<Mark>,
}

impl Label {
    /// What a description says; none for one that is not ours.
    pub(crate) fn read(description: &str) -> Option<Self> {
        let (after, swaps) = description.strip_prefix(START)?.split_once(": ")?;
        let swaps: BTreeSet<Mark> = swaps.split_whitespace().map(|mark| Mark(mark.to_owned())).collect();
        let after = (after != NONE).then(|| after.to_owned());
        (!swaps.is_empty()).then_some(Self { after, swaps })
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let swaps: Vec<&str> = self.swaps.iter().map(|mark| mark.0.as_str()).collect();
        write!(f, "{START}{}: {}", self.after.as_deref().unwrap_or(NONE), swaps.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_reads_back() {
        let swaps = BTreeSet::from([Mark::of(["a", "b"].into_iter()), Mark::of(["c"].into_iter())]);
        for after in [Some("4kf2xq".to_owned()), None] {
            let label = Label { after, swaps: swaps.clone() };
            assert_eq!(Label::read(&label.to_string()), Some(label));
        }
    }

    #[test]
    fn a_description_of_the_most_swaps_is_no_longer_than_aws_takes() {
        let swaps: BTreeSet<Mark> = (0..MOST).map(|nth| Mark::of([nth.to_string().as_str()].into_iter())).collect();
        assert_eq!(swaps.len(), MOST);
        let label = Label { after: Some("0123456789abcdef0123456789abcdef".to_owned()), swaps };
        assert!(label.to_string().len() <= 1024, "{}", label.to_string().len());
        assert_eq!(Label::read(&label.to_string()), Some(label));
    }

    #[test]
    fn other_peoples_descriptions_are_not_ours() {
        for text in ["", "release 4", "eksmig port swap after x", "eksmig port swap after x: "] {
            assert_eq!(Label::read(text), None, "{text}");
        }
    }

    #[test]
    fn a_mark_stays_the_same_from_build_to_build() {
        assert_eq!(Mark::of(["a", "b"].into_iter()).to_string(), "a60057f4");
        assert_ne!(Mark::of(["a", "b"].into_iter()), Mark::of(["ab"].into_iter()));
    }
}

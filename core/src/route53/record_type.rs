//! Types of records that can be weighted.

use std::fmt;

use aws_sdk_route53::types::RrType;

/// The types that take weights: every type of a weighted record (Route 53 developer guide, values specific for weighted
/// records), which leaves out NS, SOA and DS.
const WEIGHTED: [&str; 14] =
    ["A", "AAAA", "CAA", "CNAME", "HTTPS", "MX", "NAPTR", "PTR", "SPF", "SRV", "SSHFP", "SVCB", "TLSA", "TXT"];

/// The type of a record that can be weighted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordType(&'static str);

/// A text that names no type of a weighted record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no type of a weighted record; those are A, AAAA, CAA, CNAME, HTTPS, MX, NAPTR, PTR, SPF, SRV, SSHFP, SVCB, TLSA and TXT"
)]
pub struct NotWeighted(String);

impl RecordType {
    /// The type of this name, in upper case.
    ///
    /// # Errors
    ///
    /// [`NotWeighted`], for any other text.
    pub fn parse(text: &str) -> Result<Self, NotWeighted> {
        WEIGHTED.iter().find(|name| **name == text).map(|name| Self(name)).ok_or_else(|| NotWeighted(text.to_owned()))
    }

    /// The type's name.
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// The type as the SDK has it.
    pub(super) fn sdk(self) -> RrType {
        RrType::from(self.0)
    }
}

impl fmt::Display for RecordType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_one_that_the_sdk_knows() {
        for name in WEIGHTED {
            let sdk = RecordType::parse(name).unwrap().sdk();
            assert!(RrType::values().contains(&sdk.as_str()), "{name}");
        }
        assert!(RecordType::parse("NS").is_err() && RecordType::parse("a").is_err());
    }
}

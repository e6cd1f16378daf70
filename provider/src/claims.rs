//! Two resources must not move the same thing in the same place: each would undo the other's work.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::{Mutex, PoisonError};

/// Which resource moves what where, as far as this session has planned.
#[derive(Debug, Default)]
pub struct Claims(Mutex<BTreeMap<Claim, String>>);

/// One side of a pair in one place: a target group on a route, or a set identifier under a name and type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claim {
    /// The place.
    pub place: String,
    /// The side.
    pub side: String,
}

impl Claims {
    /// Claims both sides in every place for the holder of `token`, or nothing.
    ///
    /// Terraform does not tell a provider which object it plans, so an object is known by a token in its private
    /// data: see [`token`].
    ///
    /// # Errors
    ///
    /// The first that another holder claimed.
    pub fn claim(&self, token: &str, places: impl Iterator<Item = String>, sides: [&str; 2]) -> Result<(), Claim> {
        let mut claims = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let both = |place: String| sides.map(|side| Claim { place: place.clone(), side: side.to_owned() });
        let wanted: Vec<Claim> = places.flat_map(both).collect();
        if let Some(taken) = wanted.iter().find(|claim| claims.get(claim).is_some_and(|holder| holder != token)) {
            return Err(taken.clone());
        }
        claims.extend(wanted.into_iter().map(|claim| (claim, token.to_owned())));
        Ok(())
    }
}

/// A token that no other object has.
pub fn token() -> String {
    let random = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", random(), random())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holder_is_refused_and_the_first_may_ask_again() {
        let claims = Claims::default();
        let (one, two) = (token(), token());
        let claim = |token: &str, places: &[&str], sides| {
            claims.claim(token, places.iter().map(|place| (*place).to_owned()), sides)
        };
        assert_eq!(claim(&one, &["a"], ["blue", "green"]), Ok(()));
        assert_eq!(claim(&one, &["a"], ["blue", "green"]), Ok(()));
        let conflict = Claim { place: "a".to_owned(), side: "blue".to_owned() };
        assert_eq!(claim(&two, &["a", "b"], ["blue", "other"]), Err(conflict));
        assert_eq!(claim(&two, &["a", "b"], ["red", "other"]), Ok(()));
    }
}

//! Two resources must not move the same target group on the same route: each would undo the other's work.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::{Mutex, PoisonError};

use eksmig_core::elb::forward::Pair;
use eksmig_core::elb::{RouteArn, TargetGroupArn};

/// Which resource moves which target group on which route, as far as this session has planned.
#[derive(Debug, Default)]
pub struct Claims(Mutex<BTreeMap<(RouteArn, TargetGroupArn), String>>);

/// A target group that another resource moves on a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The route.
    pub route: RouteArn,
    /// The target group.
    pub target_group: TargetGroupArn,
}

impl Claims {
    /// Claims the pair on every route for the holder of `token`, or nothing.
    ///
    /// Terraform does not tell a provider which object it plans, so an object is known by a token in its private
    /// data: see [`token`].
    ///
    /// # Errors
    ///
    /// The first conflict with another holder.
    pub fn claim(&self, token: &str, routes: &BTreeSet<RouteArn>, pair: &Pair) -> Result<(), Conflict> {
        let mut claims = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = || {
            let both = |route: &RouteArn| [(route.clone(), pair.blue.clone()), (route.clone(), pair.green.clone())];
            routes.iter().flat_map(both)
        };
        for claim in wanted() {
            if claims.get(&claim).is_some_and(|holder| holder != token) {
                return Err(Conflict { route: claim.0, target_group: claim.1 });
            }
        }
        claims.extend(wanted().map(|claim| (claim, token.to_owned())));
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

    fn route(id: char) -> RouteArn {
        let id = id.to_string().repeat(16);
        RouteArn::parse(&format!(
            "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/edge/0123456789abcdef/{id}"
        ))
        .unwrap()
    }

    fn pair(blue: &str, green: &str) -> Pair {
        let group = |name: &str| {
            TargetGroupArn::parse(&format!(
                "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/{name}/0123456789abcdef"
            ))
            .unwrap()
        };
        Pair { blue: group(blue), green: group(green) }
    }

    #[test]
    fn a_second_holder_is_refused_and_the_first_may_ask_again() {
        let claims = Claims::default();
        let (one, two) = (token(), token());
        let a = BTreeSet::from([route('a')]);
        let both = BTreeSet::from([route('a'), route('b')]);
        assert_eq!(claims.claim(&one, &a, &pair("blue", "green")), Ok(()));
        assert_eq!(claims.claim(&one, &a, &pair("blue", "green")), Ok(()));
        let conflict = Conflict { route: route('a'), target_group: pair("blue", "x").blue };
        assert_eq!(claims.claim(&two, &both, &pair("blue", "other")), Err(conflict));
        assert_eq!(claims.claim(&two, &both, &pair("red", "other")), Ok(()));
    }
}

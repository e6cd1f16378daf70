//! What is not there, and what could not be told.

use crate::preflight::check::{Check, Family, Found, Severity};

/// The checks.
pub(crate) const FAMILY: Family = Family { title: "Reading", checks: &[COULD_NOT_TELL, NOT_FOUND] };

const COULD_NOT_TELL: Check = Check {
    code: "could_not_tell",
    severity: Severity::Error,
    about: "Something that the other checks need could not be read, so that nobody can tell whether it is well. The \
            message says what was tried and what AWS or the cluster answered.",
    remedy: "Mend what the message names, a permission that is missing for example (see IAM and RBAC below), and plan again.",
    find: |picture| {
        let found = picture.untold.iter();
        found.map(|untold| Found::new(&untold.object, format!("It could not be read: {}", untold.why))).collect()
    },
};

const NOT_FOUND: Check = Check {
    code: "not_found",
    severity: Severity::Error,
    about: "A target group, a load balancer, a route, an API or a hosted zone that is named does not exist in the account \
            and region of the provider.",
    remedy: "Name one that exists, or use a provider configuration (an alias) for the account and region that it is in.",
    find: |picture| {
        let found = picture.absent.iter();
        found.map(|absent| Found::new(&absent.object, format!("There is no such {}.", absent.what))).collect()
    },
};

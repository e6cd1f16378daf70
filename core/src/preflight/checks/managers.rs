//! Who else writes the routes.

use crate::preflight::check::{Check, Family, Found, Severity};

/// The checks.
pub(crate) const FAMILY: Family = Family { title: "Controllers", checks: &[MANAGED_ROUTE] };

const MANAGED_ROUTE: Check = Check {
    code: "managed_route",
    severity: Severity::Warning,
    about: "By its tags, a controller manages a route: the AWS Load Balancer Controller, EKS Auto Mode, the AWS cloud \
            provider, or ECS. It writes its own weights back when it next reconciles.",
    remedy: "Set the weights where the controller reads them (its annotations), or have it let go of the route before the \
             shift.",
    find: |picture| {
        let managed = picture.routes().into_iter().filter_map(|(name, route)| {
            let manager = route.manager.as_ref()?;
            let stack = manager.stack.as_ref().map(|stack| format!(", for {stack}")).unwrap_or_default();
            Some(Found::new(
                &route.arn,
                format!("{name} is managed by {manager}{stack}, which will set its weights back."),
            ))
        });
        managed.collect()
    },
};

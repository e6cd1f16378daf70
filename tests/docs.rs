//! The documentation is what the provider says of itself. Each check is tried on something faulty before it is believed.

#[path = "docs/adoption.rs"]
mod adoption;
#[path = "docs/checks.rs"]
mod checks;
#[path = "docs/examples.rs"]
mod examples;
#[path = "docs/external_dns_permissions.rs"]
mod external_dns_permissions;
#[path = "docs/guides.rs"]
mod guides;
#[path = "docs/links.rs"]
mod links;
#[path = "docs/named_tests.rs"]
mod named_tests;
#[path = "docs/pages.rs"]
mod pages;
#[path = "docs/permissions.rs"]
mod permissions;
#[path = "docs/policies.rs"]
mod policies;
#[path = "docs/preflight_permissions.rs"]
mod preflight_permissions;
#[path = "docs/registry.rs"]
mod registry;
#[path = "docs/twin_permissions.rs"]
mod twin_permissions;

const NONE: [String; 0] = [];

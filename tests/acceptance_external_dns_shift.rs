//! `eksmig_external_dns_shift` moves records that ExternalDNS writes: at their source, in both clusters.

#[path = "acceptance_external_dns_shift/disturbed.rs"]
mod disturbed;
#[path = "acceptance_external_dns_shift/git.rs"]
mod git;
#[path = "acceptance_external_dns_shift/kinds.rs"]
mod kinds;
#[path = "acceptance_external_dns_shift/moves.rs"]
mod moves;
#[path = "acceptance_external_dns_shift/permissions.rs"]
mod permissions;
#[path = "acceptance_external_dns_shift/refused.rs"]
mod refused;

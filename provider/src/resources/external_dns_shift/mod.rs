//! `eksmig_external_dns_shift`: the share of two records that ExternalDNS writes, by the annotations of two objects.

mod apply;
mod config;
mod plan;
mod read;
mod schema;
mod state;

resource!(ExternalDnsShift, "eksmig_external_dns_shift");

//! `examples/atlantis/`, run as an Atlantis server runs it: what the files say is done, with the real terraform, no
//! terminal, and nobody to answer. Atlantis itself is not here; what it does with these files is taken from its sources
//! (server/core/runtime, at 078d0a8 of August 2026).

#[path = "atlantis/conftest.rs"]
mod conftest;
#[path = "atlantis/killed.rs"]
mod killed;
#[path = "atlantis/policy.rs"]
mod policy;
#[path = "atlantis/pull_request.rs"]
mod pull_request;
#[path = "atlantis/server.rs"]
mod server;
#[path = "atlantis/workflow.rs"]
mod workflow;

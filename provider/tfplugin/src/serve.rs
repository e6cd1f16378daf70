//! The life of the process, from Terraform's start of it to its end.

use std::process::ExitCode;

use crate::provider::Provider;

/// How the process presents itself.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Where a registry has the provider: `registry.terraform.io/namespace/name`.
    pub full_address: &'static str,
    /// What to tell someone who runs the binary by hand.
    pub hint: &'static str,
    /// Serve for a debugger: print how to attach, without TLS, until interrupted.
    pub debug: bool,
}

/// Serves until Terraform is done. The first line on standard output is the handshake's, so print nothing before.
/// By hand, it says what it is and fails.
pub fn run(provider: impl Provider, options: Options) -> ExitCode {
    let _ = (provider, options);
    ExitCode::FAILURE
}

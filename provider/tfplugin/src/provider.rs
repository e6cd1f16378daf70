//! A provider: its own configuration, and what it offers.

use std::sync::Arc;

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use crate::data_source::DataSource;
use crate::diagnostic::Diagnostics;
use crate::function::Function;
use crate::resource::Resource;
use crate::schema::Schema;
use crate::value::Value;

/// A provider. Terraform starts a process of it for each configuration and each walk over the graph; only with
/// `-debug` does one process see several.
#[async_trait]
pub trait Provider: Send + Sync + 'static {
    /// Its name in HCL.
    fn name(&self) -> &str;

    /// Its version.
    fn version(&self) -> &str;

    /// What may be written in its block.
    fn schema(&self) -> Schema;

    /// Rules beyond the schema's own checks, which have passed.
    async fn validate(&self, config: &Value) -> Diagnostics {
        let _ = config;
        Diagnostics::new()
    }

    /// Takes its configuration. It may hold unknowns while planning: keep them, and complain only when a call needs
    /// the value. Without a block in HCL it is an object of nulls.
    async fn configure(&self, request: ConfigureRequest) -> Diagnostics;

    /// The managed resources. Asked for once, when the process starts, so it should cost nothing.
    fn resources(&self) -> Vec<Arc<dyn Resource>>;

    /// The data sources. Asked for once, when the process starts.
    fn data_sources(&self) -> Vec<Arc<dyn DataSource>> {
        Vec::new()
    }

    /// The functions. Asked for once, when the process starts.
    fn functions(&self) -> Vec<Arc<dyn Function>> {
        Vec::new()
    }
}

/// What [`Provider::configure`] is given.
#[derive(Debug, Clone)]
pub struct ConfigureRequest {
    /// What is written in the provider's block.
    pub config: Value,
    /// The version of Terraform or OpenTofu.
    pub terraform_version: String,
    /// Cancelled when the call should finish.
    pub stop: CancellationToken,
}

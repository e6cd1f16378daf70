//! A data source: what Terraform only looks at.

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use crate::diagnostic::Diagnostics;
use crate::schema::Schema;
use crate::value::Value;

/// One type of data source.
#[async_trait]
pub trait DataSource: Send + Sync {
    /// Its name in HCL, which begins with the provider's.
    fn type_name(&self) -> &str;

    /// What may be written, and what is found. Asked for once in a process.
    fn schema(&self) -> Schema;

    /// Rules beyond the schema's own checks, which have passed. Much may still be unknown.
    async fn validate(&self, config: &Value) -> Diagnostics {
        let _ = config;
        Diagnostics::new()
    }

    /// Looks. The configuration is wholly known, and so must the answer be; warnings may come with it. `stop` is
    /// cancelled when the call should finish.
    ///
    /// # Errors
    ///
    /// Where what is asked for cannot be found.
    async fn read(&self, config: &Value, stop: CancellationToken) -> Result<(Value, Diagnostics), Diagnostics>;
}

//! A managed resource: what Terraform creates, reads, changes and destroys.

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::path::Path;
use crate::schema::Schema;
use crate::value::Value;

/// One type of managed resource. Calls for different objects run at the same time.
///
/// Each call that may take long is given a token, `stop`. It is cancelled when Terraform asks the provider to stop
/// and when the caller is gone; the call should then finish soon, and answer with what is true. It is not torn down.
#[async_trait]
pub trait Resource: Send + Sync {
    /// Its name in HCL, which begins with the provider's.
    fn type_name(&self) -> &str;

    /// What may be written. Asked for once in a process.
    fn schema(&self) -> Schema;

    /// Rules beyond the schema's own checks, which have passed. Much may still be unknown, the provider is not
    /// configured, and there may be no network.
    async fn validate(&self, config: &Value) -> Diagnostics {
        let _ = config;
        Diagnostics::new()
    }

    /// Rewrites a state of another version of the schema. A state of the schema's own version is read without
    /// asking.
    ///
    /// # Errors
    ///
    /// Where the state cannot be rewritten. By default, always.
    async fn upgrade(&self, request: UpgradeRequest) -> Result<Value, Diagnostics> {
        Err(Diagnostic::error(
            "Unsupported state version",
            format!("{} cannot read a state of version {}.", self.type_name(), request.version),
        )
        .into())
    }

    /// Looks at the object as it is now.
    async fn read(&self, request: ReadRequest) -> ReadResponse;

    /// Says what an apply would do. It must say the same each time it is asked with the same request.
    async fn plan(&self, request: PlanRequest) -> PlanResponse;

    /// Creates, changes or destroys.
    async fn apply(&self, request: ApplyRequest) -> ApplyResponse;

    /// Finds an object by the id that the user gave.
    ///
    /// # Errors
    ///
    /// Where there is none. By default, always.
    async fn import(&self, request: ImportRequest) -> Result<ImportResponse, Diagnostics> {
        let _ = request;
        Err(Diagnostic::error("Import not supported", format!("{} cannot be imported.", self.type_name())).into())
    }

    /// Takes over the state of an object of another type, after a `moved` block.
    ///
    /// # Errors
    ///
    /// Where that type is not one it can come from. By default, always.
    async fn move_state(&self, request: MoveRequest) -> Result<MoveResponse, Diagnostics> {
        Err(Diagnostic::error(
            "Move not supported",
            format!(
                "{} of {} cannot become {}.",
                request.source_type_name,
                request.source_provider_address,
                self.type_name()
            ),
        )
        .into())
    }
}

/// What [`Resource::upgrade`] is given.
#[derive(Debug, Clone)]
pub struct UpgradeRequest {
    /// The version of the schema that wrote the state.
    pub version: u64,
    /// The state as it was written.
    pub state: serde_json::Value,
}

/// What [`Resource::read`] is given.
#[derive(Debug, Clone)]
pub struct ReadRequest {
    /// The object as it was last seen.
    pub state: Value,
    /// The provider's own bytes beside it.
    pub private: Vec<u8>,
    /// Cancelled when the call should finish.
    pub stop: CancellationToken,
}

/// What [`Resource::read`] answers. With an error in `diagnostics` the state stays what it was.
#[derive(Debug, Clone, Default)]
pub struct ReadResponse {
    /// The object as it is now, wholly known; `None` if it is gone.
    pub state: Option<Value>,
    /// Replaces the bytes given: answer with them to keep them.
    pub private: Vec<u8>,
    /// Errors and warnings.
    pub diagnostics: Diagnostics,
}

/// What [`Resource::plan`] is given.
#[derive(Debug, Clone)]
pub struct PlanRequest {
    /// The object as it is; `None` if it is to be created.
    pub prior: Option<Value>,
    /// The configuration, and the prior state where that is null and computed; `None` to destroy. What is null and
    /// computed here will stay null unless the plan says otherwise.
    pub proposed: Option<Value>,
    /// The configuration alone; `None` to destroy.
    pub config: Option<Value>,
    /// The provider's own bytes in the state.
    pub prior_private: Vec<u8>,
    /// Those of the reviewed plan, when it is planned once more in the apply. Sent from Terraform 1.16 on.
    pub planned_private: Vec<u8>,
    /// Whether this host will send what is answered now as `planned_private` later.
    pub store_planned_private: bool,
    /// Cancelled when the call should finish.
    pub stop: CancellationToken,
}

/// What [`Resource::plan`] answers.
#[derive(Debug, Clone, Default)]
pub struct PlanResponse {
    /// The object as it will be, unknown where that is not known yet; `None` if it will be destroyed.
    pub planned: Option<Value>,
    /// What cannot be changed in place. Only a path whose value changes has an effect.
    pub requires_replace: Vec<Path>,
    /// Bytes for the apply.
    pub private: Vec<u8>,
    /// Errors and warnings.
    pub diagnostics: Diagnostics,
}

/// What [`Resource::apply`] is given.
#[derive(Debug, Clone)]
pub struct ApplyRequest {
    /// The object as it is; `None` to create it.
    pub prior: Option<Value>,
    /// The object as it was planned; `None` to destroy it.
    pub planned: Option<Value>,
    /// The configuration alone; `None` to destroy.
    pub config: Option<Value>,
    /// The plan's bytes.
    pub private: Vec<u8>,
    /// Cancelled when the call should finish.
    pub stop: CancellationToken,
}

/// What [`Resource::apply`] answers.
///
/// Without an error: the new object, or `None` once it is destroyed. With an error, the truth: `Some` is saved as it
/// is, with `private`, and after a create the object counts as damaged; `None` keeps the prior object and its bytes,
/// which after a create is nothing. Unknowns become null where there is an error.
#[derive(Debug, Clone, Default)]
pub struct ApplyResponse {
    /// The object as it is now.
    pub state: Option<Value>,
    /// Replaces the bytes in the state.
    pub private: Vec<u8>,
    /// Errors and warnings.
    pub diagnostics: Diagnostics,
}

/// What [`Resource::import`] is given.
#[derive(Debug, Clone)]
pub struct ImportRequest {
    /// What the user wrote.
    pub id: String,
    /// Cancelled when the call should finish.
    pub stop: CancellationToken,
}

/// What [`Resource::import`] answers. A read follows at once, so what identifies the object is enough.
#[derive(Debug, Clone)]
pub struct ImportResponse {
    /// The object, wholly known.
    pub state: Value,
    /// The provider's own bytes beside it.
    pub private: Vec<u8>,
    /// Warnings.
    pub diagnostics: Diagnostics,
}

/// What [`Resource::move_state`] is given.
#[derive(Debug, Clone)]
pub struct MoveRequest {
    /// The provider it comes from: `registry.terraform.io/hashicorp/aws`, or the last part alone from OpenTofu 1.10.
    pub source_provider_address: String,
    /// The type it comes from.
    pub source_type_name: String,
    /// The version of that type's schema.
    pub source_schema_version: i64,
    /// The state as it was written.
    pub source_state: serde_json::Value,
    /// The other provider's own bytes.
    pub private: Vec<u8>,
}

/// What [`Resource::move_state`] answers.
#[derive(Debug, Clone)]
pub struct MoveResponse {
    /// The object, wholly known.
    pub state: Value,
    /// The provider's own bytes beside it.
    pub private: Vec<u8>,
    /// Warnings.
    pub diagnostics: Diagnostics,
}

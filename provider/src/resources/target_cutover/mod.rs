//! `eksmig_target_cutover`: target groups handed over from blue's targets to green's, in batches.

mod apply;
mod config;
mod plan;
mod read;
mod schema;
mod state;

use tfplugin::{
    ApplyRequest, ApplyResponse, Diagnostics, ImportRequest, ImportResponse, PlanRequest, PlanResponse, ReadRequest,
    ReadResponse, Resource, Schema, Value, async_trait,
};

use crate::session::Sessions;

/// The resource's type.
pub const TYPE: &str = "eksmig_target_cutover";

/// The resource.
#[derive(Debug)]
pub struct TargetCutover {
    sessions: Sessions,
}

impl TargetCutover {
    /// The resource, working through whichever session is configured when it is called.
    pub fn new(sessions: Sessions) -> Self {
        Self { sessions }
    }
}

#[async_trait]
impl Resource for TargetCutover {
    fn type_name(&self) -> &str {
        TYPE
    }

    fn schema(&self) -> Schema {
        schema::schema()
    }

    async fn validate(&self, config: &Value) -> Diagnostics {
        config::read(config).err().unwrap_or_default()
    }

    async fn read(&self, request: ReadRequest) -> ReadResponse {
        read::read(&self.sessions, request).await
    }

    async fn plan(&self, request: PlanRequest) -> PlanResponse {
        plan::plan(&self.sessions, request).await
    }

    async fn apply(&self, request: ApplyRequest) -> ApplyResponse {
        apply::apply(&self.sessions, request).await
    }

    async fn import(&self, request: ImportRequest) -> Result<ImportResponse, Diagnostics> {
        read::import(&self.sessions, request).await
    }
}

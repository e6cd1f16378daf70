//! `eksmig_target_group_twin`: a target group for the green cluster, made after the one that blue has.

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
pub const TYPE: &str = "eksmig_target_group_twin";

/// The resource.
#[derive(Debug)]
pub struct TargetGroupTwin {
    sessions: Sessions,
}

impl TargetGroupTwin {
    /// The resource, working through whichever session is configured when it is called.
    pub fn new(sessions: Sessions) -> Self {
        Self { sessions }
    }
}

#[async_trait]
impl Resource for TargetGroupTwin {
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

//! The managed resources: a folder each, with the same files in every one.

/// The resource of a folder: its type's name, and what its files do, through whichever session is configured when it is
/// called.
macro_rules! resource {
    ($resource:ident, $type_name:literal) => {
        /// The resource's type.
        pub const TYPE: &str = $type_name;

        /// The resource.
        #[derive(Debug)]
        pub struct $resource {
            sessions: crate::session::Sessions,
        }

        impl $resource {
            /// The resource, working through whichever session is configured when it is called.
            pub fn new(sessions: crate::session::Sessions) -> Self {
                Self { sessions }
            }
        }

        #[tfplugin::async_trait]
        impl tfplugin::Resource for $resource {
            fn type_name(&self) -> &str {
                TYPE
            }

            fn schema(&self) -> tfplugin::Schema {
                schema::schema()
            }

            async fn validate(&self, config: &tfplugin::Value) -> tfplugin::Diagnostics {
                config::read(config).err().unwrap_or_default()
            }

            async fn read(&self, request: tfplugin::ReadRequest) -> tfplugin::ReadResponse {
                read::read(&self.sessions, request).await
            }

            async fn plan(&self, request: tfplugin::PlanRequest) -> tfplugin::PlanResponse {
                plan::plan(&self.sessions, request).await
            }

            async fn apply(&self, request: tfplugin::ApplyRequest) -> tfplugin::ApplyResponse {
                let mut response = apply::apply(&self.sessions, request).await;
                response.diagnostics.extend(self.sessions.events().complaint());
                response
            }

            async fn import(
                &self,
                request: tfplugin::ImportRequest,
            ) -> Result<tfplugin::ImportResponse, tfplugin::Diagnostics> {
                read::import(&self.sessions, request).await
            }
        }
    };
}

pub mod nlb_listener_twin;
pub mod nlb_port_swap;
pub mod node_group_migration;
pub mod route53_shift;
pub mod target_cutover;
pub mod target_group_twin;
pub mod weighted_shift;

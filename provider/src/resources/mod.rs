//! The managed resources: a folder each, with the same files in every one.

/// The resource of a folder: its type's name, and what its files do, through whichever session is configured when it is
/// called. Where one of them fails, what was there before is kept: the state, the proposal, the data beside them.
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
                let kept = (request.state.clone(), request.private.clone());
                read::read(&self.sessions, request).await.unwrap_or_else(|diagnostics| tfplugin::ReadResponse {
                    state: Some(kept.0),
                    private: kept.1,
                    diagnostics,
                })
            }

            async fn plan(&self, request: tfplugin::PlanRequest) -> tfplugin::PlanResponse {
                let fallback = crate::planned::Fallback::of(&request);
                fallback.or(plan::plan(&self.sessions, request).await)
            }

            async fn apply(&self, request: tfplugin::ApplyRequest) -> tfplugin::ApplyResponse {
                let private = request.private.clone();
                let mut response = crate::applied::response(apply::apply(&self.sessions, request).await, private);
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

pub mod external_dns_shift;
pub mod nlb_listener_twin;
pub mod nlb_port_swap;
pub mod node_group_migration;
pub mod route53_shift;
pub mod target_cutover;
pub mod target_group_twin;
pub mod weighted_shift;

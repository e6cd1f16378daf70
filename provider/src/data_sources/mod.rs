//! The data sources: a folder each, with the same files in every one.

/// The data source of a folder: its type's name, and what its files do, through whichever session is configured when it is
/// called.
macro_rules! data_source {
    ($source:ident, $type_name:literal) => {
        /// The data source.
        #[derive(Debug)]
        pub struct $source {
            sessions: crate::session::Sessions,
        }

        impl $source {
            /// The data source, working through whichever session is configured when it is called.
            pub fn new(sessions: crate::session::Sessions) -> Self {
                Self { sessions }
            }
        }

        #[tfplugin::async_trait]
        impl tfplugin::DataSource for $source {
            fn type_name(&self) -> &str {
                $type_name
            }

            fn schema(&self) -> tfplugin::Schema {
                schema::schema()
            }

            async fn validate(&self, config: &tfplugin::Value) -> tfplugin::Diagnostics {
                config::read(config).err().unwrap_or_default()
            }

            async fn read(
                &self,
                config: &tfplugin::Value,
                stop: tfplugin::CancellationToken,
            ) -> Result<(tfplugin::Value, tfplugin::Diagnostics), tfplugin::Diagnostics> {
                read::read(&self.sessions, config, stop).await
            }
        }
    };
}

pub mod preflight;
pub mod routes;
pub mod target_health;
pub mod workloads;

//! `eksmig_preflight`: what would go wrong in a migration, told before it begins.

mod config;
mod read;
mod schema;

use tfplugin::{CancellationToken, DataSource, Diagnostics, Schema, Value, async_trait};

use crate::session::Sessions;

/// The data source.
#[derive(Debug)]
pub struct Preflight {
    sessions: Sessions,
}

impl Preflight {
    /// The data source, working through whichever session is configured when it is called.
    pub fn new(sessions: Sessions) -> Self {
        Self { sessions }
    }
}

#[async_trait]
impl DataSource for Preflight {
    fn type_name(&self) -> &str {
        "eksmig_preflight"
    }

    fn schema(&self) -> Schema {
        schema::schema()
    }

    async fn validate(&self, config: &Value) -> Diagnostics {
        config::read(config).err().unwrap_or_default()
    }

    async fn read(&self, config: &Value, stop: CancellationToken) -> Result<(Value, Diagnostics), Diagnostics> {
        read::read(&self.sessions, config, stop).await
    }
}

//! The provider: its configuration, and THE list of what it offers.

use std::sync::Arc;

use tfplugin::{
    ConfigureRequest, DataSource, Diagnostics, Field, Function, Provider, Resource, Schema, Value, async_trait,
};

use crate::session::Sessions;
use crate::{configuration, data_sources, functions, resources};

/// The provider `eksmig`.
#[derive(Debug)]
pub struct Eksmig {
    sessions: Sessions,
}

impl Eksmig {
    /// A provider that is not configured yet. Makes no client and no call.
    pub fn new() -> Self {
        Self { sessions: Sessions::new() }
    }
}

impl Default for Eksmig {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Provider for Eksmig {
    fn name(&self) -> &str {
        "eksmig"
    }

    fn version(&self) -> &str {
        env!("CARGO_PKG_VERSION")
    }

    fn schema(&self) -> Schema {
        configuration::schema()
    }

    async fn validate(&self, config: &Value) -> Diagnostics {
        configuration::read(config).err().map(Diagnostics::from).unwrap_or_default()
    }

    async fn configure(&self, request: ConfigureRequest) -> Diagnostics {
        match configuration::read(&request.config) {
            Err(error) => return error.into(),
            Ok(Field::Known(config)) => self.sessions.begin(config),
            Ok(Field::Null | Field::Unknown) => {
                self.sessions.postpone(configuration::first_unknown(&request.config));
            }
        }
        self.sessions.events().open()
    }

    fn resources(&self) -> Vec<Arc<dyn Resource>> {
        vec![
            Arc::new(resources::weighted_shift::WeightedShift::new(self.sessions.clone())),
            Arc::new(resources::route53_shift::Route53Shift::new(self.sessions.clone())),
            Arc::new(resources::nlb_port_swap::NlbPortSwap::new(self.sessions.clone())),
            Arc::new(resources::nlb_listener_twin::NlbListenerTwin::new(self.sessions.clone())),
            Arc::new(resources::target_group_twin::TargetGroupTwin::new(self.sessions.clone())),
            Arc::new(resources::node_group_migration::NodeGroupMigration::new(self.sessions.clone())),
            Arc::new(resources::target_cutover::TargetCutover::new(self.sessions.clone())),
        ]
    }

    fn data_sources(&self) -> Vec<Arc<dyn DataSource>> {
        vec![
            Arc::new(data_sources::preflight::Preflight::new(self.sessions.clone())),
            Arc::new(data_sources::routes::Routes::new(self.sessions.clone())),
            Arc::new(data_sources::target_health::TargetHealth::new(self.sessions.clone())),
            Arc::new(data_sources::workloads::Workloads::new(self.sessions.clone())),
        ]
    }

    fn functions(&self) -> Vec<Arc<dyn Function>> {
        vec![
            Arc::new(functions::ramp::Ramp),
            Arc::new(functions::weights::Weights),
            Arc::new(functions::waves::Waves),
            Arc::new(functions::parse_route_arn::ParseRouteArn),
        ]
    }
}

//! The provider's processes of one run of Terraform's, configured to act in a stage's world, and spoken to without it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tfplugin::proto::tfplugin6::provider_client::ProviderClient;
use tfplugin::proto::tfplugin6::{DynamicValue, configure_provider, stop_provider};
use tonic::transport::Channel;

use crate::blocking::wait;
use crate::patience::within;
use crate::plugin_host::PluginHost;
use crate::stage::{Stage, secret_key};

/// Far longer than any run takes to end.
const LIMIT: Duration = Duration::from_secs(120);

/// The processes of one run: Terraform starts one for the walk that plans, and another for the walk that applies.
#[derive(Debug)]
pub struct Providers {
    planning: Process,
    applying: Process,
    stopped: AtomicBool,
}

#[derive(Debug)]
struct Process {
    host: PluginHost,
    client: ProviderClient<Channel>,
}

impl Providers {
    /// Starts providers that act in a stage's world, on a resource of this type.
    pub fn on(stage: &Stage, type_name: &str) -> Self {
        Self::with(stage, type_name, &json!({}))
    }

    /// The same, with these attributes of their configuration besides.
    pub fn with(stage: &Stage, type_name: &str, more: &Value) -> Self {
        stage.workspace.note(type_name);
        let process = || Process::on(stage, more);
        Self { planning: process(), applying: process(), stopped: AtomicBool::new(false) }
    }

    /// The way to the one that plans.
    pub fn planning(&self) -> ProviderClient<Channel> {
        self.planning.client.clone()
    }

    /// The way to the one that applies.
    pub fn applying(&self) -> ProviderClient<Channel> {
        self.applying.client.clone()
    }

    /// Whether they were asked to stop.
    pub fn are_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    /// Kills the one that applies, with no chance to clean up.
    pub fn kill(&self) {
        self.applying.host.signal("KILL");
    }

    /// Asks both to stop. Terraform begins nothing after that.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
        for process in [&self.planning, &self.applying] {
            let stopped = wait(process.client.clone().stop_provider(stop_provider::Request::default())).unwrap();
            assert_eq!(stopped.into_inner().error, "");
        }
    }

    /// The same again and again until a run is over: a call that was on its way when Stop came has not heard it.
    pub fn stop_until(&self, over: &dyn Fn() -> bool) {
        within(LIMIT, || {
            self.stop();
            over().then_some(())
        })
        .unwrap();
    }
}

impl Process {
    fn on(stage: &Stage, more: &Value) -> Self {
        let host = PluginHost::start();
        let endpoint = stage.world.emulator().endpoint();
        let mut config = json!({
            "region": stage.world.region(),
            "access_key": stage.access_key,
            "secret_key": secret_key(&stage.access_key),
            "endpoints": {"elbv2": endpoint, "cloudwatch": endpoint, "route53": endpoint, "apigateway": endpoint,
                          "apigatewayv2": endpoint, "autoscaling": endpoint, "sts": endpoint},
        });
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let config = Some(DynamicValue { json: config.to_string().into_bytes(), ..DynamicValue::default() });
        let client = wait(async {
            let mut client = ProviderClient::new(host.connect().await).max_decoding_message_size(256 << 20);
            let request = configure_provider::Request { config, ..Default::default() };
            assert_eq!(client.configure_provider(request).await.unwrap().into_inner().diagnostics, []);
            client
        });
        Self { host, client }
    }
}

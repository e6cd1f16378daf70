//! Terraform's requests, answered by a provider's traits.
//!
//! A provider's failure is never a gRPC status: Terraform would lose the object. It is a diagnostic, in a response that
//! keeps what was there.

mod call;
mod data_source;
mod dynamic;
mod function;
mod offer;
mod plugin;
mod provider;
mod resource;

use std::sync::Arc;

use tonic::{Request, Response, Status};

use crate::diagnostic::Diagnostics;
use crate::proto::tfplugin6::provider_server::Provider as Rpcs;
use crate::proto::tfplugin6::*;
use crate::provider::Provider;
use call::Calls;
use offer::Offer;
pub(crate) use plugin::{Broker, Controller, Stdio};

/// What one side may send the other at most, in bytes, as in the hosts.
pub(crate) const MAX_MESSAGE: usize = 256 << 20;

/// The service.
pub(crate) struct Server {
    offer: Arc<Offer>,
    calls: Arc<Calls>,
}

impl Server {
    pub(crate) fn new(provider: Arc<dyn Provider>) -> Server {
        Server { offer: Arc::new(Offer::of(provider)), calls: Arc::new(Calls::default()) }
    }

    /// The calls that run, to be told and waited for at the end.
    pub(crate) fn calls(&self) -> Arc<Calls> {
        self.calls.clone()
    }
}

/// Runs a call, and where it fails answers with the diagnostics in the response that `$otherwise` makes of them.
macro_rules! answer {
    ($self:ident, $rpc:literal, $object:expr, $call:expr, $otherwise:expr) => {{
        let object: String = $object.into();
        let offer = $self.offer.clone();
        let answered = $self.calls.run($rpc, object, move |stop| $call(offer, stop)).await;
        Ok(Response::new(answered.unwrap_or_else(|failed: Diagnostics| $otherwise(failed.into_proto()))))
    }};
}

/// What this crate does not list here, it answers with UNIMPLEMENTED: hosts ask those of providers alone whose schema
/// has ephemeral or list resources, actions, state stores or identities.
#[tonic::async_trait]
impl Rpcs for Server {
    async fn get_metadata(
        &self,
        _: Request<get_metadata::Request>,
    ) -> Result<Response<get_metadata::Response>, Status> {
        Ok(Response::new(provider::metadata(&self.offer)))
    }

    async fn get_provider_schema(
        &self,
        _: Request<get_provider_schema::Request>,
    ) -> Result<Response<get_provider_schema::Response>, Status> {
        answer!(
            self,
            "GetProviderSchema",
            "the provider",
            async |offer: Arc<Offer>, _stop| Ok(provider::schema(&offer)),
            |diagnostics| get_provider_schema::Response { diagnostics, ..Default::default() }
        )
    }

    async fn get_resource_identity_schemas(
        &self,
        _: Request<get_resource_identity_schemas::Request>,
    ) -> Result<Response<get_resource_identity_schemas::Response>, Status> {
        Ok(Response::new(Default::default()))
    }

    async fn validate_provider_config(
        &self,
        request: Request<validate_provider_config::Request>,
    ) -> Result<Response<validate_provider_config::Response>, Status> {
        let request = request.into_inner();
        answer!(
            self,
            "ValidateProviderConfig",
            "the provider",
            async |offer: Arc<Offer>, _stop| provider::validate(&offer, request).await,
            |diagnostics| validate_provider_config::Response { diagnostics }
        )
    }

    async fn configure_provider(
        &self,
        request: Request<configure_provider::Request>,
    ) -> Result<Response<configure_provider::Response>, Status> {
        let request = request.into_inner();
        answer!(
            self,
            "ConfigureProvider",
            "the provider",
            async |offer: Arc<Offer>, stop| provider::configure(&offer, request, stop).await,
            |diagnostics| configure_provider::Response { diagnostics }
        )
    }

    async fn stop_provider(
        &self,
        _: Request<stop_provider::Request>,
    ) -> Result<Response<stop_provider::Response>, Status> {
        // The host holds a lock until this is answered, so it waits for nothing.
        tracing::info!("stopping what runs");
        self.calls.stop();
        Ok(Response::new(Default::default()))
    }

    async fn validate_resource_config(
        &self,
        request: Request<validate_resource_config::Request>,
    ) -> Result<Response<validate_resource_config::Response>, Status> {
        let request = request.into_inner();
        answer!(
            self,
            "ValidateResourceConfig",
            &request.type_name,
            async |offer: Arc<Offer>, _stop| resource::validate(&offer, request).await,
            |diagnostics| validate_resource_config::Response { diagnostics }
        )
    }

    async fn upgrade_resource_state(
        &self,
        request: Request<upgrade_resource_state::Request>,
    ) -> Result<Response<upgrade_resource_state::Response>, Status> {
        let request = request.into_inner();
        answer!(
            self,
            "UpgradeResourceState",
            &request.type_name,
            async |offer: Arc<Offer>, _stop| resource::upgrade(&offer, request).await,
            |diagnostics| upgrade_resource_state::Response { diagnostics, ..Default::default() }
        )
    }

    async fn read_resource(
        &self,
        request: Request<read_resource::Request>,
    ) -> Result<Response<read_resource::Response>, Status> {
        let request = request.into_inner();
        let (new_state, private) = (request.current_state.clone(), request.private.clone());
        answer!(
            self,
            "ReadResource",
            &request.type_name,
            async |offer: Arc<Offer>, stop| resource::read(&offer, request, stop).await,
            |diagnostics| read_resource::Response { new_state, private, diagnostics, ..Default::default() }
        )
    }

    async fn plan_resource_change(
        &self,
        request: Request<plan_resource_change::Request>,
    ) -> Result<Response<plan_resource_change::Response>, Status> {
        let request = request.into_inner();
        let planned_private = request.prior_private.clone();
        answer!(
            self,
            "PlanResourceChange",
            &request.type_name,
            async |offer: Arc<Offer>, stop| resource::plan(&offer, request, stop).await,
            |diagnostics| plan_resource_change::Response { planned_private, diagnostics, ..Default::default() }
        )
    }

    async fn apply_resource_change(
        &self,
        request: Request<apply_resource_change::Request>,
    ) -> Result<Response<apply_resource_change::Response>, Status> {
        let request = request.into_inner();
        answer!(
            self,
            "ApplyResourceChange",
            &request.type_name,
            async |offer: Arc<Offer>, stop| resource::apply(&offer, request, stop).await,
            // With an error, no state at all: the host then keeps the prior one and its own copy of the private
            // bytes, which we are not told.
            |diagnostics| apply_resource_change::Response { diagnostics, ..Default::default() }
        )
    }

    async fn import_resource_state(
        &self,
        request: Request<import_resource_state::Request>,
    ) -> Result<Response<import_resource_state::Response>, Status> {
        let request = request.into_inner();
        answer!(
            self,
            "ImportResourceState",
            &request.type_name,
            async |offer: Arc<Offer>, stop| resource::import(&offer, request, stop).await,
            |diagnostics| import_resource_state::Response { diagnostics, ..Default::default() }
        )
    }

    async fn move_resource_state(
        &self,
        request: Request<move_resource_state::Request>,
    ) -> Result<Response<move_resource_state::Response>, Status> {
        let request = request.into_inner();
        answer!(
            self,
            "MoveResourceState",
            &request.target_type_name,
            async |offer: Arc<Offer>, _stop| resource::move_state(&offer, request).await,
            |diagnostics| move_resource_state::Response { diagnostics, ..Default::default() }
        )
    }

    async fn validate_data_resource_config(
        &self,
        request: Request<validate_data_resource_config::Request>,
    ) -> Result<Response<validate_data_resource_config::Response>, Status> {
        let request = request.into_inner();
        answer!(
            self,
            "ValidateDataResourceConfig",
            &request.type_name,
            async |offer: Arc<Offer>, _stop| data_source::validate(&offer, request).await,
            |diagnostics| validate_data_resource_config::Response { diagnostics }
        )
    }

    async fn read_data_source(
        &self,
        request: Request<read_data_source::Request>,
    ) -> Result<Response<read_data_source::Response>, Status> {
        let request = request.into_inner();
        answer!(
            self,
            "ReadDataSource",
            &request.type_name,
            async |offer: Arc<Offer>, stop| data_source::read(&offer, request, stop).await,
            |diagnostics| read_data_source::Response { diagnostics, ..Default::default() }
        )
    }

    async fn get_functions(
        &self,
        _: Request<get_functions::Request>,
    ) -> Result<Response<get_functions::Response>, Status> {
        answer!(
            self,
            "GetFunctions",
            "the provider",
            async |offer: Arc<Offer>, _stop| Ok(function::all(&offer)),
            |diagnostics| get_functions::Response { diagnostics, ..Default::default() }
        )
    }

    async fn call_function(
        &self,
        request: Request<call_function::Request>,
    ) -> Result<Response<call_function::Response>, Status> {
        let request = request.into_inner();
        let offer = self.offer.clone();
        let name = request.name.clone();
        let called = self
            .calls
            .run("CallFunction", name, |_stop| async move { Ok(function::call(&offer, request).await) })
            .await;
        let response = match called {
            Ok(Ok(result)) => call_function::Response { result: Some(result), error: None },
            Ok(Err(error)) => function::failed(error),
            Err(panicked) => function::failed(function::error_from(&panicked)),
        };
        Ok(Response::new(response))
    }
}

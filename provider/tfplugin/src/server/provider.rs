//! Requests about the provider itself.

use tokio_util::sync::CancellationToken;

use super::dynamic;
use super::function;
use super::offer::Offer;
use crate::diagnostic::Diagnostics;
use crate::proto::tfplugin6::{
    ServerCapabilities, configure_provider, get_metadata, get_provider_schema, validate_provider_config,
};
use crate::provider::ConfigureRequest;

fn capabilities() -> ServerCapabilities {
    ServerCapabilities {
        plan_destroy: true,
        get_provider_schema_optional: true,
        move_resource_state: true,
        generate_resource_config: false,
    }
}

pub(super) fn metadata(offer: &Offer) -> get_metadata::Response {
    use get_metadata::{DataSourceMetadata, FunctionMetadata, ResourceMetadata};
    get_metadata::Response {
        server_capabilities: Some(capabilities()),
        diagnostics: offer.clashes.clone().into_proto(),
        data_sources: offer
            .data_sources
            .keys()
            .map(|type_name| DataSourceMetadata { type_name: type_name.clone() })
            .collect(),
        resources: offer.resources.keys().map(|type_name| ResourceMetadata { type_name: type_name.clone() }).collect(),
        functions: offer.functions.keys().map(|name| FunctionMetadata { name: name.clone() }).collect(),
        ..Default::default()
    }
}

pub(super) fn schema(offer: &Offer) -> get_provider_schema::Response {
    get_provider_schema::Response {
        provider: Some(offer.provider.typed().schema.to_proto()),
        resource_schemas: offer
            .resources
            .iter()
            .map(|(name, resource)| (name.clone(), resource.typed().schema.to_proto()))
            .collect(),
        data_source_schemas: offer
            .data_sources
            .iter()
            .map(|(name, data_source)| (name.clone(), data_source.typed().schema.to_proto()))
            .collect(),
        functions: function::protos(offer),
        diagnostics: offer.clashes.clone().into_proto(),
        server_capabilities: Some(capabilities()),
        ..Default::default()
    }
}

pub(super) async fn validate(
    offer: &Offer,
    request: validate_provider_config::Request,
) -> Result<validate_provider_config::Response, Diagnostics> {
    let typed = offer.provider.typed();
    let config = dynamic::read(request.config.as_ref(), &typed.ty, "configuration")?;
    let mut diagnostics = typed.schema.validate(&config, true);
    if !diagnostics.has_errors() {
        diagnostics.extend(offer.provider.item.validate(&config).await);
    }
    Ok(validate_provider_config::Response { diagnostics: typed.schema.anchor(diagnostics).into_proto() })
}

pub(super) async fn configure(
    offer: &Offer,
    request: configure_provider::Request,
    stop: CancellationToken,
) -> Result<configure_provider::Response, Diagnostics> {
    let typed = offer.provider.typed();
    let request = ConfigureRequest {
        config: dynamic::read(request.config.as_ref(), &typed.ty, "configuration")?,
        terraform_version: request.terraform_version,
        stop,
    };
    let diagnostics = offer.provider.item.configure(request).await;
    Ok(configure_provider::Response { diagnostics: typed.schema.anchor(diagnostics).into_proto() })
}

//! Requests about data sources.

use tokio_util::sync::CancellationToken;

use super::dynamic;
use super::offer::Offer;
use crate::diagnostic::Diagnostics;
use crate::proto::tfplugin6::{read_data_source, validate_data_resource_config};

pub(super) async fn validate(
    offer: &Offer,
    request: validate_data_resource_config::Request,
) -> Result<validate_data_resource_config::Response, Diagnostics> {
    let source = offer.data_source(&request.type_name)?;
    let typed = source.typed();
    let config = dynamic::read(request.config.as_ref(), &typed.ty, "configuration")?;
    let mut diagnostics = typed.schema.validate(&config, true);
    if !diagnostics.has_errors() {
        diagnostics.extend(source.item.validate(&config).await);
    }
    Ok(validate_data_resource_config::Response { diagnostics: typed.schema.anchor(diagnostics).into_proto() })
}

pub(super) async fn read(
    offer: &Offer,
    request: read_data_source::Request,
    stop: CancellationToken,
) -> Result<read_data_source::Response, Diagnostics> {
    let source = offer.data_source(&request.type_name)?;
    let typed = source.typed();
    let config = dynamic::read(request.config.as_ref(), &typed.ty, "configuration")?;
    let (state, diagnostics) = source.item.read(&config, stop).await?;
    Ok(read_data_source::Response {
        state: Some(dynamic::write(&typed.schema.fill(state), &typed.ty, "result")?),
        diagnostics: typed.schema.anchor(diagnostics).into_proto(),
        ..Default::default()
    })
}

//! Requests about managed resources.

use tokio_util::sync::CancellationToken;

use super::dynamic;
use super::offer::Offer;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::json;
use crate::path::Path;
use crate::proto::tfplugin6::{
    apply_resource_change, import_resource_state, move_resource_state, plan_resource_change, read_resource,
    upgrade_resource_state, validate_resource_config,
};
use crate::resource::{ApplyRequest, ImportRequest, MoveRequest, PlanRequest, ReadRequest, UpgradeRequest};
use crate::value::Value;

pub(super) async fn validate(
    offer: &Offer,
    request: validate_resource_config::Request,
) -> Result<validate_resource_config::Response, Diagnostics> {
    let resource = offer.resource(&request.type_name)?;
    let typed = resource.typed();
    let config = dynamic::read(request.config.as_ref(), &typed.ty, "configuration")?;
    let write_only = request.client_capabilities.is_some_and(|client| client.write_only_attributes_allowed);
    let mut diagnostics = typed.schema.validate(&config, write_only);
    if !diagnostics.has_errors() {
        diagnostics.extend(resource.item.validate(&config).await);
    }
    Ok(validate_resource_config::Response { diagnostics: typed.schema.anchor(diagnostics).into_proto() })
}

pub(super) async fn upgrade(
    offer: &Offer,
    request: upgrade_resource_state::Request,
) -> Result<upgrade_resource_state::Response, Diagnostics> {
    let resource = offer.resource(&request.type_name)?;
    let typed = resource.typed();
    let stored = dynamic::read_raw(request.raw_state.as_ref())?;
    let state = match u64::try_from(request.version) {
        Ok(version) if version == typed.schema.version() => json::decode(&stored, &typed.ty).map_err(|error| {
            Diagnostic::error("Unreadable state", format!("The stored state does not fit the schema: {error}."))
                .at(error.path)
        })?,
        // Terraform refuses this by itself, and does not ask.
        Ok(version) if version > typed.schema.version() => {
            let detail = format!(
                "The state of this {} has version {version}, and this provider reads up to version {}: a newer version of \
                 the provider wrote it. Upgrade the provider to that version, or a later one; nothing was changed.",
                request.type_name,
                typed.schema.version()
            );
            return Err(Diagnostic::error("State of a newer provider", detail).into());
        }
        Ok(version) => {
            let request = UpgradeRequest { version, state: stored };
            resource.item.upgrade(request).await?
        }
        Err(_) => {
            let what = format!("The stored state has version {}.", request.version);
            return Err(Diagnostic::error("Unreadable state", what).into());
        }
    };
    Ok(upgrade_resource_state::Response {
        upgraded_state: Some(dynamic::write(&typed.schema.fill(state), &typed.ty, "upgraded state")?),
        diagnostics: Vec::new(),
    })
}

/// What a call that changes nothing answers, unless it is to stop and does not heed that itself.
async fn unless_stopped<T>(stop: CancellationToken, answer: impl Future<Output = T>) -> Result<T, Diagnostics> {
    tokio::select! {
        biased;
        answer = answer => Ok(answer),
        () = stop.cancelled() => {
            Err(Diagnostic::error("Stopped", "Terraform was told to stop before this was known.").into())
        }
    }
}

pub(super) async fn read(
    offer: &Offer,
    request: read_resource::Request,
    stop: CancellationToken,
) -> Result<read_resource::Response, Diagnostics> {
    let resource = offer.resource(&request.type_name)?;
    let typed = resource.typed();
    let current = request.current_state;
    let reading = resource.item.read(ReadRequest {
        state: dynamic::read(current.as_ref(), &typed.ty, "state")?,
        private: request.private,
        stop: stop.clone(),
    });
    let answer = unless_stopped(stop, reading).await?;
    let new_state = match answer.state {
        // The object is not gone because we could not see it.
        None if answer.diagnostics.has_errors() => current,
        state => Some(dynamic::write(&typed.schema.fill(state.unwrap_or(Value::Null)), &typed.ty, "state")?),
    };
    Ok(read_resource::Response {
        new_state,
        private: answer.private,
        diagnostics: typed.schema.anchor(answer.diagnostics).into_proto(),
        ..Default::default()
    })
}

pub(super) async fn plan(
    offer: &Offer,
    request: plan_resource_change::Request,
    stop: CancellationToken,
) -> Result<plan_resource_change::Response, Diagnostics> {
    let resource = offer.resource(&request.type_name)?;
    let typed = resource.typed();
    let planning = resource.item.plan(PlanRequest {
        prior: dynamic::read_object(request.prior_state.as_ref(), &typed.ty, "prior state")?,
        proposed: dynamic::read_object(request.proposed_new_state.as_ref(), &typed.ty, "proposed state")?,
        config: dynamic::read_object(request.config.as_ref(), &typed.ty, "configuration")?,
        prior_private: request.prior_private,
        planned_private: request.planned_private,
        store_planned_private: request.client_capabilities.is_some_and(|client| client.store_planned_private),
        stop: stop.clone(),
    });
    let answer = unless_stopped(stop, planning).await?;
    let planned = answer.planned.unwrap_or(Value::Null);
    Ok(plan_resource_change::Response {
        planned_state: Some(dynamic::write(&typed.schema.fill(planned), &typed.ty, "plan")?),
        requires_replace: answer.requires_replace.iter().map(Path::to_proto).collect(),
        planned_private: answer.private,
        diagnostics: typed.schema.anchor(answer.diagnostics).into_proto(),
        ..Default::default()
    })
}

pub(super) async fn apply(
    offer: &Offer,
    request: apply_resource_change::Request,
    stop: CancellationToken,
) -> Result<apply_resource_change::Response, Diagnostics> {
    let resource = offer.resource(&request.type_name)?;
    let typed = resource.typed();
    let planned = dynamic::read_object(request.planned_state.as_ref(), &typed.ty, "plan")?;
    let destroys = planned.is_none();
    let mut answer = resource
        .item
        .apply(ApplyRequest {
            prior: dynamic::read_object(request.prior_state.as_ref(), &typed.ty, "prior state")?,
            planned,
            config: dynamic::read_object(request.config.as_ref(), &typed.ty, "configuration")?,
            private: request.planned_private,
            stop,
        })
        .await;
    let failed = answer.diagnostics.has_errors();
    if answer.state.is_none() && !failed && !destroys {
        answer.diagnostics.push(Diagnostic::error(
            format!("Internal error in {}", request.type_name),
            "It reported success and no object. This is a bug in the provider, please report it.",
        ));
    }
    let state = match answer.state {
        // The host complains of each unknown that is left beside an error; without one, it must hear of it.
        Some(state) if failed => state.unknowns_as_null(),
        Some(state) => state,
        // After an error, null makes the host keep the prior object together with its own copy of the private bytes.
        None => Value::Null,
    };
    let (new_state, diagnostics) = match dynamic::write(&typed.schema.fill(state), &typed.ty, "new state") {
        Ok(state) => (Some(state), answer.diagnostics),
        Err(unfit) => {
            answer.diagnostics.extend(unfit);
            (None, answer.diagnostics)
        }
    };
    Ok(apply_resource_change::Response {
        new_state,
        private: answer.private,
        diagnostics: typed.schema.anchor(diagnostics).into_proto(),
        ..Default::default()
    })
}

pub(super) async fn import(
    offer: &Offer,
    request: import_resource_state::Request,
    stop: CancellationToken,
) -> Result<import_resource_state::Response, Diagnostics> {
    let resource = offer.resource(&request.type_name)?;
    let typed = resource.typed();
    let importing = resource.item.import(ImportRequest { id: request.id, stop: stop.clone() });
    let answer = unless_stopped(stop, importing).await??;
    let imported = import_resource_state::ImportedResource {
        type_name: request.type_name,
        state: Some(dynamic::write(&typed.schema.fill(answer.state), &typed.ty, "imported state")?),
        private: answer.private,
        identity: None,
    };
    Ok(import_resource_state::Response {
        imported_resources: vec![imported],
        diagnostics: typed.schema.anchor(answer.diagnostics).into_proto(),
        ..Default::default()
    })
}

pub(super) async fn move_state(
    offer: &Offer,
    request: move_resource_state::Request,
) -> Result<move_resource_state::Response, Diagnostics> {
    let resource = offer.resource(&request.target_type_name)?;
    let typed = resource.typed();
    let answer = resource
        .item
        .move_state(MoveRequest {
            source_provider_address: request.source_provider_address,
            source_type_name: request.source_type_name,
            source_schema_version: request.source_schema_version,
            source_state: dynamic::read_raw(request.source_state.as_ref())?,
            private: request.source_private,
        })
        .await?;
    Ok(move_resource_state::Response {
        target_state: Some(dynamic::write(&typed.schema.fill(answer.state), &typed.ty, "moved state")?),
        diagnostics: typed.schema.anchor(answer.diagnostics).into_proto(),
        target_private: answer.private,
        target_identity: None,
    })
}

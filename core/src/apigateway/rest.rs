//! Reading and writing REST APIs.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_apigateway::types::{self, ConnectionType, DeploymentCanarySettings, Op, PatchOperation};

use crate::apigateway::change::{NewDeployment, StageChange};
use crate::apigateway::error::Error;
use crate::apigateway::export;
use crate::apigateway::fare::Fare;
use crate::apigateway::integration::{Edit, Integration, Link};
use crate::apigateway::label::Label;
use crate::apigateway::view::{ApiId, Canary, Live, Routes, Stage};
use crate::aws::{self, Aws, Kind, Pages};

/// The most items in a page. (API Gateway API reference: 25 by default, 500 at most.)
const PAGE: i32 = 500;

/// The client, once the budget has room for one call.
async fn client(aws: &Aws, kind: Kind, fare: Fare) -> Result<&aws_sdk_apigateway::Client, aws::Error> {
    let client = aws.apigateway().await?;
    fare.pay(aws, kind).await?;
    Ok(client)
}

/// Every integration of an API, deployed or not.
pub(super) async fn live(aws: &Aws, api: &str, fare: Fare) -> Result<Routes<Live>, Error> {
    const ACTION: &str = "list the resources of REST API";
    let mut routes = Routes::new();
    let mut pages = Pages::new(ACTION, api);
    while let Some(position) = pages.open() {
        let asked =
            client(aws, Kind::Listing, fare).await?.get_resources().rest_api_id(api).embed("methods").limit(PAGE);
        let answer = asked.set_position(position).send().await.map_err(|error| aws::Error::call(ACTION, api, error))?;
        for resource in answer.items.unwrap_or_default() {
            let (Some(id), Some(path)) = (resource.id, resource.path) else { continue };
            for (name, method) in resource.resource_methods.unwrap_or_default() {
                let integration = method.method_integration.map(integration).unwrap_or_default();
                routes.insert(format!("{name} {path}"), Live { handle: (id.clone(), name), integration });
            }
        }
        pages.turn(answer.position)?;
    }
    Ok(routes)
}

fn integration(found: types::Integration) -> Integration {
    let others = [
        ("type", found.r#type.map(|kind| kind.as_str().to_owned())),
        ("httpMethod", found.http_method),
        ("credentials", found.credentials),
        ("requestParameters", export::written(found.request_parameters)),
        ("requestTemplates", export::written(found.request_templates)),
        ("passthroughBehavior", found.passthrough_behavior),
        ("contentHandling", found.content_handling.map(|handling| handling.as_str().to_owned())),
        ("timeoutInMillis", Some(found.timeout_in_millis.to_string())),
        ("responseTransferMode", found.response_transfer_mode.map(|mode| mode.as_str().to_owned())),
    ];
    Integration {
        uri: found.uri.unwrap_or_default(),
        private: found.connection_type == Some(ConnectionType::VpcLink),
        connection_id: found.connection_id,
        target: found.integration_target,
        others: export::normal(others),
    }
}

/// A stage, without what it serves and without what its deployments' descriptions say; none where there is no such stage.
pub(super) async fn stage(aws: &Aws, api: &str, name: &str, fare: Fare) -> Result<Option<Stage>, Error> {
    const ACTION: &str = "read the stage of REST API";
    let asked = client(aws, Kind::Read, fare).await?.get_stage().rest_api_id(api).stage_name(name).send().await;
    let found = match asked.map_err(|error| aws::Error::call(ACTION, format!("{api}, {name}"), error)) {
        Err(error) if error.code() == Some("NotFoundException") => return Ok(None),
        found => found?,
    };
    let variables = |map: Option<HashMap<String, String>>| map.unwrap_or_default().into_iter().collect();
    let deployment = found.deployment_id;
    let canary = found.canary_settings.map(|canary| Canary {
        percent: canary.percent_traffic,
        deployment: canary.deployment_id.or_else(|| deployment.clone()).unwrap_or_default(),
        label: None,
        overrides: variables(canary.stage_variable_overrides),
    });
    Ok(Some(Stage { deployment, variables: variables(found.variables), canary, ..Stage::default() }))
}

/// What a stage serves to those who do not get the canary.
pub(super) async fn served(aws: &Aws, api: &str, stage: &str, fare: Fare) -> Result<Routes<Integration>, Error> {
    const ACTION: &str = "export the stage of REST API";
    let object = format!("{api}, {stage}");
    let asked = client(aws, Kind::Read, fare).await?.get_export().rest_api_id(api).stage_name(stage);
    let asked = asked.export_type("oas30").parameters("extensions", "apigateway").accepts("application/json");
    let answer = asked.send().await.map_err(|error| aws::Error::call(ACTION, object, error))?;
    export::served(ApiId::Rest(api.to_owned()), stage, answer.body)
}

/// What a deployment's description says, where it is ours.
pub(super) async fn label(aws: &Aws, api: &str, deployment: &str, fare: Fare) -> Result<Option<Label>, Error> {
    const ACTION: &str = "read the deployment of REST API";
    let asked = client(aws, Kind::Read, fare).await?.get_deployment().rest_api_id(api).deployment_id(deployment);
    let found = asked.send().await.map_err(|error| aws::Error::call(ACTION, format!("{api}, {deployment}"), error))?;
    Ok(found.description.as_deref().and_then(Label::read))
}

/// The account's VPC links of the first version, by id.
pub(super) async fn links(aws: &Aws, fare: Fare) -> Result<BTreeMap<String, Link>, Error> {
    const ACTION: &str = "list the VPC links of";
    const OBJECT: &str = "the account";
    let mut links = BTreeMap::new();
    let mut pages = Pages::new(ACTION, OBJECT);
    while let Some(position) = pages.open() {
        let asked = client(aws, Kind::Read, fare).await?.get_vpc_links().limit(PAGE).set_position(position);
        let answer = asked.send().await.map_err(|error| aws::Error::call(ACTION, OBJECT, error))?;
        for link in answer.items.unwrap_or_default() {
            let Some(id) = link.id else { continue };
            let targets: BTreeSet<String> = link.target_arns.unwrap_or_default().into_iter().collect();
            let status = link.status.map(|status| status.as_str().to_owned()).unwrap_or_default();
            links.insert(id, Link { targets, status });
        }
        pages.turn(answer.position)?;
    }
    Ok(links)
}

fn operation(op: Op, path: impl Into<String>, value: Option<&str>) -> PatchOperation {
    PatchOperation::builder().op(op).path(path).set_value(value.map(str::to_owned)).build()
}

/// Edits an integration, and of it only what leads it to another side.
pub(super) async fn edit(aws: &Aws, api: &str, live: &Live, edit: &Edit, fare: Fare) -> Result<(), Error> {
    const ACTION: &str = "edit the integration of REST API";
    let (resource, method) = &live.handle;
    let uri = edit.uri.as_deref().map(|uri| operation(Op::Replace, "/uri", Some(uri)));
    let target = edit.target.as_deref().map(|target| operation(Op::Replace, "/integrationTarget", Some(target)));
    let operations: Vec<PatchOperation> = uri.into_iter().chain(target).collect();
    if operations.is_empty() {
        return Ok(());
    }
    let asked = client(aws, Kind::Write, fare).await?.update_integration().rest_api_id(api);
    let asked = asked.resource_id(resource).http_method(method).set_patch_operations(Some(operations));
    let object = format!("{api}, resource {resource}, method {method}");
    asked.send().await.map_err(|error| aws::Error::call(ACTION, object, error))?;
    Ok(())
}

/// Deploys the whole API onto a stage, or onto its canary; the deployment's id.
pub(super) async fn deploy(
    aws: &Aws,
    api: &str,
    stage: &str,
    wanted: &NewDeployment,
    fare: Fare,
) -> Result<String, Error> {
    const ACTION: &str = "deploy REST API";
    let object = format!("{api} to stage {stage}");
    let canary = wanted.canary.as_ref().map(|canary| {
        DeploymentCanarySettings::builder()
            .percent_traffic(canary.percent)
            .set_stage_variable_overrides(Some(canary.overrides.clone().into_iter().collect()))
            .use_stage_cache(false)
            .build()
    });
    let asked = client(aws, Kind::Deployment, fare).await?.create_deployment().rest_api_id(api).stage_name(stage);
    let asked = asked.description(wanted.label.to_string()).set_canary_settings(canary);
    let made = asked.send().await.map_err(|error| aws::Error::call(ACTION, &object, error))?;
    made.id.ok_or_else(|| {
        aws::Error::Answer { action: ACTION, object, reason: "it names no deployment".to_owned() }.into()
    })
}

/// Changes a stage, in one call.
pub(super) async fn change(
    aws: &Aws,
    api: &str,
    stage: &str,
    changes: &[StageChange],
    fare: Fare,
) -> Result<(), Error> {
    const ACTION: &str = "change the stage of REST API";
    let overrides = "/canarySettings/stageVariableOverrides";
    let operations = changes.iter().map(|change| match change {
        StageChange::Deployment(id) => operation(Op::Replace, "/deploymentId", Some(id)),
        StageChange::Variable { name, value } => operation(Op::Replace, format!("/variables/{name}"), Some(value)),
        StageChange::Percent(percent) => {
            operation(Op::Replace, "/canarySettings/percentTraffic", Some(&percent.to_string()))
        }
        StageChange::Override { name, value } => operation(Op::Replace, format!("{overrides}/{name}"), Some(value)),
        StageChange::DropOverride(name) => operation(Op::Remove, format!("{overrides}/{name}"), None),
        StageChange::TakeCanarysDeployment => {
            PatchOperation::builder().op(Op::Copy).from("/canarySettings/deploymentId").path("/deploymentId").build()
        }
        StageChange::RemoveCanary => operation(Op::Remove, "/canarySettings", None),
    });
    let asked = client(aws, Kind::Write, fare).await?.update_stage().rest_api_id(api).stage_name(stage);
    let asked = asked.set_patch_operations(Some(operations.collect()));
    asked.send().await.map_err(|error| aws::Error::call(ACTION, format!("{api}, {stage}"), error))?;
    Ok(())
}

//! Reading and writing HTTP APIs.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_apigatewayv2::types::{self, ConnectionType, DeploymentStatus};

use crate::apigateway::change::{NewDeployment, StageChange};
use crate::apigateway::error::Error;
use crate::apigateway::export;
use crate::apigateway::fare::Fare;
use crate::apigateway::integration::{Edit, Integration};
use crate::apigateway::label::Label;
use crate::apigateway::view::{ApiId, Live, Routes, Stage};
use crate::aws::{self, Aws, Kind, Pages};

/// The client, once the budget has room for one call.
async fn client(aws: &Aws, kind: Kind, fare: Fare) -> Result<&aws_sdk_apigatewayv2::Client, aws::Error> {
    let client = aws.apigatewayv2().await?;
    fare.pay(aws, kind).await?;
    Ok(client)
}

/// Every route of an API that has an integration, with it. Several routes may have the same.
pub(super) async fn live(aws: &Aws, api: &str, fare: Fare) -> Result<Routes<Live>, Error> {
    let integrations = integrations(aws, api, fare).await?;
    const ACTION: &str = "list the routes of HTTP API";
    let mut routes = Routes::new();
    let mut pages = Pages::new(ACTION, api);
    while let Some(token) = pages.open() {
        let asked = client(aws, Kind::Read, fare).await?.get_routes().api_id(api).max_results("500");
        let answer = asked.set_next_token(token).send().await.map_err(|error| aws::Error::call(ACTION, api, error))?;
        for route in answer.items.unwrap_or_default() {
            let Some(key) = route.route_key else { continue };
            let id = route.target.as_deref().and_then(|target| target.strip_prefix("integrations/"));
            let Some((id, integration)) = id.and_then(|id| integrations.get_key_value(id)) else { continue };
            let handle = (id.clone(), String::new());
            routes.insert(key, Live { handle, integration: integration.clone() });
        }
        pages.turn(answer.next_token)?;
    }
    Ok(routes)
}

/// The ids of the account's HTTP APIs.
pub(super) async fn apis(aws: &Aws, fare: Fare) -> Result<Vec<String>, aws::Error> {
    const ACTION: &str = "list the HTTP APIs of";
    const OBJECT: &str = "the account";
    let mut apis = Vec::new();
    let mut pages = Pages::new(ACTION, OBJECT);
    while let Some(token) = pages.open() {
        let asked = client(aws, Kind::Read, fare).await?.get_apis().max_results("500").set_next_token(token);
        let answer = asked.send().await.map_err(|error| aws::Error::call(ACTION, OBJECT, error))?;
        let http = |api: &types::Api| api.protocol_type == Some(types::ProtocolType::Http);
        apis.extend(answer.items.unwrap_or_default().into_iter().filter(http).filter_map(|api| api.api_id));
        pages.turn(answer.next_token)?;
    }
    Ok(apis)
}

/// The integrations of an HTTP API, by id.
pub(super) async fn integrations(
    aws: &Aws,
    api: &str,
    fare: Fare,
) -> Result<BTreeMap<String, Integration>, aws::Error> {
    const ACTION: &str = "list the integrations of HTTP API";
    let mut integrations = BTreeMap::new();
    let mut pages = Pages::new(ACTION, api);
    while let Some(token) = pages.open() {
        let asked = client(aws, Kind::Read, fare).await?.get_integrations().api_id(api).max_results("500");
        let answer = asked.set_next_token(token).send().await.map_err(|error| aws::Error::call(ACTION, api, error))?;
        for mut found in answer.items.unwrap_or_default() {
            let Some(id) = found.integration_id.take() else { continue };
            integrations.insert(id, integration(found));
        }
        pages.turn(answer.next_token)?;
    }
    Ok(integrations)
}

fn integration(found: types::Integration) -> Integration {
    let others = [
        ("type", found.integration_type.map(|kind| kind.as_str().to_owned())),
        ("httpMethod", found.integration_method),
        ("credentials", found.credentials_arn),
        ("requestParameters", export::written(found.request_parameters)),
        ("timeoutInMillis", found.timeout_in_millis.map(|timeout| timeout.to_string())),
        ("payloadFormatVersion", found.payload_format_version),
    ];
    Integration {
        uri: found.integration_uri.unwrap_or_default(),
        private: found.connection_type == Some(ConnectionType::VpcLink),
        connection_id: found.connection_id,
        target: None,
        others: export::normal(others),
    }
}

/// The stages asked for, without what they serve, and the names of the others that deploy by themselves.
pub(super) async fn stages(
    aws: &Aws,
    api: &str,
    names: &BTreeSet<String>,
    fare: Fare,
) -> Result<(BTreeMap<String, Stage>, Vec<String>), Error> {
    const ACTION: &str = "list the stages of HTTP API";
    let (mut stages, mut also_deployed) = (BTreeMap::new(), Vec::new());
    let mut pages = Pages::new(ACTION, api);
    while let Some(token) = pages.open() {
        let asked = client(aws, Kind::Read, fare).await?.get_stages().api_id(api).max_results("500");
        let answer = asked.set_next_token(token).send().await.map_err(|error| aws::Error::call(ACTION, api, error))?;
        for found in answer.items.unwrap_or_default() {
            let Some(name) = found.stage_name else { continue };
            let automatic = found.auto_deploy == Some(true);
            if names.contains(&name) {
                let refusal = found.last_deployment_status_message.filter(|text| text.contains("failed"));
                let stage = Stage {
                    deployment: found.deployment_id,
                    variables: found.stage_variables.unwrap_or_default().into_iter().collect(),
                    automatic,
                    unfinished: refusal.filter(|_| automatic),
                    ..Stage::default()
                };
                stages.insert(name, stage);
            } else if automatic {
                also_deployed.push(name);
            }
        }
        pages.turn(answer.next_token)?;
    }
    Ok((stages, also_deployed))
}

/// What a stage serves.
pub(super) async fn served(aws: &Aws, api: &str, stage: &str, fare: Fare) -> Result<Routes<Integration>, Error> {
    const ACTION: &str = "export the stage of HTTP API";
    let object = format!("{api}, {stage}");
    let asked = client(aws, Kind::Read, fare).await?.export_api().api_id(api).stage_name(stage);
    let asked = asked.specification("OAS30").output_type("JSON").include_extensions(true);
    let answer = asked.send().await.map_err(|error| aws::Error::call(ACTION, object, error))?;
    export::served(ApiId::Http(api.to_owned()), stage, answer.body)
}

/// What a deployment's description says, where it is ours, and why it is not there yet or failed.
pub(super) async fn deployment(
    aws: &Aws,
    api: &str,
    deployment: &str,
    fare: Fare,
) -> Result<(Option<Label>, Option<String>), Error> {
    const ACTION: &str = "read the deployment of HTTP API";
    let asked = client(aws, Kind::Read, fare).await?.get_deployment().api_id(api).deployment_id(deployment);
    let found = asked.send().await.map_err(|error| aws::Error::call(ACTION, format!("{api}, {deployment}"), error))?;
    let unfinished = match &found.deployment_status {
        None | Some(DeploymentStatus::Deployed) => None,
        Some(status) => {
            let message = found.deployment_status_message.unwrap_or_default();
            Some(format!("deployment {deployment} is {} {message}", status.as_str()).trim_end().to_owned())
        }
    };
    Ok((found.description.as_deref().and_then(Label::read), unfinished))
}

/// Edits an integration, and of it only what leads it to another side.
pub(super) async fn edit(aws: &Aws, api: &str, live: &Live, edit: &Edit, fare: Fare) -> Result<(), Error> {
    const ACTION: &str = "edit the integration of HTTP API";
    let Some(uri) = &edit.uri else { return Ok(()) };
    let (id, _) = &live.handle;
    let asked = client(aws, Kind::Write, fare).await?.update_integration().api_id(api).integration_id(id);
    let asked = asked.integration_uri(uri);
    asked.send().await.map_err(|error| aws::Error::call(ACTION, format!("{api}, {id}"), error))?;
    Ok(())
}

/// Deploys the whole API onto a stage that does not deploy by itself; the deployment's id.
pub(super) async fn deploy(
    aws: &Aws,
    api: &str,
    stage: &str,
    wanted: &NewDeployment,
    fare: Fare,
) -> Result<String, Error> {
    const ACTION: &str = "deploy HTTP API";
    let object = format!("{api} to stage {stage}");
    let asked = client(aws, Kind::Deployment, fare).await?.create_deployment().api_id(api).stage_name(stage);
    let made = asked.description(wanted.label.to_string()).send().await;
    let made = made.map_err(|error| aws::Error::call(ACTION, &object, error))?;
    made.deployment_id.ok_or_else(|| {
        aws::Error::Answer { action: ACTION, object, reason: "it names no deployment".to_owned() }.into()
    })
}

/// Changes a stage, in one call. Of a canary's changes it makes none, for there is none.
pub(super) async fn change(
    aws: &Aws,
    api: &str,
    stage: &str,
    changes: &[StageChange],
    fare: Fare,
) -> Result<(), Error> {
    const ACTION: &str = "change the stage of HTTP API";
    let mut asked = client(aws, Kind::Write, fare).await?.update_stage().api_id(api).stage_name(stage);
    for change in changes {
        asked = match change {
            StageChange::Deployment(id) => asked.deployment_id(id),
            StageChange::Variable { name, value } => asked.stage_variables(name, value),
            _ => asked,
        };
    }
    asked.send().await.map_err(|error| aws::Error::call(ACTION, format!("{api}, {stage}"), error))?;
    Ok(())
}

//! How the stages are now, for a refresh and for an import.

use std::collections::BTreeSet;

use eksmig_core::apigateway::ApiId;
use eksmig_core::apigateway::port_swap::{PortSwap, Swap, Undeployed};
use eksmig_core::aws::{Port, PortPair};
use eksmig_core::elb::{ListenerArn, PortPairError};
use eksmig_core::share::Share;
use tfplugin::{Diagnostic, Diagnostics, ImportRequest, ImportResponse, ReadRequest, ReadResponse, Value};

use super::config::{self, Place};
use super::state;
use crate::drain;
use crate::notices;
use crate::private::Private;
use crate::report;
use crate::saved::Status;
use crate::session::{Session, Sessions};

/// The swap of a place, between listeners as they are now.
///
/// # Errors
///
/// Why the listeners are no pair.
pub async fn swap(session: &Session, place: &Place, undeployed: Undeployed) -> Result<(PortSwap, Swap), Diagnostic> {
    same_region(session, place).await?;
    let pair = session.reader.port_pair(&place.blue, &place.green).await;
    let swap = described(place, pair.map_err(|error| report::swaps::no_pair(&error))?, undeployed);
    Ok((PortSwap::new(session.desk.clone(), swap.clone()), swap))
}

/// The listener and the port of the side that gets nothing at a share of 0 or 100.
pub fn idle<'a>(place: &'a Place, pair: &'a PortPair, target: Share) -> (&'a ListenerArn, &'a Port) {
    if target == Share::BLUE { (&place.green, &pair.green) } else { (&place.blue, &pair.blue) }
}

/// A listener of another region cannot be reached by this provider, and there it would seem not to exist.
async fn same_region(session: &Session, place: &Place) -> Result<(), Diagnostic> {
    session.reaches("Listener", "blue_listener_arn", [(place.blue.as_str(), place.blue.region())]).await
}

fn described(place: &Place, pair: PortPair, undeployed: Undeployed) -> Swap {
    Swap { api: place.api.clone(), stages: place.stages.clone(), pair, routes: place.routes.clone(), undeployed }
}

/// Refreshes a state.
pub async fn read(sessions: &Sessions, request: ReadRequest) -> Result<ReadResponse, Diagnostics> {
    let ReadRequest { mut state, private, .. } = request;
    let session = sessions.needed()?;
    let written = config::read(&state)?;
    let Some(place) = written.place.known() else {
        return Err(notices::DAMAGED_STATE.says("The state names no API, stages or listeners.").into());
    };
    same_region(&session, &place).await?;
    let pair = match session.reader.port_pair(&place.blue, &place.green).await {
        Ok(pair) => pair,
        Err(PortPairError::Unread(error)) => return Err(report::unread(&error).into()),
        // Blue's listener goes when the migration is over, and then the swap itself: that must not stand in its way.
        Err(error) => {
            let diagnostics = report::softened(report::swaps::no_pair(&error)).into();
            return Ok(ReadResponse { state: Some(state), private, diagnostics });
        }
    };
    let swap = described(&place, pair, Undeployed::default());
    let sights = match PortSwap::new(session.desk.clone(), swap).sights().await {
        Ok(sights) => sights,
        Err(error) if error.is_not_found() => return Ok(ReadResponse::default()),
        Err(error) => return Err(report::swaps::unread(&error).into()),
    };
    let stages = state::seen(sights);
    if stages.is_empty() {
        return Ok(ReadResponse::default());
    }
    let mut private = Private::read(&private)?;
    let saved = state::saved_stages(&state)?;
    if saved.iter().any(|(name, stage)| stages.get(name).is_some_and(|now| now.share != stage.share)) {
        drain::forget(&mut state, &mut private);
    }
    state::write_stages(&mut state, &stages);
    Ok(ReadResponse { state: Some(state), private: private.bytes(), diagnostics: Diagnostics::default() })
}

/// Takes over an API that leads to one of the listeners.
pub async fn import(sessions: &Sessions, request: ImportRequest) -> Result<ImportResponse, Diagnostics> {
    let place = parse(&request.id)?;
    let session = sessions.needed()?;
    let (swap, _) = swap(&session, &place, Undeployed::default()).await?;
    let standings = swap.look().await.map_err(|refusal| report::swaps::at_plan(&refusal))?;
    let stages = state::stages(&standings);
    let id = |api: Option<&str>| api.map_or(Value::Null, Value::from);
    let (rest, http) = match &place.api {
        ApiId::Rest(rest) => (Some(rest.as_str()), None),
        ApiId::Http(http) => (None, Some(http.as_str())),
    };
    let names = |names: &BTreeSet<String>| Value::set(names.iter().map(String::as_str).collect::<Vec<_>>());
    let mut state = Value::object([
        ("rest_api_id", id(rest)),
        ("http_api_id", id(http)),
        ("stage_names", names(&place.stages)),
        ("blue_listener_arn", Value::from(place.blue.as_str())),
        ("green_listener_arn", Value::from(place.green.as_str())),
        ("routes", if place.routes.is_empty() { Value::Null } else { names(&place.routes) }),
        ("id", Value::from(state::id(&place))),
        ("schedule", Value::list::<Value>([])),
        ("minimum_duration", Value::from("0s")),
        ("status", Value::from(Status::Settled.as_str())),
    ]);
    state::write_stages(&mut state, &stages);
    state.set_attr("green_weight", state.attr("observed_green_weight").clone());
    state::write_baseline(&mut state, None, &stages);
    let private = Private { unfinished_create: Some(false), ..Private::default() };
    Ok(ImportResponse { state, private: private.bytes(), diagnostics: Diagnostics::default() })
}

fn parse(id: &str) -> Result<Place, Diagnostics> {
    let refuse = |why: String| {
        let detail = format!(
            "{id:?} is not an import id: {why}. It is rest:API_ID|STAGE[,STAGE...]|BLUE_LISTENER_ARN|GREEN_LISTENER_ARN, \
             http: for an HTTP API, and |ROUTE[,ROUTE...] after it where routes is set."
        );
        Diagnostics::from(notices::INVALID_IMPORT_ID.says(detail))
    };
    let parts: Vec<&str> = id.split('|').map(str::trim).collect();
    let (api, stages, blue, green, routes) = match parts.as_slice() {
        [api, stages, blue, green] => (*api, *stages, *blue, *green, ""),
        [api, stages, blue, green, routes] => (*api, *stages, *blue, *green, *routes),
        _ => return Err(refuse(format!("it has {} parts between bars", parts.len()))),
    };
    let api = match api.split_once(':') {
        Some(("rest", id)) => ApiId::Rest(id.to_owned()),
        Some(("http", id)) => ApiId::Http(id.to_owned()),
        _ => return Err(refuse(format!("{api:?} begins with neither rest: nor http:"))),
    };
    let names = |text: &str| -> BTreeSet<String> {
        text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
    };
    let listener = |text: &str| ListenerArn::parse(text).map_err(|error| refuse(error.to_string()));
    let place =
        Place { api, stages: names(stages), blue: listener(blue)?, green: listener(green)?, routes: names(routes) };
    if place.stages.is_empty() || place.blue == place.green {
        return Err(refuse("it names no stage, or one listener twice".to_owned()));
    }
    Ok(place)
}

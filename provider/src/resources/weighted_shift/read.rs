//! How the routes are now, for a refresh and for an import.

use std::collections::{BTreeMap, BTreeSet};

use eksmig_core::elb::RouteArn;
use eksmig_core::elb::forward::Pair;
use eksmig_core::elb::weighted_shift::{Position, Sight, WeightedShift};
use eksmig_core::elb::{ArnError, TargetGroupArn};
use eksmig_core::share::Weights;
use tfplugin::{Diagnostic, Diagnostics, ImportRequest, ImportResponse, ReadRequest, ReadResponse, Value};

use super::config::{self, Config};
use super::state;
use crate::drain;
use crate::notices;
use crate::private::Private;
use crate::report;
use crate::saved::{self, Status};
use crate::session::{Session, Sessions};

/// The shift that a configuration describes.
pub fn shift(session: &Session, config: &Config) -> WeightedShift {
    shift_of(session, config.pair.clone(), config.routes.clone())
}

fn shift_of(session: &Session, pair: Pair, routes: BTreeSet<RouteArn>) -> WeightedShift {
    WeightedShift::new(session.reader.clone(), session.writer.clone(), pair, routes)
}

/// A listener of another region cannot be reached by this provider, and there it would seem not to exist.
pub async fn same_region(session: &Session, routes: &BTreeSet<RouteArn>) -> Result<(), Diagnostic> {
    session.reaches("Route", "route_arns", routes.iter().map(|route| (route.as_str(), route.region()))).await
}

/// Refreshes a state.
pub async fn read(sessions: &Sessions, request: ReadRequest) -> Result<ReadResponse, Diagnostics> {
    let ReadRequest { mut state, private, .. } = request;
    let mut private = Private::read(&private)?;
    let session = sessions.needed()?;
    let written = config::read(&state)?;
    let (Some(pair), Some(routes)) = (written.pair.known(), written.routes.known()) else {
        return Err(notices::DAMAGED_STATE.says("The state names no routes or target groups.").into());
    };
    same_region(&session, &routes).await?;
    let sights = shift_of(&session, pair, routes).look().await.map_err(|error| report::unread(&error))?;
    if sights.values().all(|sight| *sight == Sight::Missing) {
        return Ok(ReadResponse::default());
    }
    let position = position(sights);
    if saved::moved(&state::position(&state, &private)?, &position) {
        drain::forget(&mut state, &mut private);
    }
    state::write_position(&mut state, &position);
    private.note_strangers(&position);
    Ok(ReadResponse { state: Some(state), private: private.bytes(), diagnostics: Diagnostics::default() })
}

/// What is there: a route that is gone is left out, one that forwards to neither side has no weights.
fn position(sights: BTreeMap<RouteArn, Sight>) -> Position {
    let weights = |sight| match sight {
        Sight::Missing => None,
        Sight::Foreign(_) => Some(Weights::default()),
        Sight::Seen(seen) => Some(seen.weights),
    };
    sights.into_iter().filter_map(|(route, sight)| Some((route, weights(sight)?))).collect()
}

/// Takes over routes that forward to both target groups already.
pub async fn import(sessions: &Sessions, request: ImportRequest) -> Result<ImportResponse, Diagnostics> {
    let (routes, pair) = parse(&request.id)?;
    let session = sessions.needed()?;
    same_region(&session, &routes).await?;
    let shift = shift_of(&session, pair.clone(), routes.clone());
    let sights = shift.look().await.map_err(|error| report::unread(&error))?;
    let position = eksmig_core::elb::weighted_shift::position(sights).map_err(|refusal| report::at_plan(&refusal))?;

    let mut private = Private { unfinished_create: Some(false), ..Private::default() };
    private.note_strangers(&position);
    let arns = |arns: Vec<&str>| Value::set(arns);
    let mut state = Value::object([
        ("route_arns", arns(routes.iter().map(RouteArn::as_str).collect())),
        ("blue_target_group_arn", Value::from(pair.blue.as_str())),
        ("green_target_group_arn", Value::from(pair.green.as_str())),
        ("green_weight", saved::observed(&position)),
        ("id", Value::from(state::id(&pair))),
        ("schedule", Value::list::<Value>([])),
        ("minimum_duration", Value::from("0s")),
        ("baseline", saved::weights(&position)),
        ("status", Value::from(Status::Settled.as_str())),
    ]);
    state::write_position(&mut state, &position);
    Ok(ImportResponse { state, private: private.bytes(), diagnostics: Diagnostics::default() })
}

fn parse(id: &str) -> Result<(BTreeSet<RouteArn>, Pair), Diagnostics> {
    let refuse = |why: String| {
        let detail = format!(
            "{id:?} is not an import id: {why}. It is ROUTE_ARN[,ROUTE_ARN...]|BLUE_TARGET_GROUP_ARN|GREEN_TARGET_GROUP_ARN."
        );
        Diagnostics::from(notices::INVALID_IMPORT_ID.says(detail))
    };
    let parts: Vec<&str> = id.split('|').collect();
    let [routes, blue, green] = parts.as_slice() else {
        return Err(refuse(format!("it has {} parts between bars", parts.len())));
    };
    let explain = |error: ArnError| refuse(error.to_string());
    let routes = routes.split(',').map(|route| RouteArn::parse(route.trim())).collect::<Result<_, _>>();
    let pair = Pair {
        blue: TargetGroupArn::parse(blue.trim()).map_err(explain)?,
        green: TargetGroupArn::parse(green.trim()).map_err(explain)?,
    };
    if pair.blue == pair.green {
        return Err(refuse("blue and green are the same target group".to_owned()));
    }
    Ok((routes.map_err(explain)?, pair))
}

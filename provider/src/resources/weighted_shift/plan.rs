//! What an apply would do: weights before and after, the steps, and what would go wrong.
//!
//! Terraform plans again inside the apply and wants the same known values. So the plan of an update comes from the
//! refreshed prior state, and that of a create from the configuration alone; the live world only adds warnings.

use std::collections::{BTreeMap, BTreeSet};

use eksmig_core::elb::RouteArn;
use eksmig_core::elb::forward::{self, Idle};
use eksmig_core::elb::weighted_shift::{self as core, Position, Sight};
use eksmig_core::engine::gate::{Side, Sides};
use eksmig_core::schedule::Schedule;
use eksmig_core::share::Share;
use tfplugin::{Diagnostic, Diagnostics, Field, Path, PlanRequest, PlanResponse, Value};

use super::config::{self, Config, Written};
use super::state::{self, Private, Status};
use crate::blocks::policy::OnDestroy;
use crate::report;
use crate::session::{Session, Sessions};

/// The computed attributes that an apply finds out.
const FOUND_OUT: [&str; 3] = ["routes", "observed_green_weight", "baseline"];

/// Plans a create, an update or a destroy.
pub async fn plan(sessions: &Sessions, request: PlanRequest) -> PlanResponse {
    let fallback = (request.proposed.clone(), request.prior_private.clone());
    match planned(sessions, request).await {
        Ok(response) => response,
        Err(diagnostics) => {
            PlanResponse { planned: fallback.0, private: fallback.1, diagnostics, ..Default::default() }
        }
    }
}

async fn planned(sessions: &Sessions, request: PlanRequest) -> Result<PlanResponse, Diagnostics> {
    let PlanRequest { prior, proposed, config, prior_private, planned_private, .. } = request;
    let (Some(proposed), Some(config)) = (proposed, config) else {
        return destroy(prior.as_ref(), prior_private);
    };
    let written = config::read(&config)?;
    match prior {
        None => {
            let reviewed_before = !planned_private.is_empty();
            let private = Private::read(if reviewed_before { &planned_private } else { &prior_private })?;
            create(sessions, proposed, written, private, reviewed_before).await
        }
        Some(prior) => update(sessions, prior, proposed, written, Private::read(&prior_private)?).await,
    }
}

async fn create(
    sessions: &Sessions,
    mut planned: Value,
    written: Written,
    mut private: Private,
    reviewed_before: bool,
) -> Result<PlanResponse, Diagnostics> {
    for name in FOUND_OUT {
        planned.set_attr(name, Value::unknown());
    }
    planned.set_attr("status", Value::unknown());
    set_id(&mut planned, &written);
    let from_zero = match (&written.ramp, &written.target) {
        (Field::Known(ramp), Field::Known(target)) => Some(Schedule::new(ramp, &[Share::BLUE], *target)),
        _ => None,
    };
    set_schedule(&mut planned, from_zero.as_ref());

    let mut diagnostics = Diagnostics::default();
    if let (Some(session), Some(config)) = (sessions.known(), written.known()) {
        claim(&session, &private, &config)?;
        let sights = sights(&session, &config).await?;
        let position = core::position(sights.clone()).map_err(|refusal| report::at_plan(&refusal))?;
        if !reviewed_before {
            private.note_reviewed(&position);
        }
        diagnostics.extend(report::already_shifted(&position, config.target));
        diagnostics.extend(warnings(&session, &config, &sights, &position).await?);
    }
    Ok(PlanResponse { planned: Some(planned), private: private.bytes(), diagnostics, ..Default::default() })
}

async fn update(
    sessions: &Sessions,
    prior: Value,
    mut planned: Value,
    written: Written,
    private: Private,
) -> Result<PlanResponse, Diagnostics> {
    let requires_replace: Vec<Path> = ["blue_target_group_arn", "green_target_group_arn"]
        .into_iter()
        .filter(|name| prior.attr(name) != planned.attr(name))
        .map(|name| Path::root().attr(name))
        .collect();
    set_id(&mut planned, &written);
    let before = state::position(&prior, &private)?;
    let session = sessions.known();
    let known = written.known();
    let same_routes = known.as_ref().is_some_and(|config| config.routes == names(&prior));

    let mut diagnostics = Diagnostics::default();
    let Some(config) = known.filter(|_| requires_replace.is_empty() && same_routes) else {
        for name in FOUND_OUT {
            planned.set_attr(name, Value::unknown());
        }
        planned.set_attr("status", Value::unknown());
        set_schedule(&mut planned, None);
        return Ok(PlanResponse { planned: Some(planned), requires_replace, private: private.bytes(), diagnostics });
    };
    if let Some(gone) = config.routes.iter().find(|route| !before.contains_key(*route)) {
        return Err(report::at_plan(&core::Refusal::Missing(gone.clone())).into());
    }
    if let Some(session) = &session {
        claim(session, &private, &config)?;
        same_region(session, &config).await?;
    }

    let refuse = |unmovable: core::Unmovable| Diagnostics::from(report::at_plan(&unmovable.into()));
    let way = core::itinerary(&before, config.target, &config.ramp, config.idle).map_err(refuse)?;
    if !way.steps.is_empty() {
        let schedule = core::schedule(&before, config.target, &config.ramp).map_err(refuse)?;
        let mut after = before.clone();
        for step in &way.steps {
            after = weights_after(&after, &step.goal).map_err(refuse)?;
        }
        state::write_position(&mut planned, &after);
        set_schedule(&mut planned, Some(&schedule));
        if let Some(session) = &session {
            let sights = sights(session, &config).await?;
            diagnostics.extend(warnings(session, &config, &sights, &before).await?);
        }
    }
    planned.set_attr("status", Status::Settled.as_str());
    Ok(PlanResponse { planned: Some(planned), requires_replace, private: private.bytes(), diagnostics })
}

fn destroy(prior: Option<&Value>, private: Vec<u8>) -> Result<PlanResponse, Diagnostics> {
    let mut diagnostics = Diagnostics::default();
    if let Some(prior) = prior {
        let unfinished = Private::read(&private)?.unfinished_create;
        let on_destroy = config::read(prior)?.on_destroy.known().unwrap_or_default();
        let on_destroy = if unfinished { OnDestroy::Keep } else { on_destroy };
        diagnostics.extend(report::destroying(prior, on_destroy, unfinished));
    }
    Ok(PlanResponse { planned: None, private, diagnostics, ..Default::default() })
}

/// The routes that a state was written for.
fn names(state: &Value) -> BTreeSet<RouteArn> {
    config::read(state).ok().and_then(|written| written.routes.known()).unwrap_or_default()
}

fn set_id(planned: &mut Value, written: &Written) {
    match (&written.routes, &written.pair) {
        (Field::Known(routes), Field::Known(pair)) => planned.set_attr("id", state::id(routes, pair)),
        _ => planned.set_attr("id", Value::unknown()),
    }
}

fn set_schedule(planned: &mut Value, schedule: Option<&Schedule>) {
    let value = |make: fn(&Schedule) -> Value| schedule.map(make).unwrap_or(Value::unknown());
    planned.set_attr("schedule", value(state::schedule));
    planned.set_attr("minimum_duration", value(state::minimum_duration));
}

/// The weights after a step, exactly as the apply will write them.
fn weights_after(now: &Position, goal: &core::Goal) -> Result<Position, core::Unmovable> {
    now.iter()
        .map(|(route, weights)| {
            let share = goal.shares.get(route).copied().unwrap_or(Share::BLUE);
            forward::wanted(weights, share, goal.idle)
                .map(|weights| (route.clone(), weights))
                .map_err(|source| core::Unmovable { route: route.clone(), source })
        })
        .collect()
}

fn claim(session: &Session, private: &Private, config: &Config) -> Result<(), Diagnostic> {
    session.claims.claim(&private.token, &config.routes, &config.pair).map_err(|conflict| report::claimed(&conflict))
}

/// A listener of another region cannot be reached by this provider.
async fn same_region(session: &Session, config: &Config) -> Result<(), Diagnostic> {
    let region = session.aws.region().await.map_err(|error| report::unreachable(&error))?;
    let stray = config.routes.iter().find(|route| route.region() != region);
    stray.map_or(Ok(()), |stray| Err(report::other_region(stray, &region)))
}

/// What is seen of the routes, shared with every other resource of this run.
async fn sights(session: &Session, config: &Config) -> Result<BTreeMap<RouteArn, Sight>, Diagnostic> {
    same_region(session, config).await?;
    super::read::shift(session, config).look().await.map_err(|error| report::unread(&error))
}

/// Warns of what the change would meet. Asks AWS only where a share would rise.
async fn warnings(
    session: &Session,
    config: &Config,
    sights: &BTreeMap<RouteArn, Sight>,
    now: &Position,
) -> Result<Diagnostics, Diagnostics> {
    let refuse = |unmovable: core::Unmovable| Diagnostics::from(report::at_plan(&unmovable.into()));
    let way = core::itinerary(now, config.target, &config.ramp, config.idle).map_err(refuse)?;
    let rising = Sides {
        blue: way.steps.iter().any(|step| step.rising.blue),
        green: way.steps.iter().any(|step| step.rising.green),
    };
    let mut warnings = Diagnostics::default();
    for side in rising.iter() {
        let (target_group, attribute) = match side {
            Side::Blue => (&config.pair.blue, "blue_target_group_arn"),
            Side::Green => (&config.pair.green, "green_target_group_arn"),
        };
        let path = Path::root().attr(attribute);
        match session.reader.target_health(target_group).await {
            Err(error) if error.is_not_found() => return Err(report::no_target_group(target_group, path).into()),
            Err(error) => warnings.push(report::health_unread(side, target_group, &error, path)),
            Ok(health) => warnings.extend(report::unhealthy(side, target_group, &health, path)),
        }
    }
    if rising != Sides::NONE {
        warnings.extend(owners(session, config).await);
        warnings.extend(report::sticky(sights, config.idle == Idle::Drop));
    }
    Ok(warnings)
}

/// Controllers that would take the change back.
async fn owners(session: &Session, config: &Config) -> Vec<Diagnostic> {
    let mut arns: BTreeSet<String> = BTreeSet::new();
    for route in &config.routes {
        arns.insert(route.as_str().to_owned());
        arns.insert(route.load_balancer_arn().as_str().to_owned());
    }
    match session.reader.tags(&arns).await {
        Ok(tags) => report::controlled(&tags),
        Err(error) => vec![report::tags_unread(&error)],
    }
}

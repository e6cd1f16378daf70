//! What an apply would do: shares before and after, the steps, and what would go wrong.
//!
//! As for every shift, the plan of an update comes from the refreshed prior state, and that of a create from the
//! configuration alone; the live world only refuses and warns.

use std::collections::BTreeSet;
use std::time::Duration;

use eksmig_core::aws::Port;
use eksmig_core::drain::Wait;
use eksmig_core::elb::{Fare, TargetGroupArn};
use eksmig_core::engine::gate::{Side, Sides};
use eksmig_core::engine::shift::Position;
use eksmig_core::schedule::Schedule;
use eksmig_core::share::{Share, Weights};
use tfplugin::{Diagnostic, Diagnostics, Path, PlanRequest, PlanResponse, Value};

use super::config::{Config, Place, Written};
use super::read::{idle, swap};
use super::state::{self, Stage};
use crate::blocks::course::least;
use crate::drain;
use crate::notices;
use crate::planned::{self, Create, Update};
use crate::private::Private;
use crate::report;
use crate::saved::{self, Status};
use crate::session::{Session, Sessions};

/// The computed attributes that an apply finds out.
const FOUND_OUT: [&str; 7] =
    ["drained_at", "stages", "observed_green_weight", "baseline", "status", "schedule", "minimum_duration"];
/// The attributes that make it another swap.
const IDENTITY: [&[&str]; 6] = [
    &["rest_api_id"],
    &["http_api_id"],
    &["stage_names"],
    &["blue_listener_arn"],
    &["green_listener_arn"],
    &["routes"],
];

/// Plans a create, an update or a destroy.
pub async fn plan(sessions: &Sessions, request: PlanRequest) -> Result<PlanResponse, Diagnostics> {
    planned::plan(request, |asked| create(sessions, asked), |asked| update(sessions, asked)).await
}

async fn create(sessions: &Sessions, asked: Create<Written>) -> Result<PlanResponse, Diagnostics> {
    let Create { mut planned, written, mut private, reviewed_before } = asked;
    planned::leave_open(&mut planned, &FOUND_OUT);
    if let (Some(schedule), Some(least)) = (written.course.schedule_from_zero(), written.course.drain_from_zero()) {
        write_schedule(&mut planned, &schedule, least);
    }
    let mut diagnostics = Diagnostics::default();
    if let (Some(session), Some(config)) = (sessions.known(), written.known()) {
        claim(&session, &private, &config.place)?;
        let seen = look(&session, &config, config.course.drain, &mut diagnostics).await?;
        if !reviewed_before {
            private.note_reviewed(&seen);
        }
        diagnostics.extend(report::already_shifted(&seen, config.course.aim.target));
    }
    Ok(PlanResponse { planned: Some(planned), private: private.bytes(), diagnostics, ..Default::default() })
}

async fn update(sessions: &Sessions, asked: Update<Written>) -> Result<PlanResponse, Diagnostics> {
    let Update { prior, mut planned, written, private } = asked;
    let requires_replace = planned::replaced(&prior, &planned, &IDENTITY);
    let mut diagnostics = Diagnostics::default();
    let Some(config) = written.known().filter(|_| requires_replace.is_empty()) else {
        planned::leave_open(&mut planned, &FOUND_OUT);
        return Ok(PlanResponse { planned: Some(planned), requires_replace, private: private.bytes(), diagnostics });
    };
    let session = sessions.known();
    if let Some(session) = &session {
        claim(session, &private, &config.place)?;
    }
    let before = state::saved_stages(&prior)?;
    let placed = config.place.stages.iter().all(|name| before.get(name).is_some_and(|stage| stage.share.is_some()));
    let aim = &config.course.aim;
    let shares: Vec<Share> = before.values().filter_map(|stage| stage.share).collect();
    let schedule = Schedule::new(&aim.ramp, &shares, aim.target);
    let leftover = !aim.target.is_split() && before.values().any(|stage| stage.leftover.is_some());
    let moves = !placed || !schedule.steps.is_empty();
    let wait = drain::due(&prior, &config.course, moves);
    drain::plan(&mut planned, wait, moves);
    if let Some(session) = &session
        && (moves || leftover || wait.is_some())
    {
        // Where a stage is not as the swap needs it, this says why.
        look(session, &config, wait, &mut diagnostics).await?;
    }
    if moves || leftover || wait.is_some() {
        write_schedule(&mut planned, &schedule, least(wait));
    }
    if moves || leftover {
        let after = Stage { share: Some(aim.target), leftover: None };
        let names = config.place.stages.iter();
        state::write_stages(&mut planned, &names.map(|name| (name.clone(), after.clone())).collect());
    }
    planned.set_attr("status", Status::Settled.as_str());
    Ok(PlanResponse { planned: Some(planned), requires_replace, private: private.bytes(), diagnostics })
}

fn write_schedule(planned: &mut Value, schedule: &Schedule, drain: Duration) {
    planned.set_attr("schedule", saved::schedule(schedule));
    planned.set_attr("minimum_duration", saved::minimum_duration(schedule, Duration::ZERO, drain));
}

fn claim(session: &Session, private: &Private, place: &Place) -> Result<(), Diagnostic> {
    let routes =
        if place.routes.is_empty() { BTreeSet::from(["every route".to_owned()]) } else { place.routes.clone() };
    let places = place.stages.iter().flat_map(|stage| {
        let api = &place.api;
        routes.iter().map(move |route| format!("{route} on stage {stage} of {api}"))
    });
    let sides = [place.blue.as_str(), place.green.as_str()];
    session.claims.claim(&private.token, places, sides).map_err(|conflict| report::swaps::claimed(&conflict))
}

/// Where the stages stand, with what would go wrong put to the diagnostics.
async fn look(
    session: &Session,
    config: &Config,
    wait: Option<Wait>,
    diagnostics: &mut Diagnostics,
) -> Result<Position<String>, Diagnostics> {
    let (swap, described) = swap(session, &config.place, config.undeployed).await?;
    let aim = &config.course.aim;
    let plan = swap.plan(aim.target, &aim.ramp).await.map_err(|refusal| report::swaps::at_plan(&refusal))?;
    if !session.applies() {
        for (stage, edits) in &plan.undeployed {
            diagnostics.push(report::swaps::undeployed(&config.place.api, stage, edits, config.undeployed));
        }
        let rising = plan.schedule.steps.iter().fold(Sides::NONE, |sides, step| Sides {
            blue: sides.blue || step.rising.blue,
            green: sides.green || step.rising.green,
        });
        for side in rising.iter() {
            let port = if side == Side::Blue { &described.pair.blue } else { &described.pair.green };
            diagnostics.extend(unhealthy(session, side, port).await?);
        }
        let (listener, port) = idle(&config.place, &described.pair, aim.target);
        let side = drain::side::of_port(listener, port);
        diagnostics.extend(drain::warnings(session, &config.course, wait, side).await);
    }
    let shares = plan.now.into_iter();
    Ok(shares.map(|(stage, standing)| (stage, Weights::of(standing.share))).collect())
}

/// Warns of target groups that could not answer.
async fn unhealthy(session: &Session, side: Side, port: &Port) -> Result<Vec<Diagnostic>, Diagnostics> {
    let mut warnings = Vec::new();
    for arn in &port.target_groups {
        let attribute = if side == Side::Blue { "blue_listener_arn" } else { "green_listener_arn" };
        let path = Path::root().attr(attribute);
        let group = TargetGroupArn::parse(arn).map_err(|error| {
            notices::TARGET_GROUP_NOT_READABLE.says(format!("{}: {error}.", port.listener)).at(path.clone())
        })?;
        match session.reader.target_health(&group, Fare::InLine).await {
            Err(error) => warnings.push(report::health_unread(side, &group, &error, path)),
            Ok(health) => warnings.extend(report::unhealthy(side, &group, &health, path)),
        }
    }
    Ok(warnings)
}

//! What an apply would do: weights before and after, the steps, and what would go wrong.
//!
//! As for every shift, the plan of an update comes from the refreshed prior state, and that of a create from the
//! configuration alone; the live world only refuses and warns.

use std::time::Duration;

use eksmig_core::engine::gate::Side;
use eksmig_core::engine::shift::{final_position, itinerary, schedule};
use eksmig_core::external_dns::{ExternalDnsShift, Look, Objects, Refusal};
use eksmig_core::route53::RecordType;
use eksmig_core::route53::record_shift;
use tfplugin::{Diagnostic, Diagnostics, PlanRequest, PlanResponse, Value};

use super::config::{self, Config, Written};
use super::{read, state};
use crate::blocks::kept;
use crate::clusters::NoCluster;
use crate::planned::{self, Create, Update};
use crate::private::Private;
use crate::report::{self, clusters, external_dns as words};
use crate::saved::{self, Status};
use crate::session::{Session, Sessions};

/// The computed attributes that an apply finds out.
const FOUND_OUT: [&str; 9] = [
    "annotations",
    "records",
    "observed_green_weight",
    "ttl_seconds",
    "effective_at",
    "baseline",
    "status",
    "schedule",
    "minimum_duration",
];
/// The attributes, and attributes of attributes, that make it another shift.
const IDENTITY: [&[&str]; 12] = [
    &["zone_id"],
    &["name"],
    &["blue", "cluster"],
    &["blue", "kind"],
    &["blue", "namespace"],
    &["blue", "name"],
    &["blue", "set_identifier"],
    &["green", "cluster"],
    &["green", "kind"],
    &["green", "namespace"],
    &["green", "name"],
    &["green", "set_identifier"],
];

/// Plans a create, an update or a destroy.
pub async fn plan(sessions: &Sessions, request: PlanRequest) -> Result<PlanResponse, Diagnostics> {
    planned::plan(request, |asked| create(sessions, asked), |asked| update(sessions, asked)).await
}

async fn create(sessions: &Sessions, asked: Create<Written>) -> Result<PlanResponse, Diagnostics> {
    let Create { mut planned, written, mut private, reviewed_before } = asked;
    planned::leave_open(&mut planned, &FOUND_OUT);
    if let Some(schedule) = written.course.schedule_from_zero() {
        planned.set_attr("schedule", saved::schedule(&schedule));
    }
    let mut diagnostics = Diagnostics::default();
    if let (Some(session), Some(config)) = (sessions.known(), written.known()) {
        claim(&session, &private, &config)?;
        if let Some((shift, look)) = look(&session, &config).await? {
            if !reviewed_before {
                private.note_reviewed(&look.position);
            }
            diagnostics.extend(report::already_shifted(&look.position, config.course.aim.target));
            diagnostics.extend(warnings(&session, &config, &shift, &look).await);
        }
    }
    Ok(PlanResponse { planned: Some(planned), private: private.bytes(), diagnostics, ..Default::default() })
}

async fn update(sessions: &Sessions, asked: Update<Written>) -> Result<PlanResponse, Diagnostics> {
    let Update { prior, mut planned, written, private } = asked;
    let requires_replace = planned::replaced(&prior, &planned, &IDENTITY);
    let mut diagnostics = Diagnostics::default();
    let known = written.known().filter(|_| requires_replace.is_empty());
    let Some(config) = known else {
        planned::leave_open(&mut planned, &FOUND_OUT);
        return Ok(PlanResponse { planned: Some(planned), requires_replace, private: private.bytes(), diagnostics });
    };
    let before = state::position(&prior, &private)?;
    let records = saved::position(&prior, "records", &private, RecordType::parse)?;
    let aim = &config.course.aim;
    let impossible = |unmovable| refuse(Refusal::Unmovable(unmovable));
    let way = itinerary::<Objects>(&before, aim).map_err(impossible)?;
    let after = final_position::<Objects>(&before, aim).map_err(impossible)?;
    let will: record_shift::Position =
        records.keys().flat_map(|kind| after.values().map(|weights| (*kind, weights.clone()))).collect();
    let moves = !way.steps.is_empty();
    if let Some(session) = sessions.known() {
        claim(&session, &private, &config)?;
        if moves && let Some((shift, look)) = look(&session, &config).await? {
            diagnostics.extend(warnings(&session, &config, &shift, &look).await);
        }
    }
    if moves || will != records {
        let schedule = schedule::<Objects>(&before, aim).map_err(impossible)?;
        kept::write_schedule(&mut planned, &schedule, kept::ttl(&prior), Duration::ZERO);
        state::write_position(&mut planned, &after, &will);
        planned.set_attr("effective_at", Value::unknown());
    }
    planned.set_attr("status", Status::Settled.as_str());
    Ok(PlanResponse { planned: Some(planned), requires_replace, private: private.bytes(), diagnostics })
}

fn refuse(refusal: Refusal) -> Diagnostics {
    words::at_plan(&refusal)
}

fn claim(session: &Session, private: &Private, config: &Config) -> Result<(), Diagnostic> {
    let names = &config.names;
    let place = format!("{} in zone {}", names.name, names.zone_id);
    let sides = [names.places.blue.set_identifier.as_str(), names.places.green.set_identifier.as_str()];
    let claimed = session.claims.claim(&private.token, std::iter::once(place), sides);
    claimed.map_err(|conflict| words::claimed(&conflict))
}

/// Where everything stands, with what stands in the way as errors; none where a cluster is not known yet, as in a plan that
/// also makes it.
async fn look(session: &Session, config: &Config) -> Result<Option<(ExternalDnsShift, Look)>, Diagnostics> {
    let shift = match read::shift(session, &config.names, config.force_conflicts) {
        Ok(shift) => shift,
        Err((_, NoCluster::Unknown { .. })) => return Ok(None),
        Err((side, missing)) => return Err(clusters::missing(&missing, &config::cluster_path(side)).into()),
    };
    let look = shift.look().await.map_err(refuse)?;
    shift.way(&look, &config.course.aim).map_err(refuse)?;
    shift.free(&look, &config.course.aim).map_err(refuse)?;
    Ok(Some((shift, look)))
}

/// What to warn of: other names that move as well, who may take weights back, and sides that are to rise and are not healthy
/// or not watched.
async fn warnings(session: &Session, config: &Config, shift: &ExternalDnsShift, look: &Look) -> Vec<Diagnostic> {
    let mut warnings: Vec<Diagnostic> = words::moves_more(look).into_iter().collect();
    if session.applies() {
        // The gates ask then.
        return warnings;
    }
    warnings.extend(words::kept_in_git(shift, look));
    let Ok(way) = itinerary::<Objects>(&look.position, &config.course.aim) else { return warnings };
    let gate = config.course.gate.record_health(session, read::records(session, look));
    let rising = |side: &Side| way.steps.iter().any(|step| step.rising.contains(*side));
    for side in [Side::Blue, Side::Green].into_iter().filter(rising) {
        warnings.extend(report::records::fitness(&gate, side, config.course.gate.asks_the_service()).await);
    }
    warnings
}

//! What an apply would do: weights before and after, the steps, and what would go wrong.
//!
//! As for every shift, the plan of an update comes from the refreshed prior state, and that of a create from the
//! configuration alone; the live world only refuses and warns.

use eksmig_core::drain::Wait;
use eksmig_core::engine::gate::Side;
use eksmig_core::engine::itinerary::Itinerary;
use eksmig_core::engine::shift::{Goal, Unmovable, final_position, itinerary, schedule};
use eksmig_core::route53::record_shift::{self as core, Position, RecordShift, Refusal, Types};
use eksmig_core::route53::{GroupError, RecordType};
use tfplugin::{Diagnostic, Diagnostics, PlanRequest, PlanResponse, Value};

use super::config::{Config, ExternalDns, Written};
use super::read::shift;
use super::state;
use crate::blocks::course::least;
use crate::blocks::kept;
use crate::drain;
use crate::planned::{self, Create, Update};
use crate::private::Private;
use crate::report;
use crate::saved::{self, Status};
use crate::session::{Session, Sessions};

/// The computed attributes that an apply finds out.
const FOUND_OUT: [&str; 10] = [
    "drained_at",
    "records",
    "observed_green_weight",
    "answers",
    "ttl_seconds",
    "effective_at",
    "baseline",
    "status",
    "schedule",
    "minimum_duration",
];
/// The attributes, and attributes of attributes, that make it another shift.
const IDENTITY: [&[&str]; 5] =
    [&["zone_id"], &["name"], &["types"], &["blue", "set_identifier"], &["green", "set_identifier"]];

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
        let shift = shift(&session, &config.records);
        let (position, warnings) = look(&shift, &config).await?;
        let way = shift.way(&position, &config.course.aim).map_err(refuse)?;
        if !reviewed_before {
            private.note_reviewed(&position);
        }
        diagnostics.extend(report::already_shifted(&position, config.course.aim.target));
        diagnostics.extend(warnings);
        diagnostics.extend(unfit(&session, &config, &shift, &way).await);
        diagnostics.extend(drain_warnings(&session, &config, &shift, config.course.drain).await?);
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
    if let Some(gone) = config.records.types.iter().find(|kind| !before.contains_key(*kind)) {
        return Err(refuse(Unmovable { at: *gone, source: GroupError::Missing }.into()));
    }
    let session = sessions.known();
    if let Some(session) = &session {
        claim(session, &private, &config)?;
    }
    let (aim, impossible) = (&config.course.aim, |unmovable: Unmovable<Types>| refuse(unmovable.into()));
    let way = itinerary::<Types>(&before, aim).map_err(impossible)?;
    let schedule = schedule::<Types>(&before, aim).map_err(impossible)?;
    let moves = !schedule.steps.is_empty();
    let wait = drain::due(&prior, &config.course, moves);
    drain::plan(&mut planned, wait, moves);
    if !way.steps.is_empty() || wait.is_some() {
        kept::write_schedule(&mut planned, &schedule, kept::ttl(&prior), least(wait));
    }
    if let Some(session) = &session {
        let shift = shift(session, &state::with_answers(config.records.clone(), Some(&prior))?);
        diagnostics.extend(drain_warnings(session, &config, &shift, wait).await?);
    }
    if !way.steps.is_empty() {
        let after = final_position::<Types>(&before, aim).map_err(impossible)?;
        state::write_position(&mut planned, &after);
        planned.set_attr("effective_at", Value::unknown());
        if sides(&after) != sides(&before) {
            planned.set_attr("answers", Value::unknown());
        }
        if let Some(session) = &session {
            let shift = shift(session, &state::with_answers(config.records.clone(), Some(&prior))?);
            diagnostics.extend(look(&shift, &config).await?.1);
            let way = shift.way(&before, aim).map_err(refuse)?;
            diagnostics.extend(unfit(session, &config, &shift, &way).await);
        }
    }
    planned.set_attr("status", Status::Settled.as_str());
    Ok(PlanResponse { planned: Some(planned), requires_replace, private: private.bytes(), diagnostics })
}

async fn drain_warnings(
    session: &Session,
    config: &Config,
    shift: &RecordShift,
    wait: Option<Wait>,
) -> Result<Vec<Diagnostic>, Diagnostics> {
    if wait.is_none() || session.applies() {
        return Ok(Vec::new());
    }
    let (sights, _) = shift.look().await.map_err(|error| report::records::unread(&error))?;
    let side = drain::side::of_records(&core::answers(&sights), shift.seen(), config.course.aim.target);
    Ok(drain::warnings(session, &config.course, wait, side).await)
}

/// Which sides have a record, type by type.
fn sides(position: &Position) -> Vec<(bool, bool)> {
    position.values().map(|weights| (weights.blue.is_some(), weights.green.is_some())).collect()
}

fn refuse(refusal: Refusal) -> Diagnostics {
    report::records::at_plan(&refusal).into()
}

fn claim(session: &Session, private: &Private, config: &Config) -> Result<(), Diagnostic> {
    let records = &config.records;
    let places = records.types.iter().map(|kind| state::place(records, *kind));
    let sides = [records.pair.blue.as_str(), records.pair.green.as_str()];
    session.claims.claim(&private.token, places, sides).map_err(|conflict| report::records::claimed(&conflict))
}

/// Where the records stand, from a listing shared with every other resource of this run, and what to warn of.
async fn look(shift: &RecordShift, config: &Config) -> Result<(Position, Vec<Diagnostic>), Diagnostics> {
    let (sights, owner) = shift.look().await.map_err(|error| report::records::unread(&error))?;
    let mut warnings = report::records::uneven(&sights);
    let position = core::position(sights).map_err(refuse)?;
    match owner {
        Some(owner) if config.external_dns == ExternalDns::Refuse => Err(report::records::owned(&owner).into()),
        owner => {
            warnings.extend(owner.iter().map(report::records::overridden));
            Ok((position, warnings))
        }
    }
}

/// Warns of sides that are to rise and are not healthy, or that nothing watches.
async fn unfit(
    session: &Session,
    config: &Config,
    shift: &RecordShift,
    way: &Itinerary<Goal<RecordType>>,
) -> Vec<Diagnostic> {
    if session.applies() {
        // The gates ask then.
        return Vec::new();
    }
    let gate = config.course.gate.record_health(session, shift.clone());
    let mut warnings = Vec::new();
    for side in [Side::Blue, Side::Green] {
        if !way.steps.iter().any(|step| step.rising.contains(side)) {
            continue;
        }
        warnings.extend(report::records::fitness(&gate, side, config.course.gate.asks_the_service()).await);
    }
    warnings
}

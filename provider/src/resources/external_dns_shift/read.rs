//! How the objects and records are now, for a refresh and for an import.

use std::time::Duration;

use eksmig_core::engine::both::Both;
use eksmig_core::engine::gate::Side;
use eksmig_core::external_dns::{self as core, ExternalDnsShift, Kind, Look, ObjectRef};
use eksmig_core::route53::record_shift::RecordShift;
use eksmig_core::route53::{Pair, RecordName};
use tfplugin::{Diagnostic, Diagnostics, ImportRequest, ImportResponse, ReadRequest, ReadResponse, Value};

use super::config::{self, Names, Place};
use super::state;
use crate::blocks::kept;
use crate::clusters::NoCluster;
use crate::notices;
use crate::private::Private;
use crate::report::{clusters, external_dns as report};
use crate::saved::{self, Status};
use crate::session::{Session, Sessions};

/// The shift of these names.
///
/// # Errors
///
/// A cluster that the provider's block does not have, or does not know how to reach yet.
pub fn shift(session: &Session, names: &Names, force_conflicts: bool) -> Result<ExternalDnsShift, (Side, NoCluster)> {
    let place = |side: Side| {
        let Place { cluster, object, given, .. } = names.places.of(side).clone();
        let cluster = session.clusters.get(&cluster).map_err(|missing| (side, missing))?;
        Ok(core::Place { cluster, object, given })
    };
    let pair =
        Pair { blue: names.places.blue.set_identifier.clone(), green: names.places.green.set_identifier.clone() };
    let moved = core::Names {
        zone_id: names.zone_id.clone(),
        name: names.name.clone(),
        pair,
        places: Both { blue: place(Side::Blue)?, green: place(Side::Green)? },
        force_conflicts,
    };
    Ok(ExternalDnsShift::new(session.annotations.clone(), session.record_reader.clone(), session.clock.clone(), moved))
}

/// As [`shift`], where nothing can be done without the clusters.
///
/// # Errors
///
/// A cluster that is missing or not known yet.
pub fn shift_needed(session: &Session, names: &Names, force_conflicts: bool) -> Result<ExternalDnsShift, Diagnostic> {
    shift(session, names, force_conflicts)
        .map_err(|(side, missing)| clusters::missing(&missing, &config::cluster_path(side)))
}

/// The records that were looked at, for gates that ask what they lead to.
pub fn records(session: &Session, look: &Look) -> RecordShift {
    let (reader, writer) = (session.record_reader.clone(), session.record_writer.clone());
    RecordShift::new(reader, writer, session.clock.clone(), look.moved.clone())
}

/// Refreshes a state.
pub async fn read(sessions: &Sessions, request: ReadRequest) -> Result<ReadResponse, Diagnostics> {
    let ReadRequest { mut state, private, .. } = request;
    let session = sessions.needed()?;
    let Some(names) = config::read(&state)?.names.known() else {
        return Err(notices::DAMAGED_STATE.says("The state names no objects.").into());
    };
    let shift = shift_needed(&session, &names, false)?;
    let look = match shift.look().await {
        Ok(look) => look,
        Err(refusal) if report::is_gone(&refusal) => return Ok(ReadResponse::default()),
        Err(refusal) => return Err(report::at_plan(&refusal)),
    };
    let kept = Private::read(&private)?;
    if look.position != state::position(&state, &kept)? || look.ttl != kept::ttl(&state) {
        // Someone wrote them since, and nobody knows when.
        kept::write_effective_at(&mut state, shift.found_effective_at(look.ttl));
    }
    kept::write_ttl(&mut state, look.ttl);
    state::write_position(&mut state, &look.position, &look.records);
    Ok(ReadResponse { state: Some(state), private, diagnostics: Diagnostics::default() })
}

/// Takes over objects that are a weighted pair already.
pub async fn import(sessions: &Sessions, request: ImportRequest) -> Result<ImportResponse, Diagnostics> {
    let (written, names) = parse(&request.id)?;
    let session = sessions.needed()?;
    let shift = shift_needed(&session, &names, false)?;
    let look = shift.look().await.map_err(|refusal| report::at_plan(&refusal))?;
    let private = Private { unfinished_create: Some(false), ..Private::default() };
    let side = |place: &Place| {
        Value::object([
            ("cluster", Value::from(place.cluster.as_str())),
            ("kind", Value::from(place.object.kind.as_str())),
            ("namespace", Value::from(place.object.namespace.as_str())),
            ("name", Value::from(place.object.name.as_str())),
            ("set_identifier", Value::from(place.set_identifier.as_str())),
        ])
    };
    let mut state = Value::object([
        ("zone_id", Value::from(names.zone_id.as_str())),
        ("name", Value::from(written.as_str())),
        ("blue", side(&names.places.blue)),
        ("green", side(&names.places.green)),
        ("green_weight", saved::observed(&look.position)),
        ("id", Value::from(state::id(&names))),
        ("schedule", Value::list::<Value>([])),
        ("minimum_duration", Value::from(crate::blocks::duration::text(Duration::ZERO))),
        ("baseline", saved::weights(&look.position)),
        ("status", Value::from(Status::Settled.as_str())),
    ]);
    state::write_position(&mut state, &look.position, &look.records);
    kept::write_ttl(&mut state, look.ttl);
    kept::write_effective_at(&mut state, shift.found_effective_at(look.ttl));
    Ok(ImportResponse { state, private: private.bytes(), diagnostics: Diagnostics::default() })
}

/// What an import id names, and the name as it is written there.
fn parse(id: &str) -> Result<(String, Names), Diagnostics> {
    let refuse = |why: String| {
        let detail = format!(
            "{id:?} is not an import id: {why}. It is ZONE_ID|NAME|BLUE|GREEN, each side as \
             CLUSTER/KIND/NAMESPACE/NAME/SET_IDENTIFIER."
        );
        Diagnostics::from(notices::INVALID_IMPORT_ID.says(detail))
    };
    let parts: Vec<&str> = id.split('|').map(str::trim).collect();
    let [zone_id, name, blue, green] = parts.as_slice() else {
        return Err(refuse(format!("it has {} parts between bars", parts.len())));
    };
    let place = |text: &str| {
        let parts: Vec<&str> = text.splitn(5, '/').collect();
        let [cluster, kind, namespace, name, set_identifier] = parts.as_slice() else {
            return Err(refuse(format!("{text:?} has {} parts between slashes", parts.len())));
        };
        let kind = Kind::parse(kind).ok_or_else(|| refuse(format!("{kind:?} is no kind that can be shifted")))?;
        let object = ObjectRef { kind, namespace: (*namespace).to_owned(), name: (*name).to_owned() };
        let (cluster, set_identifier) = ((*cluster).to_owned(), (*set_identifier).to_owned());
        Ok(Place { cluster, object, set_identifier, given: None })
    };
    let places = Both { blue: place(blue)?, green: place(green)? };
    if places.blue.set_identifier == places.green.set_identifier {
        return Err(refuse("blue and green are not two set identifiers".to_owned()));
    }
    let parsed = RecordName::parse(name).map_err(|error| refuse(error.to_string()))?;
    Ok(((*name).to_owned(), Names { zone_id: (*zone_id).to_owned(), name: parsed, places }))
}

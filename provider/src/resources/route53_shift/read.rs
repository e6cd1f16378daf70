//! How the records are now, for a refresh and for an import.

use std::collections::{BTreeMap, BTreeSet};

use eksmig_core::route53::record_shift::{self as core, Position, RecordShift, Records, Sight};
use eksmig_core::route53::{GroupError, Pair, RecordName, RecordType};
use eksmig_core::share::Weights;
use tfplugin::{Diagnostics, ImportRequest, ImportResponse, ReadRequest, ReadResponse, Value};

use super::{config, state};
use crate::blocks::kept;
use crate::drain;
use crate::notices;
use crate::private::Private;
use crate::report;
use crate::saved::{self, Status};
use crate::session::{Session, Sessions};

/// The shift of these records.
pub fn shift(session: &Session, records: &Records) -> RecordShift {
    let (reader, writer) = (session.record_reader.clone(), session.record_writer.clone());
    RecordShift::new(reader, writer, session.clock.clone(), records.clone())
}

/// Refreshes a state.
pub async fn read(sessions: &Sessions, request: ReadRequest) -> Result<ReadResponse, Diagnostics> {
    let ReadRequest { mut state, private, .. } = request;
    let mut private = Private::read(&private)?;
    let session = sessions.needed()?;
    let Some(records) = config::read(&state)?.records.known() else {
        return Err(notices::DAMAGED_STATE.says("The state names no records.").into());
    };
    let records = state::with_answers(records, Some(&state))?;
    let sights = match shift(&session, &records).look().await {
        Ok((sights, _)) => sights,
        Err(error) if error.code() == Some("NoSuchHostedZone") => return Ok(ReadResponse::default()),
        Err(error) => return Err(report::records::unread(&error).into()),
    };
    if sights.values().all(|sight| *sight == Sight::Foreign(GroupError::Missing)) {
        return Ok(ReadResponse::default());
    }
    let answers = core::answers(&sights);
    let ttl = core::ttl(&sights);
    let position = position(sights);
    if saved::moved(&state::position(&state, &private)?, &position) {
        drain::forget(&mut state, &mut private);
    }
    if let Some(ttl) = ttl {
        kept::write_ttl(&mut state, ttl);
        if position != state::position(&state, &private)? {
            // Someone wrote them since, and nobody knows when.
            kept::write_effective_at(&mut state, shift(&session, &records).found_effective_at(ttl));
        }
    }
    state::write_answers(&mut state, &answers);
    state::write_position(&mut state, &position);
    private.note_strangers(&position);
    Ok(ReadResponse { state: Some(state), private: private.bytes(), diagnostics: Diagnostics::default() })
}

/// What is there: a type without records is left out, one that is no weighted pair has no weights.
fn position(sights: BTreeMap<RecordType, Sight>) -> Position {
    let weights = |sight| match sight {
        Sight::Foreign(GroupError::Missing) => None,
        Sight::Foreign(_) => Some(Weights::default()),
        Sight::Seen(seen) => Some(seen.weights),
    };
    sights.into_iter().filter_map(|(kind, sight)| Some((kind, weights(sight)?))).collect()
}

/// Takes over records that are a weighted pair already.
pub async fn import(sessions: &Sessions, request: ImportRequest) -> Result<ImportResponse, Diagnostics> {
    let (name, records) = parse(&request.id)?;
    let session = sessions.needed()?;
    let shift = shift(&session, &records);
    let (sights, _) = shift.look().await.map_err(|error| report::records::unread(&error))?;
    let answers = core::answers(&sights);
    let ttl = core::ttl(&sights).unwrap_or_default();
    let position = core::position(sights).map_err(|refusal| report::records::at_plan(&refusal))?;

    let mut private = Private { unfinished_create: Some(false), ..Private::default() };
    private.note_strangers(&position);
    let side = |set_identifier: &str| Value::object([("set_identifier", Value::from(set_identifier))]);
    let mut state = Value::object([
        ("zone_id", Value::from(records.zone_id.as_str())),
        ("name", Value::from(name.as_str())),
        ("types", Value::set(records.types.iter().map(|kind| kind.as_str()).collect::<Vec<_>>())),
        ("blue", side(&records.pair.blue)),
        ("green", side(&records.pair.green)),
        ("green_weight", saved::observed(&position)),
        ("id", Value::from(state::id(&records))),
        ("schedule", Value::list::<Value>([])),
        ("minimum_duration", Value::from("0s")),
        ("baseline", saved::weights(&position)),
        ("status", Value::from(Status::Settled.as_str())),
    ]);
    state::write_position(&mut state, &position);
    kept::write_ttl(&mut state, ttl);
    state::write_answers(&mut state, &answers);
    kept::write_effective_at(&mut state, shift.found_effective_at(ttl));
    Ok(ImportResponse { state, private: private.bytes(), diagnostics: Diagnostics::default() })
}

/// The records that an import id names, and their name as it is written there.
fn parse(id: &str) -> Result<(String, Records), Diagnostics> {
    let refuse = |why: String| {
        let detail = format!(
            "{id:?} is not an import id: {why}. It is ZONE_ID|NAME|TYPE[,TYPE...]|BLUE_SET_IDENTIFIER|GREEN_SET_IDENTIFIER."
        );
        Diagnostics::from(notices::INVALID_IMPORT_ID.says(detail))
    };
    let parts: Vec<&str> = id.split('|').map(str::trim).collect();
    let [zone_id, name, types, blue, green] = parts.as_slice() else {
        return Err(refuse(format!("it has {} parts between bars", parts.len())));
    };
    let types = types.split(',').map(|kind| RecordType::parse(kind.trim())).collect::<Result<BTreeSet<_>, _>>();
    if blue == green || blue.is_empty() || green.is_empty() {
        return Err(refuse("blue and green are not two set identifiers".to_owned()));
    }
    let records = Records {
        zone_id: (*zone_id).to_owned(),
        name: RecordName::parse(name).map_err(|error| refuse(error.to_string()))?,
        types: types.map_err(|error| refuse(error.to_string()))?,
        pair: Pair { blue: (*blue).to_owned(), green: (*green).to_owned() },
        green: None,
        adopt_simple: false,
        seen: BTreeMap::new(),
    };
    Ok(((*name).to_owned(), records))
}

//! Who is registered now, for a refresh and for an import.

use std::collections::BTreeSet;

use eksmig_core::elb::TargetGroupArn;
use eksmig_core::elb::cutover::{Cutover, Members, Named, Refusal, Seat};
use tfplugin::{Diagnostic, Diagnostics, ImportRequest, ImportResponse, Number, ReadRequest, ReadResponse, Value};

use super::config::{self, Config};
use super::state;
use crate::applied;
use crate::notices;
use crate::private::Private;
use crate::report;
use crate::saved::Status;
use crate::session::{Session, Sessions};

/// The cut-over of a configuration, with what a state remembers of it.
///
/// # Errors
///
/// Where the state is not one of ours.
pub fn cutover(session: &Session, config: &Config, state: Option<&Value>) -> Result<Cutover, Diagnostic> {
    Ok(Cutover::new(session.reader.clone(), state::targets(config, state)?))
}

/// Refreshes a state.
pub async fn read(sessions: &Sessions, request: ReadRequest) -> Result<ReadResponse, Diagnostics> {
    let ReadRequest { mut state, private, .. } = request;
    let session = sessions.needed()?;
    let config = applied::wholly_known(config::read(&state)?.known())?;
    let cutover = cutover(&session, &config, Some(&state))?;
    let now = match cutover.look().await {
        Ok(now) => now,
        Err(Refusal::NoTargetGroup(_)) if config.target_groups.len() == 1 => return Ok(ReadResponse::default()),
        Err(refusal) => return Err(report::targets::at_plan(&refusal).into()),
    };
    let families = cutover.families(&now).await.map_err(|refusal| report::targets::at_plan(&refusal))?;
    state::write_position(&mut state, &now, &families);
    Ok(ReadResponse { state: Some(state), private, diagnostics: Diagnostics::default() })
}

/// Takes over target groups as they are.
pub async fn import(sessions: &Sessions, request: ImportRequest) -> Result<ImportResponse, Diagnostics> {
    let (target_groups, blue, green) = parse(&request.id)?;
    let arns: Vec<&str> = target_groups.iter().map(TargetGroupArn::as_str).collect();
    let mut state = Value::object([
        ("target_group_arns", Value::set(arns)),
        ("blue", side_value(&blue)),
        ("green", side_value(&green)),
        ("serving", Value::from("both")),
        ("id", Value::from(state::id(&target_groups))),
        ("schedule", Value::list::<Value>([])),
        ("minimum_duration", Value::from("0s")),
        ("status", Value::from(Status::Settled.as_str())),
    ]);
    let session = sessions.needed()?;
    let config = applied::wholly_known(config::read(&state)?.known())?;
    let cutover = cutover(&session, &config, None)?;
    let now = cutover.look().await.map_err(|refusal| report::targets::at_plan(&refusal))?;
    let families = cutover.families(&now).await.map_err(|refusal| report::targets::at_plan(&refusal))?;
    state::write_position(&mut state, &now, &families);
    state.set_attr("baseline", state.attr("targets").clone());
    state.set_attr("serving", state.attr("observed_serving").clone());
    let private = Private { unfinished_create: Some(false), ..Private::default() };
    Ok(ImportResponse { state, private: private.bytes(), diagnostics: Diagnostics::default() })
}

fn side_value(members: &Members) -> Value {
    let (mut names, mut targets) = (Value::Null, Value::Null);
    match members {
        Members::ScalingGroups(groups) => names = Value::set(groups.iter().map(String::as_str).collect::<Vec<_>>()),
        Members::Targets(named) => {
            let port = |port: Option<i32>| port.map_or(Value::Null, |port| Value::from(Number::from(i64::from(port))));
            targets = Value::set(named.iter().map(|named| {
                let id = Value::from(named.id.as_str());
                Value::object([("id", id), ("port", port(named.port)), ("zone", Value::Null)])
            }));
        }
    }
    Value::object([("autoscaling_group_names", names), ("targets", targets)])
}

/// The target groups and sides that an import id names.
fn parse(id: &str) -> Result<(BTreeSet<TargetGroupArn>, Members, Members), Diagnostics> {
    let refuse = |why: String| {
        let detail = format!(
            "{id:?} is not an import id: {why}. It is TARGET_GROUP_ARN[,TARGET_GROUP_ARN...]|BLUE|GREEN, where a side is \
             asg:NAME[,NAME...] or targets:ID:PORT[,ID:PORT...]."
        );
        Diagnostics::from(notices::INVALID_IMPORT_ID.says(detail))
    };
    let parts: Vec<&str> = id.split('|').map(str::trim).collect();
    let [arns, blue, green] = parts.as_slice() else {
        return Err(refuse(format!("it has {} parts between bars", parts.len())));
    };
    let arns: Result<BTreeSet<_>, _> = arns.split(',').map(|arn| TargetGroupArn::parse(arn.trim())).collect();
    let side = |text: &str| -> Result<Members, String> {
        let (kind, list) = text.split_once(':').ok_or_else(|| format!("{text:?} does not say what it lists"))?;
        let items = list.split(',').map(str::trim).filter(|item| !item.is_empty());
        match kind {
            "asg" => Ok(Members::ScalingGroups(items.map(str::to_owned).collect())),
            "targets" => {
                let named =
                    |item| Seat::parse(item).map(|seat| Named { id: seat.id, port: Some(seat.port), zone: None });
                let named: Result<BTreeSet<_>, _> = items.map(named).collect();
                Ok(Members::Targets(named.map_err(|error| error.to_string())?))
            }
            other => Err(format!("a side begins with asg: or targets:, not {other:?}")),
        }
    };
    Ok((arns.map_err(|error| refuse(error.to_string()))?, side(blue).map_err(&refuse)?, side(green).map_err(&refuse)?))
}

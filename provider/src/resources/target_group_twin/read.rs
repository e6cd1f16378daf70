//! How the twin and its source are now, for a refresh and for an import.

use eksmig_core::elb::TargetGroupArn;
use eksmig_core::elb::read::Age;
use eksmig_core::elb::twin::MARK;
use tfplugin::{
    Diagnostic, Diagnostics, ImportRequest, ImportResponse, Path, ReadRequest, ReadResponse, Reader, Value,
};

use super::config;
use super::state;
use crate::notices;
use crate::report::twins as report;
use crate::session::{Session, Sessions};

/// A target group of another region cannot be reached by this provider, and there it would seem not to exist.
pub async fn same_region(session: &Session, arn: &TargetGroupArn) -> Result<(), Diagnostic> {
    session.reaches("Source", "source_arn", [(arn.as_str(), arn.region())]).await
}

/// Refreshes a state.
pub async fn read(sessions: &Sessions, request: ReadRequest) -> Result<ReadResponse, Diagnostics> {
    let (state, diagnostics) = refreshed(sessions, request.state).await?;
    Ok(ReadResponse { state, private: request.private, diagnostics })
}

async fn refreshed(sessions: &Sessions, mut state: Value) -> Result<(Option<Value>, Diagnostics), Diagnostics> {
    let session = sessions.needed()?;
    let arn = state::arn(&state)?;
    same_region(&session, &arn).await?;
    let unread = |error| report::unread(&error);
    let Some(twin) = session.group_twins.look(&arn, Age::Shared).await.map_err(unread)? else {
        return Ok((None, Diagnostics::default()));
    };
    state::write(&mut state, &twin);
    state.set_attr("name", arn.name());
    let Some(source) = config::source(&Reader::new(&state))?.known() else {
        return Err(notices::DAMAGED_STATE.says("The state names no source.").into());
    };
    // At the end of a migration the source is deleted: then the twin stays what it is.
    let diagnostics = match session.group_twins.look(&source, Age::Shared).await.map_err(unread)? {
        Some(found) => {
            state::write_source(&mut state, &found);
            Diagnostics::default()
        }
        None => report::outlived(arn.as_str(), source.as_str()).into(),
    };
    Ok((Some(state), diagnostics))
}

/// Takes over a target group as a twin.
pub async fn import(sessions: &Sessions, request: ImportRequest) -> Result<ImportResponse, Diagnostics> {
    let (arn, source) = parse(&request.id)?;
    let session = sessions.needed()?;
    same_region(&session, &arn).await?;
    let unread = |error| report::unread(&error);
    let found = session.group_twins.look(&arn, Age::Shared).await.map_err(unread)?;
    let twin = found.ok_or_else(|| report::no_source(&arn, Path::root()))?;
    let marked = || twin.tags.get(MARK).and_then(|mark| TargetGroupArn::parse(mark).ok());
    let source = source
        .or_else(marked)
        .ok_or_else(|| refused(&request.id, &format!("{arn} has no tag {MARK} that says whose twin it is")))?;
    let found = session.group_twins.look(&source, Age::Shared).await.map_err(unread)?;

    let mut state = Value::object(
        [("source_arn", source.as_str()), ("arn", arn.as_str()), ("name", arn.name())]
            .map(|(name, text)| (name, Value::from(text))),
    );
    state::write(&mut state, &twin);
    // Of a source that is gone, the twin is the best that is known.
    state::write_source(&mut state, &found.unwrap_or(twin));
    Ok(ImportResponse { state, private: Vec::new(), diagnostics: Diagnostics::default() })
}

fn parse(id: &str) -> Result<(TargetGroupArn, Option<TargetGroupArn>), Diagnostics> {
    let arn = |text: &str| TargetGroupArn::parse(text.trim()).map_err(|error| refused(id, &error.to_string()));
    match id.split_once('|') {
        None => Ok((arn(id)?, None)),
        Some((twin, source)) => Ok((arn(twin)?, Some(arn(source)?))),
    }
}

fn refused(id: &str, why: &str) -> Diagnostics {
    let detail = format!(
        "{id:?} is not an import id: {why}. It is TWIN_TARGET_GROUP_ARN|SOURCE_TARGET_GROUP_ARN; the source may be left \
         out where the twin's tag names it."
    );
    notices::INVALID_IMPORT_ID.says(detail).into()
}

//! How the twin and its source are now, for a refresh and for an import.

use eksmig_core::elb::ListenerArn;
use eksmig_core::elb::twin::MARK;
use tfplugin::{
    Diagnostic, Diagnostics, ImportRequest, ImportResponse, Path, ReadRequest, ReadResponse, Reader, Value,
};

use super::config;
use super::state;
use crate::notices;
use crate::report::twins as report;
use crate::session::{Session, Sessions};

/// A listener of another region cannot be reached by this provider, and there it would seem not to exist.
pub async fn same_region(session: &Session, arn: &ListenerArn) -> Result<(), Diagnostic> {
    session.reaches("Source", "source_arn", [(arn.as_str(), arn.region())]).await
}

/// Refreshes a state.
pub async fn read(sessions: &Sessions, request: ReadRequest) -> Result<ReadResponse, Diagnostics> {
    let state = refreshed(sessions, request.state).await?;
    Ok(ReadResponse { state, private: request.private, diagnostics: Diagnostics::default() })
}

async fn refreshed(sessions: &Sessions, mut state: Value) -> Result<Option<Value>, Diagnostics> {
    let session = sessions.needed()?;
    let arn = state::arn(&state)?;
    same_region(&session, &arn).await?;
    let unread = |error| report::unread(&error);
    let Some(twin) = session.listener_twins.look(&arn).await.map_err(unread)? else { return Ok(None) };
    state::write(&mut state, &twin);
    let Some(source) = config::source(&Reader::new(&state))?.known() else {
        return Err(notices::DAMAGED_STATE.says("The state names no source.").into());
    };
    // At the end of a migration the source is deleted: then the twin stays what it is.
    if let Some(source) = session.listener_twins.look(&source).await.map_err(unread)? {
        state::write_source(&mut state, &source);
    }
    Ok(Some(state))
}

/// Takes over a listener as a twin.
pub async fn import(sessions: &Sessions, request: ImportRequest) -> Result<ImportResponse, Diagnostics> {
    let (arn, source) = parse(&request.id)?;
    let session = sessions.needed()?;
    same_region(&session, &arn).await?;
    let unread = |error| report::unread(&error);
    let found = session.listener_twins.look(&arn).await.map_err(unread)?;
    let twin = found.ok_or_else(|| report::no_source(&arn, Path::root()))?;
    let marked = || twin.tags.get(MARK).and_then(|mark| ListenerArn::parse(mark).ok());
    let source = source
        .or_else(marked)
        .ok_or_else(|| refused(&request.id, &format!("{arn} has no tag {MARK} that says whose twin it is")))?;
    let found = session.listener_twins.look(&source).await.map_err(unread)?;

    let named = [("source_arn", source.as_str()), ("arn", arn.as_str())];
    let mut state = Value::object(named.map(|(name, text)| (name, Value::from(text))));
    state::write(&mut state, &twin);
    // Of a source that is gone, the twin is the best that is known.
    state::write_source(&mut state, &found.unwrap_or(twin));
    Ok(ImportResponse { state, private: Vec::new(), diagnostics: Diagnostics::default() })
}

fn parse(id: &str) -> Result<(ListenerArn, Option<ListenerArn>), Diagnostics> {
    let arn = |text: &str| ListenerArn::parse(text.trim()).map_err(|error| refused(id, &error.to_string()));
    match id.split_once('|') {
        None => Ok((arn(id)?, None)),
        Some((twin, source)) => Ok((arn(twin)?, Some(arn(source)?))),
    }
}

fn refused(id: &str, why: &str) -> Diagnostics {
    let detail = format!(
        "{id:?} is not an import id: {why}. It is TWIN_LISTENER_ARN|SOURCE_LISTENER_ARN; the source may be left out \
         where the twin's tag names it."
    );
    notices::INVALID_IMPORT_ID.says(detail).into()
}

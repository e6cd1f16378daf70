//! `wait_for_drain`: whether an apply waits until the side without weight is left by its traffic.

use std::time::Duration;

use eksmig_core::drain::Wait;
use tfplugin::{Attribute, Diagnostic, Field, Reader};

use crate::blocks::{duration, known};
use crate::notices;

/// The schema of `wait_for_drain`. `taken_out` is the argument that has the idle side taken out, where there is one.
pub fn attribute(taken_out: Option<&str>) -> Attribute {
    let before = taken_out.map_or(String::new(), |name| format!(" `{name}` takes it out after that, and not before."));
    Attribute::object(
        "wait_for_drain",
        vec![
            duration::attribute("window", Duration::from_secs(60)).optional().description(
                "For how long CloudWatch must have counted nothing on the idle side, in whole minutes. Default `\"2m\"`. \
                 CloudWatch publishes late, so that the wait takes two minutes more than this at least.",
            ),
            duration::attribute("timeout", Duration::from_secs(1)).optional().description(
                "How long to wait. Default `\"30m\"`. When it is over the apply fails, and traffic stays where it is.",
            ),
        ],
    )
    .optional()
    .description(format!(
        "Once settled at 0 or 100, wait until the idle side's requests and flows are gone, so that it can be deleted: \
         CloudWatch counted none for a while, and sticky sessions, idle connections and the deregistration delay are \
         over.{before} What cannot be told is not drained. There is no wait at a share in between."
    ))
    .check(|reader| read(reader).map(drop))
}

/// The schema of `drained_at`.
pub fn computed() -> Attribute {
    Attribute::string("drained_at")
        .computed()
        .description("When the idle side was seen drained, in UTC; null where that was not waited for, or not seen.")
}

/// Reads `wait_for_drain`. Null is no wait.
pub fn read(reader: &Reader<'_>) -> Result<Field<Option<Wait>>, Diagnostic> {
    if reader.is_null() {
        return Ok(Field::Known(None));
    }
    let window = reader.attr("window");
    let length = known!(duration::read(&window)?).unwrap_or(Duration::from_secs(120));
    if length.as_secs() % 60 != 0 || length.subsec_nanos() != 0 {
        let detail = format!("{} must be whole minutes, for CloudWatch counts by the minute.", window.path());
        return Err(window.error(notices::INVALID_WINDOW, detail));
    }
    let timeout = known!(duration::read(&reader.attr("timeout"))?).unwrap_or(Duration::from_secs(1800));
    Ok(Field::Known(Some(Wait { window: length, timeout })))
}

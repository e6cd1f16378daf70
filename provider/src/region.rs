//! A provider works in one region, and what lies in another would seem not to exist.

use tfplugin::{Diagnostic, Path};

use crate::report;
use crate::session::Session;

/// Refuses ARNs of another region than the provider's. Each comes with its attribute and its region.
///
/// # Errors
///
/// The first that is elsewhere, or that the provider's region is not known.
pub async fn same_region<'a>(
    session: &Session,
    arns: impl IntoIterator<Item = (&'static str, &'a str, &'a str)>,
) -> Result<(), Diagnostic> {
    let region = session.aws.region().await.map_err(|error| report::unreachable(&error))?;
    let stray = arns.into_iter().find(|(.., its)| *its != region);
    stray.map_or(Ok(()), |(attribute, arn, its)| {
        let detail = format!(
            "{arn} is in region {its}, and the provider works in {region}. Use a provider configuration (an alias) for \
             that region."
        );
        Err(Diagnostic::error("Another region", detail).at(Path::root().attr(attribute)))
    })
}

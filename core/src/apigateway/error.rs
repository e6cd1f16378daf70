//! What can go wrong with an API.

use crate::apigateway::export::Unreadable;
use crate::apigateway::view::ApiId;
use crate::aws;

/// Why an API could not be read or changed. Cheap to clone, for a shared read hands it to many.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// AWS could not be reached, or refused.
    #[error(transparent)]
    Aws(#[from] aws::Error),
    /// A stage's export makes no sense.
    #[error("read what stage {stage} of {api} serves: {source}")]
    Export {
        /// The API.
        api: ApiId,
        /// The stage.
        stage: String,
        /// What is wrong with it.
        #[source]
        source: Unreadable,
    },
}

impl Error {
    /// Whether AWS says that the object does not exist.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Error::Aws(error) if error.code() == Some("NotFoundException"))
    }
}

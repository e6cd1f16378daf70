//! Who puts the token on each request, and renews it.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use http::header::{AUTHORIZATION, HeaderValue};
use kube::client::Body;
use tokio::sync::Mutex;
use tower::BoxError;
use tower::filter::AsyncPredicate;

use super::token::token;
use crate::aws::{self, Aws};

/// After which a token is made anew: 5 minutes before the API server would refuse it.
const RENEW_AFTER: Duration = Duration::from_secs(10 * 60);

/// Puts a token on requests. Cheap to clone; clones share the token.
#[derive(Debug, Clone)]
pub(super) struct Bearer {
    source: Arc<Source>,
}

enum Source {
    Given(HeaderValue),
    Eks { aws: Aws, cluster_name: String, minted: Mutex<Option<Minted>> },
}

/// A token that was made, with the times between which it is used.
struct Minted {
    header: HeaderValue,
    from: SystemTime,
    until: SystemTime,
}

impl Bearer {
    /// The token that someone gave.
    ///
    /// # Errors
    ///
    /// Characters that no header can hold.
    pub(super) fn given(token: &str) -> Result<Self, String> {
        Ok(Self { source: Arc::new(Source::Given(header(token)?)) })
    }

    /// A token made for this cluster, by its name in EKS, from the credentials that AWS is called with.
    pub(super) fn eks(aws: Aws, cluster_name: String) -> Self {
        Self { source: Arc::new(Source::Eks { aws, cluster_name, minted: Mutex::default() }) }
    }

    /// The header for a request that is sent now.
    async fn header(&self) -> Result<HeaderValue, aws::Error> {
        let (aws, cluster_name, minted) = match self.source.as_ref() {
            Source::Given(header) => return Ok(header.clone()),
            Source::Eks { aws, cluster_name, minted } => (aws, cluster_name, minted),
        };
        let mut minted = minted.lock().await;
        let now = aws.clock().wall();
        if let Some(good) = minted.as_ref().filter(|minted| minted.from <= now && now < minted.until) {
            return Ok(good.header.clone());
        }
        let credentials = aws.credentials("sign a token for", &format!("EKS cluster {cluster_name}")).await?;
        let refused = |reason: String| aws::Error::Setting { setting: "the EKS cluster's name and region", reason };
        let token =
            token(&credentials, &aws.region().await?, cluster_name, now).map_err(|error| refused(error.to_string()))?;
        let until = now + RENEW_AFTER;
        let until = credentials.expiry().map_or(until, |expiry| expiry.min(until));
        let header = header(&token).map_err(refused)?;
        *minted = Some(Minted { header: header.clone(), from: now, until });
        Ok(header)
    }
}

fn header(token: &str) -> Result<HeaderValue, String> {
    let mut value = HeaderValue::try_from(format!("Bearer {token}"))
        .map_err(|_| "it has characters that no HTTP header can hold, a line break for example".to_owned())?;
    value.set_sensitive(true);
    Ok(value)
}

impl AsyncPredicate<http::Request<Body>> for Bearer {
    type Future = Pin<Box<dyn Future<Output = Result<Self::Request, BoxError>> + Send>>;
    type Request = http::Request<Body>;

    fn check(&mut self, mut request: http::Request<Body>) -> Self::Future {
        let bearer = self.clone();
        Box::pin(async move {
            let header = bearer.header().await?;
            request.headers_mut().insert(AUTHORIZATION, header);
            Ok(request)
        })
    }
}

impl fmt::Debug for Source {
    // No token is shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Given(_) => f.write_str("Given"),
            Source::Eks { cluster_name, .. } => f.debug_tuple("Eks").field(cluster_name).finish(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::{AwsConfig, StaticCredentials};
    use crate::clock::SteppedClock;

    #[tokio::test]
    async fn a_token_is_made_anew_after_ten_minutes() {
        let clock = Arc::new(SteppedClock::new());
        let credentials = StaticCredentials { access_key: "AKIA".into(), secret_key: "KEY".into(), token: None };
        let config =
            AwsConfig { region: Some("eu-west-1".to_owned()), credentials: Some(credentials), ..AwsConfig::default() };
        let bearer = Bearer::eks(Aws::new(config, clock.clone()), "blue".to_owned());
        let first = bearer.header().await.unwrap();
        assert!(first.is_sensitive());
        clock.advance(Duration::from_secs(599));
        assert_eq!(bearer.header().await.unwrap(), first);
        clock.advance(Duration::from_secs(1));
        assert_ne!(bearer.header().await.unwrap(), first);
    }

    #[test]
    fn debug_shows_no_token() {
        assert!(!format!("{:?}", Bearer::given("SECRET").unwrap()).contains("SECRET"));
    }
}

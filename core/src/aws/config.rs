//! How to reach AWS, as plain data.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::Service;

/// Attempts per call where nothing else is asked for: enough to outlast a spell of throttling.
pub const DEFAULT_MAX_ATTEMPTS: u32 = 8;

/// How to reach AWS. What is left out comes from the SDK's own chain: environment, shared files, SSO, web
/// identity, container and instance roles.
#[derive(Clone)]
pub struct AwsConfig {
    /// The region; `None` asks the chain.
    pub region: Option<String>,
    /// The profile in the shared configuration files; `None` asks the chain.
    pub profile: Option<String>,
    /// A role to take on before any call.
    pub assume_role: Option<AssumeRole>,
    /// Account ids (12 digits); where not empty, no other account is touched.
    pub allowed_account_ids: Vec<String>,
    /// Account ids (12 digits) that are never touched.
    pub forbidden_account_ids: Vec<String>,
    /// Endpoint URLs that replace AWS's, for emulators and private endpoints.
    pub endpoints: BTreeMap<Service, String>,
    /// Attempts per call, the first one included; at least 1 is made.
    pub max_attempts: u32,
    /// Credentials given outright; `None` asks the chain.
    pub credentials: Option<StaticCredentials>,
    /// What the calls say about their sender in the user agent.
    pub app: App,
}

impl Default for AwsConfig {
    fn default() -> Self {
        Self {
            region: None,
            profile: None,
            assume_role: None,
            allowed_account_ids: Vec::new(),
            forbidden_account_ids: Vec::new(),
            endpoints: BTreeMap::new(),
            max_attempts: DEFAULT_MAX_ATTEMPTS,
            credentials: None,
            app: App::default(),
        }
    }
}

impl fmt::Debug for AwsConfig {
    // Written out so that a field added later is not shown until someone decides that it may be.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwsConfig")
            .field("region", &self.region)
            .field("profile", &self.profile)
            .field("assume_role", &self.assume_role)
            .field("allowed_account_ids", &self.allowed_account_ids)
            .field("forbidden_account_ids", &self.forbidden_account_ids)
            .field("endpoints", &self.endpoints)
            .field("max_attempts", &self.max_attempts)
            .field("credentials", &self.credentials)
            .field("app", &self.app)
            .finish()
    }
}

/// A role to take on. The external id is kept out of `Debug`: it works like a password between two parties.
#[derive(Clone, PartialEq, Eq)]
pub struct AssumeRole {
    /// The role's ARN.
    pub role_arn: String,
    /// The session's name, seen in CloudTrail; `None` lets the SDK make one up.
    pub session_name: Option<String>,
    /// The external id that the role's trust policy asks for.
    pub external_id: Option<String>,
    /// How long the session's credentials last: 15 minutes to 12 hours (STS, AssumeRole); `None` is one hour.
    pub duration: Option<Duration>,
}

impl fmt::Debug for AssumeRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AssumeRole")
            .field("role_arn", &self.role_arn)
            .field("session_name", &self.session_name)
            .field("external_id", &self.external_id.as_ref().map(|_| "redacted"))
            .field("duration", &self.duration)
            .finish()
    }
}

/// Credentials given outright. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct StaticCredentials {
    /// The access key's id.
    pub access_key: String,
    /// The secret key.
    pub secret_key: String,
    /// The session token of temporary credentials.
    pub token: Option<String>,
}

impl fmt::Debug for StaticCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StaticCredentials(redacted)")
    }
}

/// A program's name and version, for the user agent. Letters, digits and ``!#$%&'*+-.^_`|~`` only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct App {
    /// The program's name.
    pub name: String,
    /// The program's version.
    pub version: String,
}

impl Default for App {
    fn default() -> Self {
        Self { name: "eksmig".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret() {
        let config = AwsConfig {
            credentials: Some(StaticCredentials {
                access_key: "AKIASECRET1".into(),
                secret_key: "SECRET2".into(),
                token: Some("SECRET3".into()),
            }),
            assume_role: Some(AssumeRole {
                role_arn: "arn:aws:iam::123456789012:role/mover".into(),
                session_name: None,
                external_id: Some("SECRET4".into()),
                duration: None,
            }),
            ..AwsConfig::default()
        };
        let shown = format!("{config:?} {config:#?}");
        assert!(!shown.contains("SECRET"), "{shown}");
        assert!(shown.contains("role/mover"), "{shown}");
    }
}

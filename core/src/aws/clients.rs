//! The clients, made when first used, from one configuration that is loaded when first needed.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_config::{AppName, BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_smithy_http_client::tls;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::sdk_ua_metadata::FrameworkMetadata;
use tokio::sync::OnceCell;

use super::{AccountList, AwsConfig, Budget, Budgets, Error, Kind, Principal, Service};
use crate::clock::Clock;

/// How long a connection may take to come up.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// How long one attempt at a call may take.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a call may take with all its attempts.
const CALL_TIMEOUT: Duration = Duration::from_secs(120);

/// AWS, as one configuration reaches it. Cheap to clone; clones share everything.
#[derive(Clone)]
pub struct Aws {
    inner: Arc<Inner>,
}

struct Inner {
    config: AwsConfig,
    clock: Arc<dyn Clock>,
    budgets: Budgets,
    sdk: OnceCell<SdkConfig>,
    budget: OnceCell<Budget>,
    account: OnceCell<String>,
    guarded: OnceCell<()>,
    elbv2: OnceCell<aws_sdk_elasticloadbalancingv2::Client>,
    cloudwatch: OnceCell<aws_sdk_cloudwatch::Client>,
    route53: OnceCell<aws_sdk_route53::Client>,
    apigateway: OnceCell<aws_sdk_apigateway::Client>,
    apigatewayv2: OnceCell<aws_sdk_apigatewayv2::Client>,
    autoscaling: OnceCell<aws_sdk_autoscaling::Client>,
    eks: OnceCell<aws_sdk_eks::Client>,
    sts: OnceCell<aws_sdk_sts::Client>,
}

impl Aws {
    /// AWS with budgets of calls of its own. Does nothing until something is asked of it.
    pub fn new(config: AwsConfig, clock: Arc<dyn Clock>) -> Self {
        let budgets = Budgets::new(Arc::clone(&clock));
        Self::sharing(config, clock, budgets)
    }

    /// AWS with budgets that other configurations in this process draw from as well.
    pub fn sharing(config: AwsConfig, clock: Arc<dyn Clock>, budgets: Budgets) -> Self {
        let inner = Inner {
            config,
            clock,
            budgets,
            sdk: OnceCell::new(),
            budget: OnceCell::new(),
            account: OnceCell::new(),
            guarded: OnceCell::new(),
            elbv2: OnceCell::new(),
            cloudwatch: OnceCell::new(),
            route53: OnceCell::new(),
            apigateway: OnceCell::new(),
            apigatewayv2: OnceCell::new(),
            autoscaling: OnceCell::new(),
            eks: OnceCell::new(),
            sts: OnceCell::new(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The clock that budgets and shared reads run on.
    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.inner.clock)
    }

    /// The client of Elastic Load Balancing, once the account is known to be one that may be touched.
    ///
    /// # Errors
    ///
    /// No region, a setting that the SDK does not take, or an account that is ruled out.
    pub(crate) async fn elbv2(&self) -> Result<&aws_sdk_elasticloadbalancingv2::Client, Error> {
        self.guard_account().await?;
        let make = async || {
            let mut builder = aws_sdk_elasticloadbalancingv2::config::Builder::from(self.sdk().await?);
            if let Some(url) = self.endpoint(Service::Elbv2) {
                builder = builder.endpoint_url(url);
            }
            Ok(aws_sdk_elasticloadbalancingv2::Client::from_conf(builder.build()))
        };
        self.inner.elbv2.get_or_try_init(make).await
    }

    /// The client of CloudWatch, once the account is known to be one that may be touched.
    ///
    /// # Errors
    ///
    /// Those of [`Aws::elbv2`].
    pub(crate) async fn cloudwatch(&self) -> Result<&aws_sdk_cloudwatch::Client, Error> {
        self.guard_account().await?;
        let make = async || {
            let mut builder = aws_sdk_cloudwatch::config::Builder::from(self.sdk().await?);
            if let Some(url) = self.endpoint(Service::CloudWatch) {
                builder = builder.endpoint_url(url);
            }
            Ok(aws_sdk_cloudwatch::Client::from_conf(builder.build()))
        };
        self.inner.cloudwatch.get_or_try_init(make).await
    }

    /// The client of Route 53, once the account is known to be one that may be touched.
    ///
    /// # Errors
    ///
    /// Those of [`Aws::elbv2`].
    pub(crate) async fn route53(&self) -> Result<&aws_sdk_route53::Client, Error> {
        self.guard_account().await?;
        let make = async || {
            let mut builder = aws_sdk_route53::config::Builder::from(self.sdk().await?);
            if let Some(url) = self.endpoint(Service::Route53) {
                builder = builder.endpoint_url(url);
            }
            Ok(aws_sdk_route53::Client::from_conf(builder.build()))
        };
        self.inner.route53.get_or_try_init(make).await
    }

    /// The client of API Gateway for REST APIs, once the account is known to be one that may be touched.
    ///
    /// # Errors
    ///
    /// Those of [`Aws::elbv2`].
    pub(crate) async fn apigateway(&self) -> Result<&aws_sdk_apigateway::Client, Error> {
        self.guard_account().await?;
        let make = async || {
            let mut builder = aws_sdk_apigateway::config::Builder::from(self.sdk().await?);
            if let Some(url) = self.endpoint(Service::ApiGateway) {
                builder = builder.endpoint_url(url);
            }
            Ok(aws_sdk_apigateway::Client::from_conf(builder.build()))
        };
        self.inner.apigateway.get_or_try_init(make).await
    }

    /// The client of API Gateway for HTTP APIs, once the account is known to be one that may be touched.
    ///
    /// # Errors
    ///
    /// Those of [`Aws::elbv2`].
    pub(crate) async fn apigatewayv2(&self) -> Result<&aws_sdk_apigatewayv2::Client, Error> {
        self.guard_account().await?;
        let make = async || {
            let mut builder = aws_sdk_apigatewayv2::config::Builder::from(self.sdk().await?);
            if let Some(url) = self.endpoint(Service::ApiGatewayV2) {
                builder = builder.endpoint_url(url);
            }
            Ok(aws_sdk_apigatewayv2::Client::from_conf(builder.build()))
        };
        self.inner.apigatewayv2.get_or_try_init(make).await
    }

    /// The client of EC2 Auto Scaling, once the account is known to be one that may be touched.
    ///
    /// # Errors
    ///
    /// Those of [`Aws::elbv2`].
    pub(crate) async fn autoscaling(&self) -> Result<&aws_sdk_autoscaling::Client, Error> {
        self.guard_account().await?;
        let make = async || {
            let mut builder = aws_sdk_autoscaling::config::Builder::from(self.sdk().await?);
            if let Some(url) = self.endpoint(Service::AutoScaling) {
                builder = builder.endpoint_url(url);
            }
            Ok(aws_sdk_autoscaling::Client::from_conf(builder.build()))
        };
        self.inner.autoscaling.get_or_try_init(make).await
    }

    /// The client of EKS, once the account is known to be one that may be touched.
    ///
    /// # Errors
    ///
    /// Those of [`Aws::elbv2`].
    pub(crate) async fn eks(&self) -> Result<&aws_sdk_eks::Client, Error> {
        self.guard_account().await?;
        let make = async || {
            let mut builder = aws_sdk_eks::config::Builder::from(self.sdk().await?);
            if let Some(url) = self.endpoint(Service::Eks) {
                builder = builder.endpoint_url(url);
            }
            Ok(aws_sdk_eks::Client::from_conf(builder.build()))
        };
        self.inner.eks.get_or_try_init(make).await
    }

    /// The client of the Security Token Service. The account is not checked first, for this is what the check asks.
    ///
    /// # Errors
    ///
    /// No region, or a setting that the SDK does not take.
    pub(crate) async fn sts(&self) -> Result<&aws_sdk_sts::Client, Error> {
        let make = async || {
            let mut builder = aws_sdk_sts::config::Builder::from(self.sdk().await?);
            if let Some(url) = self.endpoint(Service::Sts) {
                builder = builder.endpoint_url(url);
            }
            Ok(aws_sdk_sts::Client::from_conf(builder.build()))
        };
        self.inner.sts.get_or_try_init(make).await
    }

    /// The region that calls go to.
    ///
    /// # Errors
    ///
    /// [`Error::NoRegion`], or a setting that the SDK does not take.
    pub async fn region(&self) -> Result<String, Error> {
        self.sdk().await?.region().map(|region| region.as_ref().to_owned()).ok_or(Error::NoRegion)
    }

    /// The credentials that calls are made with now, for signing what the SDK does not send: `action`, a verb phrase, on
    /// `object`.
    ///
    /// # Errors
    ///
    /// [`Error::NoCredentials`], or those of [`Aws::region`].
    pub(crate) async fn credentials(&self, action: &'static str, object: &str) -> Result<Credentials, Error> {
        let sdk = self.sdk().await?;
        let provider = sdk.credentials_provider().ok_or(CredentialsError::not_loaded("there is no chain"));
        let given = match provider {
            Ok(provider) => provider.provide_credentials().await,
            Err(error) => Err(error),
        };
        given.map_err(|error| Error::credentials(action, object, error))
    }

    /// Attempts per call, the first one included; at least 1.
    pub(crate) fn max_attempts(&self) -> u32 {
        self.inner.config.max_attempts.max(1)
    }

    /// The account that the credentials belong to (12 digits). Asks AWS once.
    ///
    /// # Errors
    ///
    /// The call failed: STS, GetCallerIdentity, which needs no permission but working credentials.
    pub(crate) async fn account_id(&self) -> Result<String, Error> {
        let ask = async || {
            const ACTION: &str = "ask for the caller's identity at";
            const OBJECT: &str = "the Security Token Service";
            let client = self.sts().await?;
            self.take(Service::Sts, Kind::Read).await?;
            let identity =
                client.get_caller_identity().send().await.map_err(|error| Error::call(ACTION, OBJECT, error))?;
            identity.account.filter(|id| !id.is_empty()).ok_or_else(|| Error::Answer {
                action: ACTION,
                object: OBJECT.to_owned(),
                reason: "it names no account".to_owned(),
            })
        };
        self.inner.account.get_or_try_init(ask).await.cloned()
    }

    /// Whether the account may be touched. Makes no call where no list is set, and otherwise one, once. Every client
    /// but that of STS asks this first.
    ///
    /// # Errors
    ///
    /// [`Error::WrongAccount`], or the account cannot be found out.
    pub(crate) async fn guard_account(&self) -> Result<(), Error> {
        let check = async || {
            let config = &self.inner.config;
            if config.allowed_account_ids.is_empty() && config.forbidden_account_ids.is_empty() {
                return Ok(());
            }
            let account = self.account_id().await?;
            if config.forbidden_account_ids.contains(&account) {
                let list = AccountList::Forbidden(config.forbidden_account_ids.clone());
                return Err(Error::WrongAccount { account, list });
            }
            if !config.allowed_account_ids.is_empty() && !config.allowed_account_ids.contains(&account) {
                let list = AccountList::Allowed(config.allowed_account_ids.clone());
                return Err(Error::WrongAccount { account, list });
            }
            Ok(())
        };
        self.inner.guarded.get_or_try_init(check).await.copied()
    }

    /// The budget that calls made with this configuration draw from.
    ///
    /// # Errors
    ///
    /// Those of [`Aws::region`].
    pub(crate) async fn budget(&self) -> Result<&Budget, Error> {
        let find = async || {
            let region = self.region().await?;
            Ok(self.inner.budgets.of(principal(&self.inner.config), &region))
        };
        self.inner.budget.get_or_try_init(find).await
    }

    /// Waits until the budget has room for one call. Every call to AWS asks this right before it is sent.
    ///
    /// # Errors
    ///
    /// Those of [`Aws::region`].
    pub(crate) async fn take(&self, service: Service, kind: Kind) -> Result<(), Error> {
        self.budget().await?.take(service, kind).await;
        Ok(())
    }

    /// As [`Aws::take`], before those who wait in line: see [`Budget::take_ahead`].
    ///
    /// # Errors
    ///
    /// Those of [`Aws::region`].
    pub(crate) async fn take_ahead(&self, service: Service, kind: Kind) -> Result<(), Error> {
        self.budget().await?.take_ahead(service, kind).await;
        Ok(())
    }

    fn endpoint(&self, service: Service) -> Option<String> {
        self.inner.config.endpoints.get(&service).cloned()
    }

    async fn sdk(&self) -> Result<&SdkConfig, Error> {
        self.inner.sdk.get_or_try_init(|| load(&self.inner.config)).await
    }
}

impl fmt::Debug for Aws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Aws").field("config", &self.inner.config).finish_non_exhaustive()
    }
}

/// Who calls, as far as the configuration tells.
fn principal(config: &AwsConfig) -> Principal {
    let role = config.assume_role.as_ref();
    match role.and_then(|role| role.role_arn.split(':').nth(4)).filter(|account| !account.is_empty()) {
        Some(account) => Principal::Account(account.to_owned()),
        None => Principal::Settings {
            profile: config.profile.clone(),
            access_key: config.credentials.as_ref().map(|given| given.access_key.clone()),
        },
    }
}

/// Reads what the SDK's chain offers and puts the configuration's settings over it.
async fn load(config: &AwsConfig) -> Result<SdkConfig, Error> {
    let http =
        aws_smithy_http_client::Builder::new().tls_provider(tls::Provider::Rustls(CryptoMode::AwsLc)).build_https();
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(CALL_TIMEOUT)
        .build();
    // Standard, not adaptive: the adaptive mode makes every call wait for one that was throttled, a roll-back too.
    let retries = RetryConfig::standard().with_max_attempts(config.max_attempts.max(1));
    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .http_client(http)
        .timeout_config(timeouts)
        .retry_config(retries)
        .framework_metadata(framework(config)?)
        .app_name(app_name(config)?);
    if let Some(region) = &config.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(profile) = &config.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(given) = &config.credentials {
        let credentials =
            Credentials::new(&given.access_key, &given.secret_key, given.token.clone(), None, "configuration");
        loader = loader.credentials_provider(credentials);
    }
    let base = loader.load().await;
    if base.region().is_none() {
        return Err(Error::NoRegion);
    }
    let Some(role) = &config.assume_role else {
        return Ok(base);
    };
    let mut asking = base.to_builder();
    if let Some(url) = config.endpoints.get(&Service::Sts) {
        asking = asking.endpoint_url(url);
    }
    let mut provider = aws_config::sts::AssumeRoleProvider::builder(&role.role_arn).configure(&asking.build());
    if let Some(name) = &role.session_name {
        provider = provider.session_name(name);
    }
    if let Some(id) = &role.external_id {
        provider = provider.external_id(id);
    }
    if let Some(length) = role.duration {
        provider = provider.session_length(length);
    }
    let provider = SharedCredentialsProvider::new(provider.build().await);
    Ok(base.into_builder().credentials_provider(provider).build())
}

fn framework(config: &AwsConfig) -> Result<FrameworkMetadata, Error> {
    FrameworkMetadata::new(config.app.name.clone(), Some(config.app.version.clone()))
        .map_err(|error| Error::Setting { setting: "the program's name and version", reason: error.to_string() })
}

fn app_name(config: &AwsConfig) -> Result<AppName, Error> {
    AppName::new(config.app.name.clone())
        .map_err(|error| Error::Setting { setting: "the program's name", reason: error.to_string() })
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::super::AssumeRole;
    use super::super::loopback::{Call, Loopback, Reply};
    use super::*;
    use crate::clock::SteppedClock;

    fn identity(call: &Call) -> Reply {
        match call.action().as_str() {
            "GetCallerIdentity" => Reply::result("GetCallerIdentity", "<Account>123456789012</Account>"),
            "AssumeRole" => Reply::result(
                "AssumeRole",
                "<Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>SECRETROLE</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>",
            ),
            action => Reply::error(400, "InvalidAction", action),
        }
    }

    fn aws(config: AwsConfig) -> Aws {
        Aws::new(config, Arc::new(SteppedClock::new()))
    }

    fn ids(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    #[tokio::test]
    async fn without_lists_nobody_asks_for_the_account() {
        let server = Loopback::serve(identity).await;
        let aws = aws(server.config());
        aws.guard_account().await.unwrap();
        aws.elbv2().await.unwrap();
        aws.cloudwatch().await.unwrap();
        assert_eq!(server.calls().len(), 0);
        assert_eq!(aws.region().await.unwrap(), "eu-west-1");
    }

    #[tokio::test]
    async fn a_wrong_account_is_refused_before_any_client_is_given_out() {
        let server = Loopback::serve(identity).await;
        let refused = |allowed: &[&str], forbidden: &[&str]| AwsConfig {
            allowed_account_ids: ids(allowed),
            forbidden_account_ids: ids(forbidden),
            ..server.config()
        };
        let error = aws(refused(&["111111111111", "222222222222"], &[])).elbv2().await.unwrap_err();
        expect_test::expect![[
            "refuse to work in AWS account 123456789012: it is not in `allowed_account_ids` (111111111111, 222222222222)"
        ]]
        .assert_eq(&error.to_string());
        let error = aws(refused(&["123456789012"], &["123456789012"])).cloudwatch().await.unwrap_err();
        expect_test::expect![[
            "refuse to work in AWS account 123456789012: it is in `forbidden_account_ids` (123456789012)"
        ]]
        .assert_eq(&error.to_string());
        assert!(!error.retryable());
    }

    #[tokio::test]
    async fn the_account_is_asked_for_once() {
        let server = Loopback::serve(identity).await;
        let aws = aws(AwsConfig { allowed_account_ids: ids(&["123456789012"]), ..server.config() });
        let (one, two, three) = tokio::join!(aws.elbv2(), aws.cloudwatch(), aws.account_id());
        one.unwrap();
        two.unwrap();
        assert_eq!(three.unwrap(), "123456789012");
        assert_eq!(server.calls().len(), 1);
    }

    fn role() -> AssumeRole {
        AssumeRole {
            role_arn: "arn:aws:iam::210987654321:role/mover".into(),
            session_name: Some("orders".into()),
            external_id: Some("between-us".into()),
            duration: Some(Duration::from_secs(1800)),
        }
    }

    #[tokio::test]
    async fn a_role_is_taken_on_before_the_first_call() {
        let server = Loopback::serve(identity).await;
        let aws = aws(AwsConfig { assume_role: Some(role()), ..server.config() });
        aws.account_id().await.unwrap();
        let calls = server.calls();
        assert_eq!(calls.len(), 2);
        let value = |name| calls[0].value(name).unwrap_or_default();
        assert_eq!(value("RoleArn"), "arn:aws:iam::210987654321:role/mover");
        assert_eq!(value("RoleSessionName"), "orders");
        assert_eq!(value("ExternalId"), "between-us");
        assert_eq!(value("DurationSeconds"), "1800");
        assert!(calls[0].head.contains("AKIATEST/"), "{}", calls[0].head);
        assert!(calls[1].head.contains("ASIAROLE/"), "{}", calls[1].head);
        assert!(calls[1].head.contains("lib/eksmig/"), "{}", calls[1].head);
    }

    #[test]
    fn a_role_s_account_and_the_settings_tell_budgets_apart() {
        let config = AwsConfig { assume_role: Some(role()), ..AwsConfig::default() };
        assert_eq!(principal(&config), Principal::Account("210987654321".into()));
        let profile = |name: &str| principal(&AwsConfig { profile: Some(name.into()), ..AwsConfig::default() });
        assert_eq!(profile("a"), profile("a"));
        assert_ne!(profile("a"), profile("b"));
    }

    #[tokio::test]
    async fn a_role_that_is_refused_is_a_matter_of_credentials() {
        let server = Loopback::serve(|_| Reply::error(403, "AccessDenied", "not authorized to assume")).await;
        let aws = aws(AwsConfig { assume_role: Some(role()), ..server.config() });
        let error = aws.account_id().await.unwrap_err();
        assert!(matches!(error, Error::NoCredentials { .. }) && !error.retryable(), "{error:?}");
        for text in ["the caller's identity at the Security Token Service", "set `profile`", "not authorized to assume"]
        {
            assert!(error.to_string().contains(text), "{text}: {error}");
        }
    }

    #[tokio::test]
    async fn no_error_shows_a_secret() {
        let server = Loopback::serve(|call| match call.action().as_str() {
            "AssumeRole" => {
                Reply::result("AssumeRole", "<Credentials><SecretAccessKey>SECRETROLE</SecretAccessKey><Oops")
            }
            _ => Reply::status(500),
        })
        .await;
        for config in [AwsConfig { assume_role: Some(role()), ..server.config() }, server.config()] {
            let aws = aws(config);
            let error = aws.account_id().await.unwrap_err();
            let shown = format!("{error} {error:?} {error:#?} {aws:?}");
            assert!(!shown.contains("SECRET"), "{shown}");
            assert!(!shown.contains("between-us"), "{shown}");
        }
    }

    #[tokio::test]
    async fn a_failed_call_names_what_was_tried_and_what_came_back() {
        let check = async |reply: Reply, retryable: bool, expect: &[&str]| {
            let server = Loopback::serve(move |_| reply.clone()).await;
            let error = aws(server.config()).account_id().await.unwrap_err();
            assert_eq!(error.retryable(), retryable, "{error:?}");
            for text in expect {
                assert!(error.to_string().contains(text), "{text:?}: {error}");
            }
            assert!(error.source().is_some());
        };
        check(Reply::error(400, "Throttling", "Rate exceeded"), true, &["Security Token", "Throttling: Rate", "r-2"])
            .await;
        check(Reply::error(403, "AccessDenied", "not you"), false, &["AWS answered AccessDenied: not you"]).await;
        check(Reply::error(503, "Whatever", "later"), true, &["Whatever: later"]).await;
        check(Reply::status(502), true, &["502"]).await;
        check(Reply::HangUp, true, &["could not reach AWS"]).await;
    }

    #[tokio::test]
    async fn where_nobody_listens_the_error_says_so() {
        let server = Loopback::serve(identity).await;
        let config = server.config();
        drop(server);
        let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let config = AwsConfig { endpoints: [(Service::Sts, format!("http://{closed}"))].into(), ..config };
        for config in [AwsConfig { assume_role: Some(role()), ..config.clone() }, config] {
            let error = aws(config).account_id().await.unwrap_err();
            assert!(error.to_string().to_lowercase().contains("refused"), "{error}");
            assert!(error.retryable(), "{error:?}");
            assert_eq!(error.code(), None);
        }
    }

    #[tokio::test]
    async fn an_app_name_that_no_header_takes_is_refused() {
        let server = Loopback::serve(identity).await;
        let app = super::super::App { name: "a/b".into(), version: "1".into() };
        let error = aws(AwsConfig { app, ..server.config() }).region().await.unwrap_err();
        assert!(matches!(error, Error::Setting { .. }), "{error}");
    }
}

//! The clients, made when first used, from one configuration that is loaded when first needed.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_config::{AppName, BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
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
            sts: OnceCell::new(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The clock that budgets and shared reads run on.
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.inner.clock)
    }

    /// The client of Elastic Load Balancing, once the account is known to be one that may be touched.
    ///
    /// # Errors
    ///
    /// No region, a setting that the SDK does not take, or an account that is ruled out.
    pub async fn elbv2(&self) -> Result<&aws_sdk_elasticloadbalancingv2::Client, Error> {
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
    pub async fn cloudwatch(&self) -> Result<&aws_sdk_cloudwatch::Client, Error> {
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

    /// The client of the Security Token Service. The account is not checked first, for this is what the check asks.
    ///
    /// # Errors
    ///
    /// No region, or a setting that the SDK does not take.
    pub async fn sts(&self) -> Result<&aws_sdk_sts::Client, Error> {
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

    /// The account that the credentials belong to (12 digits). Asks AWS once.
    ///
    /// # Errors
    ///
    /// The call failed: STS, GetCallerIdentity, which needs no permission but working credentials.
    pub async fn account_id(&self) -> Result<String, Error> {
        let ask = async || {
            const ACTION: &str = "ask whose credentials these are, of";
            let client = self.sts().await?;
            self.take(Service::Sts, Kind::Read).await?;
            let identity = client
                .get_caller_identity()
                .send()
                .await
                .map_err(|error| Error::call(ACTION, "the Security Token Service", error))?;
            identity.account.filter(|id| !id.is_empty()).ok_or(Error::Setting {
                setting: "the credentials",
                reason: "the Security Token Service names no account for them".to_owned(),
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
    pub async fn guard_account(&self) -> Result<(), Error> {
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
    pub async fn budget(&self) -> Result<&Budget, Error> {
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
    pub async fn take(&self, service: Service, kind: Kind) -> Result<(), Error> {
        self.budget().await?.take(service, kind).await;
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

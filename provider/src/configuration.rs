//! The provider's own block: schema and reading.

pub mod kubernetes;

use std::collections::BTreeMap;
use std::time::Duration;

use eksmig_core::aws::{App, AssumeRole, AwsConfig, DEFAULT_MAX_ATTEMPTS, Service, StaticCredentials};
use tfplugin::schema::checks;
use tfplugin::{Attribute, Diagnostic, Field, Reader, Schema, Type, Value};

use crate::blocks::{duration, known};
use crate::notices;

/// The provider's block.
#[derive(Debug)]
pub struct Configuration {
    /// How to reach AWS.
    pub aws: AwsConfig,
    /// How to reach the clusters.
    pub clusters: kubernetes::Clusters,
}

/// The schema of the provider's block.
pub fn schema() -> Schema {
    let endpoints = Service::ALL.map(|service| {
        Attribute::string(service.as_str()).optional().description(format!("Endpoint of `{}`.", service.as_str()))
    });
    Schema::new(0)
        .description(
            "Moves live traffic from one cluster to another. Every argument is optional: what is left out comes from \
             the AWS SDK's own chain, that is the environment, the shared files, SSO, web identity, and the roles of \
             containers and instances.",
        )
        .attribute(Attribute::string("region").optional().description("The AWS region, for example `eu-west-1`."))
        .attribute(Attribute::string("profile").optional().description("The profile in the shared AWS files."))
        .attribute(
            Attribute::object(
                "assume_role",
                vec![
                    Attribute::string("role_arn").required().description("The role to take on before any call."),
                    Attribute::string("session_name").optional().description("The session's name, seen in CloudTrail."),
                    Attribute::string("external_id")
                        .optional()
                        .sensitive()
                        .description("The external id that the role's trust policy asks for."),
                    duration::attribute("duration", Duration::from_secs(900)).optional().description(
                        "How long the session's credentials last, `\"15m\"` to `\"12h\"`. Default `\"1h\"`.",
                    ),
                ],
            )
            .optional()
            .description("A role to take on before any call."),
        )
        .attribute(
            account_ids("allowed_account_ids")
                .description("Refuse to work in any AWS account but these. Checked before the first call."),
        )
        .attribute(account_ids("forbidden_account_ids").description("Refuse to work in these AWS accounts."))
        .attribute(
            Attribute::object("endpoints", endpoints.to_vec())
                .optional()
                .description("URLs that replace AWS's own, for emulators and private endpoints."),
        )
        .attribute(kubernetes::attribute())
        .attribute(
            Attribute::number("max_retries")
                .optional()
                .description("Attempts per call to AWS or to a cluster, the first one included. Default 8.")
                .check(checks::whole())
                .check(checks::between(1_i64, 100_i64)),
        )
        .attribute(Attribute::string("access_key").optional().sensitive().description("Access key id, for emulators."))
        .attribute(Attribute::string("secret_key").optional().sensitive().description("Secret key, for emulators."))
        .attribute(Attribute::string("token").optional().sensitive().description("Session token, for emulators."))
}

fn account_ids(name: &str) -> Attribute {
    Attribute::new(name, Type::set(Type::String)).optional().check(checks::each(|id| match id.string()? {
        Field::Known(text) if text.len() != 12 || !text.bytes().all(|byte| byte.is_ascii_digit()) => Err(id.error(
            notices::INVALID_ACCOUNT_ID,
            format!("{}: an AWS account id has 12 digits, unlike {text:?}.", id.path()),
        )),
        _ => Ok(()),
    }))
}

/// Reads the provider's block. It is unknown where something of AWS's part is; of the clusters, nothing has to be known
/// before one is needed.
///
/// # Errors
///
/// What is wrong in it, at the attribute.
pub fn read(config: &Value) -> Result<Field<Configuration>, Diagnostic> {
    let root = Reader::new(config);
    let clusters = kubernetes::read(&root.attr("kubernetes"))?;
    let text = |name: &str| root.attr(name).string();
    let (access_key, secret_key) = (known!(text("access_key")?), known!(text("secret_key")?));
    let token = known!(text("token")?);
    let credentials = match (access_key, secret_key) {
        (Some(access_key), Some(secret_key)) => Some(StaticCredentials { access_key, secret_key, token }),
        (None, None) if token.is_none() => None,
        _ => {
            return Err(root.attr("access_key").error(
                notices::INCOMPLETE_CREDENTIALS,
                "access_key and secret_key go together, and token only with them. Set both, or leave all to the AWS \
                 SDK's own chain.",
            ));
        }
    };
    let aws = AwsConfig {
        region: known!(text("region")?),
        profile: known!(text("profile")?),
        assume_role: known!(assume_role(&root.attr("assume_role"))?),
        allowed_account_ids: known!(texts(&root.attr("allowed_account_ids"))?).unwrap_or_default(),
        forbidden_account_ids: known!(texts(&root.attr("forbidden_account_ids"))?).unwrap_or_default(),
        endpoints: known!(endpoints(&root.attr("endpoints"))?).unwrap_or_default(),
        max_attempts: known!(root.attr("max_retries").integer()?)
            .and_then(|attempts| u32::try_from(attempts).ok())
            .unwrap_or(DEFAULT_MAX_ATTEMPTS),
        credentials,
        app: App { name: "terraform-provider-eksmig".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
    };
    Ok(Field::Known(Configuration { aws, clusters }))
}

/// The first attribute of the block that is not known yet and has to be, for an error that has to name one.
pub fn first_unknown(config: &Value) -> String {
    let attributes = Reader::new(config).entries().ok().and_then(Field::known).unwrap_or_default();
    let unknown =
        attributes.into_iter().find(|(name, attribute)| name != "kubernetes" && !attribute.value().is_wholly_known());
    unknown.map_or("a value".to_owned(), |(name, _)| name)
}

fn assume_role(reader: &Reader<'_>) -> Result<Field<AssumeRole>, Diagnostic> {
    let Some(role_arn) = known!(reader.attr("role_arn").string()?) else { return Ok(Field::Null) };
    Ok(Field::Known(AssumeRole {
        role_arn,
        session_name: known!(reader.attr("session_name").string()?),
        external_id: known!(reader.attr("external_id").string()?),
        duration: known!(duration::read(&reader.attr("duration"))?),
    }))
}

fn texts(reader: &Reader<'_>) -> Result<Field<Vec<String>>, Diagnostic> {
    let Some(elements) = known!(reader.elements()?) else { return Ok(Field::Null) };
    let mut texts = Vec::with_capacity(elements.len());
    for element in elements {
        texts.extend(known!(element.string()?));
    }
    Ok(Field::Known(texts))
}

fn endpoints(reader: &Reader<'_>) -> Result<Field<BTreeMap<Service, String>>, Diagnostic> {
    let mut endpoints = BTreeMap::new();
    for service in Service::ALL {
        endpoints.extend(known!(reader.attr(service.as_str()).string()?).map(|url| (service, url)));
    }
    Ok(Field::Known(endpoints))
}

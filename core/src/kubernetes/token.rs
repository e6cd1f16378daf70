//! The token by which EKS knows an AWS identity: a request for that identity, signed and not sent. Pure.
//!
//! What the API server's webhook takes: kubernetes-sigs/aws-iam-authenticator, pkg/token/token.go. A token is good for 15
//! minutes from its date, whatever it says, and for no longer than the credentials that signed it.

use std::error::Error;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign};
use aws_sigv4::sign::v4;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// How long the signature says it is good for; the webhook goes by its own 15 minutes.
const EXPIRES: Duration = Duration::from_secs(60);
/// The header that ties a token to one cluster. It has to be signed, and not to be in the query.
const CLUSTER_HEADER: &str = "x-k8s-aws-id";

/// A token for this cluster, by its name in EKS.
///
/// # Errors
///
/// The region or the cluster's name make no URL or header.
pub(super) fn token(
    credentials: &Credentials,
    region: &str,
    cluster_name: &str,
    now: SystemTime,
) -> Result<String, Box<dyn Error + Send + Sync>> {
    let host = format!("sts.{region}.{}", dns_suffix(region));
    let url = format!("https://{host}/?Action=GetCallerIdentity&Version=2011-06-15");
    let mut settings = SigningSettings::default();
    settings.signature_location = SignatureLocation::QueryParams;
    settings.expires_in = Some(EXPIRES);
    let identity = credentials.clone().into();
    let parameters =
        v4::SigningParams::builder().identity(&identity).region(region).name("sts").time(now).settings(settings);
    let headers = [("host", host.as_str()), (CLUSTER_HEADER, cluster_name)];
    let signable = SignableRequest::new("GET", &url, headers.into_iter(), SignableBody::Bytes(&[]))?;
    let (instructions, _) = sign(signable, &parameters.build()?.into())?.into_parts();
    let mut request = http::Request::get(&url).body(())?;
    instructions.apply_to_request_http1x(&mut request);
    Ok(format!("k8s-aws-v1.{}", URL_SAFE_NO_PAD.encode(request.uri().to_string())))
}

/// What the names of AWS's endpoints end in (AWS General Reference, partitions).
fn dns_suffix(region: &str) -> &'static str {
    match region {
        region if region.starts_with("cn-") => "amazonaws.com.cn",
        region if region.starts_with("eusc-") => "amazonaws.eu",
        region if region.starts_with("us-iso-") => "c2s.ic.gov",
        region if region.starts_with("us-isob-") => "sc2s.sgov.gov",
        region if region.starts_with("us-isof-") => "csp.hci.ic.gov",
        region if region.starts_with("eu-isoe-") => "cloud.adc-e.uk",
        _ => "amazonaws.com",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CREDENTIALS: [&str; 2] = ["AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"];

    fn signed(session: Option<&str>, region: &str) -> String {
        let [id, key] = CREDENTIALS;
        let credentials = Credentials::new(id, key, session.map(str::to_owned), None, "test");
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let token = token(&credentials, region, "my-cluster", now).unwrap();
        let encoded = token.strip_prefix("k8s-aws-v1.").unwrap();
        String::from_utf8(URL_SAFE_NO_PAD.decode(encoded).unwrap()).unwrap()
    }

    #[test]
    fn it_is_the_token_that_the_aws_cli_makes() {
        // `aws eks get-token` of awscli 1.46.3, at a frozen time.
        assert_eq!(
            signed(None, "eu-west-1"),
            "https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15\
             &X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20231114%2Feu-west-1%2Fsts%2Faws4_request\
             &X-Amz-Date=20231114T221320Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id\
             &X-Amz-Signature=09e6dc2a38a45b33b18adba2c8ef4909243268273cf886ac26bf00062cc35acb"
        );
    }

    #[test]
    fn the_webhook_takes_every_key_of_its_query() {
        // The keys that pkg/token/token.go knows, in lower case.
        let known = [
            "action",
            "version",
            "x-amz-algorithm",
            "x-amz-credential",
            "x-amz-date",
            "x-amz-expires",
            "x-amz-security-token",
            "x-amz-signature",
            "x-amz-signedheaders",
        ];
        let url = signed(Some("a session/token+"), "eu-west-1");
        let keys: Vec<String> =
            url.split(['?', '&']).skip(1).map(|pair| pair.split('=').next().unwrap().to_lowercase()).collect();
        assert!(keys.iter().all(|key| known.contains(&key.as_str())), "{keys:?}");
        assert!(keys.contains(&"x-amz-security-token".to_owned()), "{url}");
    }

    #[test]
    fn each_partition_has_its_own_hosts() {
        assert!(signed(None, "cn-north-1").starts_with("https://sts.cn-north-1.amazonaws.com.cn/"));
        assert!(signed(None, "us-gov-west-1").starts_with("https://sts.us-gov-west-1.amazonaws.com/"));
    }
}

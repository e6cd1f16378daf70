//! Clients that are known by an identity of AWS, as in EKS (kubernetes-sigs/aws-iam-authenticator, pkg/token/token.go). The
//! signature itself is not checked: only STS can.

use std::sync::Mutex;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The keys that a token's query may have, in lower case.
const KEYS: [&str; 9] = [
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

/// The access keys that have an access entry.
#[derive(Debug, Default)]
pub struct Guests(Mutex<Vec<String>>);

impl Guests {
    /// Gives an access key an access entry.
    pub fn invite(&self, access_key: &str) {
        self.0.lock().unwrap().push(access_key.to_owned());
    }

    /// Whether a token is one that EKS takes, of an access key that has an access entry.
    pub fn admit(&self, token: Option<&str>) -> bool {
        let Some(key) = token.and_then(access_key) else { return false };
        self.0.lock().unwrap().contains(&key)
    }
}

/// The access key that signed a token; none for what EKS does not take.
fn access_key(token: &str) -> Option<String> {
    let encoded = token.strip_prefix("k8s-aws-v1.").filter(|_| token.len() <= 4096)?;
    let url = String::from_utf8(URL_SAFE_NO_PAD.decode(encoded).ok()?).ok()?;
    let (host, query) = url.strip_prefix("https://")?.split_once("/?")?;
    if !host.starts_with("sts.") || !host.ends_with(".amazonaws.com") {
        return None;
    }
    let pairs: Option<Vec<(&str, &str)>> = query.split('&').map(|pair| pair.split_once('=')).collect();
    let pairs = pairs?;
    let known = |(key, _): &(&str, &str)| KEYS.contains(&key.to_lowercase().as_str());
    let value = |wanted: &str| pairs.iter().find(|(key, _)| *key == wanted).map(|(_, value)| *value);
    let headers = value("X-Amz-SignedHeaders")?.to_lowercase();
    let right = value("Action")? == "GetCallerIdentity"
        && headers.split("%3b").any(|header| header == "x-k8s-aws-id")
        && value("X-Amz-Signature")?.len() == 64
        && pairs.iter().all(known);
    right.then(|| value("X-Amz-Credential")?.split("%2F").next().map(str::to_owned)).flatten()
}

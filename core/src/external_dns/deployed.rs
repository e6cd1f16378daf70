//! How an ExternalDNS is deployed: its flags, and what follows from them. Pure.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::kind::Kind;

/// What annotations begin with until version 0.21 (ExternalDNS, `--annotation-prefix`).
const PREFIX_BEFORE: &str = "external-dns.alpha.kubernetes.io/";
/// What they begin with from then on.
const PREFIX: &str = "external-dns.kubernetes.io/";
/// The first version with the second.
const RENAMED: (u32, u32) = (0, 22);
/// Flags whose values may be shown; of others, such as keys, only the names are.
const SHOWN: [&str; 18] = [
    "annotation-filter",
    "annotation-prefix",
    "aws-zone-type",
    "domain-filter",
    "dry-run",
    "events",
    "exclude-domains",
    "interval",
    "label-filter",
    "managed-record-types",
    "namespace",
    "policy",
    "provider",
    "registry",
    "source",
    "txt-cache-interval",
    "txt-owner-id",
    "zone-id-filter",
];

/// What ExternalDNS may do to records (ExternalDNS, `--policy`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// Everything.
    Sync,
    /// All but deleting.
    UpsertOnly,
    /// Only making them: it never changes a weight.
    CreateOnly,
}

impl Policy {
    /// The policy of this name.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "sync" => Some(Policy::Sync),
            "upsert-only" => Some(Policy::UpsertOnly),
            "create-only" => Some(Policy::CreateOnly),
            _ => None,
        }
    }
}

/// What has to be known of an ExternalDNS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// What its annotations begin with.
    pub prefix: String,
    /// Its `--txt-owner-id`.
    pub owner_id: String,
    /// Its `--policy`.
    pub policy: Policy,
    /// How often it looks, `--interval`.
    pub interval: Duration,
    /// For how long it believes what it read of the zone, `--txt-cache-interval`.
    pub cache: Duration,
    /// Where this is from, for people.
    pub said_by: String,
}

impl Settings {
    /// The annotation that it reads this from: `aws-weight`, `set-identifier`.
    pub fn key(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// How long a change of an annotation may take to be in Route 53: two loops, for one may have begun just before, what
    /// it believes of the zone, and half a minute for its calls.
    pub fn patience(&self) -> Duration {
        self.interval.saturating_mul(2).saturating_add(self.cache).saturating_add(Duration::from_secs(30))
    }
}

/// A container that runs ExternalDNS.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Program {
    /// Its Deployment, as namespace/name.
    pub deployment: String,
    /// Its image.
    pub image: String,
    /// Its command and arguments.
    pub arguments: Vec<String>,
    /// Its environment; no value for what comes from elsewhere.
    pub environment: BTreeMap<String, Option<String>>,
}

impl Program {
    /// Whether the image is ExternalDNS's.
    pub(super) fn is_external_dns(&self) -> bool {
        self.image.split(['/', ':', '@']).any(|part| part == "external-dns")
    }

    /// Whether it makes records from objects of this source. Without any, it does not start.
    pub(super) fn looks_at(&self, source: &str) -> bool {
        let given = self.environment.get("EXTERNAL_DNS_SOURCE").and_then(Option::as_deref).unwrap_or_default();
        self.values("source").iter().any(|given| given == source) || given.lines().any(|given| given == source)
    }

    /// What follows from its flags for objects of a kind.
    ///
    /// # Errors
    ///
    /// What cannot be told, in words.
    pub(super) fn settings(&self, kind: Kind) -> Result<Settings, String> {
        let untold = |what: &str| format!("{self} does not tell {what}");
        let version = self.version();
        let prefix = match (self.flag("annotation-prefix")?, version) {
            (Some(prefix), _) => prefix,
            (None, Some(version)) => (if version < RENAMED { PREFIX_BEFORE } else { PREFIX }).to_owned(),
            (None, None) if !kind.is_annotated() => PREFIX.to_owned(),
            (None, None) => {
                return Err(untold(
                    "which annotations it reads, for that changed with version 0.22, and its image's tag is no version",
                ));
            }
        };
        if self.flag("registry")?.as_deref() == Some("noop") {
            return Err(format!("{self} has --registry=noop, so that nothing tells whose a record is"));
        }
        let policy = self.flag("policy")?.unwrap_or_else(|| "sync".to_owned());
        let policy = Policy::parse(&policy).ok_or_else(|| untold("its policy"))?;
        let duration = |flag: &str, default: u64| match self.flag(flag)? {
            None => Ok(Duration::from_secs(default)),
            Some(text) => duration(&text).ok_or_else(|| untold(&format!("its --{flag}: {text:?} is no duration"))),
        };
        Ok(Settings {
            prefix,
            owner_id: self.flag("txt-owner-id")?.unwrap_or_else(|| "default".to_owned()),
            policy,
            interval: duration("interval", 60)?,
            cache: duration("txt-cache-interval", 0)?,
            said_by: self.to_string(),
        })
    }

    /// The value of a flag, from the arguments or else from the environment.
    fn flag(&self, name: &str) -> Result<Option<String>, String> {
        let variable = format!("EXTERNAL_DNS_{}", name.to_ascii_uppercase().replace('-', "_"));
        let value = match self.values(name).pop() {
            Some(value) => value,
            None => match self.environment.get(&variable) {
                None => return Ok(None),
                Some(Some(value)) => value.clone(),
                Some(None) => return Err(format!("{self} has its --{name} from elsewhere, by {variable}")),
            },
        };
        match value.contains("$(") {
            true => Err(format!("{self} has its --{name} from elsewhere, by {value}")),
            false => Ok(Some(value)),
        }
    }

    /// The values that a flag has in the arguments, in their order.
    fn values(&self, name: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut arguments = self.arguments.iter();
        while let Some(argument) = arguments.next() {
            let Some(rest) = argument.strip_prefix("--").and_then(|rest| rest.strip_prefix(name)) else { continue };
            match rest.strip_prefix('=') {
                Some(value) => found.push(value.trim_matches('"').to_owned()),
                None if rest.is_empty() => found.extend(arguments.next().cloned()),
                None => {}
            }
        }
        found
    }

    /// The version that the image's tag tells.
    fn version(&self) -> Option<(u32, u32)> {
        let tagged = self.image.split('@').next()?.rsplit('/').next()?;
        let (_, tag) = tagged.split_once(':')?;
        let mut parts = tag.strip_prefix('v').unwrap_or(tag).split(['.', '-']);
        Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ExternalDNS in Deployment {} ({}", self.deployment, self.image)?;
        for argument in self.arguments.iter().filter(|argument| argument.starts_with("--")) {
            let name = argument.trim_start_matches("--").split('=').next().unwrap_or_default();
            if SHOWN.contains(&name) { write!(f, " {argument}")? } else { write!(f, " --{name}")? }
        }
        f.write_str(")")
    }
}

/// A duration as Go writes it: `1m`, `1m30s`, `500ms`.
fn duration(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit())?;
        let (number, behind) = rest.split_at(digits);
        let letters = behind.find(|letter: char| letter.is_ascii_digit()).unwrap_or(behind.len());
        let (unit, behind) = behind.split_at(letters);
        let number: u64 = number.parse().ok()?;
        total = total.checked_add(match unit {
            "ms" => Duration::from_millis(number),
            "s" => Duration::from_secs(number),
            "m" => Duration::from_secs(number.checked_mul(60)?),
            "h" => Duration::from_secs(number.checked_mul(3600)?),
            _ => return None,
        })?;
        rest = behind;
    }
    (!text.is_empty()).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(image: &str, arguments: &[&str]) -> Program {
        let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        Program { deployment: "dns/external-dns".into(), image: image.into(), arguments, ..Program::default() }
    }

    #[track_caller]
    fn check(image: &str, arguments: &[&str], expect: &str) {
        let said = match program(image, arguments).settings(Kind::Ingress) {
            Ok(told) => {
                format!("{} {} {:?} {:?} {:?}", told.prefix, told.owner_id, told.policy, told.interval, told.cache)
            }
            Err(why) => why,
        };
        assert!(said.contains(expect), "{said}");
    }

    #[test]
    fn flags_and_the_tag_tell_what_it_does() {
        let (old, new) = ("registry.k8s.io/external-dns/external-dns:v0.15.0", "x/external-dns:0.22.1-debian@sha256:a");
        check(old, &[], "external-dns.alpha.kubernetes.io/ default Sync 60s 0ns");
        check(
            new,
            &["--policy=upsert-only", "--interval", "1m30s"],
            "external-dns.kubernetes.io/ default UpsertOnly 90s",
        );
        check(old, &["--annotation-prefix=my/", "--txt-owner-id=a", "--txt-owner-id=b"], "my/ b Sync");
        check(old, &["--policy=create-only", "--txt-cache-interval=500ms"], "CreateOnly 60s 500ms");
    }

    #[test]
    fn what_cannot_be_told_is_an_error() {
        check("external-dns:latest", &[], "which annotations it reads");
        // What is no annotation needs no prefix.
        assert!(program("external-dns:latest", &[]).settings(Kind::DnsEndpoint).is_ok());
        check("external-dns:v0.14.0", &["--txt-owner-id=$(OWNER)"], "--txt-owner-id from elsewhere");
        check("external-dns:v0.14.0", &["--registry=noop"], "--registry=noop");
        check("external-dns:v0.14.0", &["--interval=soon"], "is no duration");
    }

    #[test]
    fn no_key_is_shown() {
        let shown = program("external-dns:v0.14.0", &["--txt-encrypt-aes-key=SECRET", "--policy=sync"]).to_string();
        assert!(shown.contains("--txt-encrypt-aes-key --policy=sync") && !shown.contains("SECRET"), "{shown}");
    }
}

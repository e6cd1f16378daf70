//! The clusters in the provider's block: schema and reading.

use std::collections::BTreeMap;

use eksmig_core::kubernetes::Access;
use tfplugin::schema::checks;
use tfplugin::{Attribute, Diagnostic, Field, Nesting, Reader};

use crate::notices;

/// What is written of the clusters. Nothing of it has to be known before a cluster is needed.
#[derive(Debug, Default)]
pub struct Clusters {
    /// By key, how each is reached; or else which attribute is not known yet.
    pub by_key: BTreeMap<String, Result<Access, String>>,
    /// Which attribute is not known yet, where not even the keys are.
    pub unknown: Option<String>,
}

/// The attributes by which one cluster is reached, each kind of access in its own row.
const ACCESSES: [&[&str]; 3] =
    [&["eks_cluster_name"], &["kubeconfig_path", "context"], &["host", "token", "cluster_ca_certificate"]];
/// What may be left out of its row.
const OPTIONAL: &str = "cluster_ca_certificate";

/// The schema.
pub fn attribute() -> Attribute {
    let text = |name, description: &str| {
        Attribute::string(name).optional().description(description).check(checks::not_empty())
    };
    let cluster = vec![
        text(
            "eks_cluster_name",
            "Name of the cluster in EKS, in the provider's region. Its address and certificate are asked of EKS, and the \
             token is signed with the provider's AWS credentials; neither the AWS CLI nor a kubeconfig is needed.",
        ),
        text(
            "kubeconfig_path",
            "Path of a file that `kubectl` reads. Where it names a program to run for a token, that program is run.",
        ),
        text("context", "The context in the file. It has to be said: the current one is whatever someone chose last."),
        text("host", "URL of the API server, for example `https://api.example.com:6443`."),
        text("token", "A bearer token for it.").sensitive(),
        text(
            "cluster_ca_certificate",
            "The certificates, in PEM, of those who may vouch for the server. Default: those that the machine trusts.",
        ),
    ];
    let clusters = Attribute::nested("clusters", Nesting::Map, cluster)
        .required()
        .description(
            "The clusters, each under the key that resources and data sources know it by, for example `blue` and `green`. \
             Each is reached by one of: `eks_cluster_name`; `kubeconfig_path` and `context`; `host` and `token`. None is \
             reached out to before something needs it.",
        )
        .check(checks::not_empty());
    Attribute::object("kubernetes", vec![clusters])
        .optional()
        .description("The Kubernetes clusters, for what looks into them or changes something there.")
}

/// Reads the attribute.
///
/// # Errors
///
/// A cluster that can be reached in no way, or in more than one, at that cluster.
pub fn read(reader: &Reader<'_>) -> Result<Clusters, Diagnostic> {
    let clusters = reader.attr("clusters");
    let entries = match clusters.entries()? {
        Field::Known(entries) => entries,
        Field::Null => return Ok(Clusters::default()),
        Field::Unknown => {
            return Ok(Clusters { unknown: Some(clusters.path().to_string()), by_key: BTreeMap::new() });
        }
    };
    let by_key = entries.into_iter().map(|(key, cluster)| Ok((key, access(&cluster)?)));
    Ok(Clusters { by_key: by_key.collect::<Result<_, Diagnostic>>()?, unknown: None })
}

/// How one cluster is reached, or which attribute is not known yet.
fn access(cluster: &Reader<'_>) -> Result<Result<Access, String>, Diagnostic> {
    if cluster.is_unknown() {
        return Ok(Err(cluster.path().to_string()));
    }
    let written = |name: &&str| !cluster.attr(name).is_null();
    let rows: Vec<_> = ACCESSES.into_iter().filter(|row| row.iter().any(written)).collect();
    let whole = |row: &&[&str]| row.iter().all(|name| *name == OPTIONAL || written(name));
    if rows.len() != 1 || !rows.iter().all(whole) {
        let names: Vec<&str> = ACCESSES.concat().into_iter().filter(|name| written(name)).collect();
        let has = if names.is_empty() { "none of them".to_owned() } else { names.join(", ") };
        return Err(cluster.error(
            notices::CLUSTER_WITHOUT_ONE_WAY_TO_IT,
            format!(
                "{} needs exactly one of: eks_cluster_name; kubeconfig_path and context; host and token, with \
                 cluster_ca_certificate where the machine does not trust the server by itself. It has {has}.",
                cluster.path()
            ),
        ));
    }
    let mut texts = BTreeMap::new();
    for name in ACCESSES.concat() {
        match cluster.attr(name).string()? {
            Field::Known(text) => drop(texts.insert(name, text)),
            Field::Null => {}
            Field::Unknown => return Ok(Err(cluster.attr(name).path().to_string())),
        }
    }
    let mut text = |name: &str| texts.remove(name);
    let ca_certificate = text(OPTIONAL);
    Ok(Ok(match (text("eks_cluster_name"), text("kubeconfig_path"), text("host")) {
        (Some(cluster_name), _, _) => Access::Eks { cluster_name },
        (_, Some(path), _) => Access::Kubeconfig { path: path.into(), context: text("context").unwrap_or_default() },
        (_, _, host) => {
            Access::Host { url: host.unwrap_or_default(), token: text("token").unwrap_or_default(), ca_certificate }
        }
    }))
}

#[cfg(test)]
mod tests {
    use tfplugin::Value;

    use super::*;

    fn clusters(attributes: &[(&str, Value)]) -> Value {
        let names = ACCESSES.concat();
        let all = names.iter().map(|name| {
            let written = attributes.iter().find(|(written, _)| written == name);
            (*name, written.map_or(Value::Null, |(_, value)| value.clone()))
        });
        Value::object([("clusters", Value::map([("blue", Value::object(all))]))])
    }

    fn of(attributes: &[(&str, Value)]) -> Result<Access, String> {
        let value = clusters(attributes);
        read(&Reader::new(&value)).map_err(|error| error.to_string())?.by_key.remove("blue").unwrap()
    }

    #[test]
    fn each_kind_of_access_is_read() {
        let eks = of(&[("eks_cluster_name", "orders".into())]);
        assert_eq!(eks, Ok(Access::Eks { cluster_name: "orders".into() }));
        let file = of(&[("kubeconfig_path", "/c".into()), ("context", "x".into())]);
        assert_eq!(file, Ok(Access::Kubeconfig { path: "/c".into(), context: "x".into() }));
        let host = of(&[("host", "https://h".into()), ("token", "t".into())]);
        assert_eq!(host, Ok(Access::Host { url: "https://h".into(), token: "t".into(), ca_certificate: None }));
    }

    #[test]
    fn what_is_not_known_yet_is_named() {
        let unknown = of(&[("host", Value::unknown()), ("token", "t".into())]);
        assert_eq!(unknown, Err("clusters[\"blue\"].host".to_owned()));
        let all = Value::object([("clusters", Value::unknown())]);
        assert_eq!(read(&Reader::new(&all)).unwrap().unknown.as_deref(), Some("clusters"));
    }

    #[test]
    fn no_way_and_two_ways_and_half_a_way_are_refused() {
        let half = [("host", "https://h".into())];
        let mixed = [("eks_cluster_name", Value::unknown()), ("context", "x".into())];
        let certificate = [("cluster_ca_certificate", "pem".into())];
        for (attributes, has) in [
            (&[][..], "none of them"),
            (&half[..], "It has host."),
            (&mixed[..], "eks_cluster_name, context"),
            (&certificate[..], "It has cluster_ca_certificate."),
        ] {
            let error = of(attributes).unwrap_err();
            assert!(error.contains("clusters[\"blue\"]") && error.contains(has), "{error}");
        }
    }
}

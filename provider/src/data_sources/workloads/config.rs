//! An `eksmig_workloads` as written.

use std::collections::BTreeSet;

use tfplugin::{Diagnostic, Diagnostics, Field, Reader, Value};

use crate::blocks::known;
use crate::notices;

/// What to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The key of blue's cluster.
    pub blue: String,
    /// The key of green's cluster.
    pub green: Option<String>,
    /// The namespaces to give out; `None` for all but Kubernetes's own.
    pub namespaces: Option<BTreeSet<String>>,
}

impl Config {
    /// Whether a namespace's services are given out.
    pub fn shows(&self, namespace: &str) -> bool {
        match &self.namespaces {
            Some(named) => named.contains(namespace),
            None => !namespace.starts_with("kube-"),
        }
    }
}

/// Reads a configuration; unknown as long as a part of it is.
///
/// # Errors
///
/// What is wrong with it, at its attribute.
pub fn read(value: &Value) -> Result<Field<Config>, Diagnostics> {
    Ok(config(&Reader::new(value))?)
}

fn config(root: &Reader<'_>) -> Result<Field<Config>, Diagnostic> {
    let blue = known!(root.attr("blue").string()?).unwrap_or_default();
    let green = known!(root.attr("green").string()?);
    let namespaces = match known!(root.attr("namespaces").elements()?) {
        None => None,
        Some(elements) => {
            let mut named = BTreeSet::new();
            for element in elements {
                named.extend(known!(element.string()?));
            }
            Some(named)
        }
    };
    if green.as_ref() == Some(&blue) {
        let detail = "blue and green name the same cluster. Leave green out to look at one alone.";
        return Err(root.attr("green").error(notices::ONE_CLUSTER_TWICE, detail));
    }
    Ok(Field::Known(Config { blue, green, namespaces }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(green: Value, namespaces: Value) -> Result<Field<Config>, Diagnostics> {
        read(&Value::object([("blue", Value::from("blue")), ("green", green), ("namespaces", namespaces)]))
    }

    #[test]
    fn kubernetess_own_namespaces_are_shown_where_they_are_named() {
        let all = of(Value::Null, Value::Null).unwrap().known().unwrap();
        assert!(all.shows("shop") && !all.shows("kube-system"));
        let named = of(Value::Null, Value::set(["kube-system"])).unwrap().known().unwrap();
        assert!(named.shows("kube-system") && !named.shows("shop"));
    }

    #[test]
    fn one_cluster_is_not_looked_at_twice_and_what_is_unknown_waits() {
        let error = of("blue".into(), Value::Null).unwrap_err();
        assert_eq!(error.iter().next().unwrap().summary, "One cluster twice");
        assert_eq!(of(Value::unknown(), Value::Null).unwrap(), Field::Unknown);
        assert_eq!(of(Value::Null, Value::set([Value::unknown()])).unwrap(), Field::Unknown);
    }
}

//! What a ClusterRole allows, beside what was asked.

use std::collections::BTreeSet;

use super::Cluster;

/// The verbs and resources of the requests to a cluster so far, `list deployments.apps` for example.
pub fn asked(cluster: &Cluster) -> BTreeSet<String> {
    cluster.api.log().since(0).iter().map(|entry| format!("{} {}", entry.verb, entry.resource)).collect()
}

/// The verbs and resources of a ClusterRole, as the log of a cluster has them.
pub fn role(text: &str) -> BTreeSet<String> {
    let list = |line: &str| -> Vec<String> {
        let inner = line.split_once('[').and_then(|(_, rest)| rest.split_once(']')).unwrap().0;
        inner.split(',').map(|item| item.trim().trim_matches('"').to_owned()).collect()
    };
    let lines: Vec<&str> = text.lines().filter(|line| line.contains('[')).collect();
    let mut found = BTreeSet::new();
    for rule in lines.chunks(3) {
        for group in list(rule[0]) {
            for resource in list(rule[1]) {
                let resource = if group.is_empty() { resource } else { format!("{resource}.{group}") };
                found.extend(list(rule[2]).iter().map(|verb| format!("{verb} {resource}")));
            }
        }
    }
    found
}

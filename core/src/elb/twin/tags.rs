//! Which tags a twin gets.

use std::collections::BTreeMap;

/// The tag that says whose twin something is; its value is the source's ARN.
pub const MARK: &str = "eksmig:twin-of";

/// Beginnings of tags that say who owns the source, which is nobody who owns the twin: AWS itself, Kubernetes' cloud
/// controllers, the AWS Load Balancer Controller (its resource tracking), EKS Auto Mode, ECS, and this program.
const OWNERS: [&str; 12] = [
    "AmazonECS",
    "aws:",
    "eks:",
    "eksmig:",
    "elbv2.k8s.aws/",
    "gateway.eks.amazonaws.com",
    "gateway.k8s.aws",
    "ingress.eks.amazonaws.com",
    "ingress.k8s.aws/",
    "kubernetes.io/",
    "service.eks.amazonaws.com",
    "service.k8s.aws/",
];

/// Tags by key.
pub type Tags = BTreeMap<String, String>;

/// Whether a tag says who owns what it is on.
pub fn names_an_owner(key: &str) -> bool {
    OWNERS.iter().any(|start| key.starts_with(start))
}

/// The tags without those that say who owns it.
pub fn carried(tags: &Tags) -> Tags {
    tags.iter().filter(|(key, _)| !names_an_owner(key)).map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// A source's tags with these over them.
pub(crate) fn with(source: &Tags, over: &Tags) -> Tags {
    let mut tags = carried(source);
    tags.extend(over.clone());
    tags
}

/// What makes one set of tags of another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TagChange {
    /// To be written.
    pub set: Tags,
    /// Keys to be removed.
    pub remove: Vec<String>,
}

impl TagChange {
    /// From the tags that are `live` to those `wanted`. Tags that say who owns it stay.
    pub fn between(live: &Tags, wanted: &Tags) -> Self {
        let set = wanted.iter().filter(|(key, value)| live.get(*key) != Some(value));
        let remove = carried(live).into_keys().filter(|key| !wanted.contains_key(key));
        Self { set: set.map(|(key, value)| (key.clone(), value.clone())).collect(), remove: remove.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(pairs: &[(&str, &str)]) -> Tags {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn an_owners_tags_do_not_go_along() {
        let source = tags(&[
            ("app", "orders"),
            ("aws:cloudformation:stack-name", "s"),
            ("eksmig:twin-of", "arn"),
            ("elbv2.k8s.aws/cluster", "blue"),
            ("AmazonECSManaged", "true"),
            ("eks:eks-cluster-name", "blue"),
            ("gateway.k8s.aws.alb/stack", "a/b"),
            ("ingress.eks.amazonaws.com/stack", "a/b"),
            ("ingress.k8s.aws/stack", "a/b"),
            ("kubernetes.io/cluster/blue", "owned"),
            ("service.k8s.aws/stack", "a/b"),
            ("team", "shop"),
        ]);
        assert_eq!(carried(&source), tags(&[("app", "orders"), ("team", "shop")]));
        let twin = with(&source, &tags(&[("team", "payments"), ("side", "green")]));
        assert_eq!(twin, tags(&[("app", "orders"), ("side", "green"), ("team", "payments")]));
    }

    #[test]
    fn a_change_writes_what_differs_and_leaves_the_owners_tags() {
        let live = tags(&[("app", "orders"), ("team", "shop"), ("old", "x"), ("elbv2.k8s.aws/cluster", "green")]);
        let change = TagChange::between(&live, &tags(&[("app", "orders"), ("team", "payments"), ("new", "y")]));
        assert_eq!(change.set, tags(&[("new", "y"), ("team", "payments")]));
        assert_eq!(change.remove, ["old"]);
    }
}

//! Who manages an object, by its tags. Pure.
//!
//! A controller writes its own weights back when it next reconciles, so who shifts has to know of it. Those that leave no
//! mark cannot be told: CodeDeploy, and the deployments of ECS services, swing rules that carry no tag of theirs.

use std::fmt;

use super::Tags;

/// A controller's kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// The AWS Load Balancer Controller of a Kubernetes cluster.
    LoadBalancerController,
    /// The load balancing of an EKS cluster in Auto Mode.
    EksAutoMode,
    /// The service controller of Kubernetes' AWS cloud provider, which serves `LoadBalancer` services.
    CloudProvider,
    /// ECS, for services in Express Mode.
    Ecs,
}

impl Kind {
    /// Its name in a word, as users read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::LoadBalancerController => "aws-load-balancer-controller",
            Kind::EksAutoMode => "eks-auto-mode",
            Kind::CloudProvider => "kubernetes-cloud-provider",
            Kind::Ecs => "ecs",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Kind::LoadBalancerController => "the AWS Load Balancer Controller",
            Kind::EksAutoMode => "EKS Auto Mode",
            Kind::CloudProvider => "the AWS cloud provider",
            Kind::Ecs => "ECS",
        }
    }
}

/// Who says that an object is its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manager {
    /// What it is.
    pub kind: Kind,
    /// The name of its cluster, where the tags say it.
    pub cluster: Option<String>,
    /// What the object was made for: a group of Ingresses, `namespace/name` of an Ingress, Service or Gateway, or the ARN
    /// of an ECS service; where the tags say it.
    pub stack: Option<String>,
}

impl fmt::Display for Manager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.title())?;
        match &self.cluster {
            Some(cluster) => write!(f, " of cluster {cluster}"),
            None => Ok(()),
        }
    }
}

/// Tags that name the cluster of a controller (AWS Load Balancer Controller, `pkg/deploy/tracking`, the second as its first
/// version had it; the tags that the role of an EKS Auto Mode cluster may set).
const CLUSTERS: [(&str, Kind); 3] = [
    ("elbv2.k8s.aws/cluster", Kind::LoadBalancerController),
    ("ingress.k8s.aws/cluster", Kind::LoadBalancerController),
    ("eks:eks-cluster-name", Kind::EksAutoMode),
];
/// What the key of a stack's tag begins with, before `/stack`.
const STACKS: [&str; 8] = [
    "ingress.k8s.aws",
    "service.k8s.aws",
    "gateway.k8s.aws.alb",
    "gateway.k8s.aws.nlb",
    "ingress.eks.amazonaws.com",
    "service.eks.amazonaws.com",
    "gateway.eks.amazonaws.com.alb",
    "gateway.eks.amazonaws.com.nlb",
];
/// The tags of the AWS cloud provider: the service, and, with the cluster's name behind it, whose it is.
const CLOUD_PROVIDER_SERVICE: &str = "kubernetes.io/service-name";
const CLOUD_PROVIDER_CLUSTER: &str = "kubernetes.io/cluster/";
/// The tags that ECS's role for Express Mode may set on load balancers and their parts.
const ECS_MANAGED: &str = "AmazonECSManaged";
const ECS_CREATED: &str = "AmazonECSCreated";

/// Who says by these tags that the object is its own; none where nobody does.
pub fn of(tags: &Tags) -> Option<Manager> {
    if let Some((key, kind)) = CLUSTERS.iter().find(|(key, _)| tags.contains_key(*key)) {
        let stack = STACKS.iter().find_map(|prefix| tags.get(&format!("{prefix}/stack")));
        return Some(Manager { kind: *kind, cluster: tags.get(*key).cloned(), stack: stack.cloned() });
    }
    if let Some(service) = tags.get(CLOUD_PROVIDER_SERVICE) {
        let cluster = tags.keys().find_map(|key| key.strip_prefix(CLOUD_PROVIDER_CLUSTER));
        let cluster = cluster.map(str::to_owned);
        return Some(Manager { kind: Kind::CloudProvider, cluster, stack: Some(service.clone()) });
    }
    let managed = tags.get(ECS_MANAGED)?;
    (managed != "false").then(|| Manager { kind: Kind::Ecs, cluster: None, stack: tags.get(ECS_CREATED).cloned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(tags: &[(&str, &str)], said: &str, stack: Option<&str>) {
        let tags: Tags = tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let found = of(&tags);
        assert_eq!(found.as_ref().map(ToString::to_string).unwrap_or_default(), said);
        assert_eq!(found.and_then(|manager| manager.stack).as_deref(), stack);
    }

    #[test]
    fn controllers_are_known_by_their_tags() {
        let cluster = ("elbv2.k8s.aws/cluster", "blue");
        let controller = "the AWS Load Balancer Controller of cluster blue";
        check(&[cluster], controller, None);
        check(&[cluster, ("ingress.k8s.aws/stack", "shop")], controller, Some("shop"));
        check(&[cluster, ("service.k8s.aws/stack", "shop/orders")], controller, Some("shop/orders"));
        check(&[cluster, ("gateway.k8s.aws.alb/stack", "shop/edge")], controller, Some("shop/edge"));
        check(&[("ingress.k8s.aws/cluster", "blue")], controller, None);
        check(
            &[("eks:eks-cluster-name", "blue"), ("ingress.eks.amazonaws.com/stack", "shop/orders")],
            "EKS Auto Mode of cluster blue",
            Some("shop/orders"),
        );
        check(
            &[("kubernetes.io/service-name", "shop/orders"), ("kubernetes.io/cluster/blue", "owned")],
            "the AWS cloud provider of cluster blue",
            Some("shop/orders"),
        );
        check(&[("AmazonECSManaged", "true")], "ECS", None);
    }

    #[test]
    fn other_tags_name_nobody() {
        check(&[], "", None);
        check(&[("Name", "edge"), ("cluster", "blue")], "", None);
        // A shared cluster's tag without a service is on whatever the cluster may use, subnets for example.
        check(&[("kubernetes.io/cluster/blue", "shared")], "", None);
        check(&[("AmazonECSManaged", "false")], "", None);
        check(&[("ingress.k8s.aws/stack", "shop")], "", None);
    }
}

//! What was seen in a cluster, as far as it says how a service is reached. Plain data.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::elb::TargetGroupArn;

/// Keys with values: labels, annotations, selectors.
pub(crate) type Pairs = BTreeMap<String, String>;

/// An object's name, in its namespace.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Id {
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
}

impl Id {
    /// The object of this name in this namespace.
    pub fn new(namespace: &str, name: &str) -> Self {
        Self { namespace: namespace.to_owned(), name: name.to_owned() }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

/// A cluster, in what matters here.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// Its services.
    pub services: BTreeMap<Id, Service>,
    /// Its Ingresses.
    pub ingresses: Vec<Ingress>,
    /// Its classes of Ingresses, by name.
    pub classes: BTreeMap<String, Class>,
    /// Its bindings of target groups.
    pub bindings: Vec<Binding>,
    /// Its nodes.
    pub nodes: Vec<Node>,
    /// Its Deployments and DaemonSets.
    pub programs: Vec<Program>,
    /// Its routes of the Gateway API.
    pub gateway_routes: Vec<GatewayRoute>,
}

/// A Service.
#[derive(Debug, Clone, Default)]
pub(crate) struct Service {
    /// Whether it is of type `LoadBalancer`.
    pub is_load_balancer: bool,
    /// The ports of the nodes on which it is served.
    pub node_ports: BTreeSet<u16>,
    /// `spec.loadBalancerClass`.
    pub class: Option<String>,
    /// What selects its pods.
    pub selector: Pairs,
    /// Its annotations.
    pub annotations: Pairs,
    /// Whether Argo CD tracks it.
    pub argo_cd: bool,
}

/// An Ingress.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ingress {
    /// Its name.
    pub id: Id,
    /// Its class, by the field or by the annotation before that; none for the cluster's default.
    pub class: Option<String>,
    /// The services that it leads to.
    pub services: BTreeSet<Id>,
    /// Its hosts.
    pub hosts: BTreeSet<String>,
    /// Its annotations.
    pub annotations: Pairs,
    /// Whether Argo CD tracks it.
    pub argo_cd: bool,
}

/// An IngressClass.
#[derive(Debug, Clone, Default)]
pub(crate) struct Class {
    /// `spec.controller`.
    pub controller: String,
    /// Whether it is the cluster's default.
    pub is_default: bool,
}

/// A TargetGroupBinding.
#[derive(Debug, Clone, Default)]
pub struct Binding {
    /// Its name.
    pub id: Id,
    /// The service whose endpoints it registers.
    pub service: Id,
    /// `spec.targetGroupARN`.
    pub group_arn: Option<String>,
    /// `spec.targetGroupName`, which counts where there is no ARN.
    pub group_name: Option<String>,
    /// `spec.multiClusterTargetGroup`.
    pub multi_cluster: bool,
    /// Whether a controller made it, for an Ingress, a Service or a Gateway.
    pub is_managed: bool,
}

impl Binding {
    /// The target group, as the binding names it.
    pub(crate) fn group(&self) -> Option<&str> {
        self.group_arn.as_deref().or(self.group_name.as_deref())
    }

    /// Whether the controllers of this binding and of one in another cluster take each other's targets out: each
    /// deregisters what it did not register, at its next reconcile, unless both share on purpose (AWS Load Balancer
    /// Controller: `resource_manager.go`). Where one names no ARN, one name is taken for one target group.
    pub(crate) fn fights(&self, other: &Self) -> bool {
        let is_one = match (&self.group_arn, &other.group_arn) {
            (Some(ours), Some(theirs)) => ours == theirs,
            _ => self.name_of_group().is_some_and(|name| other.name_of_group() == Some(name)),
        };
        is_one && !(self.multi_cluster && other.multi_cluster)
    }

    fn name_of_group(&self) -> Option<String> {
        match &self.group_arn {
            Some(arn) => TargetGroupArn::parse(arn).ok().map(|arn| arn.name().to_owned()),
            None => self.group_name.clone(),
        }
    }
}

/// A Node.
#[derive(Debug, Clone, Default)]
pub(crate) struct Node {
    /// The id of its instance.
    pub instance: Option<String>,
    /// Its addresses in the VPC.
    pub addresses: BTreeSet<String>,
    /// Its node group or node pool.
    pub group: Option<String>,
}

/// A Deployment or DaemonSet.
#[derive(Debug, Clone, Default)]
pub(crate) struct Program {
    /// Its name.
    pub id: Id,
    /// The labels of its pods.
    pub labels: Pairs,
    /// The images of its containers.
    pub images: Vec<String>,
    /// The arguments of its containers.
    pub arguments: Vec<String>,
    /// The variables in its containers' environment; none for a value that stands in another object.
    pub environment: BTreeMap<String, Option<String>>,
    /// Whether more variables stand in other objects (`envFrom`).
    pub has_more_environment: bool,
}

/// An HTTPRoute.
#[derive(Debug, Clone, Default)]
pub(crate) struct GatewayRoute {
    /// Its name.
    pub id: Id,
    /// The services that it leads to.
    pub services: BTreeSet<Id>,
    /// Its hosts.
    pub hosts: BTreeSet<String>,
    /// The controllers of its gateways' classes.
    pub controllers: BTreeSet<String>,
    /// Its annotations.
    pub annotations: Pairs,
    /// Whether Argo CD tracks it.
    pub argo_cd: bool,
}

//! A way on which a service is reached from outside, and what can be moved on it.

use std::collections::BTreeSet;

use crate::survey::manager;

/// What kind of a way it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A port of the nodes, registered in a target group.
    NodePort,
    /// Pods, registered in a target group behind a network load balancer.
    PodsBehindNlb,
    /// Pods, registered in a target group behind an application load balancer.
    PodsBehindAlb,
    /// Through an ingress controller that runs in the cluster.
    IngressController,
    /// Not from outside.
    Internal,
    /// From outside, and it cannot be told how.
    Unknown,
}

impl Kind {
    /// Its name, as users read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::NodePort => "node_port",
            Kind::PodsBehindNlb => "pods_behind_nlb",
            Kind::PodsBehindAlb => "pods_behind_alb",
            Kind::IngressController => "ingress_controller",
            Kind::Internal => "internal",
            Kind::Unknown => "unknown",
        }
    }
}

/// The resource that moves traffic on such a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mover {
    /// Two target groups in one route.
    WeightedShift,
    /// Both clusters' nodes in one target group.
    TargetCutover,
    /// Two ports of one network load balancer, behind API Gateway.
    NlbPortSwap,
    /// A load balancer for each cluster, and a record for each.
    Route53Shift,
    /// The same, where ExternalDNS writes the records.
    ExternalDnsShift,
}

impl Mover {
    /// Its type, as users write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Mover::WeightedShift => "eksmig_weighted_shift",
            Mover::TargetCutover => "eksmig_target_cutover",
            Mover::NlbPortSwap => "eksmig_nlb_port_swap",
            Mover::Route53Shift => "eksmig_route53_shift",
            Mover::ExternalDnsShift => "eksmig_external_dns_shift",
        }
    }
}

/// Who writes what has to be turned, and may write it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// A controller of load balancers.
    Controller(manager::Kind),
    /// ExternalDNS.
    ExternalDns,
    /// Argo CD, from a repository.
    ArgoCd,
    /// Terraform, by a tag that says so.
    Terraform,
}

impl Owner {
    /// Its name, as users read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Owner::Controller(kind) => kind.as_str(),
            Owner::ExternalDns => "external-dns",
            Owner::ArgoCd => "argo-cd",
            Owner::Terraform => "terraform",
        }
    }
}

/// A way on which a service is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// What kind it is.
    pub kind: Kind,
    /// What moves traffic on it; none where nothing can or need be.
    pub moved_by: Option<Mover>,
    /// Who owns what has to be turned; none where nobody is known to.
    pub owner: Option<Owner>,
    /// The ARNs of the target groups on it.
    pub target_groups: BTreeSet<String>,
    /// The ARNs of the load balancers on it.
    pub load_balancers: BTreeSet<String>,
    /// The APIs and VPC links in front of it.
    pub apis: BTreeSet<String>,
    /// The host names that lead to it, as far as the cluster says.
    pub hosts: BTreeSet<String>,
    /// The ports of the nodes on it.
    pub node_ports: BTreeSet<u16>,
    /// Whether nothing sends anything on it: right for green before it is moved to.
    pub is_idle: bool,
    /// What it was told by, in sentences that name the objects.
    pub evidence: Vec<String>,
    /// What stands in the way of moving it, in sentences.
    pub blockers: Vec<String>,
}

impl Path {
    /// A way of this kind, told by this.
    pub(super) fn told(kind: Kind, evidence: impl Into<String>) -> Self {
        Self {
            kind,
            moved_by: None,
            owner: None,
            target_groups: BTreeSet::new(),
            load_balancers: BTreeSet::new(),
            apis: BTreeSet::new(),
            hosts: BTreeSet::new(),
            node_ports: BTreeSet::new(),
            is_idle: false,
            evidence: vec![evidence.into()],
            blockers: Vec::new(),
        }
    }
}

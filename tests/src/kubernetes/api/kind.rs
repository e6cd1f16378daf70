//! The kinds of objects that are served.

/// A kind, and how it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// Its API group; empty for the core group.
    pub group: &'static str,
    /// Its version.
    pub version: &'static str,
    /// Its name in paths.
    pub plural: &'static str,
    /// Its name in objects.
    pub kind: &'static str,
    /// Names that people type for it.
    pub short: &'static [&'static str],
    /// Whether its objects are in a namespace.
    pub namespaced: bool,
    /// Whether `/status` is apart from the rest.
    pub status: bool,
    /// Whether it has `/scale`.
    pub scale: bool,
    /// Whether a custom resource definition makes it, without a schema here.
    pub custom: bool,
}

const fn kind(group: &'static str, version: &'static str, plural: &'static str, kind: &'static str) -> Kind {
    let short = &[];
    Kind { group, version, plural, kind, short, namespaced: true, status: true, scale: false, custom: false }
}

impl Kind {
    const fn short(self, short: &'static [&'static str]) -> Self {
        Self { short, ..self }
    }

    const fn of_cluster(self) -> Self {
        Self { namespaced: false, ..self }
    }

    const fn plain(self) -> Self {
        Self { status: false, ..self }
    }

    const fn scaled(self) -> Self {
        Self { scale: true, ..self }
    }

    const fn custom(self) -> Self {
        Self { custom: true, ..self }
    }

    /// `apps/v1`, or `v1` in the core group.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() { self.version.to_owned() } else { format!("{}/{}", self.group, self.version) }
    }

    /// `deployments.apps`, or `pods` in the core group: its name in refusals and logs.
    pub fn resource(&self) -> String {
        if self.group.is_empty() { self.plural.to_owned() } else { format!("{}.{}", self.plural, self.group) }
    }

    /// Its name for one object in a path of kubectl's: lower case.
    pub fn singular(&self) -> String {
        self.kind.to_lowercase()
    }

    /// Whether a change of what is wanted is counted in `metadata.generation`.
    pub fn counts_generations(&self) -> bool {
        let without = ["namespaces", "nodes", "services", "leases", "configmaps", "events", "persistentvolumes"];
        !without.contains(&self.plural) && !["persistentvolumeclaims", "endpointslices"].contains(&self.plural)
    }
}

/// Namespaces.
pub const NAMESPACE: Kind = kind("", "v1", "namespaces", "Namespace").short(&["ns"]).of_cluster();
/// Nodes.
pub const NODE: Kind = kind("", "v1", "nodes", "Node").short(&["no"]).of_cluster();
/// Pods.
pub const POD: Kind = kind("", "v1", "pods", "Pod").short(&["po"]);
/// Services.
pub const SERVICE: Kind = kind("", "v1", "services", "Service").short(&["svc"]);
/// Config maps.
pub const CONFIG_MAP: Kind = kind("", "v1", "configmaps", "ConfigMap").short(&["cm"]).plain();
/// Events.
pub const EVENT: Kind = kind("", "v1", "events", "Event").short(&["ev"]).plain();
/// Persistent volumes.
pub const VOLUME: Kind = kind("", "v1", "persistentvolumes", "PersistentVolume").short(&["pv"]).of_cluster();
/// Claims of persistent volumes.
pub const CLAIM: Kind = kind("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim").short(&["pvc"]);
/// Quotas.
pub const QUOTA: Kind = kind("", "v1", "resourcequotas", "ResourceQuota").short(&["quota"]);
/// Deployments.
pub const DEPLOYMENT: Kind = kind("apps", "v1", "deployments", "Deployment").short(&["deploy"]).scaled();
/// Replica sets.
pub const REPLICA_SET: Kind = kind("apps", "v1", "replicasets", "ReplicaSet").short(&["rs"]).scaled();
/// Stateful sets.
pub const STATEFUL_SET: Kind = kind("apps", "v1", "statefulsets", "StatefulSet").short(&["sts"]).scaled();
/// Daemon sets.
pub const DAEMON_SET: Kind = kind("apps", "v1", "daemonsets", "DaemonSet").short(&["ds"]);
/// Jobs.
pub const JOB: Kind = kind("batch", "v1", "jobs", "Job");
/// Cron jobs.
pub const CRON_JOB: Kind = kind("batch", "v1", "cronjobs", "CronJob").short(&["cj"]);
/// Horizontal pod autoscalers.
pub const AUTOSCALER: Kind =
    kind("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler").short(&["hpa"]);
/// Pod disruption budgets.
pub const BUDGET: Kind = kind("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget").short(&["pdb"]);
/// Endpoint slices.
pub const SLICE: Kind = kind("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice").plain();
/// Leases.
pub const LEASE: Kind = kind("coordination.k8s.io", "v1", "leases", "Lease").plain();
/// Ingresses.
pub const INGRESS: Kind = kind("networking.k8s.io", "v1", "ingresses", "Ingress").short(&["ing"]);
/// Classes of ingresses.
pub const INGRESS_CLASS: Kind = kind("networking.k8s.io", "v1", "ingressclasses", "IngressClass").of_cluster().plain();
/// Classes of storage.
pub const STORAGE_CLASS: Kind =
    kind("storage.k8s.io", "v1", "storageclasses", "StorageClass").short(&["sc"]).of_cluster().plain();

/// The kinds that every cluster serves.
pub const BUILT_IN: [Kind; 22] = [
    NAMESPACE,
    NODE,
    POD,
    SERVICE,
    CONFIG_MAP,
    EVENT,
    VOLUME,
    CLAIM,
    QUOTA,
    DEPLOYMENT,
    REPLICA_SET,
    STATEFUL_SET,
    DAEMON_SET,
    JOB,
    CRON_JOB,
    AUTOSCALER,
    BUDGET,
    SLICE,
    LEASE,
    INGRESS,
    INGRESS_CLASS,
    STORAGE_CLASS,
];

/// The AWS load balancer controller's bindings of target groups.
pub const BINDING: Kind = kind("elbv2.k8s.aws", "v1beta1", "targetgroupbindings", "TargetGroupBinding").custom();
/// EKS Auto Mode's bindings of target groups.
pub const AUTO_MODE_BINDING: Kind =
    kind("eks.amazonaws.com", "v1", "targetgroupbindings", "TargetGroupBinding").custom();
/// ExternalDNS's records.
pub const DNS_ENDPOINT: Kind = kind("externaldns.k8s.io", "v1alpha1", "dnsendpoints", "DNSEndpoint").custom();
/// KEDA's scaled objects.
pub const SCALED_OBJECT: Kind = kind("keda.sh", "v1alpha1", "scaledobjects", "ScaledObject").short(&["so"]).custom();
/// Argo CD's applications.
pub const APPLICATION: Kind = kind("argoproj.io", "v1alpha1", "applications", "Application").custom().plain();
/// Argo's rollouts.
pub const ROLLOUT: Kind = kind("argoproj.io", "v1alpha1", "rollouts", "Rollout").custom().scaled();
/// Classes of gateways.
pub const GATEWAY_CLASS: Kind =
    kind("gateway.networking.k8s.io", "v1", "gatewayclasses", "GatewayClass").custom().of_cluster();
/// Gateways.
pub const GATEWAY: Kind = kind("gateway.networking.k8s.io", "v1", "gateways", "Gateway").custom();
/// Routes of gateways.
pub const HTTP_ROUTE: Kind = kind("gateway.networking.k8s.io", "v1", "httproutes", "HTTPRoute").custom();
/// Routes of gateways for gRPC.
pub const GRPC_ROUTE: Kind = kind("gateway.networking.k8s.io", "v1", "grpcroutes", "GRPCRoute").custom();
/// Routes of gateways for TLS, as version 1.5 of the Gateway API serves them.
pub const TLS_ROUTE: Kind = kind("gateway.networking.k8s.io", "v1", "tlsroutes", "TLSRoute").custom();
/// The same, as earlier versions serve them.
pub const ALPHA_TLS_ROUTE: Kind = kind("gateway.networking.k8s.io", "v1alpha2", "tlsroutes", "TLSRoute").custom();
/// Routes of gateways for TCP, as version 1.6 of the Gateway API serves them.
pub const TCP_ROUTE: Kind = kind("gateway.networking.k8s.io", "v1", "tcproutes", "TCPRoute").custom();
/// Routes of gateways for UDP, as versions before 1.6 serve them.
pub const ALPHA_UDP_ROUTE: Kind = kind("gateway.networking.k8s.io", "v1alpha2", "udproutes", "UDPRoute").custom();

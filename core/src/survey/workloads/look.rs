//! Reading a cluster.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::apps::v1::{DaemonSet, Deployment};
use k8s_openapi::api::core::v1::{self, PodTemplateSpec};
use k8s_openapi::api::networking::v1::{self as networking, IngressBackend};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Api;
use kube::api::{ApiResource, DynamicObject, GroupVersionKind, ListParams};
use serde_json::Value;

use super::gateways::routes;
use super::seen::{Binding, Class, Id, Ingress, Node, Pairs, Program, Seen, Service};
use crate::kubernetes::{Cluster, Error, GitOps, Tracked};

/// Kinds of bindings of target groups: of the AWS Load Balancer Controller, and of EKS Auto Mode.
const BINDINGS: [(&str, &str); 2] = [("elbv2.k8s.aws", "v1beta1"), ("eks.amazonaws.com", "v1")];
/// What the labels of a binding begin with that a controller made.
const MANAGED: [&str; 4] =
    ["ingress.k8s.aws/stack", "service.k8s.aws/stack", "gateway.k8s.aws", "ingress.eks.amazonaws.com/stack"];
/// The labels that name a node's group: of EKS, of Karpenter and EKS Auto Mode, of eksctl.
const NODE_GROUPS: [&str; 3] =
    ["eks.amazonaws.com/nodegroup", "karpenter.sh/nodepool", "alpha.eksctl.io/nodegroup-name"];
/// The annotation of an Ingress's class before there was a field for it.
const CLASS_ANNOTATION: &str = "kubernetes.io/ingress.class";
/// The annotation of the class that counts where none is said.
const DEFAULT_CLASS: &str = "ingressclass.kubernetes.io/is-default-class";

/// Everything of a cluster that says how its services are reached. There is one call for every 500 objects of each kind.
///
/// # Errors
///
/// The cluster could not be asked. A kind that is not installed is no error.
pub(super) async fn look(cluster: &Cluster) -> Result<Seen, Error> {
    let all = ListParams::default();
    let mut seen = Seen { gateway_routes: routes(cluster).await?, ..Seen::default() };
    seen.services = services(cluster).await?;
    let ingresses = cluster.list("ingresses", Api::<networking::Ingress>::all, &all).await?;
    seen.ingresses = ingresses.into_iter().map(ingress).collect();
    for found in cluster.list("ingress classes", Api::<networking::IngressClass>::all, &all).await? {
        let is_default =
            found.metadata.annotations.iter().flatten().any(|(key, is)| key == DEFAULT_CLASS && is == "true");
        let controller = found.spec.and_then(|spec| spec.controller).unwrap_or_default();
        seen.classes.insert(found.metadata.name.unwrap_or_default(), Class { controller, is_default });
    }
    seen.nodes = cluster.list("nodes", Api::<v1::Node>::all, &all).await?.into_iter().map(node).collect();
    seen.programs = programs(cluster).await?;
    seen.bindings = bindings(cluster).await?;
    Ok(seen)
}

/// The services that do not lead out of the cluster.
///
/// # Errors
///
/// The cluster could not be asked.
pub(crate) async fn services(cluster: &Cluster) -> Result<BTreeMap<Id, Service>, Error> {
    let found = cluster.list("services", Api::<v1::Service>::all, &ListParams::default()).await?;
    Ok(found.into_iter().filter_map(service).collect())
}

/// The Deployments and DaemonSets.
///
/// # Errors
///
/// The cluster could not be asked.
pub(crate) async fn programs(cluster: &Cluster) -> Result<Vec<Program>, Error> {
    let (all, mut programs) = (ListParams::default(), Vec::new());
    for found in cluster.list("deployments", Api::<Deployment>::all, &all).await? {
        programs.extend(found.spec.map(|spec| program(&found.metadata, spec.template)));
    }
    for found in cluster.list("daemon sets", Api::<DaemonSet>::all, &all).await? {
        programs.extend(found.spec.map(|spec| program(&found.metadata, spec.template)));
    }
    Ok(programs)
}

/// The bindings of target groups.
///
/// # Errors
///
/// The cluster could not be asked. That no kind of them is installed is no error.
pub(crate) async fn bindings(cluster: &Cluster) -> Result<Vec<Binding>, Error> {
    let mut bindings = Vec::new();
    for (group, version) in BINDINGS {
        let found = custom(cluster, group, version, "TargetGroupBinding", "targetgroupbindings").await?;
        bindings.extend(found.iter().map(binding));
    }
    Ok(bindings)
}

/// The objects of a kind that may not be installed; then there are none.
pub(super) async fn custom(
    cluster: &Cluster,
    group: &str,
    version: &str,
    kind: &str,
    plural: &str,
) -> Result<Vec<DynamicObject>, Error> {
    let resource = ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk(group, version, kind), plural);
    let at = |client| Api::<DynamicObject>::all_with(client, &resource);
    let what = format!("{plural}.{group}");
    Ok(cluster.list_if_installed(&what, at, &ListParams::default()).await?.unwrap_or_default())
}

/// An object's name.
pub(super) fn id(metadata: &ObjectMeta) -> Id {
    Id::new(metadata.namespace.as_deref().unwrap_or_default(), metadata.name.as_deref().unwrap_or_default())
}

/// Whether Argo CD tracks an object.
pub(super) fn argo_cd(metadata: &ObjectMeta) -> bool {
    Tracked::of(metadata).is_some_and(|tracked| tracked.by == GitOps::ArgoCd)
}

/// A Service; none for one that leads out of the cluster.
fn service(found: v1::Service) -> Option<(Id, Service)> {
    let spec = found.spec?;
    if spec.type_.as_deref() == Some("ExternalName") {
        return None;
    }
    let node_ports = spec.ports.iter().flatten().filter_map(|port| u16::try_from(port.node_port?).ok());
    let service = Service {
        is_load_balancer: spec.type_.as_deref() == Some("LoadBalancer"),
        node_ports: node_ports.filter(|port| *port > 0).collect(),
        class: spec.load_balancer_class,
        selector: spec.selector.unwrap_or_default(),
        argo_cd: argo_cd(&found.metadata),
        annotations: found.metadata.annotations.clone().unwrap_or_default(),
    };
    Some((id(&found.metadata), service))
}

fn ingress(found: networking::Ingress) -> Ingress {
    let (id, argo_cd) = (id(&found.metadata), argo_cd(&found.metadata));
    let annotations: Pairs = found.metadata.annotations.unwrap_or_default();
    let spec = found.spec.unwrap_or_default();
    let mut services = BTreeSet::new();
    let mut hosts = BTreeSet::new();
    let leads_to = |backend: IngressBackend| Some(Id::new(&id.namespace, &backend.service?.name));
    services.extend(spec.default_backend.and_then(leads_to));
    for rule in spec.rules.unwrap_or_default() {
        hosts.extend(rule.host);
        let paths = rule.http.map(|http| http.paths).unwrap_or_default();
        services.extend(paths.into_iter().filter_map(|path| leads_to(path.backend)));
    }
    services.extend(weighted(&id, &annotations));
    let class = spec.ingress_class_name.or_else(|| annotations.get(CLASS_ANNOTATION).cloned());
    Ingress { id, class, services, hosts, annotations, argo_cd }
}

/// The services that the actions of an Ingress forward to (AWS Load Balancer Controller: `actions.<name>`).
fn weighted(ingress: &Id, annotations: &Pairs) -> Vec<Id> {
    let actions = annotations.iter().filter(|(key, _)| key.starts_with("alb.ingress.kubernetes.io/actions."));
    let parsed = actions.filter_map(|(_, action)| serde_json::from_str::<Value>(action).ok());
    let groups = parsed.filter_map(|action| action.get("forwardConfig")?.get("targetGroups")?.as_array().cloned());
    let names = groups.flatten().filter_map(|group| Some(group.get("serviceName")?.as_str()?.to_owned()));
    names.map(|name| Id::new(&ingress.namespace, &name)).collect()
}

fn node(found: v1::Node) -> Node {
    let labels = found.metadata.labels.unwrap_or_default();
    // Such as aws:///eu-west-1a/i-0123456789abcdef0.
    let provider = found.spec.and_then(|spec| spec.provider_id).unwrap_or_default();
    let instance = provider.rsplit('/').next().filter(|last| last.starts_with("i-")).map(str::to_owned);
    let addresses = found.status.and_then(|status| status.addresses).unwrap_or_default();
    let inner = addresses.into_iter().filter(|address| address.type_ == "InternalIP");
    Node {
        instance,
        addresses: inner.map(|address| address.address).collect(),
        group: NODE_GROUPS.iter().find_map(|key| labels.get(*key)).cloned(),
    }
}

fn program(metadata: &ObjectMeta, template: PodTemplateSpec) -> Program {
    let containers = template.spec.map(|spec| spec.containers).unwrap_or_default();
    let mut program = Program {
        id: id(metadata),
        labels: template.metadata.and_then(|metadata| metadata.labels).unwrap_or_default(),
        ..Program::default()
    };
    for container in containers {
        program.images.extend(container.image);
        program.arguments.extend(container.command.into_iter().chain(container.args).flatten());
        program.has_more_environment |= container.env_from.is_some_and(|sources| !sources.is_empty());
        for variable in container.env.unwrap_or_default() {
            // A variable without a value is an empty one.
            let value = variable.value_from.is_none().then(|| variable.value.unwrap_or_default());
            program.environment.insert(variable.name, value);
        }
    }
    program
}

fn binding(found: &DynamicObject) -> Binding {
    let spec = found.data.get("spec").unwrap_or(&Value::Null);
    let text = |name: &str| spec.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    let service = spec.get("serviceRef").and_then(|service| service.get("name")).and_then(Value::as_str);
    let labels: BTreeMap<_, _> = found.metadata.labels.clone().unwrap_or_default();
    let made = |key: &String| MANAGED.iter().any(|managed| key.starts_with(managed));
    let id = id(&found.metadata);
    Binding {
        service: Id::new(&id.namespace, service.unwrap_or_default()),
        id,
        group_arn: text("targetGroupARN"),
        group_name: text("targetGroupName"),
        multi_cluster: spec.get("multiClusterTargetGroup").and_then(Value::as_bool).unwrap_or_default(),
        is_managed: labels.keys().any(made),
    }
}

//! Reading the Gateway API of a cluster.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::look::{argo_cd, custom, id};
use super::seen::{GatewayRoute, Id};
use crate::kubernetes::{Cluster, Error};

const GROUP: &str = "gateway.networking.k8s.io";
const VERSION: &str = "v1";

/// Every HTTPRoute, with the controllers of its gateways' classes.
///
/// # Errors
///
/// The cluster could not be asked. That the Gateway API is not installed is no error.
pub(super) async fn routes(cluster: &Cluster) -> Result<Vec<GatewayRoute>, Error> {
    let routes = custom(cluster, GROUP, VERSION, "HTTPRoute", "httproutes").await?;
    if routes.is_empty() {
        return Ok(Vec::new());
    }
    let classes: BTreeMap<String, String> = custom(cluster, GROUP, VERSION, "GatewayClass", "gatewayclasses")
        .await?
        .into_iter()
        .filter_map(|class| Some((class.metadata.name?, text(class.data.get("spec")?, "controllerName")?)))
        .collect();
    let gateways: BTreeMap<Id, String> = custom(cluster, GROUP, VERSION, "Gateway", "gateways")
        .await?
        .into_iter()
        .filter_map(|gateway| {
            let class = text(gateway.data.get("spec")?, "gatewayClassName")?;
            Some((id(&gateway.metadata), classes.get(&class)?.clone()))
        })
        .collect();
    let route = |found: kube::api::DynamicObject| {
        let here = id(&found.metadata);
        let spec = found.data.get("spec").cloned().unwrap_or_default();
        let parents = array(&spec, "parentRefs");
        let controllers = parents.iter().filter_map(|parent| gateways.get(&named(parent, &here)?).cloned()).collect();
        let backends = array(&spec, "rules").iter().flat_map(|rule| array(rule, "backendRefs")).collect::<Vec<_>>();
        let services: BTreeSet<Id> = backends
            .iter()
            .filter(|backend| text(backend, "kind").is_none_or(|kind| kind == "Service"))
            .filter_map(|backend| named(backend, &here))
            .collect();
        let hosts = array(&spec, "hostnames").iter().filter_map(|host| host.as_str().map(str::to_owned)).collect();
        GatewayRoute {
            id: here,
            services,
            hosts,
            controllers,
            argo_cd: argo_cd(&found.metadata),
            annotations: found.metadata.annotations.unwrap_or_default(),
        }
    };
    Ok(routes.into_iter().map(route).collect())
}

/// What a reference names: by default, in the namespace of who refers.
fn named(reference: &Value, from: &Id) -> Option<Id> {
    let namespace = text(reference, "namespace").unwrap_or_else(|| from.namespace.clone());
    Some(Id::new(&namespace, &text(reference, "name")?))
}

fn text(object: &Value, name: &str) -> Option<String> {
    object.get(name)?.as_str().map(str::to_owned)
}

fn array(object: &Value, name: &str) -> Vec<Value> {
    object.get(name).and_then(Value::as_array).cloned().unwrap_or_default()
}

//! One side: a cluster with the object that asks for its record, and its ExternalDNS.

use std::time::Duration;

use serde_json::{Value, json};

use crate::kubernetes::api::faults::Trouble;
use crate::kubernetes::api::kind::{
    ALPHA_UDP_ROUTE, DNS_ENDPOINT, GATEWAY, GRPC_ROUTE, HTTP_ROUTE, INGRESS, Kind, SERVICE, TCP_ROUTE, TLS_ROUTE,
};
use crate::kubernetes::api::state::Part;
use crate::kubernetes::fixtures::{deployment, service};
use crate::kubernetes::hosted_zone::HostedZone;
use crate::kubernetes::models::driver::Driver;
use crate::kubernetes::models::external_dns::{Deployed, ExternalDns};
use crate::kubernetes::{Cluster, Settings};
use crate::zone::Zone;

/// What annotations begin with until version 0.21 of ExternalDNS.
pub const BEFORE: &str = "external-dns.alpha.kubernetes.io/";
/// What they begin with from then on.
pub const NOW: &str = "external-dns.kubernetes.io/";
/// A loop of ExternalDNS, in seconds of the clusters' clocks.
const INTERVAL: i64 = 2;
/// How long a second of a cluster's clock takes.
const SECOND: Duration = Duration::from_millis(250);

/// One side.
#[derive(Debug)]
pub struct Site {
    /// The cluster.
    pub cluster: Cluster,
    /// The object's kind.
    pub kind: Kind,
    /// What the annotations begin with that its ExternalDNS reads.
    pub prefix: &'static str,
    pub(super) side: &'static str,
    driver: Option<Driver>,
}

/// How a side is to be.
#[derive(Debug, Clone)]
pub struct Way {
    /// The object's kind.
    pub kind: Kind,
    /// ExternalDNS's version.
    pub version: &'static str,
    /// ExternalDNS's arguments besides those that every one has.
    pub arguments: Vec<String>,
    /// `--txt-owner-id`; the side's name without one.
    pub owner: Option<&'static str>,
    /// Annotations of the object besides those that every one has, or in place of them.
    pub annotations: Value,
    /// The types of the records that a `DNSEndpoint` asks for.
    pub types: &'static [&'static str],
    /// A kind, by its plural, that the cluster does not serve.
    pub without: Option<&'static str>,
}

impl Default for Way {
    fn default() -> Self {
        let (annotations, types) = (json!({}), &["A"]);
        Self {
            kind: INGRESS,
            version: "v0.15.0",
            arguments: Vec::new(),
            owner: None,
            annotations,
            types,
            without: None,
        }
    }
}

impl Way {
    /// An object of another kind.
    pub fn of(kind: Kind) -> Self {
        Self { kind, ..Self::default() }
    }
}

impl Site {
    /// A cluster with the object, and its ExternalDNS at work.
    pub(super) fn set(zone: &Zone, side: &'static str, weight: i64, way: &Way, trouble: &Trouble) -> Self {
        let kinds = [HTTP_ROUTE, GRPC_ROUTE, TLS_ROUTE, TCP_ROUTE, ALPHA_UDP_ROUTE, DNS_ENDPOINT, GATEWAY];
        // Of a kind in another version, that one is served.
        let is_served = |kind: &Kind| kind.plural != way.kind.plural && way.without != Some(kind.plural);
        let mut custom: Vec<Kind> = kinds.into_iter().filter(is_served).collect();
        custom.extend(Some(way.kind).filter(|kind| kind.custom));
        let cluster = Cluster::of(Settings { custom, trouble: trouble.clone(), ..Settings::default() });
        cluster.api.namespace("shop");
        let prefix = if way.version < "v0.22" { BEFORE } else { NOW };
        let mut site = Self { cluster, kind: way.kind, prefix, side, driver: None };
        site.make(zone, weight, way);
        site.deploy(zone, way);
        site
    }

    /// Makes the object, and what it needs.
    fn make(&self, zone: &Zone, weight: i64, way: &Way) {
        let Self { kind, prefix, side, .. } = self;
        let address = if *side == "blue" { "192.0.2.1" } else { "192.0.2.2" };
        let annotation = |key: &str| format!("{prefix}{key}");
        let mut annotations = json!({
            annotation("set-identifier"): side, annotation("aws-weight"): weight.to_string(), annotation("ttl"): "1",
        });
        let of_kind = json!({"apiVersion": kind.api_version(), "kind": kind.kind,
            "metadata": {"name": "orders", "namespace": "shop"}});
        let mut object = match *kind {
            SERVICE => service("shop", "orders", None),
            _ => of_kind,
        };
        match *kind {
            SERVICE => {
                annotations[annotation("hostname")] = json!(zone.name);
                annotations[annotation("target")] = json!(address);
            }
            INGRESS => {
                object["spec"] = json!({"rules": [{"host": zone.name}]});
                annotations[annotation("target")] = json!(address);
            }
            DNS_ENDPOINT => {
                annotations = json!({});
                object["spec"] = json!({"endpoints": self.endpoints(zone, weight, way)});
            }
            _ => {
                self.make_gateway(address);
                let parent = json!({"name": "edge"});
                object["spec"] = json!({"parentRefs": [parent]});
                let accepted = json!({"type": "Accepted", "status": "True", "observedGeneration": 1});
                object["status"] = json!({"parents": [{"parentRef": parent, "conditions": [accepted]}]});
                // Routes below HTTP and TLS have no names of their own.
                match kind.kind {
                    "TCPRoute" | "UDPRoute" => annotations[annotation("hostname")] = json!(zone.name),
                    _ => object["spec"]["hostnames"] = json!([zone.name]),
                }
            }
        }
        let more = way.annotations.as_object().cloned().unwrap_or_default();
        annotations.as_object_mut().unwrap().extend(more);
        object["metadata"]["annotations"] = annotations;
        self.cluster.api.seed(object);
    }

    /// The endpoints of a `DNSEndpoint`: another name's, and the record's.
    fn endpoints(&self, zone: &Zone, weight: i64, way: &Way) -> Vec<Value> {
        let last = if self.side == "blue" { 1 } else { 2 };
        let address = |kind: &str| if kind == "A" { format!("192.0.2.{last}") } else { format!("2001:db8::{last}") };
        let endpoint = |name: &str, kind: &str| json!({"dnsName": name, "recordType": kind, "recordTTL": 1, "targets": [address(kind)]});
        let mut endpoints = vec![endpoint(&format!("{}.{}", self.side, zone.name), "A")];
        for kind in way.types {
            let mut weighted = endpoint(&zone.name, kind);
            weighted["setIdentifier"] = json!(self.side);
            weighted["providerSpecific"] = json!([{"name": "alias", "value": "false"},
                {"name": "aws/weight", "value": weight.to_string()}]);
            endpoints.push(weighted);
        }
        endpoints
    }

    /// Makes a gateway that is reached at an address and has a listener for each kind of route.
    fn make_gateway(&self, address: &str) {
        let listener = |protocol: &str| json!({"name": protocol.to_lowercase(), "protocol": protocol, "port": 443});
        let listeners: Vec<Value> = ["HTTPS", "TLS", "TCP", "UDP"].map(listener).to_vec();
        self.cluster.api.seed(json!({"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway",
            "metadata": {"name": "edge", "namespace": "shop"}, "spec": {"listeners": listeners},
            "status": {"addresses": [{"value": address}]}}));
    }

    /// Deploys ExternalDNS.
    fn deploy(&mut self, zone: &Zone, way: &Way) {
        let owner = way.owner.unwrap_or(self.side);
        let mut program = deployment("kube-system", "external-dns", 1);
        let container = &mut program["spec"]["template"]["spec"]["containers"][0];
        container["image"] = json!(format!("registry.k8s.io/external-dns/external-dns:{}", way.version));
        let mut arguments = vec![
            format!("--source={}", self.source()),
            format!("--txt-owner-id={owner}"),
            format!("--interval={INTERVAL}s"),
            "--provider=aws".to_owned(),
        ];
        arguments.extend(way.arguments.iter().cloned());
        container["args"] = json!(arguments);
        self.cluster.api.seed(program);

        let mut models = self.cluster.models();
        let deployed = Deployed {
            sources: vec![self.source()],
            owner: owner.to_owned(),
            prefix: self.prefix.to_owned(),
            interval: INTERVAL,
            alias_mark: if self.prefix == BEFORE { "cname-" } else { "a-" }.to_owned(),
            ..Deployed::default()
        };
        models.external_dns = Some(ExternalDns::new(deployed, Box::new(HostedZone::new(&zone.stage.world, &zone.id))));
        models.tick(1);
        self.driver = Some(Driver::start(models, SECOND, 1));
    }

    /// The object as it is now.
    pub fn object(&self) -> Value {
        Value::clone(&self.cluster.api.get(&self.kind, "shop", "orders").unwrap())
    }

    /// The weight that the object says.
    pub fn weight(&self) -> i64 {
        let object = self.object();
        if self.kind != DNS_ENDPOINT {
            return object["metadata"]["annotations"][self.key()].as_str().unwrap().parse().unwrap();
        }
        let endpoints = object["spec"]["endpoints"].as_array().unwrap();
        let ours = endpoints.iter().find(|endpoint| endpoint["setIdentifier"] == self.side).unwrap();
        ours["providerSpecific"][1]["value"].as_str().unwrap().parse().unwrap()
    }

    /// The annotation of the weight.
    pub fn key(&self) -> String {
        format!("{}aws-weight", self.prefix)
    }

    /// Changes the object in the name of a field manager, as someone else would.
    pub fn edit(&self, manager: &str, change: impl FnOnce(&mut Value)) {
        self.cluster.api.edit(&self.kind, ["shop", "orders"], Part::Main, manager, change).unwrap();
    }

    /// Sets an annotation so.
    pub fn annotate(&self, manager: &str, key: &str, value: &str) {
        self.edit(manager, |object| object["metadata"]["annotations"][key] = json!(value));
    }

    /// Sets the weight of the endpoints of a `DNSEndpoint` so.
    pub fn weigh_endpoints(&self, manager: &str, weight: i64) {
        self.edit(manager, |object| {
            for endpoint in object["spec"]["endpoints"].as_array_mut().unwrap() {
                if endpoint["setIdentifier"] == self.side {
                    endpoint["providerSpecific"][1]["value"] = json!(weight.to_string());
                }
            }
        });
    }

    /// Its ExternalDNS does nothing any more.
    pub fn stop(&mut self) {
        self.driver = None;
    }

    /// The object's kind as `--source` has it.
    fn source(&self) -> String {
        match self.kind {
            SERVICE | INGRESS => self.kind.singular(),
            DNS_ENDPOINT => "crd".to_owned(),
            _ => format!("gateway-{}", self.kind.singular()),
        }
    }

    /// The side as the resource has it.
    pub fn config(&self) -> Value {
        json!({"cluster": self.side, "kind": self.kind.kind, "namespace": "shop", "name": "orders",
            "set_identifier": self.side})
    }

    pub(super) fn hcl(&self) -> String {
        format!(
            "{{ cluster = {0:?}, kind = {1:?}, namespace = \"shop\", name = \"orders\", set_identifier = {0:?} }}",
            self.side, self.kind.kind
        )
    }
}

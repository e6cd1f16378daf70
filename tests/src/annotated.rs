//! Two clusters whose ExternalDNS write the weighted records of one name, and the HCL that shifts them.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::batches::{Batches, Sides};
use crate::kubernetes::Cluster;
use crate::kubernetes::api::kind::{HTTP_ROUTE, INGRESS, Kind, SERVICE};
use crate::kubernetes::api::state::Part;
use crate::kubernetes::fixtures::{deployment, service};
use crate::kubernetes::hosted_zone::HostedZone;
use crate::kubernetes::models::driver::Driver;
use crate::kubernetes::models::external_dns::{Deployed, ExternalDns};
use crate::patience::until;
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
    side: &'static str,
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
}

impl Default for Way {
    fn default() -> Self {
        Self { kind: INGRESS, version: "v0.15.0", arguments: Vec::new(), owner: None, annotations: json!({}) }
    }
}

impl Site {
    /// The object's annotations.
    fn annotations(&self) -> BTreeMap<String, String> {
        let object = self.cluster.api.get(&self.kind, "shop", "orders").unwrap();
        serde_json::from_value(object["metadata"]["annotations"].clone()).unwrap()
    }

    /// The weight that the object says.
    pub fn weight(&self) -> i64 {
        self.annotations()[&self.key()].parse().unwrap()
    }

    /// The annotation of the weight.
    pub fn key(&self) -> String {
        format!("{}aws-weight", self.prefix)
    }

    /// Sets an annotation in the name of a field manager, as someone else would.
    pub fn annotate(&self, manager: &str, key: &str, value: &str) {
        let change = |object: &mut Value| object["metadata"]["annotations"][key] = json!(value);
        self.cluster.api.edit(&self.kind, ["shop", "orders"], Part::Main, manager, change).unwrap();
    }

    /// Its ExternalDNS does nothing any more.
    pub fn stop(&mut self) {
        self.driver = None;
    }

    /// Its ExternalDNS as `--source` has the object's kind.
    fn source(&self) -> &'static str {
        match self.kind {
            SERVICE => "service",
            HTTP_ROUTE => "gateway-httproute",
            _ => "ingress",
        }
    }

    fn hcl(&self) -> String {
        format!(
            "{{ cluster = {0:?}, kind = {1:?}, namespace = \"shop\", name = \"orders\", set_identifier = {0:?} }}",
            self.side, self.kind.kind
        )
    }
}

/// A name whose records two clusters' ExternalDNS write.
#[derive(Debug)]
pub struct Annotated {
    /// The zone.
    pub zone: Zone,
    /// Blue's side.
    pub blue: Site,
    /// Green's side.
    pub green: Site,
}

impl Annotated {
    /// Ingresses at these weights, read by ExternalDNS 0.15.
    pub fn at(name: &str, blue: i64, green: i64) -> Self {
        Self::with(name, (blue, Way::default()), (green, Way::default()))
    }

    /// Sides at these weights, each in its own way. Their records are there when this returns.
    pub fn with(name: &str, blue: (i64, Way), green: (i64, Way)) -> Self {
        let zone = Zone::empty(name);
        let blue = site(&zone, "blue", blue.0, &blue.1);
        let green = site(&zone, "green", green.0, &green.1);
        let annotated = Self { zone, blue, green };
        let clusters = [&annotated.blue, &annotated.green].map(|site| {
            let path = site.cluster.kubeconfig();
            format!("{} = {{ kubeconfig_path = {path:?}, context = \"lab\" }}", site.side)
        });
        annotated.zone.stage.configure(&format!("kubernetes = {{ clusters = {{ {} }} }}", clusters.join(", ")));
        annotated
    }

    /// Has the provider reach both clusters by their names in EKS.
    pub fn known_by_eks(&self) {
        let stage = &self.zone.stage;
        let clusters = [&self.blue, &self.green].map(|site| {
            let name = format!("{}-{}", stage.world.name(), site.side);
            let (url, authority) = (&site.cluster.url, &site.cluster.authority);
            stage.world.emulator().make_cluster(stage.world.region(), &name, url, authority);
            site.cluster.api.guests().invite(&stage.access_key);
            format!("{} = {{ eks_cluster_name = {name:?} }}", site.side)
        });
        stage.configure(&format!("kubernetes = {{ clusters = {{ {} }} }}", clusters.join(", ")));
    }

    /// The HCL of a shift to a green weight, with arguments besides. It takes the weights from who made the objects.
    pub fn shift(&self, green_weight: f64, more: &str) -> String {
        self.polite(green_weight, &format!("force_conflicts = true\n  {more}"))
    }

    /// The same, but that it leaves to others what is theirs.
    pub fn polite(&self, green_weight: f64, more: &str) -> String {
        format!(
            "resource \"eksmig_external_dns_shift\" \"orders\" {{\n  zone_id = {:?}\n  name = {:?}\n  blue = {}\n  green = \
             {}\n  green_weight = {green_weight}\n  {more}\n}}\n",
            self.zone.id,
            self.zone.name,
            self.blue.hcl(),
            self.green.hcl()
        )
    }

    /// What the import id is.
    pub fn import_id(&self) -> String {
        let side = |site: &Site| format!("{0}/{1}/shop/orders/{0}", site.side, site.kind.kind);
        format!("{}|{}|{}|{}", self.zone.id, self.zone.name, side(&self.blue), side(&self.green))
    }

    /// Blue's and green's weights as the objects say them.
    pub fn said(&self) -> (i64, i64) {
        (self.blue.weight(), self.green.weight())
    }

    /// Blue's and green's weights in Route 53.
    pub fn shown(&self) -> (i64, i64) {
        let weights = self.zone.weights("A");
        (weights["blue"], weights["green"])
    }

    /// Waits until Route 53 shows these weights of blue and green.
    #[track_caller]
    pub fn wait_for(&self, weights: (i64, i64)) {
        until(Duration::from_secs(60), &format!("weights {weights:?} in Route 53"), || {
            (self.shown() == weights).then_some(())
        });
    }

    /// What was done to the zone: every batch of the two ExternalDNS.
    pub fn batches(&self) -> Batches {
        let key = format!("WORLD{}", self.zone.stage.world.name().replace('-', ""));
        let calls = self.zone.stage.world.emulator().calls(&key, 0);
        Batches::of(&calls, Sides { blue: "blue", green: "green", green_answers: &[] })
    }

    /// Panics if there was a moment at which neither side had a weight above 0, or if the provider wrote to Route 53.
    #[track_caller]
    pub fn assert_never_dark(&self) {
        let dark: Vec<_> = self.batches().batches.concat();
        let dark: Vec<_> = dark.iter().filter(|write| write.after.values().sum::<i64>() == 0).collect();
        assert!(dark.is_empty(), "all weights 0: {dark:#?}");
        assert_eq!(self.zone.batches().len(), 0, "the provider wrote to Route 53");
    }
}

/// A cluster with the object, and its ExternalDNS at work.
fn site(zone: &Zone, side: &'static str, weight: i64, way: &Way) -> Site {
    let cluster = Cluster::with(&[HTTP_ROUTE]);
    let prefix = if way.version < "v0.22" { BEFORE } else { NOW };
    let address = if side == "blue" { "192.0.2.1" } else { "192.0.2.2" };
    cluster.api.namespace("shop");
    let mut site = Site { cluster, kind: way.kind, prefix, side, driver: None };
    let mut annotations = json!({
        format!("{prefix}set-identifier"): side,
        format!("{prefix}aws-weight"): weight.to_string(),
        format!("{prefix}target"): address,
        format!("{prefix}ttl"): "1",
    });
    let more = way.annotations.as_object().cloned().unwrap_or_default();
    annotations.as_object_mut().unwrap().extend(more);
    let mut object = match way.kind {
        SERVICE => service("shop", "orders", None),
        HTTP_ROUTE => json!({"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute",
            "metadata": {"name": "orders", "namespace": "shop"}, "spec": {"hostnames": [zone.name]}}),
        _ => json!({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
            "metadata": {"name": "orders", "namespace": "shop"}, "spec": {"rules": [{"host": zone.name}]}}),
    };
    if way.kind == SERVICE {
        annotations[format!("{prefix}hostname")] = json!(zone.name);
    }
    object["metadata"]["annotations"] = annotations;
    site.cluster.api.seed(object);

    let owner = way.owner.unwrap_or(side);
    let mut program = deployment("kube-system", "external-dns", 1);
    let container = &mut program["spec"]["template"]["spec"]["containers"][0];
    container["image"] = json!(format!("registry.k8s.io/external-dns/external-dns:{}", way.version));
    let mut arguments = vec![
        format!("--source={}", site.source()),
        format!("--txt-owner-id={owner}"),
        format!("--interval={INTERVAL}s"),
        "--provider=aws".to_owned(),
    ];
    arguments.extend(way.arguments.iter().cloned());
    container["args"] = json!(arguments);
    site.cluster.api.seed(program);

    let mut models = site.cluster.models();
    let deployed = Deployed {
        owner: owner.to_owned(),
        prefix: prefix.to_owned(),
        interval: INTERVAL,
        alias_mark: if prefix == BEFORE { "cname-" } else { "a-" }.to_owned(),
        ..Deployed::default()
    };
    models.external_dns = Some(ExternalDns::new(deployed, Box::new(HostedZone::new(&zone.stage.world, &zone.id))));
    models.tick(1);
    site.driver = Some(Driver::start(models, SECOND, 1));
    site
}

//! Two clusters whose ExternalDNS write the weighted records of one name, and the HCL that shifts them.

pub mod scene;
pub mod site;

use std::time::Duration;

use serde_json::{Value, json};

use crate::batches::{Batches, Sides};
use crate::calls::Call;
use crate::kubernetes::api::faults::Trouble;
use crate::patience::until;
use crate::zone::Zone;

pub use site::{BEFORE, NOW, Site, Way};

/// A name whose records two clusters' ExternalDNS write.
#[derive(Debug)]
pub struct Annotated {
    /// The zone.
    pub zone: Zone,
    /// Blue's side.
    pub blue: Site,
    /// Green's side.
    pub green: Site,
    /// What goes wrong in both clusters.
    pub trouble: Trouble,
}

impl Annotated {
    /// Ingresses at these weights, read by ExternalDNS 0.15.
    pub fn at(name: &str, blue: i64, green: i64) -> Self {
        Self::with(name, (blue, Way::default()), (green, Way::default()))
    }

    /// Sides at these weights, each in its own way. Their records are there when this returns.
    pub fn with(name: &str, blue: (i64, Way), green: (i64, Way)) -> Self {
        let zone = Zone::empty(name);
        let trouble = Trouble::default();
        let blue = Site::set(&zone, "blue", blue.0, &blue.1, &trouble);
        let green = Site::set(&zone, "green", green.0, &green.1, &trouble);
        let annotated = Self { zone, blue, green, trouble };
        let clusters = [&annotated.blue, &annotated.green].map(|site| {
            let path = site.cluster.kubeconfig();
            format!("{} = {{ kubeconfig_path = {path:?}, context = \"lab\" }}", site.side)
        });
        annotated.zone.stage.configure(&format!("kubernetes = {{ clusters = {{ {} }} }}", clusters.join(", ")));
        annotated
    }

    /// The provider's way to the clusters, as JSON.
    pub fn clusters(&self) -> Value {
        let way = |site: &Site| json!({"kubeconfig_path": site.cluster.kubeconfig(), "context": "lab"});
        json!({"kubernetes": {"clusters": {"blue": way(&self.blue), "green": way(&self.green)}}})
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
        of_external_dns(&self.calls(0))
    }

    /// The calls of the two ExternalDNS after this number.
    pub fn calls(&self, since: u64) -> Vec<Call> {
        let key = format!("WORLD{}", self.zone.stage.world.name().replace('-', ""));
        self.zone.stage.world.emulator().calls(&key, since)
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

/// The batches among calls of the two ExternalDNS.
pub(crate) fn of_external_dns(calls: &[Call]) -> Batches {
    Batches::of(calls, Sides { blue: "blue", green: "green", green_answers: &[] })
}

//! Two clusters' objects, moved by one `eksmig_external_dns_shift`, as a matrix and a soak play them.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::{Value, json};

use super::{Annotated, Site, Way, of_external_dns};
use crate::calls::Call;
use crate::kubernetes::api::faults::{Fault, Kind};
use crate::kubernetes::api::log::Entry;
use crate::ledger::{Ledger, Side};
use crate::providers::Providers;
use crate::scene::{Scene, Standing, When};
use crate::stage::Stage;

/// Objects of two clusters, all of their traffic blue's at first.
#[derive(Debug)]
pub struct AnnotatedScene {
    /// The clusters and the zone.
    pub names: Annotated,
    steps: Vec<u8>,
    /// The objects at first, but for what a shift may change.
    at_first: [Value; 2],
    /// How many writes had taken effect at each mark.
    marks: Mutex<BTreeMap<u64, usize>>,
}

impl AnnotatedScene {
    /// Objects of these ways. `name` has 12 characters at most.
    pub fn set(name: &str, ways: [Way; 2], steps: &[u8]) -> Self {
        let [blue, green] = ways;
        let names = Annotated::with(name, (100, blue), (0, green));
        let at_first = [bare(&names.blue), bare(&names.green)];
        Self { names, steps: steps.to_vec(), at_first, marks: Mutex::default() }
    }

    /// The provider's requests that changed an object.
    fn writes(&self) -> Vec<Entry> {
        let logs = [&self.names.blue, &self.names.green].map(|site| site.cluster.api.log().since(0));
        // One that was lost before it was done has no status.
        logs.into_iter().flatten().filter(|entry| entry.writes() && entry.status == Some(200)).collect()
    }
}

/// An object without its weight, who wrote it when, and its status: what a shift must leave as it was.
fn bare(site: &Site) -> Value {
    let mut object = site.object();
    for field in ["managedFields", "resourceVersion", "generation"] {
        object["metadata"].as_object_mut().unwrap().remove(field);
    }
    object["metadata"]["annotations"].as_object_mut().unwrap().remove(&site.key());
    object.as_object_mut().unwrap().remove("status");
    for endpoint in object["spec"]["endpoints"].as_array_mut().into_iter().flatten() {
        let properties = endpoint.get_mut("providerSpecific").and_then(Value::as_array_mut).into_iter().flatten();
        for property in properties.filter(|property| property["name"] == "aws/weight") {
            property["value"] = Value::Null;
        }
    }
    object
}

impl Scene for AnnotatedScene {
    const TYPE: &'static str = "eksmig_external_dns_shift";
    const WEIGHTS: &'static str = "annotations";
    /// None: who moves traffic in AWS is ExternalDNS.
    const WRITES: &'static str = "Change*";

    fn stage(&self) -> &Stage {
        &self.names.zone.stage
    }

    fn mark(&self) -> u64 {
        let mark = self.stage().mark();
        self.marks.lock().unwrap().insert(mark, self.writes().len());
        mark
    }

    /// ExternalDNS's.
    fn calls(&self, since: u64) -> Vec<Call> {
        self.names.calls(since)
    }

    fn written(&self, since: u64) -> usize {
        self.writes().len() - self.marks.lock().unwrap().get(&since).copied().unwrap_or(0)
    }

    fn hold(&self, writes: u32, when: When) {
        let kind = match when {
            When::Before => Kind::HoldBefore,
            When::After => Kind::HoldAfter,
        };
        self.names.trouble.faults.order(Fault::new(kind).after(writes));
    }

    fn is_held(&self) -> bool {
        !self.names.trouble.holds.held().is_empty()
    }

    fn config(&self, green_weight: u8, on_destroy: Side) -> Value {
        json!({
            "zone_id": self.names.zone.id,
            "name": self.names.zone.name,
            "blue": self.names.blue.config(),
            "green": self.names.green.config(),
            "green_weight": green_weight,
            "ramp": (!self.steps.is_empty()).then(|| json!({"steps": self.steps})),
            "gate": {"poll_interval": "1s"},
            "force_conflicts": true,
            "on_destroy": format!("{on_destroy:?}").to_lowercase(),
        })
    }

    /// The weights that the objects say.
    fn standing(&self) -> Standing {
        let (blue, green) = self.names.said();
        let weights = [("blue".to_owned(), blue), ("green".to_owned(), green)].into();
        Standing::from([(self.names.zone.name.clone(), weights)])
    }

    /// What ExternalDNS did to the records.
    fn ledger(&self, calls: &[Call]) -> Ledger {
        of_external_dns(calls).ledger()
    }

    /// Records that do not show what the objects say, something else changed in an object, and writes to Route 53.
    fn wrongs(&self, _calls: &[Call]) -> Vec<String> {
        let mut found = Vec::new();
        let (said, shown) = (self.names.said(), self.names.shown());
        if said != shown {
            found.push(format!("the objects say {said:?}, and Route 53 has {shown:?}"));
        }
        for (site, at_first) in [&self.names.blue, &self.names.green].into_iter().zip(&self.at_first) {
            let now = bare(site);
            if now != *at_first {
                found.push(format!("changed more of an object than its weight: {at_first} -> {now}"));
            }
        }
        let written = self.names.zone.batches().len();
        if written > 0 {
            found.push(format!("wrote to Route 53 itself, {written} times"));
        }
        found
    }

    /// Each side's weight after its last write, and where no reply to that was heard, before it too; in any pairing, for
    /// nothing tells the order of writes to two clusters.
    fn last_known(&self, _calls: &[Call], _route: &str) -> Vec<[Option<i64>; 2]> {
        let known = |site: &Site, at_first: i64| -> Vec<i64> {
            let log = site.cluster.api.log().since(0).into_iter();
            let writes: Vec<Entry> = log.filter(|entry| entry.writes() && entry.status == Some(200)).collect();
            let mut known = Vec::new();
            for write in writes.iter().rev() {
                known.extend(weight(&write.body, &site.key()));
                if !matches!(write.fault, Some("lose_reply" | "hold_after")) {
                    return known;
                }
            }
            known.push(at_first);
            known
        };
        let (blue, green) = (known(&self.names.blue, 100), known(&self.names.green, 0));
        blue.iter().flat_map(|blue| green.iter().map(|green| [Some(*blue), Some(*green)])).collect()
    }

    fn providers(&self) -> Providers {
        Providers::with(self.stage(), Self::TYPE, &self.names.clusters())
    }
}

/// The weight that a request was to set.
fn weight(body: &Value, key: &str) -> Option<i64> {
    let patched = || body.as_array()?.iter().find(|operation| operation["op"] == "replace")?["value"].as_str();
    body["metadata"]["annotations"][key].as_str().or_else(patched)?.parse().ok()
}

//! Records of one name in a zone of their own, moved by one `eksmig_route53_shift`.

use std::collections::BTreeMap;

use aws_sdk_route53::types::ResourceRecordSet;
use serde_json::{Value, json};

use crate::batches::{Batches, Sides};
use crate::calls::Call;
use crate::ledger::{Ledger, Side};
use crate::scene::{Scene, Standing};
use crate::stage::Stage;
use crate::zone::Zone;

/// What green's records answer with: A, and AAAA.
const GREEN: [&str; 2] = ["192.0.2.2", "2001:db8::2"];

/// What the records look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Weighted pairs of A and of AAAA.
    Pairs,
    /// A weighted pair of A with a third record.
    BesideStranger,
    /// A simple record of A, which is adopted; and in the end the last record becomes a simple one again.
    Simple,
}

/// Records of one shape, whose answers nobody keeps: their TTL is 0.
#[derive(Debug)]
pub struct RecordScene {
    /// The zone.
    pub zone: Zone,
    shape: Shape,
    /// The shares on the way up, in percent.
    steps: Vec<u8>,
}

impl RecordScene {
    /// Records of this shape, all of their traffic blue's. `name` has 12 characters at most.
    pub fn set(name: &str, shape: Shape, steps: &[u8]) -> Self {
        let zone = Zone::empty(name);
        let put = |mut record: ResourceRecordSet| {
            record.ttl = Some(0);
            zone.put(record);
        };
        match shape {
            Shape::Simple => put(zone.record("A", "192.0.2.1", None)),
            Shape::Pairs | Shape::BesideStranger => {
                put(zone.record("A", "192.0.2.1", Some(("blue", 80))));
                put(zone.record("A", GREEN[0], Some(("green", 0))));
            }
        }
        match shape {
            Shape::Pairs => {
                put(zone.record("AAAA", "2001:db8::1", Some(("blue", 1))));
                put(zone.record("AAAA", GREEN[1], Some(("green", 0))));
            }
            Shape::BesideStranger => put(zone.record("A", "192.0.2.3", Some(("stranger", 20)))),
            Shape::Simple => {}
        }
        Self { zone, shape, steps: steps.to_vec() }
    }

    /// The batches among these calls.
    pub fn batches(&self, calls: &[Call]) -> Batches {
        Batches::of(calls, Sides { blue: "blue", green: "green", green_answers: &GREEN.map(str::to_owned) })
    }

    fn types(&self) -> &'static [&'static str] {
        if self.shape == Shape::Pairs { &["A", "AAAA"] } else { &["A"] }
    }

    /// Batches that raised green beyond the step that was next.
    fn skipped(&self, batches: &Batches) -> Vec<String> {
        let mut last = None;
        let mut found = Vec::new();
        for percent in batches.percents() {
            let between = |step: &&u8| last.is_some_and(|last| last < f64::from(**step)) && f64::from(**step) < percent;
            found.extend(
                self.steps.iter().find(between).map(|step| format!("skipped {step} % on the way to {percent}")),
            );
            last = Some(percent);
        }
        found
    }
}

impl Scene for RecordScene {
    const TYPE: &'static str = "eksmig_route53_shift";
    const WEIGHTS: &'static str = "records";
    const WRITES: &'static str = "ChangeResourceRecordSets";

    fn stage(&self) -> &Stage {
        &self.zone.stage
    }

    fn config(&self, green_weight: u8, on_destroy: Side) -> Value {
        let is_simple = self.shape == Shape::Simple;
        let mut green = json!({"set_identifier": "green"});
        if is_simple {
            (green["ttl"], green["records"]) = (json!(0), json!([GREEN[0]]));
        }
        json!({
            "zone_id": self.zone.id,
            "name": self.zone.name,
            "types": self.types(),
            "blue": {"set_identifier": "blue"},
            "green": green,
            "green_weight": green_weight,
            "ramp": {"steps": self.steps},
            "adopt_simple_record": is_simple,
            "drop_idle_record": is_simple,
            "on_destroy": format!("{on_destroy:?}").to_lowercase(),
        })
    }

    fn standing(&self) -> Standing {
        let side = |(identifier, record): (String, ResourceRecordSet)| match record.weight() {
            Some(weight) => (identifier, weight),
            None if GREEN.contains(&record.resource_records()[0].value()) => ("green".to_owned(), 1),
            None => ("blue".to_owned(), 1),
        };
        let weights = |kind: &str| self.zone.records(kind).into_iter().map(side).collect::<BTreeMap<String, i64>>();
        self.types().iter().map(|kind| ((*kind).to_owned(), weights(kind))).collect()
    }

    fn ledger(&self, calls: &[Call]) -> Ledger {
        self.batches(calls).ledger()
    }

    fn wrongs(&self, calls: &[Call]) -> Vec<String> {
        let batches = self.batches(calls);
        [batches.torn(), self.skipped(&batches)].concat()
    }
}

//! A hosted zone with records, made and read back by the AWS SDK's own client, and the HCL that shifts them.

use std::collections::BTreeMap;

use aws_sdk_route53::Client;
use aws_sdk_route53::types::{
    AliasTarget, Change, ChangeAction, ChangeBatch, HealthCheckConfig, HealthCheckType, ResourceRecord,
    ResourceRecordSet, ResourceRecordSetRegion, RrType,
};
use serde_json::{Value, json};

use crate::blocking::wait;
use crate::calls::Call;
use crate::stage::Stage;

/// A zone of one test's own.
#[derive(Debug)]
pub struct Zone {
    /// The scene.
    pub stage: Stage,
    /// The zone's id.
    pub id: String,
    /// The name that is shifted.
    pub name: String,
    client: Client,
}

impl Zone {
    /// An empty zone.
    pub fn empty(name: &str) -> Self {
        let stage = Stage::new(name);
        let client = Client::new(stage.world.config());
        let zone_name = format!("{}.example.com", stage.world.name());
        let request = client.create_hosted_zone().name(&zone_name).caller_reference(&zone_name);
        let made = wait(request.send()).unwrap();
        let id = made.hosted_zone().unwrap().id().trim_start_matches("/hostedzone/").to_owned();
        Self { stage, id, name: format!("orders.{zone_name}"), client }
    }

    /// A zone with a weighted pair of A records at these weights, answers of which are kept for a second.
    pub fn at(name: &str, blue: i64, green: i64) -> Self {
        let zone = Self::empty(name);
        zone.put(zone.record("A", "192.0.2.1", Some(("blue", blue))));
        zone.put(zone.record("A", "192.0.2.2", Some(("green", green))));
        zone
    }

    /// A record of the name that is shifted.
    pub fn record(&self, kind: &str, value: &str, weighted: Option<(&str, i64)>) -> ResourceRecordSet {
        self.named(&self.name, kind, value, weighted)
    }

    /// A record of another name.
    pub fn named(&self, name: &str, kind: &str, value: &str, weighted: Option<(&str, i64)>) -> ResourceRecordSet {
        ResourceRecordSet::builder()
            .name(name)
            .r#type(RrType::from(kind))
            .set_set_identifier(weighted.map(|(set_identifier, _)| set_identifier.to_owned()))
            .set_weight(weighted.map(|(_, weight)| weight))
            .ttl(1)
            .resource_records(ResourceRecord::builder().value(value).build().unwrap())
            .build()
            .unwrap()
    }

    /// A record that is routed by latency.
    pub fn latency(&self, kind: &str, value: &str, set_identifier: &str, region: &str) -> ResourceRecordSet {
        let mut record = self.record(kind, value, Some((set_identifier, 0)));
        (record.weight, record.region) = (None, Some(ResourceRecordSetRegion::from(region)));
        record
    }

    /// An alias to a load balancer, in place of a record's values.
    pub fn alias(&self, record: ResourceRecordSet) -> ResourceRecordSet {
        self.alias_of(record, "edge.eu-west-1.elb.amazonaws.com.")
    }

    /// An alias to what has this DNS name, in place of a record's values.
    pub fn alias_of(&self, mut record: ResourceRecordSet, dns_name: &str) -> ResourceRecordSet {
        (record.ttl, record.resource_records) = (None, None);
        let alias =
            AliasTarget::builder().hosted_zone_id("Z32O12XQLNTSW2").dns_name(dns_name).evaluate_target_health(true);
        record.alias_target = Some(alias.build().unwrap());
        record
    }

    /// A health check of an endpoint; its id.
    pub fn health_check(&self) -> String {
        let config = HealthCheckConfig::builder().r#type(HealthCheckType::Tcp).ip_address("192.0.2.2").port(80);
        let request = self.client.create_health_check().caller_reference(&self.name);
        let made = wait(request.health_check_config(config.build().unwrap()).send()).unwrap();
        made.health_check().unwrap().id().to_owned()
    }

    /// Puts a record, as someone else would.
    pub fn put(&self, record: ResourceRecordSet) {
        self.change(ChangeAction::Upsert, record);
    }

    /// Makes a change, as someone else would.
    pub fn change(&self, action: ChangeAction, record: ResourceRecordSet) {
        let change = Change::builder().action(action).resource_record_set(record).build().unwrap();
        let batch = ChangeBatch::builder().changes(change).build().unwrap();
        let request = self.client.change_resource_record_sets().hosted_zone_id(&self.id).change_batch(batch);
        wait(request.send()).unwrap();
    }

    /// Every record of a type.
    fn all(&self, kind: &str) -> Vec<ResourceRecordSet> {
        let mut all = Vec::new();
        let mut next = self.client.list_resource_record_sets().hosted_zone_id(&self.id);
        loop {
            let page = wait(next.send()).unwrap();
            all.extend(page.resource_record_sets.into_iter().filter(|record| record.r#type().as_str() == kind));
            if !page.is_truncated {
                return all;
            }
            next = self.client.list_resource_record_sets().hosted_zone_id(&self.id);
            next = next.set_start_record_name(page.next_record_name).set_start_record_type(page.next_record_type);
            next = next.set_start_record_identifier(page.next_record_identifier);
        }
    }

    /// The weights of each name that has records of a type, by set identifier; -1 for a simple record.
    pub fn all_weights(&self, kind: &str) -> Vec<BTreeMap<String, i64>> {
        let mut names: BTreeMap<String, BTreeMap<String, i64>> = BTreeMap::new();
        for record in self.all(kind) {
            let set_identifier = record.set_identifier().unwrap_or_default().to_owned();
            let weights = names.entry(record.name().to_owned()).or_default();
            weights.insert(set_identifier, record.weight().unwrap_or(-1));
        }
        names.into_values().collect()
    }

    /// The records of the name and a type, by set identifier.
    pub fn records(&self, kind: &str) -> BTreeMap<String, ResourceRecordSet> {
        let ours = self.all(kind).into_iter().filter(|record| record.name().trim_end_matches('.') == self.name);
        ours.map(|record| (record.set_identifier().unwrap_or("").to_owned(), record)).collect()
    }

    /// The weights of a type, by set identifier.
    pub fn weights(&self, kind: &str) -> BTreeMap<String, i64> {
        self.records(kind).into_iter().map(|(name, record)| (name, record.weight().unwrap_or(-1))).collect()
    }

    /// Green's percent of what blue and green share.
    pub fn percent(&self, kind: &str) -> f64 {
        let weights = self.weights(kind);
        let (blue, green) = (weights["blue"] as f64, weights["green"] as f64);
        green * 100.0 / (blue + green)
    }

    /// Sets how changes of this zone spread.
    pub fn pace(&self, mut pace: Value) {
        pace["zone"] = json!(self.id);
        self.stage.world.emulator().control("POST", "dns_propagation", &pace);
    }

    /// The HCL of a shift of these types to a green weight, with arguments besides.
    pub fn shift(&self, types: &str, green_weight: f64, green: &str, more: &str) -> String {
        format!(
            "resource \"eksmig_route53_shift\" \"orders\" {{\n  zone_id = {:?}\n  name = {:?}\n  types = {types}\n  \
             blue = {{ set_identifier = \"blue\" }}\n  green = {{ set_identifier = \"green\"\n {green} }}\n  \
             green_weight = {green_weight}\n  {more}\n}}\n",
            self.id, self.name
        )
    }

    /// Writes the configuration.
    pub fn write(&self, text: &str) {
        self.stage.workspace.write("main.tf", text);
    }

    /// Applies, which must succeed and leave nothing to do.
    #[track_caller]
    pub fn settle(&self, text: &str) -> crate::terraform::Run {
        self.write(text);
        let run = self.stage.workspace.apply().expect_success();
        self.stage.workspace.assert_settled();
        run
    }

    /// Applies, which must fail; the text of its errors.
    #[track_caller]
    pub fn fail(&self, text: &str) -> String {
        self.write(text);
        self.stage.workspace.apply().expect_failure()
    }

    /// The change batches that the provider sent.
    pub fn batches(&self) -> Vec<Call> {
        self.stage.writes(0)
    }
}

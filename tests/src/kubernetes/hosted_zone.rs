//! A zone of the emulator's Route 53 for the model of ExternalDNS.

use aws_sdk_route53::Client;
use aws_sdk_route53::config::Builder;
use aws_sdk_route53::types::{
    AliasTarget, Change as Sent, ChangeAction, ChangeBatch, ResourceRecord, ResourceRecordSet, RrType,
};

use super::models::external_dns::{Change, Record, Zone};
use crate::blocking::wait;
use crate::world::World;

/// The zone in which AWS keeps the names of load balancers in eu-west-1.
const OF_BALANCERS: &str = "Z32O12XQLNTSW2";

/// A hosted zone.
#[derive(Debug)]
pub struct HostedZone {
    client: Client,
    id: String,
}

impl HostedZone {
    /// The zone of an id in a world.
    pub fn new(world: &World, id: &str) -> Self {
        let client = Client::from_conf(Builder::from(world.config()).build());
        Self { client, id: id.to_owned() }
    }
}

impl Zone for HostedZone {
    fn records(&self) -> Vec<Record> {
        let mut found = Vec::new();
        let mut next = self.client.list_resource_record_sets().hosted_zone_id(&self.id);
        loop {
            let page = wait(next.send()).unwrap();
            found.extend(page.resource_record_sets.into_iter().map(|set| read(&set)));
            if !page.is_truncated {
                return found;
            }
            next = self.client.list_resource_record_sets().hosted_zone_id(&self.id);
            next = next.set_start_record_name(page.next_record_name).set_start_record_type(page.next_record_type);
            next = next.set_start_record_identifier(page.next_record_identifier);
        }
    }

    fn change(&self, changes: &[Change]) -> Result<(), String> {
        let changes = changes.iter().map(|change| {
            let (action, record) = match change {
                Change::Upsert(record) => (ChangeAction::Upsert, record),
                Change::Create(record) => (ChangeAction::Create, record),
                Change::Delete(record) => (ChangeAction::Delete, record),
            };
            Sent::builder().action(action).resource_record_set(written(record)).build().unwrap()
        });
        let batch = ChangeBatch::builder().set_changes(Some(changes.collect())).build().unwrap();
        let request = self.client.change_resource_record_sets().hosted_zone_id(&self.id).change_batch(batch);
        wait(request.send()).map(drop).map_err(|error| format!("{:?}", error.into_service_error()))
    }
}

fn read(set: &ResourceRecordSet) -> Record {
    let bare = |name: &str| name.trim_end_matches('.').to_owned();
    let values = match set.alias_target() {
        Some(alias) => vec![bare(alias.dns_name())],
        None => set.resource_records().iter().map(|record| record.value().to_owned()).collect(),
    };
    Record {
        name: bare(set.name()),
        kind: set.r#type().as_str().to_owned(),
        set_identifier: set.set_identifier().map(str::to_owned),
        weight: set.weight(),
        ttl: set.ttl(),
        values,
        alias: set.alias_target().is_some(),
    }
}

fn written(record: &Record) -> ResourceRecordSet {
    let set = ResourceRecordSet::builder()
        .name(&record.name)
        .r#type(RrType::from(record.kind.as_str()))
        .set_set_identifier(record.set_identifier.clone())
        .set_weight(record.weight)
        .set_ttl(record.ttl);
    let value = |value: &String| ResourceRecord::builder().value(value).build().unwrap();
    let set = match record.values.first().filter(|_| record.alias) {
        Some(name) => {
            let alias = AliasTarget::builder().hosted_zone_id(OF_BALANCERS).dns_name(name).evaluate_target_health(true);
            set.alias_target(alias.build().unwrap())
        }
        None => set.set_resource_records(Some(record.values.iter().map(value).collect())),
    };
    set.build().unwrap()
}

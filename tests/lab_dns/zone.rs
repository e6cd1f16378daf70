//! A hosted zone and its records, made by the AWS SDK's own client.

use aws_sdk_route53::Client;
use aws_sdk_route53::types::{
    AliasTarget, Change, ChangeAction, ChangeBatch, ChangeStatus, HealthCheckConfig, HealthCheckType, ResourceRecord,
    ResourceRecordSet, RrType,
};
use eksmig_tests::blocking::wait;
use eksmig_tests::world::World;

use crate::{BLUE, GREEN};

/// A zone of one test's own.
pub struct Zone {
    pub id: String,
    name: String,
    client: Client,
}

impl Zone {
    pub fn new(world: &World) -> Self {
        let client = Client::new(world.config());
        let name = format!("{}.example.com", world.name());
        let made = wait(client.create_hosted_zone().name(&name).caller_reference(&name).send()).unwrap();
        let id = made.hosted_zone().unwrap().id().trim_start_matches("/hostedzone/").to_owned();
        Self { id, name, client }
    }

    /// A name in it.
    pub fn name(&self, label: &str) -> String {
        format!("{label}.{}.", self.name)
    }

    /// Makes changes in one batch; the change's id.
    pub fn change(&self, changes: Vec<(ChangeAction, ResourceRecordSet)>) -> String {
        let change = |(action, set)| Change::builder().action(action).resource_record_set(set).build().unwrap();
        let changes: Vec<Change> = changes.into_iter().map(change).collect();
        let batch = ChangeBatch::builder().set_changes(Some(changes)).build().unwrap();
        let request = self.client.change_resource_record_sets().hosted_zone_id(&self.id).change_batch(batch);
        wait(request.send()).unwrap().change_info().unwrap().id().to_owned()
    }

    /// Puts record sets in one batch, over those that are there; the change's id.
    pub fn put(&self, sets: impl IntoIterator<Item = ResourceRecordSet>) -> String {
        self.change(sets.into_iter().map(|set| (ChangeAction::Upsert, set)).collect())
    }

    /// Whether a change is INSYNC.
    pub fn is_in_sync(&self, change: &str) -> bool {
        let answer = wait(self.client.get_change().id(change).send()).unwrap();
        *answer.change_info().unwrap().status() == ChangeStatus::Insync
    }

    /// Makes a health check; its id.
    pub fn health_check(&self, reference: &str) -> String {
        let config = HealthCheckConfig::builder().r#type(HealthCheckType::Tcp).ip_address("192.0.2.1").port(80);
        let reference = format!("{reference}.{}", self.name);
        let request = self.client.create_health_check().caller_reference(reference);
        let made = wait(request.health_check_config(config.build().unwrap()).send()).unwrap();
        made.health_check().unwrap().id().to_owned()
    }
}

/// A simple record set that may be kept for a minute.
pub fn simple(name: &str, kind: &str, values: &[&str]) -> ResourceRecordSet {
    let value = |value: &&str| ResourceRecord::builder().value(*value).build().unwrap();
    let values = values.iter().map(value).collect();
    let set = ResourceRecordSet::builder().name(name).r#type(RrType::from(kind)).ttl(60);
    set.set_resource_records(Some(values)).build().unwrap()
}

/// An alias of what has this name; simple.
pub fn alias(name: &str, kind: &str, target: &str, evaluate: bool) -> ResourceRecordSet {
    let alias =
        AliasTarget::builder().hosted_zone_id("Z32O12XQLNTSW2").dns_name(target).evaluate_target_health(evaluate);
    let set = ResourceRecordSet::builder().name(name).r#type(RrType::from(kind));
    set.alias_target(alias.build().unwrap()).build().unwrap()
}

/// The same as one of a weighted group.
pub fn weighted(mut set: ResourceRecordSet, identifier: &str, weight: i64) -> ResourceRecordSet {
    (set.set_identifier, set.weight) = (Some(identifier.to_owned()), Some(weight));
    set
}

/// The same with a health check.
pub fn checked(mut set: ResourceRecordSet, health_check: &str) -> ResourceRecordSet {
    set.health_check_id = Some(health_check.to_owned());
    set
}

/// A pair of weighted A records.
pub fn pair(name: &str, weights: [i64; 2]) -> [ResourceRecordSet; 2] {
    let [blue, green] = [BLUE, GREEN].map(|address| simple(name, "A", &[address]));
    [weighted(blue, "blue", weights[0]), weighted(green, "green", weights[1])]
}

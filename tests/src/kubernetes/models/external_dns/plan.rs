//! What an ExternalDNS changes in its zone, and what it leaves alone. Pure.

use std::collections::BTreeMap;

use super::{Change, Deployed, Policy, Record};

/// What to change, so that the zone is as wanted. Only records of this owner are changed or deleted.
pub(super) fn plan(deployed: &Deployed, wanted: &[(Record, String)], there: &[Record]) -> Vec<Change> {
    type Place = (String, Option<String>);
    let place = |record: &Record| -> Place { (record.name.clone(), record.set_identifier.clone()) };
    let heritage = format!("heritage=external-dns,external-dns/owner={},", deployed.owner);
    let owns = |record: &Record| {
        let mark = registry_name(deployed, record);
        there.iter().any(|txt| {
            txt.kind == "TXT"
                && txt.name == mark
                && txt.set_identifier == record.set_identifier
                && txt.values.iter().any(|value| value.trim_matches('"').starts_with(&heritage))
        })
    };
    let mut changes = Vec::new();
    let mut kept: BTreeMap<Place, ()> = BTreeMap::new();
    for (record, resource) in wanted {
        kept.insert(place(record), ());
        let txt = registered(deployed, record, &format!("{heritage}external-dns/resource={resource}"));
        let here: Vec<&Record> =
            there.iter().filter(|other| place(other) == place(record) && other.kind != "TXT").collect();
        match here.iter().find(|other| other.kind == record.kind) {
            Some(same) if *same == record => {}
            Some(same) if owns(same) && deployed.policy != Policy::CreateOnly => {
                changes.extend([Change::Upsert(record.clone()), Change::Upsert(txt)]);
            }
            Some(_) => {}
            // A simple record in the way makes this fail, as it does in Route 53.
            None => changes.extend([Change::Create(record.clone()), Change::Create(txt)]),
        }
    }
    if deployed.policy == Policy::Sync {
        let stale =
            there.iter().filter(|record| record.kind != "TXT" && !kept.contains_key(&place(record)) && owns(record));
        for record in stale {
            let mark = registry_name(deployed, record);
            let txt = there
                .iter()
                .filter(|txt| txt.kind == "TXT" && txt.name == mark && txt.set_identifier == record.set_identifier);
            changes.push(Change::Delete(record.clone()));
            changes.extend(txt.cloned().map(Change::Delete));
        }
    }
    changes
}

fn registry_name(deployed: &Deployed, record: &Record) -> String {
    let mark = if record.alias { deployed.alias_mark.clone() } else { format!("{}-", record.kind.to_lowercase()) };
    format!("{mark}{}", record.name)
}

/// The record of the registry that says whose a record is. It has the record's set identifier and weight.
fn registered(deployed: &Deployed, record: &Record, text: &str) -> Record {
    Record {
        name: registry_name(deployed, record),
        kind: "TXT".to_owned(),
        ttl: Some(300),
        values: vec![format!("\"{text}\"")],
        alias: false,
        ..record.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::super::of_targets;
    use super::*;

    fn record(weight: i64) -> Record {
        let values = vec!["lb.eu-west-1.elb.amazonaws.com".to_owned()];
        let mut record = of_targets("app.example.com".to_owned(), &values, false, None);
        (record.set_identifier, record.weight) = (Some("blue".to_owned()), Some(weight));
        record
    }

    /// The zone after ExternalDNS made it.
    fn zone() -> Vec<Record> {
        plan(&Deployed::default(), &[(record(100), "ingress/shop/web".to_owned())], &[])
            .into_iter()
            .map(|change| match change {
                Change::Create(record) => record,
                other => panic!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn a_record_is_made_with_its_owner() {
        let [record, txt] = zone().try_into().unwrap();
        assert_eq!((record.kind.as_str(), record.alias), ("A", true));
        assert_eq!(txt.name, "cname-app.example.com");
        assert_eq!((txt.set_identifier.as_deref(), txt.weight), (Some("blue"), Some(100)));
        let wanted = "\"heritage=external-dns,external-dns/owner=default,external-dns/resource=ingress/shop/web\"";
        assert_eq!(txt.values, [wanted]);
    }

    #[test]
    fn another_weight_is_written_back_by_the_owner_alone() {
        let wanted = [(record(10), "ingress/shop/web".to_owned())];
        let changes = plan(&Deployed::default(), &wanted, &zone());
        assert_eq!(changes[0], Change::Upsert(record(10)));
        let other = Deployed { owner: "other".to_owned(), ..Deployed::default() };
        assert_eq!(plan(&other, &wanted, &zone()), []);
        let frozen = Deployed { policy: Policy::CreateOnly, ..Deployed::default() };
        assert_eq!(plan(&frozen, &wanted, &zone()), []);
    }

    #[test]
    fn what_nobody_wants_is_deleted_by_its_owner_if_it_may() {
        assert_eq!(plan(&Deployed::default(), &[], &zone()).len(), 2);
        let careful = Deployed { policy: Policy::UpsertOnly, ..Deployed::default() };
        assert_eq!(plan(&careful, &[], &zone()), []);
        let other = Deployed { owner: "other".to_owned(), ..Deployed::default() };
        assert_eq!(plan(&other, &[], &zone()), []);
    }
}

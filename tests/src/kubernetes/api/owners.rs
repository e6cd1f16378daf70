//! Who owns which fields: `metadata.managedFields`, and the server-side apply that goes by it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::kind::Kind;
use super::leaves::{Path, Step, dotted, leaves, set, unset};
use super::refusal::{Answered, Refusal};
use super::schema::Shape;

/// Who writes, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hand {
    /// The field manager.
    pub manager: String,
    /// Whether by server-side apply.
    pub applies: bool,
    /// Through which subresource; empty for none.
    pub subresource: String,
    /// When, as Kubernetes writes it.
    pub time: String,
}

#[derive(Debug, Clone)]
struct Owner {
    hand: Hand,
    api_version: String,
    fields: BTreeSet<Path>,
}

impl Owner {
    fn is(&self, hand: &Hand) -> bool {
        let there = (&self.hand.manager, self.hand.applies, &self.hand.subresource);
        there == (&hand.manager, hand.applies, &hand.subresource)
    }
}

/// Takes what a write made of `before` into account: whoever changed a field owns it, and alone.
pub fn written(kind: &Kind, before: &Value, after: &mut Value, hand: &Hand) {
    let shape = Shape::of(kind);
    let (then, now) = (leaves(&shape, before), leaves(&shape, after));
    let changed: BTreeSet<Path> =
        now.iter().filter(|(path, value)| then.get(*path) != Some(value)).map(|(path, _)| path.clone()).collect();
    let gone: BTreeSet<Path> = then.keys().filter(|path| !now.contains_key(*path)).cloned().collect();
    let mut owners = read(before);
    for owner in &mut owners {
        owner.fields.retain(|path| !gone.contains(path) && (owner.hand == *hand || !changed.contains(path)));
    }
    if !changed.is_empty() {
        let own = mine(&mut owners, kind, hand);
        own.fields.extend(changed);
        own.hand.time.clone_from(&hand.time);
    }
    write(after, owners);
}

/// Applies a configuration: sets what it has, takes away what its manager applied before and it no longer has.
///
/// # Errors
/// 409 with a cause for each field that another manager owns with another value, unless `force`.
pub fn apply(kind: &Kind, object: &mut Value, configuration: &Value, hand: &Hand, force: bool) -> Answered<()> {
    let shape = Shape::of(kind);
    let (live, wanted) = (leaves(&shape, object), leaves(&shape, configuration));
    let mut owners = read(object);
    let differs = |path: &Path| live.get(path).is_some_and(|there| wanted.get(path) != Some(there));
    let mut conflicts: Vec<(String, Path)> = Vec::new();
    for owner in owners.iter().filter(|owner| !owner.is(hand)) {
        let taken = owner.fields.iter().filter(|path| wanted.contains_key(*path) && differs(path));
        conflicts.extend(taken.map(|path| (described(owner), path.clone())));
    }
    if !force && !conflicts.is_empty() {
        return Err(conflict(&conflicts));
    }
    for owner in owners.iter_mut().filter(|owner| !owner.is(hand)) {
        owner.fields.retain(|path| !(wanted.contains_key(path) && differs(path)));
    }
    let others: BTreeSet<Path> =
        owners.iter().filter(|owner| !owner.is(hand)).flat_map(|owner| owner.fields.iter().cloned()).collect();
    let own = mine(&mut owners, kind, hand);
    for path in own.fields.iter().filter(|path| !wanted.contains_key(*path) && !others.contains(*path)) {
        unset(object, path);
    }
    for (path, value) in &wanted {
        set(object, path, value);
    }
    let fields: BTreeSet<Path> = wanted.into_keys().collect();
    if own.fields != fields {
        own.fields = fields;
        own.hand.time.clone_from(&hand.time);
    }
    write(object, owners);
    Ok(())
}

fn mine<'a>(owners: &'a mut Vec<Owner>, kind: &Kind, hand: &Hand) -> &'a mut Owner {
    let index = owners.iter().position(|owner| owner.is(hand)).unwrap_or_else(|| {
        owners.push(Owner { hand: hand.clone(), api_version: kind.api_version(), fields: BTreeSet::new() });
        owners.len() - 1
    });
    &mut owners[index]
}

fn described(owner: &Owner) -> String {
    let through = if owner.hand.subresource.is_empty() {
        String::new()
    } else {
        format!(" with subresource {:?}", owner.hand.subresource)
    };
    // A manager that applies is called by its name alone; an update says of which version, too.
    let using = if owner.hand.applies { String::new() } else { format!(" using {}", owner.api_version) };
    format!("conflict with {:?}{through}{using}", owner.hand.manager)
}

fn conflict(conflicts: &[(String, Path)]) -> Box<Refusal> {
    let mut by_owner: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (with, path) in conflicts {
        by_owner.entry(with).or_default().push(dotted(path));
    }
    let parts: Vec<String> = by_owner
        .iter()
        .map(|(with, paths)| match paths.as_slice() {
            [path] => format!("{with}: {path}"),
            paths => format!("{with}:\n- {}", paths.join("\n- ")),
        })
        .collect();
    let count = conflicts.len();
    let many = if count == 1 { "conflict" } else { "conflicts" };
    let message = format!("Apply failed with {count} {many}: {}", parts.join("\n"));
    let refusal = Refusal::new(409, "Conflict", message);
    conflicts.iter().fold(refusal, |refusal, (with, path)| refusal.because("FieldManagerConflict", with, &dotted(path)))
}

fn read(object: &Value) -> Vec<Owner> {
    let entries = object["metadata"]["managedFields"].as_array().into_iter().flatten();
    let text = |entry: &Value, name: &str| entry[name].as_str().unwrap_or_default().to_owned();
    entries
        .map(|entry| {
            let mut fields = BTreeSet::new();
            decode(&entry["fieldsV1"], &[], &mut fields);
            let hand = Hand {
                manager: text(entry, "manager"),
                applies: entry["operation"] == "Apply",
                subresource: text(entry, "subresource"),
                time: text(entry, "time"),
            };
            Owner { hand, api_version: text(entry, "apiVersion"), fields }
        })
        .collect()
}

fn write(object: &mut Value, owners: Vec<Owner>) {
    let entries: Vec<Value> = owners.iter().filter(|owner| !owner.fields.is_empty()).map(entry).collect();
    object["metadata"]["managedFields"] = Value::Array(entries);
}

fn entry(owner: &Owner) -> Value {
    let operation = if owner.hand.applies { "Apply" } else { "Update" };
    let mut entry = json!({"manager": owner.hand.manager, "operation": operation, "apiVersion": owner.api_version,
        "time": owner.hand.time, "fieldsType": "FieldsV1", "fieldsV1": encode(&owner.fields)});
    if !owner.hand.subresource.is_empty() {
        entry["subresource"] = json!(owner.hand.subresource);
    }
    entry
}

fn encode(fields: &BTreeSet<Path>) -> Value {
    let mut whole = Value::Object(Map::new());
    for path in fields {
        let mut at = &mut whole;
        for step in path {
            let name = match step {
                Step::Field(name) => format!("f:{name}"),
                Step::Key(text) => format!("k:{text}"),
                Step::Item(text) => format!("v:{text}"),
            };
            at = at.as_object_mut().unwrap().entry(name).or_insert(json!({}));
        }
    }
    whole
}

fn decode(value: &Value, path: &[Step], found: &mut BTreeSet<Path>) {
    let fields = value.as_object().into_iter().flatten();
    for (name, below) in fields {
        let step = match name.split_once(':') {
            Some(("f", name)) => Step::Field(name.to_owned()),
            Some(("k", text)) => Step::Key(text.to_owned()),
            Some(("v", text)) => Step::Item(text.to_owned()),
            _ => continue,
        };
        let path = [path, &[step]].concat();
        if below.as_object().is_none_or(Map::is_empty) {
            found.insert(path);
        } else {
            decode(below, &path, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::kind::DEPLOYMENT;
    use super::*;

    fn hand(manager: &str, applies: bool) -> Hand {
        Hand { manager: manager.to_owned(), applies, subresource: String::new(), time: "now".to_owned() }
    }

    /// A deployment that kubectl made with 2 replicas and a weight of 100.
    fn deployment() -> Value {
        let mut made = json!({"metadata": {"name": "web", "annotations": {"weight": "100"}},
            "spec": {"replicas": 2, "template": {"spec": {"containers": [{"name": "web", "image": "1"}]}}}});
        written(&DEPLOYMENT, &json!({}), &mut made, &hand("kubectl", false));
        made
    }

    fn applied(object: &mut Value, configuration: Value, manager: &str, force: bool) -> Answered<()> {
        apply(&DEPLOYMENT, object, &configuration, &hand(manager, true), force)
    }

    #[test]
    fn another_managers_field_is_a_conflict_unless_forced() {
        let mut object = deployment();
        let configuration = json!({"metadata": {"annotations": {"weight": "50"}}});
        let refusal = applied(&mut object, configuration.clone(), "eksmig", false).unwrap_err();
        assert_eq!(refusal.code, 409);
        assert_eq!(
            refusal.message,
            "Apply failed with 1 conflict: conflict with \"kubectl\" using apps/v1: .metadata.annotations.weight"
        );
        assert_eq!(refusal.details["causes"][0]["field"], ".metadata.annotations.weight");
        assert_eq!(object, deployment());

        applied(&mut object, configuration, "eksmig", true).unwrap();
        assert_eq!(object["metadata"]["annotations"]["weight"], "50");
        let kubectl = read(&object).into_iter().find(|owner| owner.hand.manager == "kubectl").unwrap();
        assert!(kubectl.fields.iter().all(|path| dotted(path) != ".metadata.annotations.weight"));
    }

    #[test]
    fn the_same_value_is_owned_by_both() {
        let mut object = deployment();
        applied(&mut object, json!({"spec": {"replicas": 2}}), "eksmig", false).unwrap();
        let owners =
            read(&object).into_iter().filter(|owner| owner.fields.iter().any(|path| dotted(path) == ".spec.replicas"));
        assert_eq!(owners.count(), 2);
    }

    #[test]
    fn what_is_no_longer_applied_goes_unless_another_has_it() {
        let mut object = deployment();
        let first = json!({"metadata": {"annotations": {"mine": "1"}}, "spec": {"replicas": 2,
            "template": {"spec": {"containers": [{"name": "side", "image": "9"}]}}}});
        applied(&mut object, first, "eksmig", false).unwrap();
        assert_eq!(object["spec"]["template"]["spec"]["containers"].as_array().unwrap().len(), 2);
        applied(&mut object, json!({}), "eksmig", false).unwrap();
        assert_eq!(object["metadata"]["annotations"], json!({"weight": "100"}));
        assert_eq!(object["spec"], deployment()["spec"]);
        assert!(read(&object).iter().all(|owner| owner.hand.manager != "eksmig"));
    }

    #[test]
    fn whoever_changes_a_field_owns_it_alone() {
        let before = deployment();
        let mut after = before.clone();
        after["spec"]["replicas"] = json!(4);
        written(&DEPLOYMENT, &before, &mut after, &hand("hpa", false));
        let of = |manager: &str| {
            let owner = read(&after).into_iter().find(|owner| owner.hand.manager == manager).unwrap();
            owner.fields.iter().any(|path| dotted(path) == ".spec.replicas")
        };
        assert!(of("hpa") && !of("kubectl"));
    }

    #[test]
    fn items_with_keys_have_owners_of_their_own() {
        let mut object = deployment();
        let image =
            |image: &str| json!({"spec": {"template": {"spec": {"containers": [{"name": "web", "image": image}]}}}});
        applied(&mut object, image("1"), "eksmig", false).unwrap();
        let refusal = applied(&mut object, image("2"), "eksmig", false).unwrap_err();
        assert!(refusal.message.ends_with(".spec.template.spec.containers[name=\"web\"].image"), "{}", refusal.message);
    }
}

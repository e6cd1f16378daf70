//! Strategic merge patches: merge patches that know which lists are merged by a key.

use serde_json::{Map, Value};

use crate::kubernetes::api::schema::Shape;

/// Merges `patch` into `value` by the rules of its shape.
pub fn merge(shape: &Shape, value: &mut Value, patch: &Value) {
    let Value::Object(wanted) = patch else {
        *value = patch.clone();
        return;
    };
    if wanted.get("$patch").and_then(Value::as_str) == Some("replace") {
        *value = without_directives(patch);
        return;
    }
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    let here = value.as_object_mut().unwrap();
    for (name, wanted) in wanted {
        if let Some(list) = name.strip_prefix("$deleteFromPrimitiveList/") {
            if let Some(Value::Array(items)) = here.get_mut(list) {
                items.retain(|item| !wanted.as_array().is_some_and(|gone| gone.contains(item)));
            }
        } else if let Value::Array(kept) = wanted
            && name == "$retainKeys"
        {
            here.retain(|name, _| kept.iter().any(|kept| kept == name));
        } else if wanted.is_null() {
            here.remove(name);
        } else if !name.starts_with('$') {
            let of = shape.field(name).unwrap_or(Shape::Whole);
            merge_field(&of, here.entry(name).or_insert(Value::Null), wanted);
        }
    }
}

fn merge_field(shape: &Shape, value: &mut Value, wanted: &Value) {
    match (shape, wanted) {
        (Shape::Keyed { keys, .. }, Value::Array(wanted)) => {
            if !value.is_array() {
                *value = Value::Array(Vec::new());
            }
            merge_items(keys[0], &shape.item(), value.as_array_mut().unwrap(), wanted);
        }
        (Shape::Set, Value::Array(wanted)) => match value {
            Value::Array(items) => {
                let more: Vec<Value> = wanted.iter().filter(|item| !items.contains(item)).cloned().collect();
                items.extend(more);
            }
            other => *other = Value::Array(wanted.clone()),
        },
        // Go's types know maps that an apply takes as a whole; a strategic patch merges them all the same.
        (_, Value::Object(_)) => merge(shape, value, wanted),
        _ => *value = wanted.clone(),
    }
}

fn merge_items(key: &str, shape: &Shape, items: &mut Vec<Value>, wanted: &[Value]) {
    if wanted.iter().any(|item| item.get("$patch").and_then(Value::as_str) == Some("replace")) {
        *items = wanted.iter().filter(|item| item.get("$patch").is_none()).map(without_directives).collect();
        return;
    }
    for item in wanted {
        let same = items.iter().position(|there| there.get(key).is_some() && there.get(key) == item.get(key));
        let deletes = item.get("$patch").and_then(Value::as_str) == Some("delete");
        match same {
            Some(index) if deletes => drop(items.remove(index)),
            Some(index) => merge(shape, &mut items[index], item),
            None if deletes => {}
            None => items.push(without_directives(item)),
        }
    }
}

/// What a patch adds where nothing was: itself, without what only steers the merging and without `null`s.
fn without_directives(patch: &Value) -> Value {
    match patch {
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(name, value)| !name.starts_with('$') && !value.is_null());
            Value::Object(kept.map(|(name, value)| (name.clone(), without_directives(value))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(without_directives).collect()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::kind::{DEPLOYMENT, Kind, NODE};
    use super::*;

    #[track_caller]
    fn check(kind: &Kind, mut value: Value, patch: Value, expected: Value) {
        merge(&Shape::of(kind), &mut value, &patch);
        assert_eq!(value, expected);
    }

    #[test]
    fn taints_are_replaced_as_a_whole() {
        check(
            &NODE,
            json!({"spec": {"taints": [{"key": "a"}, {"key": "b"}], "unschedulable": true}}),
            json!({"spec": {"taints": [{"key": "c"}], "unschedulable": null}}),
            json!({"spec": {"taints": [{"key": "c"}]}}),
        );
    }

    #[test]
    fn labels_and_annotations_are_merged_by_key() {
        check(
            &NODE,
            json!({"metadata": {"labels": {"a": "1", "b": "2"}}}),
            json!({"metadata": {"labels": {"a": null, "c": "3"}, "annotations": {"x": "y"}}}),
            json!({"metadata": {"labels": {"b": "2", "c": "3"}, "annotations": {"x": "y"}}}),
        );
    }

    #[test]
    fn containers_are_merged_by_name() {
        let of = |containers: Value| json!({"spec": {"template": {"spec": {"containers": containers}}}});
        check(
            &DEPLOYMENT,
            of(json!([{"name": "web", "image": "1", "env": [{"name": "A", "value": "1"}]}, {"name": "side"}])),
            of(json!([{"name": "web", "image": "2", "env": [{"name": "B", "value": "2"}]},
                {"name": "side", "$patch": "delete"}, {"name": "new", "image": null}])),
            of(
                json!([{"name": "web", "image": "2", "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]},
                {"name": "new"}]),
            ),
        );
    }

    #[test]
    fn directives_steer() {
        check(
            &DEPLOYMENT,
            json!({"metadata": {"finalizers": ["a", "b"]}, "spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate": {}}}}),
            json!({"metadata": {"$deleteFromPrimitiveList/finalizers": ["a"], "finalizers": ["c"]},
                "spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}}),
            json!({"metadata": {"finalizers": ["b", "c"]}, "spec": {"strategy": {"type": "Recreate"}}}),
        );
        check(
            &DEPLOYMENT,
            json!({"metadata": {"labels": {"a": "1"}}}),
            json!({"metadata": {"labels": {"$patch": "replace", "b": "2"}}}),
            json!({"metadata": {"labels": {"b": "2"}}}),
        );
    }
}

//! JSON patches, RFC 6902.

use serde_json::Value;

/// What is done at a place.
type Deed = fn(&mut Value, &str, Value) -> Result<(), String>;

/// Applies the operations in order, all or none.
///
/// # Errors
/// What was wrong with the first that cannot be applied, a failed `test` among them.
pub fn apply(value: &mut Value, patch: &Value) -> Result<(), String> {
    let mut whole = value.clone();
    for operation in patch.as_array().ok_or("a JSON patch is a list of operations")? {
        let text = |name: &str| operation[name].as_str().ok_or(format!("jsonpatch operation without {name}"));
        let (op, path) = (text("op")?, text("path")?);
        let wanted = || operation.get("value").cloned().ok_or(format!("jsonpatch {op} operation without value"));
        match op {
            "test" => {
                // A test for null holds where there is nothing, as in the library that the API server uses.
                let there = whole.pointer(path).cloned().unwrap_or(Value::Null);
                if there != operation["value"] {
                    return Err(format!("testing value {path} failed"));
                }
            }
            "add" => at(&mut whole, path, wanted()?, add)?,
            "remove" => drop(take(&mut whole, path)?),
            "replace" => {
                let there = whole.pointer_mut(path).ok_or(format!("replace operation does not apply: {path}"))?;
                *there = wanted()?;
            }
            "move" => {
                let moved = take(&mut whole, text("from")?)?;
                at(&mut whole, path, moved, add)?;
            }
            "copy" => {
                let from = text("from")?;
                let copied = whole.pointer(from).cloned().ok_or(format!("copy operation does not apply: {from}"))?;
                at(&mut whole, path, copied, add)?;
            }
            other => return Err(format!("unexpected kind: {other}")),
        }
    }
    *value = whole;
    Ok(())
}

fn at(whole: &mut Value, path: &str, value: Value, deed: Deed) -> Result<(), String> {
    let missing = || format!("add operation does not apply: doc is missing path: {path:?}");
    let (parent, last) = path.rsplit_once('/').ok_or_else(missing)?;
    let parent = whole.pointer_mut(parent).ok_or_else(missing)?;
    deed(parent, &last.replace("~1", "/").replace("~0", "~"), value)
}

fn add(parent: &mut Value, last: &str, value: Value) -> Result<(), String> {
    match parent {
        Value::Object(fields) => drop(fields.insert(last.to_owned(), value)),
        Value::Array(items) if last == "-" => items.push(value),
        Value::Array(items) => match last.parse::<usize>().ok().filter(|index| *index <= items.len()) {
            Some(index) => items.insert(index, value),
            None => return Err(format!("add operation does not apply: index {last} is out of bounds")),
        },
        _ => return Err(format!("add operation does not apply: nothing can hold {last}")),
    }
    Ok(())
}

fn take(whole: &mut Value, path: &str) -> Result<Value, String> {
    let missing = || format!("remove operation does not apply: doc is missing path: {path:?}");
    let (parent, last) = path.rsplit_once('/').ok_or_else(missing)?;
    let last = last.replace("~1", "/").replace("~0", "~");
    match whole.pointer_mut(parent).ok_or_else(missing)? {
        Value::Object(fields) => fields.remove(&last).ok_or_else(missing),
        Value::Array(items) => {
            let index = last.parse::<usize>().ok().filter(|index| *index < items.len()).ok_or_else(missing)?;
            Ok(items.remove(index))
        }
        _ => Err(missing()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(patch: Value, expected: Option<Value>) {
        let before = json!({"metadata": {"annotations": {"a/b": "1"}}, "taints": [{"key": "x"}]});
        let mut value = before.clone();
        let done = apply(&mut value, &patch);
        assert_eq!(done.is_ok(), expected.is_some(), "{done:?}");
        assert_eq!(value, expected.unwrap_or(before));
    }

    #[test]
    fn operations_are_applied() {
        let with = |annotations: Value, taints: Value| {
            Some(json!({"metadata": {"annotations": annotations}, "taints": taints}))
        };
        check(
            json!([{"op": "test", "path": "/metadata/annotations/a~1b", "value": "1"},
                   {"op": "replace", "path": "/metadata/annotations/a~1b", "value": "2"}]),
            with(json!({"a/b": "2"}), json!([{"key": "x"}])),
        );
        check(
            json!([{"op": "add", "path": "/taints/-", "value": {"key": "y"}}, {"op": "remove", "path": "/taints/0"}]),
            with(json!({"a/b": "1"}), json!([{"key": "y"}])),
        );
        check(
            json!([{"op": "move", "from": "/metadata/annotations/a~1b", "path": "/metadata/annotations/c"}]),
            with(json!({"c": "1"}), json!([{"key": "x"}])),
        );
        check(
            json!([{"op": "copy", "from": "/taints/0", "path": "/taints/1"}]),
            with(json!({"a/b": "1"}), json!([{"key": "x"}, {"key": "x"}])),
        );
    }

    #[test]
    fn what_cannot_be_applied_changes_nothing() {
        let add = json!({"op": "add", "path": "/taints/-", "value": {}});
        check(json!([add, {"op": "test", "path": "/taints/0/key", "value": "z"}]), None);
        check(json!([add, {"op": "remove", "path": "/absent"}]), None);
        check(json!([{"op": "replace", "path": "/absent", "value": 1}]), None);
        check(json!([{"op": "add", "path": "/absent/below", "value": 1}]), None);
        check(json!([{"op": "add", "path": "/taints/9", "value": 1}]), None);
        check(json!({"op": "add"}), None);
    }
}

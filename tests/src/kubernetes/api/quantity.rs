//! Amounts of resources, `250m`, `1Gi`, in thousandths.

use serde_json::Value;

/// An amount in thousandths: of a core, of a byte, of a pod.
pub fn thousandths(amount: &Value) -> Option<i64> {
    let text = match amount {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let end = text.find(|letter: char| !letter.is_ascii_digit() && !".-".contains(letter)).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let number: f64 = number.parse().ok()?;
    let factor = match unit {
        "" => 1.0,
        "m" => 0.001,
        "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "T" => 1e12,
        "Ki" => 1024.0,
        "Mi" => 1024.0 * 1024.0,
        "Gi" => 1024.0 * 1024.0 * 1024.0,
        "Ti" => 1024.0 * 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    Some((number * factor * 1000.0).round() as i64)
}

/// Thousandths as they are written: without a unit if whole.
pub fn whole(thousandths: i64) -> String {
    if thousandths % 1000 == 0 { (thousandths / 1000).to_string() } else { format!("{thousandths}m") }
}

/// How much a pod takes of what a quota or a node counts: `pods`, `cpu` or `requests.cpu`, `memory` and so on. Nothing
/// for what is not counted by pods.
pub fn used(pod: &Value, what: &str) -> Option<i64> {
    let resource = match what {
        "pods" | "count/pods" => return Some(1000),
        "cpu" | "memory" => what,
        _ => what.strip_prefix("requests.").filter(|resource| ["cpu", "memory"].contains(resource))?,
    };
    let containers = pod["spec"]["containers"].as_array().into_iter().flatten();
    Some(containers.filter_map(|container| thousandths(&container["resources"]["requests"][resource])).sum())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn amounts_are_read() {
        for (written, expected) in
            [(json!("250m"), 250), (json!("2"), 2000), (json!(2), 2000), (json!("1Ki"), 1_024_000), (json!("0.5"), 500)]
        {
            assert_eq!(thousandths(&written), Some(expected), "{written}");
        }
        assert_eq!(thousandths(&json!("lots")), None);
        assert_eq!([whole(2000), whole(250)], ["2", "250m"]);
    }
}

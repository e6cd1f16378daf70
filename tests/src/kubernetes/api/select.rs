//! Label selectors and field selectors, as queries and objects have them.

use serde_json::Value;

use super::kind::Kind;
use super::refusal::{Answered, Refusal};

/// One requirement on labels.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Requirement {
    In(String, Vec<String>),
    NotIn(String, Vec<String>),
    Exists(String),
    Absent(String),
}

impl Requirement {
    fn holds(&self, labels: &Value) -> bool {
        let has = |key: &str, values: &[String]| {
            labels[key].as_str().is_some_and(|value| values.iter().any(|wanted| wanted == value))
        };
        match self {
            Self::In(key, values) => has(key, values),
            Self::NotIn(key, values) => !has(key, values),
            Self::Exists(key) => labels.get(key).is_some(),
            Self::Absent(key) => labels.get(key).is_none(),
        }
    }
}

/// What a list or a watch is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    labels: Vec<Requirement>,
    fields: Vec<(String, String, bool)>,
}

impl Selection {
    /// From the two parameters of a query.
    ///
    /// # Errors
    /// 400 for what cannot be understood and for fields that the kind cannot be selected by.
    pub fn read(kind: &Kind, labels: &str, fields: &str) -> Answered<Self> {
        let labels = split(labels).iter().map(|text| requirement(text)).collect::<Answered<_>>()?;
        let mut found = Vec::new();
        for text in split(fields) {
            let (field, value, equal) = equation(&text).ok_or_else(|| {
                Refusal::bad_request(format!("invalid selector: '{text}'; can't understand '{text}'"))
            })?;
            if !selectable(kind, &field) {
                return Err(Refusal::bad_request(format!("field label not supported: {field}")));
            }
            found.push((field, value, equal));
        }
        Ok(Self { labels, fields: found })
    }

    /// Whether an object is meant.
    pub fn takes(&self, object: &Value) -> bool {
        let at = |field: &str| {
            let pointer = format!("/{}", field.replace('.', "/"));
            object.pointer(&pointer).map_or(String::new(), |value| match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            })
        };
        let fields = self.fields.iter().all(|(field, value, equal)| (at(field) == *value) == *equal);
        fields && self.labels.iter().all(|wanted| wanted.holds(&object["metadata"]["labels"]))
    }
}

fn selectable(kind: &Kind, field: &str) -> bool {
    if matches!(field, "metadata.name" | "metadata.namespace") {
        return true;
    }
    match kind.plural {
        "pods" => [
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "spec.hostNetwork",
            "status.phase",
            "status.podIP",
            "status.nominatedNodeName",
        ]
        .contains(&field),
        "nodes" => field == "spec.unschedulable",
        "namespaces" => field == "status.phase",
        "replicasets" => field == "status.replicas",
        "jobs" => field == "status.successful",
        "events" => field.starts_with("involvedObject.") || ["reason", "type", "source"].contains(&field),
        _ => false,
    }
}

/// The parts between commas, those within parentheses left together.
fn split(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0_i32;
    for letter in text.chars() {
        depth += match letter {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        if letter == ',' && depth == 0 {
            parts.push(String::new());
        } else {
            parts.last_mut().unwrap().push(letter);
        }
    }
    parts.into_iter().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

fn equation(text: &str) -> Option<(String, String, bool)> {
    let (name, value, equal) = if let Some((name, value)) = text.split_once("!=") {
        (name, value, false)
    } else if let Some((name, value)) = text.split_once("==") {
        (name, value, true)
    } else {
        let (name, value) = text.split_once('=')?;
        (name, value, true)
    };
    Some((name.trim().to_owned(), value.trim().to_owned(), equal))
}

fn requirement(text: &str) -> Answered<Requirement> {
    if let Some((key, value, equal)) = equation(text) {
        return Ok(if equal { Requirement::In(key, vec![value]) } else { Requirement::NotIn(key, vec![value]) });
    }
    if let Some((head, values)) = text.strip_suffix(')').and_then(|text| text.split_once('(')) {
        let values = values.split(',').map(|value| value.trim().to_owned()).collect();
        match head.split_whitespace().collect::<Vec<_>>().as_slice() {
            [key, "in"] => return Ok(Requirement::In((*key).to_owned(), values)),
            [key, "notin"] => return Ok(Requirement::NotIn((*key).to_owned(), values)),
            _ => {}
        }
    } else if !text.contains(char::is_whitespace) {
        return Ok(match text.strip_prefix('!') {
            Some(key) => Requirement::Absent(key.to_owned()),
            None => Requirement::Exists(text.to_owned()),
        });
    }
    Err(Refusal::bad_request(format!("unable to parse requirement: {text}")))
}

/// Whether labels are what a `LabelSelector` in an object asks for. An empty one takes everything, an absent one nothing.
pub fn matches(selector: &Value, labels: &Value) -> bool {
    if !selector.is_object() {
        return false;
    }
    let pairs = selector["matchLabels"].as_object().into_iter().flatten();
    let expressions = selector["matchExpressions"].as_array().into_iter().flatten();
    pairs.into_iter().all(|(key, value)| labels.get(key) == Some(value))
        && expressions.into_iter().all(|expression| expressed(expression, labels))
}

/// Whether labels are as an expression with key, operator and values says: of a label selector or a node selector.
pub fn expressed(expression: &Value, labels: &Value) -> bool {
    let key = expression["key"].as_str().unwrap_or_default().to_owned();
    let values = expression["values"].as_array().into_iter().flatten();
    let values: Vec<String> = values.filter_map(|value| Some(value.as_str()?.to_owned())).collect();
    let number = |text: &str| text.parse::<i64>().ok();
    let wanted = match expression["operator"].as_str().unwrap_or_default() {
        "In" => Requirement::In(key, values),
        "NotIn" => Requirement::NotIn(key, values),
        "Exists" => Requirement::Exists(key),
        "DoesNotExist" => Requirement::Absent(key),
        operator => {
            let there = labels[&key].as_str().and_then(number);
            let bound = values.first().and_then(|value| number(value));
            return there.zip(bound).is_some_and(|(there, bound)| match operator {
                "Gt" => there > bound,
                "Lt" => there < bound,
                _ => false,
            });
        }
    };
    wanted.holds(labels)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::kind::{DEPLOYMENT, POD};
    use super::*;

    #[track_caller]
    fn check(labels: &str, fields: &str, expected: bool) {
        let pod = json!({"metadata": {"name": "web-1", "labels": {"app": "web", "tier": "front"}},
            "spec": {"nodeName": "blue-1"}});
        assert_eq!(Selection::read(&POD, labels, fields).unwrap().takes(&pod), expected, "{labels} {fields}");
    }

    #[test]
    fn labels_select() {
        check("", "", true);
        check("app=web", "", true);
        check("app==web,tier!=back", "", true);
        check("app in (web, api),tier notin (back)", "", true);
        check("app,!colour", "", true);
        check("app=api", "", false);
        check("colour", "", false);
        check("app in (api)", "", false);
        check("colour!=green", "", true);
    }

    #[test]
    fn fields_select() {
        check("", "spec.nodeName=blue-1", true);
        check("", "spec.nodeName!=blue-1", false);
        check("", "metadata.name=web-1,spec.nodeName=", false);
        assert_eq!(Selection::read(&DEPLOYMENT, "", "spec.nodeName=x").unwrap_err().code, 400);
        assert_eq!(Selection::read(&POD, "a b", "").unwrap_err().code, 400);
    }

    #[test]
    fn selectors_of_objects_match() {
        let labels = json!({"app": "web", "size": "3"});
        assert!(matches(&json!({}), &labels) && !matches(&Value::Null, &labels));
        assert!(matches(&json!({"matchLabels": {"app": "web"}}), &labels));
        assert!(!matches(
            &json!({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["web"]}]}),
            &labels
        ));
        assert!(expressed(&json!({"key": "size", "operator": "Gt", "values": ["2"]}), &labels));
    }
}

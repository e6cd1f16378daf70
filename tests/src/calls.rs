//! What the emulator's call log says.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// One call to AWS.
#[derive(Debug, Clone, Deserialize)]
pub struct Call {
    /// Its place in the log, from 1.
    pub number: u64,
    /// The service's signing name.
    pub service: String,
    /// The operation.
    pub action: String,
    /// The region it was signed for.
    pub region: String,
    /// What was sent: flat names for the query protocol, nested values otherwise.
    pub parameters: Value,
    /// The HTTP status of the answer; none when the connection was reset before the call was done.
    pub status: Option<u16>,
    /// The error code of the answer.
    pub code: Option<String>,
    /// The fault that hit it.
    pub fault: Option<String>,
    /// How long the emulator took.
    pub seconds: Option<f64>,
    /// The time of its arrival, in seconds since 1970.
    pub at: f64,
    /// What it did to a route, if it wrote one and took effect.
    pub effect: Option<Effect>,
    /// What it did to records, if it wrote some and took effect.
    pub batch: Option<Batch>,
    /// What it did to the targets of target groups, if it wrote some and took effect.
    pub handover: Option<Handover>,
}

/// What a write of targets did, in all target groups that it names: by their ARNs.
#[derive(Debug, Clone, Deserialize)]
pub struct Handover {
    /// Its place among all effects.
    pub order: u64,
    /// What became of each target group.
    pub groups: BTreeMap<String, BenchEffect>,
}

/// A target group before and after a write.
#[derive(Debug, Clone, Deserialize)]
pub struct BenchEffect {
    /// Before it.
    pub before: Bench,
    /// After it.
    pub after: Bench,
}

/// Who is in a target group.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Bench {
    /// The state of each target, by `id:port`; without those that drain.
    pub targets: BTreeMap<String, String>,
    /// By which calls each Auto Scaling group that is attached was, by its name.
    pub attached: BTreeMap<String, String>,
}

/// What a change batch did, in all groups of record sets that it names: by name and type.
#[derive(Debug, Clone, Deserialize)]
pub struct Batch {
    /// Its place among all effects.
    pub order: u64,
    /// What became of each group.
    pub groups: BTreeMap<String, GroupEffect>,
}

/// A group before and after a batch, by set identifier; an empty one for a simple record set.
#[derive(Debug, Clone, Deserialize)]
pub struct GroupEffect {
    /// Before it.
    pub before: BTreeMap<String, RecordSet>,
    /// After it.
    pub after: BTreeMap<String, RecordSet>,
}

/// One record set of a group.
#[derive(Debug, Clone, Deserialize)]
pub struct RecordSet {
    /// Its weight; none in a simple one.
    pub weight: Option<i64>,
    /// What it answers with.
    pub answer: String,
}

/// What a write of a route or of an API did, and what was true at that moment.
#[derive(Debug, Clone, Deserialize)]
pub struct Effect {
    /// Its place among all effects. Calls may take effect in another order than they arrive in.
    pub order: u64,
    /// The weights before it, by target group; of an API's stages, by listener.
    pub before: BTreeMap<String, i64>,
    /// The weights after it.
    pub after: BTreeMap<String, i64>,
    /// The healthy targets of each target group that the route had before it; of an API, of each listener that it leads to.
    pub healthy: BTreeMap<String, u32>,
    /// Of an API, a digest of all that is edited and served, before the write and after it.
    #[serde(default)]
    pub whole: Option<[String; 2]>,
}

impl Call {
    /// Whether it would change something.
    pub fn writes(&self) -> bool {
        const READING: [&str; 5] = ["Describe", "Get", "List", "Export", "AssumeRole"];
        !READING.iter().any(|start| self.action.starts_with(start))
    }

    /// Whether AWS took it.
    pub fn succeeded(&self) -> bool {
        self.status.is_some_and(|status| status < 400)
    }

    /// Whether whoever made it never heard that it was done.
    pub fn reply_was_lost(&self) -> bool {
        self.fault.as_deref().is_some_and(|fault| matches!(fault, "lose_reply" | "hold_after"))
    }

    /// A parameter by its flat name.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name)?.as_str()
    }

    /// The rule or the listener that a ModifyRule or a ModifyListener is about.
    pub fn route(&self) -> Option<&str> {
        self.parameter("RuleArn").or_else(|| self.parameter("ListenerArn"))
    }

    /// The listener or rule that it writes, or the API's id.
    pub fn place(&self) -> Option<&str> {
        let api = || self.parameter("path")?.trim_start_matches("/v2").split('/').nth(2);
        self.route().or_else(api)
    }

    /// The weights that a ModifyRule or a ModifyListener sends, by target group.
    pub fn weights(&self) -> BTreeMap<String, i64> {
        let mut found = BTreeMap::new();
        for (name, value) in self.parameters.as_object().into_iter().flatten() {
            let Some(member) = name.strip_suffix(".TargetGroupArn") else { continue };
            let arn = value.as_str().unwrap().to_owned();
            if member.contains(".ForwardConfig.") {
                let weight = self.parameter(&format!("{member}.Weight")).map_or(1, |text| text.parse().unwrap());
                found.insert(arn, weight);
            } else {
                found.entry(arn).or_insert(1);
            }
        }
        found
    }

    /// Green's percent of what this write gives blue and green together.
    pub fn green_percent(&self, blue: &str, green: &str) -> f64 {
        let weights = self.weights();
        let of = |arn| weights.get(arn).copied().unwrap_or(0) as f64;
        of(green) * 100.0 / (of(blue) + of(green))
    }
}

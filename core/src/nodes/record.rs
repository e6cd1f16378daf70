//! What a migration keeps of itself in the cluster, so that whoever goes on with it knows where it stands.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use super::picture::Labels;
use super::stage::Stage;

/// The record of a migration. Where it stands is seen from the cluster; this holds what cannot be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Record {
    /// The group that is left.
    pub blue: String,
    /// The group that takes over.
    pub green: String,
    /// The furthest stage that was begun on the way forth, or the one on the way back that was begun last.
    pub stage: Option<Stage>,
    /// Until when each stage that was begun has time, in seconds since 1970. A run that goes on does not begin them anew.
    pub deadlines: BTreeMap<Stage, u64>,
    /// Blue's nodes when it began: their names, and where the cloud knows them.
    pub nodes: Labels,
}

/// Seconds since 1970.
pub fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
}

impl Record {
    /// Notes that a stage is under way. A deadline that is over is set anew: a person asked again.
    pub fn begin(&mut self, stage: Stage, now: SystemTime, timeout: Duration) {
        let further = self.stage.filter(|before| !stage.is_back() && !before.is_back() && *before > stage);
        self.stage = further.or(Some(stage));
        let deadline = self.deadlines.entry(stage).or_default();
        if *deadline <= seconds(now) {
            *deadline = seconds(now).saturating_add(timeout.as_secs());
        }
    }

    /// How long a stage has left.
    pub fn left(&self, stage: Stage, now: SystemTime) -> Duration {
        let deadline = self.deadlines.get(&stage).copied().unwrap_or_default();
        Duration::from_secs(deadline.saturating_sub(seconds(now)))
    }

    /// Whether there is no way back any more.
    pub fn is_past_return(&self) -> bool {
        matches!(self.stage, Some(Stage::Delete | Stage::Restore))
    }

    /// The record as the data of a ConfigMap.
    pub fn data(&self) -> Labels {
        let deadline = |(stage, at): (&Stage, &u64)| (format!("deadline.{}", stage.as_str()), at.to_string());
        let node = |(name, id): (&String, &String)| (format!("node.{name}"), id.clone());
        let stage = self.stage.map_or("", Stage::as_str).to_owned();
        let own = [("blue", self.blue.clone()), ("green", self.green.clone()), ("stage", stage)];
        own.map(|(key, value)| (key.to_owned(), value))
            .into_iter()
            .chain(self.deadlines.iter().map(deadline))
            .chain(self.nodes.iter().map(node))
            .collect()
    }

    /// The record that is the data of a ConfigMap.
    pub fn parse(data: &Labels) -> Self {
        let word = |key: &str| data.get(key).cloned().unwrap_or_default();
        let mut record = Record { blue: word("blue"), green: word("green"), ..Record::default() };
        record.stage = Stage::parse(&word("stage"));
        for (key, value) in data {
            if let Some(stage) = key.strip_prefix("deadline.").and_then(Stage::parse) {
                record.deadlines.insert(stage, value.parse().unwrap_or_default());
            }
            if let Some(node) = key.strip_prefix("node.") {
                record.nodes.insert(node.to_owned(), value.clone());
            }
        }
        record
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_is_kept_while_it_lasts_and_set_anew_once_it_is_over() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let minute = Duration::from_secs(60);
        let mut record = Record { blue: "workers".to_owned(), ..Record::default() };
        record.nodes.insert("ip-10-0-0-1".to_owned(), "aws:///eu-west-1a/i-1".to_owned());
        record.begin(Stage::Taint, at(100), minute);
        record.begin(Stage::Taint, at(130), minute);
        assert_eq!(record.left(Stage::Taint, at(130)), Duration::from_secs(30));
        record.begin(Stage::Freeze, at(140), minute);
        assert_eq!(record.stage, Some(Stage::Taint), "the furthest");
        assert_eq!(Record::parse(&record.data()), record);
        record.begin(Stage::Taint, at(160), minute);
        assert_eq!(record.left(Stage::Taint, at(160)), minute);
    }

    #[test]
    fn there_is_a_way_back_until_blue_goes_also_from_a_way_back_that_was_cut_short() {
        let mut record = Record::default();
        let mut check = |stage, past| {
            record.begin(stage, SystemTime::UNIX_EPOCH, Duration::from_secs(60));
            assert_eq!((record.stage, record.is_past_return()), (Some(stage), past));
        };
        check(Stage::Evict, false);
        check(Stage::BackCost, false);
        check(Stage::BackFreeze, false);
        check(Stage::Freeze, false);
        check(Stage::Delete, true);
        check(Stage::Restore, true);
    }
}

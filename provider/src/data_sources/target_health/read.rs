//! Looking at the targets.

use std::collections::BTreeMap;

use eksmig_core::elb::TargetHealth;
use eksmig_core::survey;
use tfplugin::{CancellationToken, Diagnostics, Value};

use super::config;
use crate::report::survey as report;
use crate::session::Sessions;

/// The zone of targets whose zone AWS does not say.
const UNKNOWN_ZONE: &str = "unknown";

/// Looks, and adds what is found to the configuration.
pub async fn read(
    sessions: &Sessions,
    config: &Value,
    stop: CancellationToken,
) -> Result<(Value, Diagnostics), Diagnostics> {
    let arns = config::read(config)?.known().ok_or_else(|| report::not_known("target groups"))?;
    let session = sessions.needed()?;
    session.reaches("Object", "target_group_arns", arns.iter().map(|arn| (arn.as_str(), arn.region()))).await?;
    let look = survey::health(&session.reader, &arns);
    let found = stop.run_until_cancelled(look).await.ok_or_else(report::stopped)?;
    let found = found.map_err(|error| report::failed(&error))?;

    let mut state = config.clone();
    let groups = found.iter().map(|(arn, health)| {
        let zones = health.by_zone().into_iter().map(|(zone, health)| (zone.unwrap_or(UNKNOWN_ZONE), counts(&health)));
        let mut group = counts(health);
        group.set_attr("arn", arn.as_str());
        group.set_attr("summary", health.summary());
        group.set_attr("zones", Value::map(zones.collect::<Vec<_>>()));
        (arn.name(), group)
    });
    state.set_attr("target_groups", Value::map(groups));
    Ok((state, Diagnostics::default()))
}

fn counts(health: &TargetHealth) -> Value {
    let number = |count: usize| Value::from(u64::try_from(count).unwrap_or(u64::MAX));
    let by = |counts: BTreeMap<&str, usize>| Value::map(counts.into_iter().map(|(word, count)| (word, number(count))));
    Value::object([
        ("registered", number(health.registered())),
        ("healthy", number(health.healthy())),
        ("states", by(health.by_state())),
        ("reasons", by(health.by_reason())),
    ])
}

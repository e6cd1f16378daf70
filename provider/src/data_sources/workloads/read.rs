//! Looking at the workloads.

use eksmig_core::kubernetes::Cluster;
use eksmig_core::survey::workloads::{self, Id, Kind, Path as Way, Workload};
use tfplugin::{CancellationToken, Diagnostic, Diagnostics, Path, Value};

use super::config::{self, Config};
use crate::report;
use crate::session::{Session, Sessions};

/// Looks, and adds what is found to the configuration.
pub async fn read(
    sessions: &Sessions,
    config: &Value,
    stop: CancellationToken,
) -> Result<(Value, Diagnostics), Diagnostics> {
    let wanted: Config = config::read(config)?.known().ok_or_else(|| report::survey::not_known("clusters"))?;
    let session = sessions.needed()?;
    let blue = cluster(&session, &wanted.blue, "blue")?;
    let green = match &wanted.green {
        Some(key) => Some(cluster(&session, key, "green")?),
        None => None,
    };
    let look = workloads::workloads(&session.reader, &blue, green.as_ref());
    let found = stop.run_until_cancelled(look).await.ok_or_else(report::survey::stopped)?;
    let found = found.map_err(|error| report::survey::failed(&error))?;

    let mut state = config.clone();
    let shown = found.iter().filter(|(id, _)| wanted.shows(&id.namespace));
    let shown: Vec<(String, Value)> = shown.map(|(id, found)| (id.to_string(), workload(id, found))).collect();
    state.set_attr("workloads", Value::map(shown.iter().map(|(name, found)| (name.as_str(), found.clone()))));
    Ok((state, Diagnostics::default()))
}

fn cluster(session: &Session, key: &str, attribute: &str) -> Result<Cluster, Diagnostic> {
    let found = session.clusters.get(key);
    found.map_err(|missing| report::clusters::missing(&missing, &Path::root().attr(attribute)))
}

fn workload(id: &Id, found: &Workload) -> Value {
    Value::object([
        ("namespace", Value::from(id.namespace.as_str())),
        ("name", Value::from(id.name.as_str())),
        ("kinds", Value::set(found.kinds().into_iter().map(Kind::as_str))),
        ("moved_by", Value::set(found.moved_by().into_iter().map(|mover| mover.as_str()))),
        ("blockers", texts(&found.blockers)),
        ("blue", side(found.blue.as_deref())),
        ("green", side(found.green.as_deref())),
    ])
}

fn side(ways: Option<&[Way]>) -> Value {
    ways.map_or(Value::Null, |ways| Value::list(ways.iter().map(way)))
}

fn way(way: &Way) -> Value {
    let set = |texts: &std::collections::BTreeSet<String>| Value::set(texts.iter().map(String::as_str));
    Value::object([
        ("kind", Value::from(way.kind.as_str())),
        ("moved_by", way.moved_by.map_or(Value::Null, |mover| Value::from(mover.as_str()))),
        ("owner", way.owner.map_or(Value::Null, |owner| Value::from(owner.as_str()))),
        ("idle", Value::from(way.is_idle)),
        ("target_group_arns", set(&way.target_groups)),
        ("load_balancer_arns", set(&way.load_balancers)),
        ("apis", set(&way.apis)),
        ("hosts", set(&way.hosts)),
        ("node_ports", Value::set(way.node_ports.iter().map(|port| Value::from(i64::from(*port))))),
        ("evidence", texts(&way.evidence)),
        ("blockers", texts(&way.blockers)),
    ])
}

fn texts(texts: &[String]) -> Value {
    Value::list(texts.iter().map(String::as_str))
}

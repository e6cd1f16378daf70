//! Where a migration stands now, for a refresh and for an import.

use std::sync::Arc;

use eksmig_core::nodes::{Live, Migration};
use tfplugin::{Diagnostic, Diagnostics, ImportRequest, ImportResponse, Path, ReadRequest, ReadResponse, Value};

use super::config::{self, Config};
use super::state;
use crate::applied;
use crate::claims;
use crate::clusters::NoCluster;
use crate::notices;
use crate::private::Private;
use crate::report;
use crate::saved::Status;
use crate::session::{Session, Sessions};

/// The migration of a configuration; none where how to reach its cluster is not known yet.
///
/// # Errors
///
/// Where the provider's block has no such cluster.
pub fn migration(session: &Session, config: &Config) -> Result<Option<Migration>, Diagnostic> {
    let cluster = match session.clusters.get(&config.cluster) {
        Ok(cluster) => cluster,
        Err(NoCluster::Unknown { .. }) => return Ok(None),
        Err(missing) => return Err(report::clusters::missing(&missing, &Path::root().attr("cluster"))),
    };
    let (aws, reader) = (session.aws.clone(), Arc::new(session.reader.clone()));
    let live = Live::new(cluster, aws, reader, &config.cluster_name, &config.orders, &claims::token());
    Ok(Some(Migration::new(Arc::new(live), session.clock.clone(), config.orders.clone())))
}

/// The migration of a configuration, where nothing can be done without it.
///
/// # Errors
///
/// Where the provider's block has no such cluster, or how to reach it is not known yet.
pub fn needed(session: &Session, config: &Config) -> Result<Migration, Diagnostic> {
    migration(session, config)?.ok_or_else(|| {
        let missing = session.clusters.get(&config.cluster).err();
        missing.map_or_else(
            || notices::CLUSTER_NOT_KNOWN_YET.says("How to reach the cluster is not known yet. Plan again."),
            |missing| report::clusters::missing(&missing, &Path::root().attr("cluster")),
        )
    })
}

/// Refreshes a state.
pub async fn read(sessions: &Sessions, request: ReadRequest) -> Result<ReadResponse, Diagnostics> {
    let ReadRequest { mut state, private, .. } = request;
    let mut private = Private::read(&private)?;
    if state::is_settled(&state) {
        // It has arrived: what becomes of the groups from here on is not this resource's.
        return Ok(ReadResponse { state: Some(state), private: private.bytes(), diagnostics: Diagnostics::default() });
    }
    // After a death in an update nothing is written down, and what was begun then is not finished.
    private.unfinished_create.get_or_insert(true);
    let session = sessions.needed()?;
    let config = applied::wholly_known(config::read(&state)?.known())?;
    let now = needed(&session, &config)?.look().await.map_err(|refusal| report::nodes::at_plan(&refusal))?;
    state::write_standing(&mut state, &now);
    Ok(ReadResponse { state: Some(state), private: private.bytes(), diagnostics: Diagnostics::default() })
}

/// Takes over a migration that is under way, or one that has arrived.
pub async fn import(sessions: &Sessions, request: ImportRequest) -> Result<ImportResponse, Diagnostics> {
    let parts: Vec<&str> = request.id.split('|').map(str::trim).collect();
    let [cluster, cluster_name, blue, green] = parts.as_slice() else {
        let detail = format!(
            "{:?} is not an import id: it has {} parts between bars. It is CLUSTER|CLUSTER_NAME|BLUE|GREEN, where GREEN is \
             the name of a node group, or clone:NAME for one that the migration makes.",
            request.id,
            parts.len()
        );
        return Err(notices::INVALID_IMPORT_ID.says(detail).into());
    };
    let green = match green.strip_prefix("clone:") {
        None => Value::object([("node_group", Value::from(*green))]),
        Some(name) => Value::object([("clone", Value::object([("node_group", Value::from(name))]))]),
    };
    let mut state = Value::object([
        ("cluster", Value::from(*cluster)),
        ("cluster_name", Value::from(*cluster_name)),
        ("blue_node_group", Value::from(*blue)),
        ("green", green),
        ("id", Value::from(state::id(cluster_name, blue))),
    ]);
    let session = sessions.needed()?;
    let config = applied::wholly_known(config::read(&state)?.known())?;
    let now = needed(&session, &config)?.look().await.map_err(|refusal| report::nodes::at_plan(&refusal))?;
    state::write_stages(&mut state, &config.orders);
    state::write_standing(&mut state, &now);
    let status = if now.stage.is_none() { Status::Settled } else { Status::Held };
    state.set_attr("status", status.as_str());
    let private = Private { unfinished_create: Some(now.stage.is_some()), ..Private::default() };
    Ok(ImportResponse { state, private: private.bytes(), diagnostics: Diagnostics::default() })
}

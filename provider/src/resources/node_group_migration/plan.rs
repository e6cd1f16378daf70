//! What an apply would do: the stages, what becomes of each pod, and what stands in the way.

use tfplugin::{Diagnostics, Path, PlanRequest, PlanResponse, Value};

use super::config::{self, Config, OnDestroy, Written};
use super::read::migration;
use super::state;
use crate::planned::Fallback;
use crate::private::Private;
use crate::report;
use crate::saved::Status;
use crate::session::{Session, Sessions};

/// The computed attributes that an apply finds out.
const FOUND_OUT: [&str; 5] = ["stages", "stage", "verdicts", "minimum_duration", "status"];
/// The attributes that make it another migration.
const IDENTITY: [&str; 4] = ["cluster", "cluster_name", "blue_node_group", "green"];

/// Plans a create, an update or a destroy.
pub async fn plan(sessions: &Sessions, request: PlanRequest) -> PlanResponse {
    let fallback = Fallback::of(&request);
    fallback.or(planned(sessions, request).await)
}

async fn planned(sessions: &Sessions, request: PlanRequest) -> Result<PlanResponse, Diagnostics> {
    let PlanRequest { prior, proposed, config, prior_private, planned_private, .. } = request;
    let (Some(mut planned), Some(config)) = (proposed, config) else {
        return destroy(prior.as_ref(), prior_private);
    };
    let written = config::read(&config)?;
    let id = written.cluster_name.as_ref().known().zip(written.blue.as_ref().known());
    planned.set_attr("id", id.map_or(Value::unknown(), |(cluster, blue)| Value::from(state::id(cluster, blue))));
    match prior {
        None => {
            let private = Private::read(if planned_private.is_empty() { &prior_private } else { &planned_private })?;
            create(sessions, planned, written, private).await
        }
        Some(prior) => update(sessions, &prior, planned, written, Private::read(&prior_private)?).await,
    }
}

async fn create(
    sessions: &Sessions,
    mut planned: Value,
    written: Written,
    private: Private,
) -> Result<PlanResponse, Diagnostics> {
    for name in FOUND_OUT {
        planned.set_attr(name, Value::unknown());
    }
    let mut diagnostics = Diagnostics::default();
    if let Some(config) = written.known() {
        state::write_stages(&mut planned, &config.orders);
        if let Some(session) = sessions.known() {
            diagnostics.extend(foreseen(&session, &config).await?);
        }
    }
    Ok(PlanResponse { planned: Some(planned), private: private.bytes(), diagnostics, ..Default::default() })
}

async fn update(
    sessions: &Sessions,
    prior: &Value,
    mut planned: Value,
    written: Written,
    private: Private,
) -> Result<PlanResponse, Diagnostics> {
    let differs = |name: &&str| prior.attr(name) != planned.attr(name);
    let requires_replace: Vec<Path> =
        IDENTITY.iter().filter(|it| differs(it)).map(|it| Path::root().attr(*it)).collect();
    let mut diagnostics = Diagnostics::default();
    let Some(config) = written.known().filter(|_| requires_replace.is_empty()) else {
        for name in FOUND_OUT {
            planned.set_attr(name, Value::unknown());
        }
        return Ok(PlanResponse { planned: Some(planned), requires_replace, private: private.bytes(), diagnostics });
    };
    if !state::is_settled(prior) {
        state::write_stages(&mut planned, &config.orders);
        planned.set_attr("stage", Value::Null);
        planned.set_attr("verdicts", Value::unknown());
        planned.set_attr("status", Status::Settled.as_str());
        if let Some(session) = sessions.known() {
            diagnostics.extend(foreseen(&session, &config).await?);
        }
    }
    Ok(PlanResponse { planned: Some(planned), requires_replace, private: private.bytes(), diagnostics })
}

/// What the apply would meet. What stands in the way of a pod is an error here: nothing would be begun.
async fn foreseen(session: &Session, config: &Config) -> Result<Diagnostics, Diagnostics> {
    if session.applies() {
        // The apply looks for itself.
        return Ok(Diagnostics::default());
    }
    let Some(migration) = migration(session, config)? else { return Ok(Diagnostics::default()) };
    let now = migration.look().await.map_err(|refusal| report::nodes::at_plan(&refusal))?;
    report::nodes::foreseen(&now)
}

fn destroy(prior: Option<&Value>, private: Vec<u8>) -> Result<PlanResponse, Diagnostics> {
    let mut diagnostics = Diagnostics::default();
    if let Some(prior) = prior.filter(|prior| !state::is_settled(prior)) {
        let restores = config::read(prior)?.known().is_some_and(|it| it.on_destroy == OnDestroy::Restore);
        diagnostics.push(report::nodes::destroying(prior, restores));
    }
    Ok(PlanResponse { planned: None, private, diagnostics, ..Default::default() })
}

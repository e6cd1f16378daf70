//! What an apply would do: the stages, what becomes of each pod, and what stands in the way.

use tfplugin::{Diagnostics, PlanRequest, PlanResponse, Value};

use super::config::{Config, Written};
use super::read::migration;
use super::state;
use crate::planned::{self, Create, Update};
use crate::report;
use crate::saved::Status;
use crate::session::{Session, Sessions};

/// The computed attributes that an apply finds out.
const FOUND_OUT: [&str; 5] = ["stages", "stage", "verdicts", "minimum_duration", "status"];
/// The attributes that make it another migration.
const IDENTITY: [&[&str]; 4] = [&["cluster"], &["cluster_name"], &["blue_node_group"], &["green"]];

/// Plans a create, an update or a destroy.
pub async fn plan(sessions: &Sessions, request: PlanRequest) -> Result<PlanResponse, Diagnostics> {
    planned::plan(request, |asked| create(sessions, asked), |asked| update(sessions, asked)).await
}

async fn create(sessions: &Sessions, asked: Create<Written>) -> Result<PlanResponse, Diagnostics> {
    let Create { mut planned, written, private, .. } = asked;
    planned::leave_open(&mut planned, &FOUND_OUT);
    let mut diagnostics = Diagnostics::default();
    if let Some(config) = written.known() {
        state::write_stages(&mut planned, &config.orders);
        if let Some(session) = sessions.known() {
            diagnostics.extend(foreseen(&session, &config).await?);
        }
    }
    Ok(PlanResponse { planned: Some(planned), private: private.bytes(), diagnostics, ..Default::default() })
}

async fn update(sessions: &Sessions, asked: Update<Written>) -> Result<PlanResponse, Diagnostics> {
    let Update { prior, mut planned, written, private } = asked;
    let requires_replace = planned::replaced(&prior, &planned, &IDENTITY);
    let mut diagnostics = Diagnostics::default();
    let Some(config) = written.known().filter(|_| requires_replace.is_empty()) else {
        planned::leave_open(&mut planned, &FOUND_OUT);
        return Ok(PlanResponse { planned: Some(planned), requires_replace, private: private.bytes(), diagnostics });
    };
    if !state::is_settled(&prior) {
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
    report::nodes::foreseen(&now, &config.orders)
}

//! What an apply would do: who is registered before and after, the steps, and what would go wrong.
//!
//! Which instances an Auto Scaling group holds is found out by the apply, so the registrations are known after it.

use eksmig_core::elb::cutover::{Refusal, Serving, verify};
use eksmig_core::engine::gate::Side;
use tfplugin::{Diagnostics, PlanRequest, PlanResponse, Value};

use super::config::{Config, Written};
use super::read::cutover;
use super::state;
use crate::planned::{self, Create, Update};
use crate::private::Private;
use crate::report;
use crate::saved::Status;
use crate::session::{Session, Sessions};

/// The computed attributes that an apply finds out.
const FOUND_OUT: [&str; 7] =
    ["targets", "observed_serving", "attachments", "schedule", "minimum_duration", "baseline", "status"];
/// The attributes, and attributes of attributes, that make it another cut-over.
const IDENTITY: [&[&str]; 3] =
    [&["target_group_arns"], &["blue", "autoscaling_group_names"], &["green", "autoscaling_group_names"]];

/// Plans a create, an update or a destroy.
pub async fn plan(sessions: &Sessions, request: PlanRequest) -> Result<PlanResponse, Diagnostics> {
    planned::plan(request, |asked| create(sessions, asked), |asked| update(sessions, asked)).await
}

async fn create(sessions: &Sessions, asked: Create<Written>) -> Result<PlanResponse, Diagnostics> {
    let Create { mut planned, written, private, .. } = asked;
    planned::leave_open(&mut planned, &FOUND_OUT);
    if let Some(aim) = written.aim() {
        let from = if aim.serving == Serving::Blue { Serving::Green } else { Serving::Blue };
        state::write_schedule(&mut planned, Some(from), &aim);
    }
    let mut diagnostics = Diagnostics::default();
    if let (Some(session), Some(config)) = (sessions.known(), written.known()) {
        claim(&session, &private, &config)?;
        diagnostics.extend(warnings(&session, &config, None).await?);
    }
    Ok(PlanResponse { planned: Some(planned), private: private.bytes(), diagnostics, ..Default::default() })
}

async fn update(sessions: &Sessions, asked: Update<Written>) -> Result<PlanResponse, Diagnostics> {
    let Update { prior, mut planned, written, private } = asked;
    let requires_replace = planned::replaced(&prior, &planned, &IDENTITY);
    let mut diagnostics = Diagnostics::default();
    let known = written.known().filter(|_| requires_replace.is_empty());
    let Some(config) = known else {
        planned::leave_open(&mut planned, &FOUND_OUT);
        return Ok(PlanResponse { planned: Some(planned), requires_replace, private: private.bytes(), diagnostics });
    };
    let session = sessions.known();
    if let Some(session) = &session {
        claim(session, &private, &config)?;
    }
    let renamed = ["blue", "green"].into_iter().any(|side| prior.attr(side) != planned.attr(side));
    let from = state::observed(&prior).filter(|_| !renamed);
    if from != Some(config.aim.serving) {
        state::write_schedule(&mut planned, from, &config.aim);
        planned.set_attr("targets", Value::unknown());
        planned.set_attr("attachments", Value::unknown());
        planned.set_attr("observed_serving", config.aim.serving.as_str());
        if let Some(session) = &session {
            diagnostics.extend(warnings(session, &config, Some(&prior)).await?);
        }
    }
    planned.set_attr("status", Status::Settled.as_str());
    Ok(PlanResponse { planned: Some(planned), requires_replace, private: private.bytes(), diagnostics })
}

fn claim(session: &Session, private: &Private, config: &Config) -> Result<(), Diagnostics> {
    let places = config.target_groups.iter().map(ToString::to_string);
    let sides = [config.members.blue.to_string(), config.members.green.to_string()];
    let [blue, green] = &sides;
    let claimed = session.claims.claim(&private.token, places, [blue, green]);
    claimed.map_err(|conflict| report::targets::claimed(&conflict).into())
}

/// What the apply would meet, as far as it can be seen now.
async fn warnings(session: &Session, config: &Config, prior: Option<&Value>) -> Result<Diagnostics, Diagnostics> {
    if session.applies() {
        // The apply looks for itself.
        return Ok(Diagnostics::default());
    }
    let cutover = cutover(session, config, prior)?;
    let now = cutover.look().await.map_err(|refusal| report::targets::at_plan(&refusal))?;
    let mut found = Diagnostics::default();
    match verify(&now, &config.aim) {
        Ok(()) => {}
        Err(Refusal::Nobody(side)) => found.push(report::targets::nobody(side)),
        Err(refusal) => return Err(report::targets::at_plan(&refusal).into()),
    }
    for side in [Side::Blue, Side::Green] {
        let names = config.members.of(side).scaling_groups();
        let replacing =
            names.filter(|name| now.scaling_groups.get(*name).is_some_and(|group| group.replaces_unhealthy));
        found.extend(replacing.map(|name| report::targets::replaces_nodes(side, name)));
    }
    if prior.is_none() {
        found.extend(report::targets::already(&now, config.aim.serving));
    }
    Ok(found)
}

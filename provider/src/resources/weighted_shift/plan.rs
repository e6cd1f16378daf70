//! What an apply would do: weights before and after, the steps, and what would go wrong.
//!
//! Terraform plans again inside the apply and wants the same known values. So the plan of an update comes from the
//! refreshed prior state, and that of a create from the configuration alone; the live world only adds warnings.

use std::collections::{BTreeMap, BTreeSet};

use eksmig_core::drain::Wait;
use eksmig_core::elb::weighted_shift::{self as core, Position, Routes, Sight};
use eksmig_core::elb::{Fare, RouteArn};
use eksmig_core::engine::gate::{Side, Sides};
use eksmig_core::engine::shift::{self, Idle};
use tfplugin::{Diagnostic, Diagnostics, Path, PlanRequest, PlanResponse, Value};

use super::config::{self, Config, Written};
use super::read::same_region;
use super::state;
use crate::blocks::course::least;
use crate::drain;
use crate::planned::{self, Create, Update};
use crate::private::Private;
use crate::report;
use crate::saved::Status;
use crate::session::{Session, Sessions};

/// The computed attributes that an apply finds out.
const FOUND_OUT: [&str; 7] =
    ["drained_at", "routes", "observed_green_weight", "baseline", "status", "schedule", "minimum_duration"];
/// The attributes that make it another shift.
const IDENTITY: [&[&str]; 2] = [&["blue_target_group_arn"], &["green_target_group_arn"]];

/// Plans a create, an update or a destroy.
pub async fn plan(sessions: &Sessions, request: PlanRequest) -> Result<PlanResponse, Diagnostics> {
    planned::plan(request, |asked| create(sessions, asked), |asked| update(sessions, asked)).await
}

async fn create(sessions: &Sessions, asked: Create<Written>) -> Result<PlanResponse, Diagnostics> {
    let Create { mut planned, written, mut private, reviewed_before } = asked;
    planned::leave_open(&mut planned, &FOUND_OUT);
    if let (Some(schedule), Some(least)) = (written.course.schedule_from_zero(), written.course.drain_from_zero()) {
        state::write_schedule(&mut planned, &schedule, least);
    }

    let mut diagnostics = Diagnostics::default();
    if let (Some(session), Some(config)) = (sessions.known(), written.known()) {
        claim(&session, &private, &config)?;
        let sights = sights(&session, &config).await?;
        let position = core::position(sights.clone()).map_err(|refusal| report::at_plan(&refusal))?;
        if !reviewed_before {
            private.note_reviewed(&position);
        }
        diagnostics.extend(report::already_shifted(&position, config.course.aim.target));
        diagnostics.extend(warnings(&session, &config, &sights, &position).await?);
        diagnostics.extend(drain_warnings(&session, &config, config.course.drain).await);
    }
    Ok(PlanResponse { planned: Some(planned), private: private.bytes(), diagnostics, ..Default::default() })
}

async fn update(sessions: &Sessions, asked: Update<Written>) -> Result<PlanResponse, Diagnostics> {
    let Update { prior, mut planned, written, private } = asked;
    let requires_replace = planned::replaced(&prior, &planned, &IDENTITY);
    let before = state::position(&prior, &private)?;
    let session = sessions.known();
    let known = written.known();
    let same_routes = known.as_ref().is_some_and(|config| config.routes == names(&prior));

    let mut diagnostics = Diagnostics::default();
    let Some(config) = known.filter(|_| requires_replace.is_empty()) else {
        planned::leave_open(&mut planned, &FOUND_OUT);
        return Ok(PlanResponse { planned: Some(planned), requires_replace, private: private.bytes(), diagnostics });
    };
    if !same_routes {
        // What is known of the old routes says nothing of the new ones.
        planned::leave_open(&mut planned, &FOUND_OUT);
        if let Some(session) = &session {
            claim(session, &private, &config)?;
            let sights = sights(session, &config).await?;
            let position = core::position(sights.clone()).map_err(|refusal| report::at_plan(&refusal))?;
            diagnostics.extend(warnings(session, &config, &sights, &position).await?);
        }
        return Ok(PlanResponse { planned: Some(planned), requires_replace, private: private.bytes(), diagnostics });
    }
    if let Some(gone) = config.routes.iter().find(|route| !before.contains_key(*route)) {
        return Err(report::at_plan(&core::Refusal::Missing(gone.clone())).into());
    }
    if let Some(session) = &session {
        claim(session, &private, &config)?;
        same_region(session, &config.routes).await?;
        if before.values().any(|weights| weights.blue.is_none() && weights.green.is_none()) {
            // The state says only that it forwards to neither side; the route itself says to what, or that it is gone.
            core::position(sights(session, &config).await?).map_err(|refusal| report::at_plan(&refusal))?;
        }
    }

    let refuse = |unmovable: shift::Unmovable<Routes>| Diagnostics::from(report::at_plan(&unmovable.into()));
    let way = shift::itinerary::<Routes>(&before, &config.course.aim).map_err(refuse)?;
    let schedule = shift::schedule::<Routes>(&before, &config.course.aim).map_err(refuse)?;
    let moves = !schedule.steps.is_empty();
    let wait = drain::due(&prior, &config.course, moves);
    drain::plan(&mut planned, wait, moves);
    if !way.steps.is_empty() || wait.is_some() {
        state::write_schedule(&mut planned, &schedule, least(wait));
    }
    if let Some(session) = &session {
        diagnostics.extend(drain_warnings(session, &config, wait).await);
    }
    if !way.steps.is_empty() {
        let after = shift::final_position::<Routes>(&before, &config.course.aim).map_err(refuse)?;
        state::write_position(&mut planned, &after);
        if let Some(session) = session.filter(|session| !session.applies()) {
            let sights = sights(&session, &config).await?;
            diagnostics.extend(warnings(&session, &config, &sights, &before).await?);
        }
    }
    planned.set_attr("status", Status::Settled.as_str());
    Ok(PlanResponse { planned: Some(planned), requires_replace, private: private.bytes(), diagnostics })
}

/// The routes that a state was written for.
fn names(state: &Value) -> BTreeSet<RouteArn> {
    config::read(state).ok().and_then(|written| written.routes.known()).unwrap_or_default()
}

async fn drain_warnings(session: &Session, config: &Config, wait: Option<Wait>) -> Vec<Diagnostic> {
    let side = drain::side::of_routes(&config.routes, &config.pair, config.course.aim.target);
    drain::warnings(session, &config.course, wait, side).await
}

fn claim(session: &Session, private: &Private, config: &Config) -> Result<(), Diagnostic> {
    let sides = [config.pair.blue.as_str(), config.pair.green.as_str()];
    let places = config.routes.iter().map(ToString::to_string);
    session.claims.claim(&private.token, places, sides).map_err(|conflict| report::claimed(&conflict))
}

/// What is seen of the routes, shared with every other resource of this run.
async fn sights(session: &Session, config: &Config) -> Result<BTreeMap<RouteArn, Sight>, Diagnostic> {
    same_region(session, &config.routes).await?;
    super::read::shift(session, config).look().await.map_err(|error| report::unread(&error))
}

/// Warns of what the change would meet. Asks AWS only where a share would rise, and not again while a plan is carried
/// out: the gates ask then, and two looks for each shift would take as many reads as AWS gives to all.
async fn warnings(
    session: &Session,
    config: &Config,
    sights: &BTreeMap<RouteArn, Sight>,
    now: &Position,
) -> Result<Diagnostics, Diagnostics> {
    let refuse = |unmovable: shift::Unmovable<Routes>| Diagnostics::from(report::at_plan(&unmovable.into()));
    let way = shift::itinerary::<Routes>(now, &config.course.aim).map_err(refuse)?;
    if session.applies() {
        return Ok(Diagnostics::default());
    }
    let rising = Sides {
        blue: way.steps.iter().any(|step| step.rising.blue),
        green: way.steps.iter().any(|step| step.rising.green),
    };
    if rising == Sides::NONE {
        return Ok(Diagnostics::default());
    }
    // First, for what many ask together must not stand in line behind what each asks alone.
    let owners = owners(session, config).await;
    let mut warnings = Diagnostics::default();
    for side in rising.iter() {
        let (target_group, attribute) = match side {
            Side::Blue => (&config.pair.blue, "blue_target_group_arn"),
            Side::Green => (&config.pair.green, "green_target_group_arn"),
        };
        let path = Path::root().attr(attribute);
        match session.reader.target_health(target_group, Fare::InLine).await {
            Err(error) if error.is_not_found() => return Err(report::no_target_group(target_group, path).into()),
            Err(error) => warnings.push(report::health_unread(side, target_group, &error, path)),
            Ok(health) => warnings.extend(report::unhealthy(side, target_group, &health, path)),
        }
    }
    warnings.extend(owners);
    warnings.extend(report::sticky(sights, config.course.aim.idle == Idle::Drop));
    Ok(warnings)
}

/// Controllers that would take the change back.
async fn owners(session: &Session, config: &Config) -> Vec<Diagnostic> {
    let mut arns: BTreeSet<String> = BTreeSet::new();
    for route in &config.routes {
        arns.insert(route.as_str().to_owned());
        arns.insert(route.load_balancer_arn().as_str().to_owned());
    }
    match session.reader.tags(&arns).await {
        Ok(tags) => report::controlled(&tags),
        Err(error) => vec![report::tags_unread(&error)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resources::weighted_shift::WeightedShift;
    use crate::saved;
    use eksmig_core::share::Weights;
    use expect_test::{Expect, expect};
    use tfplugin::Resource;

    const RULE: &str = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/edge/0123456789abcdef/0123456789abcdef/0123456789abcdef";

    fn group(name: &str) -> Value {
        Value::from(format!("arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/{name}/0123456789abcdef"))
    }

    /// A configuration over one rule, as Terraform proposes it for a create.
    fn config(green_weight: Value) -> Value {
        let steps = Value::list([Value::from(10_i64), Value::from(50_i64)]);
        let ramp = Value::object([
            ("steps", steps),
            ("step", Value::Null),
            ("interval", Value::from("5m")),
            ("both_ways", Value::Null),
        ]);
        let mut config = Value::object([
            ("route_arns", Value::set([RULE])),
            ("blue_target_group_arn", group("blue")),
            ("green_target_group_arn", group("green")),
            ("green_weight", green_weight),
            ("ramp", ramp),
        ]);
        let unset = ["gate", "on_failure", "on_destroy", "drop_idle_target_group", "wait_for_drain", "timeouts"];
        for name in unset.into_iter().chain(FOUND_OUT).chain(["id"]) {
            config.set_attr(name, Value::Null);
        }
        config
    }

    /// A prior state at these weights, settled or not.
    fn prior(green_weight: i64, blue: u32, green: u32, strangers: &[u32], status: Status) -> (Value, Vec<u8>) {
        let weights = Weights { blue: Some(blue), green: Some(green), strangers: strangers.to_vec() };
        let position: Position = [(RouteArn::parse(RULE).unwrap(), weights)].into_iter().collect();
        let mut state = config(Value::from(green_weight));
        state::write_position(&mut state, &position);
        state.set_attr("baseline", saved::weights(&position));
        state.set_attr("schedule", Value::list::<Value>([]));
        state.set_attr("minimum_duration", "0s");
        state.set_attr("status", status.as_str());
        let id = planned::Written::id(&config::read(&state).unwrap());
        state.set_attr("id", id.map(Value::from).unwrap_or(Value::Null));
        let mut private = Private::default();
        private.note_strangers(&position);
        (state, private.bytes())
    }

    async fn ask(prior: Option<(Value, Vec<u8>)>, config: Value) -> PlanResponse {
        let (prior, prior_private) = prior.map_or((None, Vec::new()), |(state, private)| (Some(state), private));
        let mut proposed = config.clone();
        if let Some(prior) = &prior {
            for name in FOUND_OUT.into_iter().chain(["id"]) {
                proposed.set_attr(name, prior.attr(name).clone());
            }
        }
        let request = PlanRequest {
            prior,
            proposed: Some(proposed),
            config: Some(config),
            prior_private,
            planned_private: Vec::new(),
            store_planned_private: false,
            stop: tfplugin::CancellationToken::new(),
        };
        WeightedShift::new(Sessions::new()).plan(request).await
    }

    #[track_caller]
    fn check(response: &PlanResponse, expect: &Expect) {
        let planned = response.planned.as_ref().unwrap();
        let mut text = String::new();
        for diagnostic in &response.diagnostics {
            text += &format!("{diagnostic}\n");
        }
        let show = |value: &Value| match value {
            Value::Null => "null".to_owned(),
            Value::Unknown(_) => "(known after apply)".to_owned(),
            Value::Number(number) => number.to_string(),
            Value::String(text) => text.clone(),
            other => format!("{other:?}"),
        };
        for name in ["observed_green_weight", "minimum_duration", "status"] {
            text += &format!("{name} {}\n", show(planned.attr(name)));
        }
        if let Value::List(steps) = planned.attr("schedule") {
            let steps: Vec<String> = steps.iter().map(|step| show(step.attr("green_weight"))).collect();
            text += &format!("schedule {}\n", steps.join(" "));
        }
        if let Value::Map(routes) = planned.attr("routes") {
            for route in routes.values() {
                let weights = ["blue_weight", "green_weight", "share"].map(|name| show(route.attr(name)));
                text += &format!("route {}\n", weights.join(" "));
            }
        }
        expect.assert_eq(&text);
    }

    #[tokio::test]
    async fn a_create_plans_from_the_configuration_alone() {
        check(
            &ask(None, config(Value::from(100_i64))).await,
            &expect![[r#"
                observed_green_weight (known after apply)
                minimum_duration 15m
                status (known after apply)
                schedule 10 50 100
            "#]],
        );
    }

    #[tokio::test]
    async fn what_is_unknown_stays_unknown() {
        let response = ask(None, config(Value::unknown())).await;
        let planned = response.planned.as_ref().unwrap();
        assert!(planned.attr("schedule").is_unknown() && planned.attr("minimum_duration").is_unknown());
        assert!(!response.diagnostics.has_errors());
    }

    #[tokio::test]
    async fn an_update_shows_the_weights_it_will_write_beside_strangers() {
        let before = prior(0, 1, 0, &[1], Status::Settled);
        check(
            &ask(Some(before), config(Value::from(30_i64))).await,
            &expect![[r#"
                observed_green_weight 30
                minimum_duration 10m
                status settled
                schedule 10 30
                route 7 3 30
            "#]],
        );
    }

    #[tokio::test]
    async fn a_change_cut_short_goes_on_where_it_stands() {
        let before = prior(100, 90, 10, &[], Status::Held);
        check(
            &ask(Some(before), config(Value::from(100_i64))).await,
            &expect![[r#"
                observed_green_weight 100
                minimum_duration 10m
                status settled
                schedule 50 100
                route 0 100 100
            "#]],
        );
    }

    #[tokio::test]
    async fn nothing_to_do_plans_nothing() {
        let before = prior(50, 1, 1, &[], Status::Settled);
        let response = ask(Some(before.clone()), config(Value::from(50_i64))).await;
        assert_eq!(response.planned.unwrap(), before.0);
        assert!(response.diagnostics.is_empty());
    }

    #[tokio::test]
    async fn other_target_groups_are_another_shift() {
        let before = prior(50, 1, 1, &[], Status::Settled);
        let mut other = config(Value::from(50_i64));
        other.set_attr("green_target_group_arn", group("greener"));
        let response = ask(Some(before), other).await;
        assert_eq!(response.requires_replace, vec![Path::root().attr("green_target_group_arn")]);
        assert!(response.planned.unwrap().attr("routes").is_unknown());
    }

    #[tokio::test]
    async fn a_share_that_cannot_be_had_beside_strangers_is_refused_at_the_attribute() {
        let before = prior(0, 2, 0, &[997], Status::Settled);
        let response = ask(Some(before), config(Value::from(30_i64))).await;
        let errors: Vec<String> = response.diagnostics.iter().map(ToString::to_string).collect();
        assert!(errors.len() == 1 && errors[0].starts_with("green_weight: Share not expressible"), "{errors:?}");
    }
}

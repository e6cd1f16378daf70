//! `eksmig_routes` finds every route and target group, in few calls, and feeds shifts by `for_each`.

#[path = "acceptance_routes/found.rs"]
mod found;
#[path = "acceptance_routes/lasting.rs"]
mod lasting;
#[path = "acceptance_routes/many.rs"]
mod many;
#[path = "acceptance_routes/refusals.rs"]
mod refusals;
#[path = "acceptance_routes/scene.rs"]
mod scene;
#[path = "acceptance_routes/shifts.rs"]
mod shifts;

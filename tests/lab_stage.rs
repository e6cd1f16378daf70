//! API Gateway in the lab: what real requests through a stage meet, rule by rule, and under a load.

#[path = "lab_stage/canary.rs"]
mod canary;
#[path = "lab_stage/deployments.rs"]
mod deployments;
#[path = "lab_stage/faults.rs"]
mod faults;
#[path = "lab_stage/http.rs"]
mod http;
#[path = "lab_stage/load.rs"]
mod load;
#[path = "lab_stage/routes.rs"]
mod routes;
#[path = "lab_stage/scene.rs"]
mod scene;

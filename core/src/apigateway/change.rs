//! What is changed about a stage, whatever kind of API it belongs to.

use crate::apigateway::label::Label;
use crate::apigateway::uri::Variables;

/// One change of a stage. Several that are sent together are made together, in their order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum StageChange {
    /// The stage points to this deployment.
    Deployment(String),
    /// A stage variable gets this value.
    Variable {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
    /// The canary gets this percent of the requests, 0 to 100. Makes a canary of the stage's own deployment where there is
    /// none.
    Percent(f64),
    /// A stage variable gets this value in the canary.
    Override {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
    /// A stage variable has its own value in the canary again.
    DropOverride(String),
    /// The stage points to the canary's deployment.
    TakeCanarysDeployment,
    /// The stage has no canary any more.
    RemoveCanary,
}

/// A deployment to make onto a stage.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NewDeployment {
    /// Its description.
    pub label: Label,
    /// The canary that gets it; none where the stage does.
    pub canary: Option<NewCanary>,
}

/// The canary that gets a deployment.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NewCanary {
    /// The percent of the requests, 0 to 100.
    pub percent: f64,
    /// The stage variables that have another value in it.
    pub overrides: Variables,
}

//! Why a swap has no place on a stage.

/// Why a swap has no place on a stage.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unplaced {
    /// There is no such stage.
    #[error("there is no such stage")]
    NoStage,
    /// A route that was asked for does not exist.
    #[error("the API has no route {0}; routes are written METHOD PATH, as in \"ANY /orders/{{proxy+}}\"")]
    NoRoute(String),
    /// A route that was asked for leads elsewhere.
    #[error("the integration of {route} leads to {uri:?}, which is neither port {blue} nor port {green} of {balancer}")]
    Elsewhere {
        /// The route.
        route: String,
        /// Where it leads.
        uri: String,
        /// Blue's port.
        blue: u16,
        /// Green's port.
        green: u16,
        /// The load balancer.
        balancer: String,
    },
    /// No integration leads to either port.
    #[error("no integration that it serves leads to port {blue} or to port {green} of {balancer}")]
    NoIntegration {
        /// Blue's port.
        blue: u16,
        /// Green's port.
        green: u16,
        /// The load balancer.
        balancer: String,
    },
    /// A stage variable moves more than the swap.
    #[error(
        "stage variable {variable} also leads {route}, which is not among the swap's routes and would move as well; add it to them"
    )]
    SharedVariable {
        /// The variable.
        variable: String,
        /// The route beside the swap.
        route: String,
    },
    /// Another stage would move as well.
    #[error("stage {0} deploys every edit by itself and would move as well; add it to the swap's stages")]
    AlsoDeployed(String),
    /// A VPC link cannot be deployed.
    #[error("VPC link {id} is {status}; AWS deploys only what is AVAILABLE")]
    Link {
        /// The link.
        id: String,
        /// Its status.
        status: String,
    },
    /// The stage has a canary that is not ours.
    #[error(
        "it has a canary release of someone else (deployment {deployment} at {percent}%, {overrides} of its variables changed), and a stage can have but one; promote or delete that first"
    )]
    ForeignCanary {
        /// The canary's deployment.
        deployment: String,
        /// Its percent.
        percent: String,
        /// How many variables it overrides.
        overrides: usize,
    },
}

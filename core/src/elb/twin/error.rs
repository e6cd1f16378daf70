//! What can go wrong with a twin.

use std::fmt;

use super::group::{Difference, Unfit};
use crate::aws;
use crate::elb::{Error, RouteArn};

/// Why a twin is not as it was to be.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TwinError {
    /// AWS could not be asked, or refused.
    #[error(transparent)]
    Elb(#[from] Error),
    /// There is no such source, or the twin is gone.
    #[error("{0} does not exist")]
    Missing(String),
    /// An override that the source cannot have.
    #[error("{source_arn} cannot have a twin with another {}: {unfit}", unfit.part)]
    Unfit {
        /// The source.
        source_arn: String,
        /// What is wrong.
        unfit: Unfit,
    },
    /// The name belongs to something else.
    #[error("the name {name} is taken by {arn}, {}", owner(of))]
    Taken {
        /// The name.
        name: String,
        /// Who has it.
        arn: String,
        /// Whose twin that is; `None` where it is no twin.
        of: Option<String>,
    },
    /// The twin is there, and has what AWS does not change any more.
    #[error("{arn} is there already, and AWS does not change in it {}", list(differences))]
    Apart {
        /// The twin.
        arn: String,
        /// From what is to what should be.
        differences: Vec<Difference>,
    },
    /// Something sends traffic to it, so AWS does not delete it.
    #[error("{arn} is in use by {}", routes_of(routes))]
    InUse {
        /// The twin.
        arn: String,
        /// Who refers to it.
        routes: Vec<RouteArn>,
    },
    /// The port belongs to another listener.
    #[error("port {port} of {balancer} is taken by {listener}, {}", owner(of))]
    PortTaken {
        /// The load balancer.
        balancer: String,
        /// The port.
        port: i32,
        /// Who has it.
        listener: String,
        /// Whose twin that is; `None` where it is no twin.
        of: Option<String>,
    },
    /// Every port of the range belongs to another listener.
    #[error("every port of {balancer} from {first} to {last} is taken")]
    NoFreePort {
        /// The load balancer.
        balancer: String,
        /// The first of the range.
        first: i32,
        /// The last of the range.
        last: i32,
    },
    /// The source is no listener of a network load balancer.
    #[error("{arn} has protocol {protocol}, and only listeners of network load balancers can have a twin")]
    NotOfNetwork {
        /// The source.
        arn: String,
        /// Its protocol.
        protocol: String,
    },
    /// Another resource of the same run is deleting it at this moment.
    #[error("{0} is being deleted by another resource in this run")]
    Leaving(String),
    /// It was to stop.
    #[error("it was stopped")]
    Stopped,
}

/// A twin that did not come to be as it was to be, and what of it exists all the same.
#[derive(Debug, Clone)]
pub struct Failed<M> {
    /// Why.
    pub error: TwinError,
    /// What exists and has to be remembered.
    pub left: Option<Box<M>>,
}

impl<M> From<TwinError> for Failed<M> {
    fn from(error: TwinError) -> Self {
        Self { error, left: None }
    }
}

impl<M> From<Error> for Failed<M> {
    fn from(error: Error) -> Self {
        TwinError::from(error).into()
    }
}

impl From<aws::Error> for TwinError {
    fn from(error: aws::Error) -> Self {
        TwinError::Elb(Error::Aws(error))
    }
}

impl TwinError {
    /// AWS's code, where AWS answered with one.
    pub(super) fn code(&self) -> Option<&str> {
        match self {
            TwinError::Elb(Error::Aws(aws::Error::Call(call))) => call.code.as_deref(),
            TwinError::Elb(Error::NotFound { code, .. }) => Some(code),
            _ => None,
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
        write!(f, "{} from {} to {}", self.part, shown(&self.from), shown(&self.to))
    }
}

fn list(differences: &[Difference]) -> String {
    differences.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn owner(of: &Option<String>) -> String {
    match of {
        Some(source) => format!("the twin of {source}"),
        None => "which is no twin".to_owned(),
    }
}

fn routes_of(routes: &[RouteArn]) -> String {
    match routes {
        [] => "a route that cannot be found any more, or not yet".to_owned(),
        routes => routes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    }
}

//! What is seen of an API and its stages at one moment.

use std::collections::BTreeMap;
use std::fmt;

use crate::apigateway::change::{NewDeployment, StageChange};
use crate::apigateway::integration::{Integration, Link};
use crate::apigateway::label::Label;
use crate::apigateway::uri::Variables;

/// An API.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ApiId {
    /// A REST API's id.
    Rest(String),
    /// An HTTP API's id.
    Http(String),
}

impl ApiId {
    /// The id alone.
    pub fn as_str(&self) -> &str {
        match self {
            ApiId::Rest(id) | ApiId::Http(id) => id,
        }
    }
}

impl fmt::Display for ApiId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ApiId::Rest(id) => write!(f, "REST API {id}"),
            ApiId::Http(id) => write!(f, "HTTP API {id}"),
        }
    }
}

/// An integration as it is in the API, deployed or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Live {
    /// What AWS calls it by: of a REST API the resource's id and the method, of an HTTP API the integration's id and
    /// nothing.
    pub handle: (String, String),
    /// What it is.
    pub integration: Integration,
}

/// Integrations by route, written as users do: `ANY /orders/{proxy+}`.
pub(crate) type Routes<T> = BTreeMap<String, T>;

/// A stage.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Stage {
    /// Its deployment.
    pub deployment: Option<String>,
    /// What that deployment's description says, where it is ours.
    pub label: Option<Label>,
    /// Its variables.
    pub variables: Variables,
    /// Its canary.
    pub canary: Option<Canary>,
    /// What it serves to those who do not get the canary. (Of a stage's canary AWS shows no integrations.)
    pub served: Routes<Integration>,
    /// Whether every edit of the API is deployed to it at once.
    pub automatic: bool,
    /// Why its deployment is not there yet, or failed.
    pub unfinished: Option<String>,
}

/// A stage's canary.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Canary {
    /// The percent of the requests that get it, 0 to 100.
    pub percent: f64,
    /// Its deployment.
    pub deployment: String,
    /// What that deployment's description says, where it is ours.
    pub label: Option<Label>,
    /// The stage variables that have another value in it.
    pub overrides: Variables,
}

/// An API, some of its stages, and the account's VPC links.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct View {
    /// The API's integrations, deployed or not.
    pub live: Routes<Live>,
    /// The stages asked for; one that does not exist is missing.
    pub stages: BTreeMap<String, Stage>,
    /// Stages not asked for to which every edit is deployed at once.
    pub also_deployed: Vec<String>,
    /// VPC links of the first version, by id.
    pub links: BTreeMap<String, Link>,
}

impl Stage {
    /// Becomes what one change makes of it.
    pub(super) fn take(&mut self, change: &StageChange) {
        match change {
            StageChange::Deployment(id) => {
                self.deployment = Some(id.clone());
                self.label = None;
            }
            StageChange::Variable { name, value } => drop(self.variables.insert(name.clone(), value.clone())),
            StageChange::RemoveCanary => self.canary = None,
            StageChange::TakeCanarysDeployment => {
                if let Some(canary) = &self.canary {
                    self.deployment = Some(canary.deployment.clone());
                    self.label.clone_from(&canary.label);
                }
            }
            StageChange::Percent(percent) => self.canary_mut().percent = *percent,
            StageChange::Override { name, value } => {
                drop(self.canary_mut().overrides.insert(name.clone(), value.clone()));
            }
            StageChange::DropOverride(name) => drop(self.canary_mut().overrides.remove(name)),
        }
    }

    fn canary_mut(&mut self) -> &mut Canary {
        let own = || Canary {
            percent: 0.0,
            deployment: self.deployment.clone().unwrap_or_default(),
            label: None,
            overrides: Variables::new(),
        };
        self.canary.get_or_insert_with(own)
    }

    /// Becomes what a deployment of the API as it is makes of it.
    pub(super) fn receive(&mut self, id: String, made: &NewDeployment, live: Routes<Integration>) {
        let label = Some(made.label.clone());
        match &made.canary {
            Some(canary) => {
                let (percent, overrides) = (canary.percent, canary.overrides.clone());
                self.canary = Some(Canary { percent, deployment: id, label, overrides });
            }
            None => {
                self.deployment = Some(id);
                self.label = label;
                self.served = live;
            }
        }
    }
}

//! Reading APIs, many askers by one call, and writing them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::apigateway::change::{NewDeployment, StageChange};
use crate::apigateway::error::Error;
use crate::apigateway::fare::Fare;
use crate::apigateway::integration::{Edit, Link};
use crate::apigateway::label::Label;
use crate::apigateway::view::{ApiId, Live, Routes, Stage, View};
use crate::apigateway::{http, rest};
use crate::aws::{Aws, GatheredRead, Kind, Service, SharedRead};

/// How long a shared answer is good for: longer than Terraform takes to ask for the resources of one refresh, and
/// short enough for nobody to act on old news, since whoever writes reads afresh.
const SHARED_FOR: Duration = Duration::from_secs(15);
/// The most stages that are read together.
const CHUNK: usize = 100;

type Place = (ApiId, String);
type Links = Arc<BTreeMap<String, Link>>;

/// APIs as one configuration reaches them. Cheap to clone; clones share what they have read.
#[derive(Clone)]
pub struct Apis {
    aws: Aws,
    shared: Arc<Shared>,
}

struct Shared {
    views: SharedRead<Place, Arc<View>, Error>,
    views_now: GatheredRead<Place, Arc<View>, Error>,
    links: SharedRead<(), Links, Error>,
    /// A deployment's description does not change unless someone changes it by hand.
    labels: Mutex<BTreeMap<Place, Option<Label>>>,
}

impl fmt::Debug for Apis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Apis").field("aws", &self.aws).finish_non_exhaustive()
    }
}

impl Apis {
    /// Nothing read yet.
    pub fn new(aws: Aws) -> Self {
        let shared = Shared {
            views: SharedRead::new(aws.clock(), SHARED_FOR),
            views_now: GatheredRead::new(CHUNK),
            links: SharedRead::new(aws.clock(), SHARED_FOR),
            labels: Mutex::default(),
        };
        Self { aws, shared: Arc::new(shared) }
    }

    /// The configuration that they are reached through.
    pub(crate) fn aws(&self) -> &Aws {
        &self.aws
    }

    /// An API and these stages of it, up to 15 seconds old.
    ///
    /// # Errors
    ///
    /// A call failed, or its answer makes no sense.
    pub(crate) async fn look(&self, api: &ApiId, stages: &BTreeSet<String>) -> Result<View, Error> {
        let mut views = Vec::new();
        for stage in stages {
            let place = (api.clone(), stage.clone());
            let read = async || {
                let views = self.read(vec![place.clone()]).await?;
                Ok(views.into_values().next().unwrap_or_default())
            };
            views.push(self.shared.views.get(place.clone(), read).await?);
        }
        Ok(together(views.iter()))
    }

    /// An API and these stages of it as they are now. Those who ask while the budget has no room share the calls.
    ///
    /// # Errors
    ///
    /// As [`Apis::look`].
    pub(crate) async fn look_afresh(&self, api: &ApiId, stages: &BTreeSet<String>) -> Result<View, Error> {
        let places: BTreeSet<Place> = stages.iter().map(|stage| (api.clone(), stage.clone())).collect();
        let turn = async || Ok(Fare::Ahead.pay(&self.aws, Kind::Read).await?);
        let views = self.shared.views_now.get(&places, turn, |places| self.read(places)).await?;
        Ok(together(views.values()))
    }

    /// Makes later looks at an API read afresh.
    pub(super) fn forget(&self, api: &ApiId, stages: &BTreeSet<String>) {
        for stage in stages {
            self.shared.views.forget(&(api.clone(), stage.clone()));
        }
    }

    /// These stages, each with its API.
    async fn read(&self, places: Vec<Place>) -> Result<BTreeMap<Place, Arc<View>>, Error> {
        let mut by_api: BTreeMap<ApiId, BTreeSet<String>> = BTreeMap::new();
        for (api, stage) in places {
            by_api.entry(api).or_default().insert(stage);
        }
        let mut views = BTreeMap::new();
        for (api, names) in by_api {
            let view = self.read_api(&api, &names).await?;
            for name in names {
                let stages = view.stages.get(&name).map(|stage| (name.clone(), stage.clone()));
                let one = View { stages: stages.into_iter().collect(), ..view.clone() };
                views.insert((api.clone(), name), Arc::new(one));
            }
        }
        Ok(views)
    }

    async fn read_api(&self, api: &ApiId, names: &BTreeSet<String>) -> Result<View, Error> {
        // Who waits for traffic to be seen where it is must not stand behind those who only want to begin.
        let (aws, fare) = (&self.aws, Fare::Ahead);
        let mut view = View::default();
        match api {
            ApiId::Rest(id) => {
                view.live = rest::live(aws, id, fare).await?;
                for name in names {
                    let Some(mut stage) = rest::stage(aws, id, name, fare).await? else { continue };
                    stage.served = rest::served(aws, id, name, fare).await?;
                    self.read_labels(api, &mut stage, fare).await?;
                    view.stages.insert(name.clone(), stage);
                }
                view.links = self.links(&view.live, fare).await?;
            }
            ApiId::Http(id) => {
                view.live = http::live(aws, id, fare).await?;
                (view.stages, view.also_deployed) = http::stages(aws, id, names, fare).await?;
                for (name, stage) in &mut view.stages {
                    let Some(deployment) = stage.deployment.clone() else { continue };
                    stage.served = http::served(aws, id, name, fare).await?;
                    if !stage.automatic {
                        (stage.label, stage.unfinished) = http::deployment(aws, id, &deployment, fare).await?;
                    }
                }
            }
        }
        Ok(view)
    }

    async fn read_labels(&self, api: &ApiId, stage: &mut Stage, fare: Fare) -> Result<(), Error> {
        if let Some(deployment) = &stage.deployment {
            stage.label = self.label(api, deployment, fare).await?;
        }
        if let Some(canary) = &mut stage.canary {
            canary.label = self.label(api, &canary.deployment, fare).await?;
        }
        Ok(())
    }

    async fn label(&self, api: &ApiId, deployment: &str, fare: Fare) -> Result<Option<Label>, Error> {
        let place = (api.clone(), deployment.to_owned());
        let known = self.shared.labels.lock().unwrap_or_else(PoisonError::into_inner).get(&place).cloned();
        if let Some(label) = known {
            return Ok(label);
        }
        let label = rest::label(&self.aws, api.as_str(), deployment, fare).await?;
        self.shared.labels.lock().unwrap_or_else(PoisonError::into_inner).insert(place, label.clone());
        Ok(label)
    }

    /// The VPC links, where an integration needs them to be told apart.
    async fn links(&self, live: &Routes<Live>, fare: Fare) -> Result<BTreeMap<String, Link>, Error> {
        let needs = |live: &Live| live.integration.private && live.integration.target.is_none();
        if !live.values().any(needs) {
            return Ok(BTreeMap::new());
        }
        let read = async || Ok(Arc::new(rest::links(&self.aws, fare).await?));
        Ok(self.shared.links.get((), read).await?.as_ref().clone())
    }

    /// Returns when the budget has room for a deployment, without taking it.
    ///
    /// # Errors
    ///
    /// The budget cannot be found, for want of a region.
    pub(super) async fn wait_for_deployment(&self) -> Result<(), Error> {
        self.aws.budget().await?.wait_for_room(Service::ApiGateway, Kind::Deployment).await;
        Ok(())
    }

    /// Waits until the budget has room for one call.
    pub(super) async fn wait_for_room(&self, kind: Kind, fare: Fare) -> Result<(), Error> {
        Ok(fare.pay(&self.aws, kind).await?)
    }

    pub(super) async fn edit(&self, api: &ApiId, live: &Live, edit: &Edit, fare: Fare) -> Result<(), Error> {
        match api {
            ApiId::Rest(id) => rest::edit(&self.aws, id, live, edit, fare).await,
            ApiId::Http(id) => http::edit(&self.aws, id, live, edit, fare).await,
        }
    }

    pub(super) async fn deploy(
        &self,
        api: &ApiId,
        stage: &str,
        wanted: &NewDeployment,
        fare: Fare,
    ) -> Result<String, Error> {
        match api {
            ApiId::Rest(id) => rest::deploy(&self.aws, id, stage, wanted, fare).await,
            ApiId::Http(id) => http::deploy(&self.aws, id, stage, wanted, fare).await,
        }
    }

    /// Changes a stage. `variables` are those that it has.
    pub(super) async fn change(
        &self,
        api: &ApiId,
        stage: &str,
        variables: &BTreeMap<String, String>,
        changes: &[StageChange],
        fare: Fare,
    ) -> Result<(), Error> {
        match api {
            ApiId::Rest(id) => rest::change(&self.aws, id, stage, changes, fare).await,
            ApiId::Http(id) => {
                // Whether AWS keeps variables that are not sent is not documented, so all are.
                let sets = changes.iter().any(|change| matches!(change, StageChange::Variable { .. }));
                let keep = variables.iter().filter(|_| sets);
                let keep = keep.map(|(name, value)| StageChange::Variable { name: name.clone(), value: value.clone() });
                let all: Vec<StageChange> = keep.chain(changes.iter().cloned()).collect();
                http::change(&self.aws, id, stage, &all, fare).await
            }
        }
    }
}

/// Views of one API as one.
fn together<'a>(views: impl Iterator<Item = &'a Arc<View>>) -> View {
    views
        .map(|view| view.as_ref().clone())
        .reduce(|mut all, view| {
            all.stages.extend(view.stages);
            all
        })
        .unwrap_or_default()
}

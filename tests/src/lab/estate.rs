//! Many services behind a few application load balancers: each with a fleet and routes of its own, and one load for all.

use std::time::Duration;

use aws_sdk_elasticloadbalancingv2::types::{Action, ActionTypeEnum, FixedResponseActionConfig, ProtocolEnum};

use super::LIMIT;
use super::fleet::Fleet;
use super::load::{Destination, Load, Plan, Round, Stop};
use super::site::Site;
use super::visit::Visit;
use crate::patience::until;
use crate::stage::Stage;
use crate::twin::MARK;
use crate::world::{TargetGroup, forward, path};

/// How long a load goes on at most.
const LOAD: Duration = Duration::from_secs(600);

/// The services, their load balancers, and what serves them.
#[derive(Debug)]
pub struct Estate {
    /// The scene.
    pub stage: Stage,
    /// The names of the load balancers.
    pub balancers: Vec<String>,
    /// What serves them.
    pub site: Site,
    services: Vec<Service>,
}

/// A service of an estate.
#[derive(Debug)]
struct Service {
    name: String,
    blue: Fleet,
    green: Option<Fleet>,
    listener: String,
    paths: Vec<String>,
}

impl Estate {
    /// So many load balancers, services and rules: what is left over of an even share of rules goes to the first
    /// services. Each service has one load balancer, for AWS lets a target group have no more.
    pub fn open(name: &str, balancers: usize, services: usize, rules: usize) -> Self {
        let stage = Stage::new(name);
        let world = &stage.world;
        let arns: Vec<String> = (0..balancers).map(|nth| world.application_balancer(&format!("lb{nth}"))).collect();
        let listen = |arn: &String| world.listener(arn, ProtocolEnum::Http, 80, vec![not_found()]);
        let listeners: Vec<String> = arns.iter().map(listen).collect();
        let mut made = Vec::new();
        for nth in 0..services {
            let name = format!("s{nth:02}");
            let blue = Fleet::of_service(world, &name, "blue");
            let listener = listeners[nth % balancers].clone();
            let count = rules / services + usize::from(nth < rules % services);
            let rule = |part: usize| {
                let pattern = format!("/{name}/{part}/*");
                let priority = i32::try_from(10 * nth + part + 1).unwrap();
                world.rule(&listener, priority, vec![path(&pattern)], vec![forward(&[(&blue.group, 1)])]);
                pattern.replace('*', "page")
            };
            let paths = (0..count).map(rule).collect();
            made.push(Service { name, blue, green: None, listener, paths });
        }
        let site = Site::start(world, &arns.iter().map(String::as_str).collect::<Vec<_>>());
        let names = (0..balancers).map(|nth| format!("{}-lb{nth}", world.name())).collect();
        let estate = Self { stage, balancers: names, site, services: made };
        until(LIMIT, "healthy services", || {
            let healthy = |service: &Service| service.blue.all_are(&estate.stage.world, "healthy");
            estate.services.iter().all(healthy).then_some(())
        });
        estate
    }

    /// Starts a load of so many requests a second, which asks all routes in turn.
    pub fn load(&self, rate: u32) -> Load {
        let plan = Plan {
            to: Destination::Round(Round::of(self.stops().into_iter().map(|(_, stop)| stop).collect()).into()),
            host: String::new(),
            path: String::new(),
            rate,
            limit: rate as usize * LOAD.as_secs() as usize,
        };
        Load::start(plan, &self.site.journal)
    }

    /// Starts green's pods and registers them in the twins, as the cluster's TargetGroupBindings do.
    pub fn bind(&mut self) {
        let world = &self.stage.world;
        for group in world.groups() {
            let (name, arn) = (group.target_group_name.unwrap(), group.target_group_arn.unwrap());
            let Some(source) = world.tags(&arn).remove(MARK) else { continue };
            let service = self.services.iter_mut().find(|service| service.blue.group.arn == source);
            let service = service.unwrap_or_else(|| panic!("{name} is the twin of {source}, which is no service"));
            service.green = Some(Fleet::behind(world, TargetGroup { name, arn }, &service.name, "green"));
        }
    }

    /// The services that green has no pods of.
    pub fn unbound(&self) -> Vec<&str> {
        self.services.iter().filter(|service| service.green.is_none()).map(|service| service.name.as_str()).collect()
    }

    /// Blue's backends refuse connections from now on.
    pub fn refuse_blue(&self) {
        self.services.iter().for_each(|service| service.blue.refuse());
    }

    /// The routes that are not answered by this cluster's backend of their own service, with what answers.
    pub fn astray(&self, cluster: &str) -> Vec<String> {
        let strays = self.stops().into_iter().filter_map(|(service, stop)| {
            let answer = Visit::to(stop.door, &stop.path).make();
            let backend = answer.header(super::backend::NAME);
            let right = answer.status == 200 && backend == format!("{service}-{cluster}-1");
            (!right).then(|| format!("{} is answered by {backend:?} with {}", stop.path, answer.status))
        });
        strays.collect()
    }

    /// Every route, with its service.
    fn stops(&self) -> Vec<(&str, Stop)> {
        let mut stops = Vec::new();
        for service in &self.services {
            let door = self.site.plane.address(&service.listener);
            let stop = |path: &String| Stop { door, host: "shop.example.com".to_owned(), path: path.clone() };
            stops.extend(service.paths.iter().map(|path| (service.name.as_str(), stop(path))));
        }
        stops
    }
}

fn not_found() -> Action {
    let config = FixedResponseActionConfig::builder().status_code("404").build();
    Action::builder().r#type(ActionTypeEnum::FixedResponse).fixed_response_config(config).build()
}

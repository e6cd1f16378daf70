//! A cluster with a managed node group: EKS in the emulator, the Kubernetes API and its controllers in this process, and
//! nodes that come and go with their group.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use aws_sdk_eks::types::{NodegroupScalingConfig, VpcConfigRequest};
use eksmig_core::aws::{Aws, AwsConfig, Service, StaticCredentials};
use eksmig_core::clock::{Clock, Moment};
use eksmig_core::kubernetes::{self, Access};
use eksmig_core::nodes::{Live, Migration, Orders};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::blocking::{beside, wait};
use crate::kubernetes::Cluster;
use crate::kubernetes::api::Api;
use crate::kubernetes::api::kind::{AUTOSCALER, BUDGET, DEPLOYMENT, Kind, NODE, POD, STATEFUL_SET};
use crate::kubernetes::fixtures;
use crate::kubernetes::models::driver::Driver;
use crate::kubernetes::models::kubelet::Pace;
use crate::lab::pause::pause;
use crate::patience::Watch;
use crate::stage::Stage;

/// The resource's address.
pub const ADDRESS: &str = "eksmig_node_group_migration.workers";
/// The label of a node's group.
const GROUP: &str = "eks.amazonaws.com/nodegroup";
/// How often groups are looked at, and the controllers do a step of a second: twenty times as fast as time goes by.
const PACE: Duration = Duration::from_millis(50);

/// How many migrations were made, so that each run is known from all others.
static MADE: AtomicU32 = AtomicU32::new(1);

/// A clock on which time goes by faster than it does.
#[derive(Debug)]
struct Brisk {
    watch: Watch,
    pace: u32,
}

#[async_trait]
impl Clock for Brisk {
    fn now(&self) -> Moment {
        Moment::at(self.watch.passed() * self.pace)
    }

    fn wall(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + self.watch.passed() * self.pace
    }

    async fn sleep(&self, length: Duration) {
        pause(length / self.pace).await;
    }
}

/// A cluster whose node group is to be left.
#[derive(Debug)]
pub struct NodeGroups {
    /// The scene.
    pub stage: Stage,
    /// The cluster as Kubernetes's API shows it.
    pub cluster: Cluster,
    eks: aws_sdk_eks::Client,
    controllers: Option<Driver>,
    following: JoinHandle<()>,
}

impl NodeGroups {
    /// A cluster with a group `blue` of so many nodes, and nothing on them.
    pub fn new(name: &str, nodes: i32) -> Self {
        let stage = Stage::new(name);
        let eks = aws_sdk_eks::Client::new(stage.world.config());
        let of = stage.world.name().to_owned();
        let vpc = VpcConfigRequest::builder().subnet_ids("subnet-1").build();
        let role = "arn:aws:iam::123456789012:role/nodes";
        wait(eks.create_cluster().name(&of).role_arn(role).resources_vpc_config(vpc).send()).unwrap();
        let sizes = NodegroupScalingConfig::builder().min_size(1).max_size(nodes + 3).desired_size(nodes).build();
        let made = eks.create_nodegroup().cluster_name(&of).nodegroup_name("blue").subnets("subnet-1").node_role(role);
        wait(made.scaling_config(sizes).instance_types("m5.large").tags("team", "shop").send()).unwrap();
        let cluster = Cluster::start();
        let following = beside(follow(eks.clone(), of, cluster.api.clone()));
        let groups = Self { stage, cluster, eks, controllers: None, following };
        let file = groups.cluster.kubeconfig();
        let access = format!("{{ kubeconfig_path = {:?}, context = \"lab\" }}", file.display().to_string());
        groups.stage.configure(&format!("kubernetes = {{ clusters = {{ main = {access} }} }}"));
        groups
    }

    /// Seeds objects and lets the cluster come to rest; from then on it goes by itself.
    pub fn begin(&mut self, objects: Vec<Value>) {
        for namespace in ["shop", "kube-system"] {
            if self.cluster.api.get(&crate::kubernetes::api::kind::NAMESPACE, "", namespace).is_none() {
                self.cluster.api.namespace(namespace);
            }
        }
        for object in objects {
            self.cluster.api.seed(object);
        }
        let sized = |api: &Api| api.list(&NODE, None).len() >= 2;
        crate::patience::until(Duration::from_secs(20), "nodes", || sized(&self.cluster.api).then_some(()));
        let mut models = self.cluster.models();
        models.tick_until(120, "rest", |api| {
            let ready = |kind: &Kind| {
                api.list(kind, None).iter().all(|it| {
                    it["status"]["readyReplicas"].as_u64().unwrap_or(0) == it["spec"]["replicas"].as_u64().unwrap()
                })
            };
            ready(&DEPLOYMENT) && ready(&STATEFUL_SET)
        });
        models.witness.begin_anew();
        self.controllers = Some(Driver::start(models, PACE, 1));
    }

    /// Sets the pace of the kubelets from now on.
    pub fn set_pace(&self, pace: Pace) {
        self.controllers.as_ref().unwrap().models().pace = pace;
    }

    /// The fewest ready pods that a deployment had since the beginning.
    pub fn least_ready(&self, deployment: &str) -> usize {
        self.controllers.as_ref().unwrap().models().witness.least_ready(deployment).unwrap()
    }

    /// What nobody but the migration touches, and what is to be the same after it.
    pub fn kept(&self) -> BTreeMap<String, Value> {
        let mut kept = BTreeMap::new();
        for kind in [&DEPLOYMENT, &STATEFUL_SET, &AUTOSCALER, &BUDGET] {
            for it in self.cluster.api.list(kind, None) {
                let name = format!("{} {}/{}", kind.kind, it["metadata"]["namespace"], it["metadata"]["name"]);
                // None is none, written or not.
                let annotations = it["metadata"]["annotations"].as_object().cloned().unwrap_or_default();
                kept.insert(name, json!({"annotations": annotations, "spec": it["spec"]}));
            }
        }
        kept
    }

    /// The names of the nodes that pods of a namespace are on, with how many of them.
    pub fn places(&self, namespace: &str) -> BTreeMap<String, usize> {
        let mut found = BTreeMap::new();
        for pod in self.cluster.api.list(&POD, Some(namespace)) {
            *found.entry(pod["spec"]["nodeName"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
        }
        found
    }

    /// The migration by the library alone, in a process that may be aborted; its clock goes `pace` times as fast.
    pub fn migration(&self, pace: u32, orders: &Orders) -> (Migration, Arc<dyn Clock>) {
        let clock: Arc<dyn Clock> = Arc::new(Brisk { watch: Watch::start(), pace });
        let world = &self.stage.world;
        let endpoint = world.emulator().endpoint();
        let config = AwsConfig {
            region: Some(world.region().to_owned()),
            credentials: Some(StaticCredentials {
                access_key: "library".to_owned(),
                secret_key: "secret".to_owned(),
                token: None,
            }),
            endpoints: [Service::Eks, Service::AutoScaling, Service::Sts]
                .map(|service| (service, endpoint.clone()))
                .into(),
            ..AwsConfig::default()
        };
        let aws = Aws::new(config, Arc::clone(&clock));
        let access = Access::Kubeconfig { path: self.cluster.kubeconfig(), context: "lab".to_owned() };
        let cluster = kubernetes::Cluster::new("main", access, aws.clone());
        let holder = MADE.fetch_add(1, Ordering::Relaxed).to_string();
        let live = Live::new(cluster, aws, world.name(), orders, &holder);
        (Migration::new(Arc::new(live), Arc::clone(&clock), orders.clone()), clock)
    }

    /// The node groups that EKS has.
    pub fn groups(&self) -> Vec<String> {
        let listed = self.eks.list_nodegroups().cluster_name(self.stage.world.name()).send();
        wait(listed).unwrap().nodegroups().to_vec()
    }

    /// Writes the configuration of the migration, with these arguments besides.
    pub fn write(&self, arguments: &str) {
        let name = self.stage.world.name();
        let text = format!(
            "resource \"eksmig_node_group_migration\" \"workers\" {{\n  cluster = \"main\"\n  cluster_name = \"{name}\"\n  \
             blue_node_group = \"blue\"\n  load_balancer_drain = \"1s\"\n  {arguments}\n}}\n"
        );
        self.stage.workspace.write("main.tf", &text);
    }
}

impl Drop for NodeGroups {
    fn drop(&mut self) {
        self.following.abort();
    }
}

/// Gives each group its nodes, and takes them away with it. The emulator's groups have none of their own.
async fn follow(eks: aws_sdk_eks::Client, cluster: String, api: Api) {
    loop {
        let listed = eks.list_nodegroups().cluster_name(&cluster).send().await.unwrap().nodegroups().to_vec();
        for node in api.list(&NODE, None) {
            let group = node["metadata"]["labels"][GROUP].as_str().unwrap_or_default();
            if !listed.iter().any(|it| it == group) {
                api.remove(&NODE, ["", node["metadata"]["name"].as_str().unwrap()]);
            }
        }
        for group in listed {
            let Ok(described) = eks.describe_nodegroup().cluster_name(&cluster).nodegroup_name(&group).send().await
            else {
                continue;
            };
            let sizes = described.nodegroup().unwrap().scaling_config().unwrap().clone();
            for nth in 0..sizes.desired_size().unwrap() {
                let (name, zone) = (format!("{group}-{nth}"), ["eu-west-1a", "eu-west-1b"][nth as usize % 2]);
                if api.get(&NODE, "", &name).is_none() {
                    api.seed(fixtures::node(&name, &group, zone));
                }
            }
        }
        pause(PACE).await;
    }
}

//! A cluster with a managed node group: EKS in the emulator, the Kubernetes API and its controllers in this process, and
//! nodes that come and go with their group.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use aws_sdk_eks::types::NodegroupScalingConfig;
use aws_sdk_elasticloadbalancingv2::types::{ProtocolEnum, TargetTypeEnum};
use eksmig_core::aws::{Aws, AwsConfig, Service, StaticCredentials};
use eksmig_core::clock::{Clock, Moment};
use eksmig_core::elb::ElbReader;
use eksmig_core::kubernetes::{self, Access};
use eksmig_core::nodes::{Live, Migration, Orders};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::blocking::{beside, wait};
use crate::kubernetes::Cluster;
use crate::kubernetes::api::Api;
use crate::kubernetes::api::kind::{AUTOSCALER, BINDING, BUDGET, DEPLOYMENT, Kind, NODE, POD, STATEFUL_SET};
use crate::kubernetes::fixtures;
use crate::kubernetes::models::driver::Driver;
use crate::kubernetes::models::kubelet::Pace;
use crate::kubernetes::models::load_balancer::TargetGroups;
use crate::kubernetes::models::traffic::Traffic;
use crate::kubernetes::registered::Registered;
use crate::lab::pause::pause;
use crate::patience::Watch;
use crate::stage::Stage;
use crate::world::{TargetGroup, forward};

/// The resource's address.
pub const ADDRESS: &str = "eksmig_node_group_migration.workers";
/// The label of a node's group.
const GROUP: &str = "eks.amazonaws.com/nodegroup";
/// Whose permissions nodes have.
const ROLE: &str = "arn:aws:iam::123456789012:role/nodes";
/// The node port of the service behind the load balancer.
const NODE_PORT: u16 = 30080;
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
    /// The target group of its nodes, where they are behind a load balancer.
    pub group: Option<TargetGroup>,
    eks: aws_sdk_eks::Client,
    /// Since its beginning, for the clocks of its migrations.
    watch: Watch,
    controllers: Option<Driver>,
    following: JoinHandle<()>,
}

impl NodeGroups {
    /// A cluster with a group `blue` of so many nodes, and nothing on them.
    pub fn new(name: &str, nodes: i32) -> Self {
        Self::of(name, &[("blue", nodes)])
    }

    /// A cluster with these groups, each of so many nodes, and nothing on them.
    pub fn of(name: &str, node_groups: &[(&str, i32)]) -> Self {
        let stage = Stage::new(name);
        let eks = aws_sdk_eks::Client::new(stage.world.config());
        let of = stage.world.name().to_owned();
        let cluster = Cluster::with(&[BINDING]);
        stage.world.emulator().make_cluster(stage.world.region(), &of, &cluster.url, &cluster.authority);
        cluster.api.guests().invite(&stage.access_key);
        node_groups.iter().for_each(|(name, nodes)| make_group(&eks, &of, name, *nodes));
        let following = beside(follow(eks.clone(), of, cluster.api.clone()));
        let groups = Self { stage, cluster, group: None, eks, watch: Watch::start(), controllers: None, following };
        groups.configure("main");
        groups
    }

    /// Writes the provider's configuration, in which the cluster has this key.
    pub fn configure(&self, key: &str) {
        let access = format!("{{ eks_cluster_name = {:?} }}", self.stage.world.name());
        self.stage.configure(&format!("kubernetes = {{ clusters = {{ {key} = {access} }} }}"));
    }

    /// A cluster with a group `blue` of so many nodes, behind a load balancer.
    pub fn balanced(name: &str, nodes: i32) -> Self {
        Self::new(name, nodes).behind_a_balancer()
    }

    /// The same behind a load balancer: the nodes are targets, a while after they come, of the service `shop/edge`, whose
    /// pods are those of `web-0`. A target that is taken out drains for a second.
    pub fn behind_a_balancer(mut self) -> Self {
        let world = &self.stage.world;
        let name = format!("{}-edge", world.name());
        let made = world.client().create_target_group().name(&name).protocol(ProtocolEnum::Http).port(NODE_PORT.into());
        let made = wait(made.vpc_id(world.vpc()).target_type(TargetTypeEnum::Instance).send()).unwrap();
        let group = TargetGroup { name, arn: made.target_groups()[0].target_group_arn().unwrap().to_owned() };
        world.listener(&world.application_balancer("lb"), ProtocolEnum::Http, 80, vec![forward(&[(&group, 1)])]);
        let order = |key: &str, value: u32| json!({"target_group_arn": group.arn, key: value});
        world.emulator().control("POST", "checked", &order("factor", 300));
        world.emulator().control("POST", "warming", &order("polls", 3));
        self.group = Some(group);
        self
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
        if let Some(group) = &self.group {
            models.target_groups = Some(Box::new(Registered::new(&self.stage.world)));
            let mut edge = fixtures::service("shop", "edge", Some(NODE_PORT));
            edge["spec"]["selector"] = json!({"app": "web-0"});
            self.cluster.api.seed(edge);
            self.cluster.api.seed(fixtures::binding("shop", "edge", &group.arn, "instance"));
            let registered = Registered::new(&self.stage.world);
            models.tick_until(120, "healthy targets", |_| {
                let targets = registered.targets(&group.arn);
                !targets.is_empty() && targets.values().all(|healthy| *healthy)
            });
        }
        models.witness.begin_anew();
        models.traffic = Some(Traffic::default());
        self.controllers = Some(Driver::start(models, PACE, 1));
    }

    /// Nobody registers nodes or takes them out any more.
    pub fn leave_target_groups_alone(&self) {
        self.controllers.as_ref().unwrap().models().target_groups = None;
    }

    /// Registers instances in the target group, as someone else would.
    pub fn register(&self, ids: &[&str]) {
        let targets: Vec<_> = ids.iter().map(|id| ((*id).to_owned(), NODE_PORT)).collect();
        Registered::new(&self.stage.world).register(&self.group.as_ref().unwrap().arn, &targets);
    }

    /// Has these instances fail their health checks, and all others pass at once.
    pub fn ill(&self, ids: &[&str]) {
        let (emulator, arn) = (self.stage.world.emulator(), &self.group.as_ref().unwrap().arn);
        emulator.control("POST", "warming", &json!({"target_group_arn": arn, "polls": 0}));
        emulator.set_health(arn, None, "healthy");
        ids.iter().for_each(|id| emulator.set_health(arn, Some(id), "unhealthy"));
    }

    /// Sets for how much less than its deregistration delay, 300 seconds, a target drains.
    pub fn drain(&self, factor: u32) {
        let order = json!({"target_group_arn": self.group.as_ref().unwrap().arn, "factor": factor});
        self.stage.world.emulator().control("POST", "checked", &order);
    }

    /// Sets the pace of the kubelets from now on.
    pub fn set_pace(&self, pace: Pace) {
        self.controllers.as_ref().unwrap().models().pace = pace;
    }

    /// The fewest ready pods that a deployment had since the beginning.
    pub fn least_ready(&self, deployment: &str) -> usize {
        self.controllers.as_ref().unwrap().models().witness.least_ready(deployment).unwrap()
    }

    /// The requests that were sent since the beginning, none of which may have failed.
    #[track_caller]
    pub fn assert_served(&self) -> u64 {
        let traffic = self.controllers.as_ref().unwrap().models().traffic.clone().unwrap();
        assert!(traffic.failed.is_empty(), "of {} requests failed {:#?}", traffic.sent, traffic.failed);
        traffic.sent
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
        let clock: Arc<dyn Clock> = Arc::new(Brisk { watch: self.watch, pace });
        let world = &self.stage.world;
        let endpoint = world.emulator().endpoint();
        let config = AwsConfig {
            region: Some(world.region().to_owned()),
            credentials: Some(StaticCredentials {
                access_key: "library".to_owned(),
                secret_key: "secret".to_owned(),
                token: None,
            }),
            endpoints: [Service::Eks, Service::AutoScaling, Service::Elbv2, Service::Sts]
                .map(|service| (service, endpoint.clone()))
                .into(),
            ..AwsConfig::default()
        };
        let aws = Aws::new(config, Arc::clone(&clock));
        let access = Access::Kubeconfig { path: self.cluster.kubeconfig(), context: "lab".to_owned() };
        let cluster = kubernetes::Cluster::new("main", access, aws.clone());
        let holder = MADE.fetch_add(1, Ordering::Relaxed).to_string();
        let reader = Arc::new(ElbReader::new(aws.clone()));
        let live = Live::new(cluster, aws, reader, world.name(), orders, &holder);
        (Migration::new(Arc::new(live), Arc::clone(&clock), orders.clone()), clock)
    }

    /// The node groups that EKS has.
    pub fn groups(&self) -> Vec<String> {
        let listed = self.eks.list_nodegroups().cluster_name(self.stage.world.name()).send();
        wait(listed).unwrap().nodegroups().to_vec()
    }

    /// Writes the configuration of the migration, with these arguments besides: behind a load balancer with its target
    /// group, and otherwise with a short time for connections to end.
    pub fn write(&self, arguments: &str) {
        let name = self.stage.world.name();
        let text = format!(
            "resource \"eksmig_node_group_migration\" \"workers\" {{\n  cluster = \"main\"\n  cluster_name = \"{name}\"\n  \
             blue_node_group = \"blue\"\n  {}\n  {arguments}\n}}\n",
            match &self.group {
                Some(group) => format!("target_group_arns = [{:?}]", group.arn),
                None => "load_balancer_drain = \"1s\"".to_owned(),
            }
        );
        self.stage.workspace.write("main.tf", &text);
    }
}

impl Drop for NodeGroups {
    fn drop(&mut self) {
        self.following.abort();
    }
}

fn make_group(eks: &aws_sdk_eks::Client, cluster: &str, name: &str, nodes: i32) {
    let sizes = NodegroupScalingConfig::builder().min_size(1).max_size(nodes + 3).desired_size(nodes).build();
    let made = eks.create_nodegroup().cluster_name(cluster).nodegroup_name(name).subnets("subnet-1").node_role(ROLE);
    wait(made.scaling_config(sizes).instance_types("m5.large").tags("team", "shop").send()).unwrap();
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

//! NodePorts: target groups behind one load balancer, and the nodes of two clusters, by name or in Auto Scaling groups.

use std::collections::BTreeSet;
use std::fmt::Display;

use aws_sdk_autoscaling::types::TrafficSourceIdentifier;
use aws_sdk_elasticloadbalancingv2::types::{ProtocolEnum, TargetDescription, TargetTypeEnum};
use serde_json::{Value, json};

use crate::blocking::wait;
use crate::emulator::Emulator;
use crate::stage::Stage;
use crate::world::{TargetGroup, forward};

/// The resource's address.
pub const ADDRESS: &str = "eksmig_target_cutover.nodes";
/// The port of the first target group; the others follow.
pub const PORT: i32 = 30080;

/// Target groups and the nodes behind them.
#[derive(Debug)]
pub struct Nodes {
    /// The scene.
    pub stage: Stage,
    /// The target groups, one for each port.
    pub groups: Vec<TargetGroup>,
    scaling: aws_sdk_autoscaling::Client,
    sides: [String; 2],
}

impl Nodes {
    fn new(name: &str, kind: TargetTypeEnum, ports: i32, sides: [String; 2]) -> Self {
        let stage = Stage::new(name);
        let world = &stage.world;
        let balancer = world.application_balancer("lb");
        let group = |nth: i32| {
            let name = format!("{}-p{nth}", world.name());
            let made = world.client().create_target_group().name(&name).protocol(ProtocolEnum::Http);
            let made = made.port(PORT + nth).vpc_id(world.vpc()).target_type(kind.clone());
            let arn = wait(made.send()).unwrap().target_groups()[0].target_group_arn().unwrap().to_owned();
            let group = TargetGroup { name, arn };
            world.listener(&balancer, ProtocolEnum::Http, 80 + nth, vec![forward(&[(&group, 1)])]);
            group
        };
        let groups = (0..ports).map(group).collect();
        let scaling = aws_sdk_autoscaling::Client::new(world.config());
        Self { stage, groups, scaling, sides }
    }

    /// One target group of addresses; blue is 10.0.0.1 to 10.0.0.4, registered, and green 10.0.1.1 and 10.0.1.2.
    pub fn named(name: &str) -> Self {
        let targets = |net: u8, count: u8| {
            let targets: Vec<String> = (1..=count).map(|last| format!("{{ id = \"10.0.{net}.{last}\" }}")).collect();
            format!("targets = [{}]", targets.join(", "))
        };
        let nodes = Self::new(name, TargetTypeEnum::Ip, 1, [targets(0, 4), targets(1, 2)]);
        nodes.register(0, &(1..=4).map(|last| (format!("10.0.0.{last}"), PORT)).collect::<Vec<_>>());
        nodes
    }

    /// So many target groups of instances; blue's four are in an Auto Scaling group that was attached by the older
    /// calls, green's two in one that is attached to nothing.
    pub fn scaled(name: &str, ports: i32) -> Self {
        let mut nodes = Self::new(name, TargetTypeEnum::Instance, ports, [String::new(), String::new()]);
        for (side, size) in [("blue", 4), ("green", 2)] {
            let name = nodes.scaling_group(side);
            let config = nodes.scaling.create_launch_configuration().launch_configuration_name(&name);
            wait(config.image_id("ami-1").instance_type("t2.micro").send()).unwrap();
            let zone = Emulator::shared().network(nodes.stage.world.region()).1.concat();
            let zone = zone.split("subnet-").nth(1).map(|id| format!("subnet-{id}")).unwrap();
            let group = nodes.scaling.create_auto_scaling_group().auto_scaling_group_name(&name);
            let group = group.launch_configuration_name(&name).min_size(size).max_size(9).vpc_zone_identifier(zone);
            wait(group.send()).unwrap();
        }
        for group in nodes.groups.chunks(10) {
            let call = nodes.scaling.attach_load_balancer_target_groups();
            let call = call.auto_scaling_group_name(nodes.scaling_group("blue"));
            let arns = group.iter().map(|group| group.arn.clone()).collect();
            wait(call.set_target_group_arns(Some(arns)).send()).unwrap();
        }
        nodes.sides =
            ["blue", "green"].map(|side| format!("autoscaling_group_names = [\"{}\"]", nodes.scaling_group(side)));
        nodes
    }

    /// The name of a side's Auto Scaling group.
    pub fn scaling_group(&self, side: &str) -> String {
        format!("{}-{side}", self.stage.world.name())
    }

    /// The client of Auto Scaling, for what is not offered here.
    pub fn scaling(&self) -> &aws_sdk_autoscaling::Client {
        &self.scaling
    }

    /// Other sides, as HCL.
    pub fn sides(self, blue: &str, green: &str) -> Self {
        Self { sides: [blue.to_owned(), green.to_owned()], ..self }
    }

    /// Registers targets, as someone else would.
    pub fn register(&self, nth: usize, targets: &[(String, i32)]) {
        let targets = targets.iter().map(|(id, port)| TargetDescription::builder().id(id).port(*port).build());
        let call = self.stage.world.client().register_targets().target_group_arn(&self.groups[nth].arn);
        wait(call.set_targets(Some(targets.collect())).send()).unwrap();
    }

    /// Has targets drain, for a second, once they are deregistered.
    pub fn drain(&self) {
        for group in &self.groups {
            let order = json!({"target_group_arn": group.arn, "factor": 300});
            Emulator::shared().control("POST", "checked", &order);
            self.stage.world.set_health(group, "healthy");
        }
    }

    /// Has targets that are registered from now on be healthy after so many looks, every other one after three times as many.
    pub fn warm(&self, polls: u32) {
        for group in &self.groups {
            let order = json!({"target_group_arn": group.arn, "polls": polls});
            Emulator::shared().control("POST", "warming", &order);
        }
    }

    /// Attaches a side as traffic sources, as someone else would.
    pub fn attach(&self, side: &str) {
        let source =
            |group: &TargetGroup| TrafficSourceIdentifier::builder().identifier(&group.arn).r#type("elbv2").build();
        let call = self.scaling.attach_traffic_sources().auto_scaling_group_name(self.scaling_group(side));
        wait(call.set_traffic_sources(Some(self.groups.iter().map(source).collect())).send()).unwrap();
    }

    /// The ids of the instances of a side's Auto Scaling group.
    pub fn instances(&self, side: &str) -> BTreeSet<String> {
        let call = self.scaling.describe_auto_scaling_groups().auto_scaling_group_names(self.scaling_group(side));
        let found = wait(call.send()).unwrap();
        let instances = found.auto_scaling_groups()[0].instances();
        instances.iter().map(|instance| instance.instance_id().unwrap().to_owned()).collect()
    }

    /// Who is registered in a target group, as `ID:PORT`; what drains is not.
    pub fn registered(&self, nth: usize) -> BTreeSet<String> {
        let call = self.stage.world.client().describe_target_health().target_group_arn(&self.groups[nth].arn);
        let found = wait(call.send()).unwrap();
        let here = found.target_health_descriptions().iter().filter(|one| {
            one.target_health().and_then(|health| health.state()).is_none_or(|state| state.as_str() != "draining")
        });
        let text = |target: &TargetDescription| format!("{}:{}", target.id().unwrap(), target.port().unwrap());
        here.map(|one| text(one.target().unwrap())).collect()
    }

    /// Checks who is registered, in every target group: the instances of these sides on the target group's own port.
    #[track_caller]
    pub fn assert_serving(&self, sides: &[&str], when: &str) {
        let ids: BTreeSet<String> = sides.iter().flat_map(|side| self.instances(side)).collect();
        for nth in 0..self.groups.len() {
            let port = PORT + i32::try_from(nth).unwrap();
            let wanted: BTreeSet<String> = ids.iter().map(|id| format!("{id}:{port}")).collect();
            assert_eq!(self.registered(nth), wanted, "{when}: target group {nth}");
        }
    }

    /// Writes the configuration.
    pub fn write(&self, serving: &str, arguments: impl Display) {
        let arns: Vec<&str> = self.groups.iter().map(|group| group.arn.as_str()).collect();
        let [blue, green] = &self.sides;
        self.stage.workspace.write(
            "main.tf",
            &format!(
                "resource \"eksmig_target_cutover\" \"nodes\" {{\n  target_group_arns = {arns:?}\n  blue = {{ {blue} \
                 }}\n  green = {{ {green} }}\n  serving = \"{serving}\"\n  {arguments}\n}}\n"
            ),
        );
    }

    /// Applies a configuration, which must succeed and leave nothing to do.
    #[track_caller]
    pub fn settle(&self, serving: &str, arguments: impl Display) {
        self.write(serving, arguments);
        self.stage.workspace.apply().expect_success();
        self.stage.workspace.assert_settled();
        assert_eq!(self.state()["observed_serving"], serving);
    }

    /// Applies a configuration, which must fail; the text of its errors.
    #[track_caller]
    pub fn fail(&self, serving: &str, arguments: impl Display) -> String {
        self.write(serving, arguments);
        self.stage.workspace.apply().expect_failure()
    }

    /// The state's values of the resource.
    #[track_caller]
    pub fn state(&self) -> Value {
        self.stage.workspace.values(ADDRESS)
    }

    /// The names of the calls after this number that change something and took effect.
    pub fn writes(&self, since: u64) -> Vec<String> {
        let writes = self.stage.writes(since).into_iter().filter(|call| call.succeeded());
        writes.map(|call| call.action).collect()
    }
}

"""Auto Scaling's rules for traffic sources, each by one short test."""

from typing import Any

from emulator import Refused, client, control, fresh


class Group:
    def __init__(self) -> None:
        self.aws, self.elb, name = client("autoscaling"), client("elbv2"), fresh("group")
        self.network = control("network?region=eu-west-1")
        self.aws.create_launch_configuration(LaunchConfigurationName=name, ImageId="ami-1", InstanceType="t2.micro")
        self.name = {"AutoScalingGroupName": name}
        zone = self.network["subnets"][0]
        sizes = {"MinSize": 1, "MaxSize": 1, "VPCZoneIdentifier": zone}
        self.aws.create_auto_scaling_group(**self.name, LaunchConfigurationName=name, **sizes)

    def target_group(self) -> str:
        """A target group that a load balancer uses."""
        made = {"Name": fresh("tg"), "Protocol": "TCP", "Port": 80, "VpcId": self.network["vpc"]}
        group = self.elb.create_target_group(**made)["TargetGroups"][0]["TargetGroupArn"]
        balancer = self.elb.create_load_balancer(Name=fresh("nlb"), Type="network", Subnets=self.network["subnets"])
        self.elb.create_listener(
            LoadBalancerArn=balancer["LoadBalancers"][0]["LoadBalancerArn"],
            Protocol="TCP",
            Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
        )
        return group

    def attach(self, *identifiers: str, **fields: str) -> None:
        self.aws.attach_traffic_sources(**self.name, TrafficSources=named(identifiers, fields))

    def detach(self, *identifiers: str) -> None:
        self.aws.detach_traffic_sources(**self.name, TrafficSources=named(identifiers, {}))

    def state(self, **fields: Any) -> list[str]:
        return [one["State"] for one in self.aws.describe_traffic_sources(**self.name, **fields)["TrafficSources"]]

    def targets(self, arn: str) -> int:
        return len(self.elb.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"])


def named(identifiers: tuple[str, ...], fields: dict[str, str]) -> list[dict[str, str]]:
    return [{"Identifier": identifier} | fields for identifier in identifiers]


class TrafficSources(Refused):
    def setUp(self) -> None:
        self.group = Group()
        self.arn = self.group.target_group()

    def test_a_target_group_is_attached_and_detached(self) -> None:
        self.group.attach(self.arn, Type="elbv2")
        self.assertEqual((self.group.state(), self.group.targets(self.arn)), (["InService"], 1))
        self.group.detach(self.arn)
        self.assertEqual((self.group.state(), self.group.targets(self.arn)), ([], 0))

    def test_a_source_goes_through_its_states(self) -> None:
        control("traffic_sources", {"group": self.group.name["AutoScalingGroupName"], "polls": 1})
        self.group.attach(self.arn)
        self.assertEqual([self.group.state()[0] for _ in range(3)], ["Adding", "Added", "InService"])
        self.group.detach(self.arn)
        self.assertEqual([self.group.state() for _ in range(3)], [["Removing"], ["Removed"], []])

    def test_a_source_is_in_service_once_a_target_is_healthy(self) -> None:
        control("health", {"target_group_arn": self.arn, "state": "unhealthy"})
        self.group.attach(self.arn)
        self.assertEqual(self.group.state(), ["Added"])
        control("health", {"target_group_arn": self.arn, "state": "healthy"})
        self.assertEqual(self.group.state(), ["InService"])

    def test_an_unknown_target_group_is_refused_and_leaves_nothing(self) -> None:
        unknown = self.arn.replace(":targetgroup/", ":targetgroup/none")
        message = "Provided Target Groups may not be valid. Please ensure they exist and try again."
        self.refused("ValidationError", message, self.group.attach, self.arn, unknown)
        old = {"TargetGroupARNs": [self.arn, unknown]} | self.group.name
        self.refused("ValidationError", message, self.group.aws.attach_load_balancer_target_groups, **old)
        self.assertEqual((self.group.state(), self.group.targets(self.arn)), ([], 0))
        found = self.group.aws.describe_auto_scaling_groups(AutoScalingGroupNames=list(self.group.name.values()))
        self.assertEqual(found["AutoScalingGroups"][0]["TargetGroupARNs"], [])

    def test_an_unknown_group_is_a_validation_error(self) -> None:
        aws, unknown = self.group.aws, {"AutoScalingGroupName": "none"}
        sources, arns = {"TrafficSources": named((self.arn,), {})}, {"TargetGroupARNs": [self.arn]}
        for call, fields in (
            (aws.attach_traffic_sources, sources),
            (aws.detach_traffic_sources, sources),
            (aws.describe_traffic_sources, {}),
            (aws.attach_load_balancer_target_groups, arns),
            (aws.detach_load_balancer_target_groups, arns),
            (aws.describe_load_balancer_target_groups, {}),
        ):
            self.refused("ValidationError", "not found", call, **unknown, **fields)

    def test_at_most_ten_are_attached_at_once_and_of_known_types(self) -> None:
        self.refused("ValidationError", "up to 10", self.group.attach, *[self.arn] * 11)
        self.refused("ValidationError", "type", self.group.attach, self.arn, Type="nothing")

    def test_what_is_not_attached_is_not_detached(self) -> None:
        message = "Trying to remove Target Groups that are not part of the group"
        self.refused("ValidationError", message, self.group.detach, self.arn)

    def test_what_the_older_calls_attached_is_a_traffic_source_too(self) -> None:
        self.group.aws.attach_load_balancer_target_groups(**self.group.name, TargetGroupARNs=[self.arn])
        self.assertEqual(self.group.state(TrafficSourceType="elbv2"), ["InService"])
        self.assertEqual(self.group.state(TrafficSourceType="vpc-lattice"), [])
        found = self.group.aws.describe_load_balancer_target_groups(**self.group.name)["LoadBalancerTargetGroups"]
        self.assertEqual(found, [{"LoadBalancerTargetGroupARN": self.arn, "State": "InService"}])

    def test_what_is_attached_as_a_traffic_source_is_unknown_to_the_older_calls(self) -> None:
        self.group.attach(self.arn)
        found = self.group.aws.describe_load_balancer_target_groups(**self.group.name)["LoadBalancerTargetGroups"]
        self.assertEqual(found, [])

    def test_each_family_of_calls_detaches_what_it_attached(self) -> None:
        older, arns = self.group.aws.detach_load_balancer_target_groups, {"TargetGroupARNs": [self.arn]}
        arns |= self.group.name
        self.group.attach(self.arn)
        self.refused("ValidationError", "not part", older, **arns)
        self.group.detach(self.arn)
        self.group.aws.attach_load_balancer_target_groups(**arns)
        self.refused("ValidationError", "not part", self.group.detach, self.arn)
        older(**arns)
        self.assertEqual(self.group.state(), [])
        self.refused("ValidationError", "not part", older, **arns)

    def test_a_detached_target_drains_where_health_is_checked(self) -> None:
        self.group.attach(self.arn)
        control("checked", {"target_group_arn": self.arn, "factor": 1})
        self.group.detach(self.arn)
        found = self.group.elb.describe_target_health(TargetGroupArn=self.arn)["TargetHealthDescriptions"]
        self.assertEqual([one["TargetHealth"]["State"] for one in found], ["draining"])

    def test_what_is_not_registered_is_deregistered_without_an_error(self) -> None:
        absent = {"Id": "i-0123456789abcdef0", "Port": 80}
        self.group.elb.deregister_targets(TargetGroupArn=self.arn, Targets=[absent])
        self.group.attach(self.arn)
        self.group.elb.deregister_targets(TargetGroupArn=self.arn, Targets=[absent])
        self.assertEqual(self.group.targets(self.arn), 1)

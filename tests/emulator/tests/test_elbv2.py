"""Elastic Load Balancing's rules for target groups and listeners, each by one short test."""

from typing import Any

from emulator import Refused, client, control, fresh


class TargetGroups(Refused):
    def setUp(self) -> None:
        self.aws, self.vpc = client("elbv2"), control("network?region=eu-west-1")["vpc"]

    def made(self, **fields: Any) -> dict[str, Any]:
        settings = {"Name": fresh("tg"), "Protocol": "HTTP", "Port": 80, "VpcId": self.vpc} | fields
        return self.aws.create_target_group(**settings)["TargetGroups"][0]

    def attributes(self, arn: str) -> dict[str, str]:
        listed = self.aws.describe_target_group_attributes(TargetGroupArn=arn)["Attributes"]
        return {pair["Key"]: pair["Value"] for pair in listed}

    def test_a_create_with_the_same_settings_succeeds_again(self) -> None:
        name = fresh("tg")
        self.assertEqual(self.made(Name=name)["TargetGroupArn"], self.made(Name=name)["TargetGroupArn"])
        self.refused("DuplicateTargetGroupName", "", self.made, Name=name, Port=81)

    def test_a_name_does_not_begin_with_internal(self) -> None:
        self.refused("ValidationError", "internal-", self.made, Name="internal-a")

    def test_a_health_check_is_given_back_whole(self) -> None:
        check = {"HealthCheckIntervalSeconds": 10, "HealthCheckTimeoutSeconds": 3, "HealthyThresholdCount": 2}
        made = self.made(HealthCheckPath="/h", Matcher={"HttpCode": "204"}, **check)
        self.assertEqual({key: made[key] for key in check}, check)
        self.assertEqual((made["HealthCheckPath"], made["Matcher"]), ("/h", {"HttpCode": "204"}))
        of_grpc = self.made(ProtocolVersion="GRPC")
        self.assertEqual((of_grpc["Matcher"], of_grpc["ProtocolVersion"]), ({"GrpcCode": "12"}, "GRPC"))
        self.assertNotIn("Matcher", self.made(Protocol="TCP"))

    def test_http_is_not_checked_by_tcp(self) -> None:
        self.refused("InvalidConfigurationRequest", "TCP", self.made, HealthCheckProtocol="TCP")
        arn = self.made()["TargetGroupArn"]
        call = self.aws.modify_target_group
        self.refused("InvalidConfigurationRequest", "TCP", call, TargetGroupArn=arn, HealthCheckProtocol="TCP")

    def test_a_modification_changes_what_is_sent(self) -> None:
        made = self.made(HealthCheckPath="/old")
        after = self.aws.modify_target_group(
            TargetGroupArn=made["TargetGroupArn"], HealthCheckPath="/new", Matcher={"HttpCode": "200-204"}
        )["TargetGroups"][0]
        changed = {key for key in made if made[key] != after[key]}
        self.assertEqual(changed, {"HealthCheckPath", "Matcher"})

    def test_attributes_are_those_of_the_kind(self) -> None:
        arn = self.made(Protocol="TCP", TargetType="ip")["TargetGroupArn"]
        self.assertEqual(self.attributes(arn)["preserve_client_ip.enabled"], "false")
        self.assertNotIn("slow_start.duration_seconds", self.attributes(arn))
        pair = {"Key": "slow_start.duration_seconds", "Value": "30"}
        call = self.aws.modify_target_group_attributes
        self.refused("ValidationError", "slow_start", call, TargetGroupArn=arn, Attributes=[pair])
        pair = {"Key": "deregistration_delay.timeout_seconds", "Value": "3600"}
        answered = call(TargetGroupArn=arn, Attributes=[pair])["Attributes"]
        self.assertGreater(len(answered), 1)
        self.assertEqual(self.attributes(arn)[pair["Key"]], "3600")


class Listeners(Refused):
    def setUp(self) -> None:
        self.aws, network = client("elbv2"), control("network?region=eu-west-1")
        made = self.aws.create_load_balancer(Name=fresh("nlb"), Type="network", Subnets=network["subnets"])
        self.balancer = made["LoadBalancers"][0]["LoadBalancerArn"]
        settings = {"Name": fresh("tg"), "Protocol": "TCP", "Port": 80, "VpcId": network["vpc"]}
        self.group = self.aws.create_target_group(**settings)["TargetGroups"][0]["TargetGroupArn"]

    def made(self, **fields: Any) -> dict[str, Any]:
        actions = [{"Type": "forward", "TargetGroupArn": self.group}]
        settings = {"LoadBalancerArn": self.balancer, "Protocol": "TCP", "Port": 80, "DefaultActions": actions}
        return self.aws.create_listener(**settings | fields)["Listeners"][0]

    def test_a_create_with_the_same_settings_succeeds_again(self) -> None:
        self.assertEqual(self.made()["ListenerArn"], self.made()["ListenerArn"])
        self.refused("DuplicateListener", "", self.made, Protocol="UDP")

    def test_a_listener_shows_its_default_certificate_and_lists_all(self) -> None:
        arns = [f"arn:aws:iam::123456789012:server-certificate/{name}" for name in "abc"]
        arn = self.made(Protocol="TLS", Certificates=[{"CertificateArn": arns[0]}])["ListenerArn"]
        for certificate in (*arns[1:], arns[1]):
            one = [{"CertificateArn": certificate}]
            self.aws.add_listener_certificates(ListenerArn=arn, Certificates=one)
        shown = self.aws.describe_listeners(ListenerArns=[arn])["Listeners"][0]["Certificates"]
        self.assertEqual(shown, [{"CertificateArn": arns[0]}])
        first = self.aws.describe_listener_certificates(ListenerArn=arn, PageSize=2)
        rest = self.aws.describe_listener_certificates(ListenerArn=arn, PageSize=2, Marker=first["NextMarker"])
        listed = first["Certificates"] + rest["Certificates"]
        self.assertEqual([one["CertificateArn"] for one in listed], arns)
        self.assertEqual([one["IsDefault"] for one in listed], [True, False, False])

    def test_pages_may_be_smaller_for_one_access_key(self) -> None:
        self.made()
        self.made(Port=81)
        control("page_limit", {"access_key": "tests", "limit": 1})
        self.addCleanup(control, "page_limit", {"access_key": "tests", "limit": 400})
        first = self.aws.describe_listeners(LoadBalancerArn=self.balancer)
        self.assertEqual((len(first["Listeners"]), bool(first.get("NextMarker"))), (1, True))

    def test_attributes_are_those_of_the_kind(self) -> None:
        arn = self.made()["ListenerArn"]
        call = self.aws.modify_listener_attributes
        pair = {"Key": "tcp.idle_timeout.seconds", "Value": "30"}
        self.refused("ValidationError", "60-6000", call, ListenerArn=arn, Attributes=[pair])
        udp = self.made(Protocol="UDP", Port=53)["ListenerArn"]
        self.assertEqual(self.aws.describe_listener_attributes(ListenerArn=udp)["Attributes"], [])
        self.refused("ValidationError", "recognized", call, ListenerArn=udp, Attributes=[pair | {"Value": "60"}])
        self.assertNotIn("SslPolicy", self.aws.describe_listeners(ListenerArns=[udp])["Listeners"][0])

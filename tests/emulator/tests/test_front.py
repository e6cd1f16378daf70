"""What the front does for every service, each by one short test."""

from emulator import Refused, client, control, fresh


class Unimplemented(Refused):
    def test_what_is_not_implemented_says_so_at_once(self) -> None:
        for service, call, fields in (
            ("route53", "list_cidr_collections", {}),
            ("route53", "get_traffic_policy_instance_count", {}),
            ("apigateway", "get_sdk_types", {}),
            ("apigateway", "get_client_certificates", {}),
            ("apigatewayv2", "list_portals", {}),
            ("autoscaling", "start_instance_refresh", {"AutoScalingGroupName": "a"}),
            ("elbv2", "describe_trust_stores", {}),
            ("cloudwatch", "describe_alarm_history", {}),
            ("eks", "list_insights", {"clusterName": "a"}),
        ):
            with self.subTest(call):
                error = self.refused("NotImplemented", "the emulator has no", getattr(client(service), call), **fields)
                self.assertEqual(self.status(error), 501)


class Calls(Refused):
    def test_operations_of_rest_services_are_called_by_their_names(self) -> None:
        seen = len(control("calls")["calls"])
        client("route53").list_hosted_zones()
        api = client("apigateway").create_rest_api(name=fresh("api"))["id"]
        client("apigateway").get_resources(restApiId=api, embed=["methods"])
        client("apigatewayv2").get_apis()
        found = control(f"calls?since={seen}")["calls"]
        self.assertEqual([call["action"] for call in found], ["ListHostedZones", "CreateRestApi", "GetResources", "GetApis"])
        self.assertEqual(found[2]["parameters"]["query"], {"embed": "methods"})

    def test_an_errors_code_is_logged(self) -> None:
        seen = len(control("calls")["calls"])
        self.refused("NotFoundException", "", client("apigateway").get_rest_api, restApiId="none")
        self.refused("NoSuchHostedZone", "", client("route53").get_hosted_zone, Id="none")
        codes = [call["code"] for call in control(f"calls?since={seen}")["calls"]]
        self.assertEqual(codes, ["NotFoundException", "NoSuchHostedZone"])

    def test_calls_need_actions_by_their_names_in_iam(self) -> None:
        client("cloudwatch").describe_alarms()
        client("sts").get_caller_identity()
        api = client("apigateway").create_rest_api(name=fresh("api"))["id"]
        client("apigateway").get_rest_api(restApiId=api)
        needed = control("actions?access_key=tests")["actions"]
        self.assertLessEqual({"apigateway:GET", "apigateway:POST", "cloudwatch:DescribeAlarms"}, set(needed))
        self.assertFalse([action for action in needed if action.startswith(("sts:", "monitoring:", "apigateway:Get"))])
        self.assertEqual(control("actions?access_key=nobody"), {"actions": []})


class Throttling(Refused):
    def test_each_service_throttles_with_its_own_code(self) -> None:
        for service, call, action, code, status in (
            ("apigateway", "get_rest_apis", "GetRestApis", "TooManyRequestsException", 429),
            ("route53", "list_hosted_zones", "ListHostedZones", "Throttling", 400),
        ):
            control("faults", {"kind": "throttle", "action": action})
            self.assertEqual(self.status(self.refused(code, "", getattr(client(service), call))), status)

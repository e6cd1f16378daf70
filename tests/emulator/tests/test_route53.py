"""Route 53's rules, each by one short test."""

import time
from typing import Any

from emulator import Refused, client, control, fresh


def record(name: str, value: str | None = "192.0.2.1", **fields: Any) -> dict[str, Any]:
    made = {"Name": name, "Type": "A"} | ({"TTL": 60, "ResourceRecords": [{"Value": value}]} if value else {})
    return {field: content for field, content in (made | fields).items() if content is not None}


def weighted(name: str, identifier: str, weight: int, **fields: Any) -> dict[str, Any]:
    return record(name, SetIdentifier=identifier, Weight=weight, **fields)


class Zone:
    def __init__(self) -> None:
        self.name = fresh("zone") + ".example."
        self.aws = client("route53")
        made = self.aws.create_hosted_zone(Name=self.name, CallerReference=self.name)
        self.creation = made["ChangeInfo"]
        self.id = made["HostedZone"]["Id"].split("/")[-1]

    def change(self, *changes: tuple[str, dict[str, Any]]) -> dict[str, Any]:
        batch = {"Changes": [{"Action": action, "ResourceRecordSet": fields} for action, fields in changes]}
        return self.aws.change_resource_record_sets(HostedZoneId=self.id, ChangeBatch=batch)["ChangeInfo"]

    def create(self, *sets: dict[str, Any]) -> dict[str, Any]:
        return self.change(*(("CREATE", fields) for fields in sets))

    def listing(self, **start: Any) -> dict[str, Any]:
        return self.aws.list_resource_record_sets(HostedZoneId=self.id, **start)

    def sets(self, **start: Any) -> list[dict[str, Any]]:
        """All but the zone's own."""
        return [found for found in self.listing(**start)["ResourceRecordSets"] if found["Type"] not in ("NS", "SOA")]


class Batches(Refused):
    def setUp(self) -> None:
        self.zone = Zone()
        self.www = f"www.{self.zone.name}"

    def refuses(self, message: str, *changes: tuple[str, dict[str, Any]], code: str = "InvalidChangeBatch") -> None:
        before = self.zone.sets()
        error = self.refused(code, message, self.zone.change, *changes)
        self.assertEqual(self.status(error), 404 if code.startswith("NoSuch") else 400)
        self.assertEqual(self.zone.sets(), before)

    def test_a_batch_with_one_bad_change_changes_nothing(self) -> None:
        outside = f"RRSet with DNS name a.elsewhere.example. is not permitted in zone {self.zone.name}"
        self.refuses(f"[{outside}]", ("CREATE", record(self.www)), ("CREATE", record("a.elsewhere.example")))

    def test_the_log_tells_what_a_batch_did_to_its_groups(self) -> None:
        self.zone.create(record(self.www))
        self.refuses("already exists", ("CREATE", record(self.www)))
        self.zone.change(("DELETE", record(self.www)), ("CREATE", weighted(self.www, "blue", 1)))
        logged = control("calls?access_key=tests&since=0")["calls"]
        ours = [call for call in logged if self.zone.id in str(call["parameters"])]
        batches = [call["batch"] for call in ours if call["action"] == "ChangeResourceRecordSets"]
        self.assertEqual([batch is None for batch in batches], [False, True, False])
        simple, pair = {"": {"weight": None, "answer": "192.0.2.1"}}, {"blue": {"weight": 1, "answer": "192.0.2.1"}}
        self.assertEqual(batches[2]["groups"], {f"{self.www} A": {"before": simple, "after": pair}})

    def test_every_wrong_change_is_named(self) -> None:
        a, b = record(f"a.{self.zone.name}"), record(f"b.{self.zone.name}")
        self.zone.create(a, b)
        self.refuses("already exists, Tried to create", ("CREATE", a), ("CREATE", b))

    def test_create_over_an_existing_set_is_refused(self) -> None:
        self.zone.create(record(self.www))
        message = f"[Tried to create resource record set [name='{self.www}', type='A'] but it already exists]"
        self.refuses(message, ("CREATE", record(self.www, "192.0.2.9")))

    def test_a_delete_matches_every_field(self) -> None:
        check = self.zone.aws.create_health_check(
            CallerReference=fresh("check"), HealthCheckConfig={"Type": "TCP", "IPAddress": "192.0.2.1", "Port": 80}
        )["HealthCheck"]["Id"]
        kept = weighted(self.www, "blue", 10, HealthCheckId=check)
        self.zone.create(kept)
        values = [{"Value": "192.0.2.2"}]
        for other in ({"Weight": 11}, {"TTL": 61}, {"ResourceRecords": values}, {"HealthCheckId": None}):
            wrong = {field: content for field, content in (kept | other).items() if content is not None}
            self.refuses("the values provided do not match the current values", ("DELETE", wrong))
        self.zone.change(("DELETE", kept))
        self.assertEqual(self.zone.sets(), [])

    def test_a_delete_matches_an_alias_target(self) -> None:
        target = {"HostedZoneId": "Z32O12XQLNTSW2", "DNSName": "Blue.Example", "EvaluateTargetHealth": True}
        self.zone.create(record(self.www, None, AliasTarget=target))
        other = target | {"EvaluateTargetHealth": False}
        self.refuses("do not match", ("DELETE", record(self.www, None, AliasTarget=other)))
        self.zone.change(("DELETE", record(self.www, None, AliasTarget=target)))
        self.assertEqual(self.zone.sets(), [])

    def test_a_delete_by_set_identifier_leaves_other_names_alone(self) -> None:
        self.zone.create(weighted(self.www, "blue", 1), weighted(f"other.{self.zone.name}", "blue", 1))
        self.zone.change(("DELETE", weighted(self.www, "blue", 1)))
        self.assertEqual([found["Name"] for found in self.zone.sets()], [f"other.{self.zone.name}"])

    def test_a_delete_of_what_is_not_there_is_refused(self) -> None:
        self.refuses("set-identifier='blue'] but it was not found", ("DELETE", weighted(self.www, "blue", 1)))

    def test_a_deleted_set_can_be_created_anew_in_one_batch(self) -> None:
        self.zone.create(record(self.www))
        self.zone.change(("DELETE", record(self.www)), ("CREATE", record(self.www, "192.0.2.2")))
        self.assertEqual(self.zone.sets()[0]["ResourceRecords"], [{"Value": "192.0.2.2"}])

    def test_one_set_is_changed_once_in_a_batch(self) -> None:
        message = f"The request contains an invalid set of changes for a resource record set 'A {self.www}'"
        self.refuses(message, ("UPSERT", record(self.www)), ("UPSERT", record(self.www.upper())))

    def test_values_of_address_records_are_addresses(self) -> None:
        self.refuses("ARRDATAIllegalIPv4Address encountered with 'nowhere'", ("CREATE", record(self.www, "nowhere")))

    def test_weights_are_within_255(self) -> None:
        message = "'changeBatch.changes.1.member.resourceRecordSet.weight' failed to satisfy constraint"
        self.refuses(message, ("CREATE", weighted(self.www, "blue", 256)), code="InvalidInput")
        self.refuses(message, ("CREATE", weighted(self.www, "blue", -1)), code="InvalidInput")
        self.zone.create(weighted(self.www, "blue", 255), weighted(self.www, "green", 0))

    def test_a_weight_needs_a_set_identifier(self) -> None:
        self.refuses("Missing field 'SetIdentifier'", ("CREATE", record(self.www, Weight=1)), code="InvalidInput")

    def test_a_set_identifier_needs_a_policy(self) -> None:
        self.refuses("found none", ("CREATE", record(self.www, SetIdentifier="blue")), code="InvalidInput")

    def test_a_weighted_set_beside_a_simple_one_is_refused(self) -> None:
        self.zone.create(record(self.www))
        message = "SetIdentifier blue cannot be created as a non-weighted set exists with the same name and type."
        self.refuses(message, ("UPSERT", weighted(self.www, "blue", 1)))

    def test_a_simple_set_beside_a_weighted_one_is_refused(self) -> None:
        self.zone.create(weighted(self.www, "blue", 1))
        message = "type A cannot be created as other RRSets exist with the same name and type."
        self.refuses(message, ("UPSERT", record(self.www)))

    def test_a_weight_beside_another_policy_is_refused(self) -> None:
        self.zone.create(record(self.www, SetIdentifier="near", Region="eu-west-1"))
        self.refuses("a non-weighted set exists", ("CREATE", weighted(self.www, "blue", 1)))

    def test_simple_becomes_weighted_and_simple_again_in_one_batch_each(self) -> None:
        pair = weighted(self.www, "blue", 1), weighted(self.www, "green", 0)
        self.zone.create(record(self.www))
        self.zone.change(("DELETE", record(self.www)), ("CREATE", pair[0]), ("CREATE", pair[1]))
        self.assertEqual(len(self.zone.sets()), 2)
        self.zone.change(("DELETE", pair[0]), ("DELETE", pair[1]), ("CREATE", record(self.www)))
        self.assertEqual(len(self.zone.sets()), 1)

    def test_a_set_has_a_ttl_or_is_an_alias(self) -> None:
        bare = {"Name": self.www, "Type": "A", "ResourceRecords": [{"Value": "192.0.2.1"}]}
        target = {"HostedZoneId": "Z32O12XQLNTSW2", "DNSName": "a.example", "EvaluateTargetHealth": True}
        self.refuses("but found none", ("CREATE", bare), code="InvalidInput")
        self.refuses("but found more than one", ("CREATE", record(self.www, AliasTarget=target)), code="InvalidInput")

    def test_a_group_may_have_two_ttls_unless_that_is_forbidden(self) -> None:
        self.zone.create(weighted(self.www, "blue", 1, TTL=60))
        control("dns_propagation", {"zone": self.zone.id, "one_ttl": True})
        message = "cannot be created as weighted sets must contain the same TTL."
        self.refuses(message, ("CREATE", weighted(self.www, "green", 1, TTL=30)))
        control("dns_propagation", {"zone": self.zone.id, "one_ttl": False})
        self.zone.create(weighted(self.www, "green", 1, TTL=30))

    def test_a_cname_stands_alone_and_not_at_the_apex(self) -> None:
        cname = {"Type": "CNAME", "ResourceRecords": [{"Value": "a.example"}]}
        self.zone.create(record(self.www))
        self.refuses("conflicts with other records", ("CREATE", record(self.www) | cname))
        self.refuses("not permitted at apex", ("CREATE", record(self.zone.name) | cname))
        self.zone.create(record(f"c.{self.zone.name}") | cname)
        self.refuses("conflicting RRSet of type CNAME", ("CREATE", record(f"c.{self.zone.name}")))

    def test_an_unknown_health_check_is_refused(self) -> None:
        unknown = weighted(self.www, "blue", 1, HealthCheckId="none")
        self.refuses("health check", ("CREATE", unknown), code="NoSuchHealthCheck")

    def test_a_batch_has_at_most_1000_values_of_which_upserts_count_twice(self) -> None:
        values = [{"Value": f"192.0.2.{number}"} for number in range(501)]
        self.refuses("limit of 1000 exceeded", ("UPSERT", record(self.www, ResourceRecords=values)))

    def test_a_group_has_at_most_100_weighted_sets(self) -> None:
        self.zone.create(*(weighted(self.www, f"s{number}", 1) for number in range(100)))
        self.refuses("more than 100 weighted sets", ("CREATE", weighted(self.www, "one more", 1)))

    def test_what_is_malformed_is_refused(self) -> None:
        self.refuses("at least one change", code="InvalidInput")
        self.refuses("not one of [CREATE, DELETE, UPSERT]", ("MOVE", record(self.www)), code="InvalidInput")
        long = weighted(self.www, "x" * 129, 1)
        self.refuses("SetIdentifier must have length", ("CREATE", long), code="InvalidInput")

    def test_the_zones_own_sets_stay(self) -> None:
        own = self.zone.listing()["ResourceRecordSets"]
        self.assertEqual([found["Type"] for found in own], ["NS", "SOA"])
        self.assertTrue(own[1]["ResourceRecords"][0]["Value"].startswith("ns-"))
        self.refuses("at least one NS record", ("DELETE", own[0]))


class Listings(Refused):
    def setUp(self) -> None:
        self.zone = Zone()

    def test_names_are_lower_case_dotted_and_escaped(self) -> None:
        target = {"HostedZoneId": "Z32O12XQLNTSW2", "DNSName": "Blue.Example", "EvaluateTargetHealth": False}
        self.zone.create(record("*.WWW." + self.zone.name[:-1], None, AliasTarget=target))
        found = self.zone.sets()[0]
        self.assertEqual(found["Name"], f"\\052.www.{self.zone.name}")
        self.assertEqual(found["AliasTarget"]["DNSName"], "blue.example.")
        self.assertNotIn("TTL", found)

    def test_the_order_is_by_reversed_labels_type_and_identifier(self) -> None:
        z = self.zone.name
        text = {"Type": "TXT", "ResourceRecords": [{"Value": '"a"'}]}
        names = [f"a.b.{z}", f"z.{z}", f"b.{z}", f"b-a.{z}", f"*.{z}"]
        self.zone.create(*(record(name) for name in names), record(f"b.{z}") | text)
        self.zone.create(weighted(f"w.{z}", "green", 1), weighted(f"w.{z}", "blue", 1))
        found = [(one["Name"].removesuffix(z), one["Type"], one.get("SetIdentifier")) for one in self.zone.sets()]
        sets = [("\\052.", "A", None), ("b-a.", "A", None), ("b.", "A", None), ("b.", "TXT", None), ("a.b.", "A", None)]
        self.assertEqual(found, [*sets, ("w.", "A", "blue"), ("w.", "A", "green"), ("z.", "A", None)])

    def test_a_page_can_end_within_a_weighted_group(self) -> None:
        sets = [weighted(f"www.{self.zone.name}", f"s{number}", 1) for number in range(5)]
        self.zone.create(*sets)
        page = self.zone.listing(MaxItems="4")
        self.assertEqual((page["IsTruncated"], page["NextRecordIdentifier"], page["MaxItems"]), (True, "s2", "4"))
        pages = self.zone.aws.get_paginator("list_resource_record_sets").paginate(
            HostedZoneId=self.zone.id, PaginationConfig={"PageSize": 2}
        )
        found = [one.get("SetIdentifier") for page in pages for one in page["ResourceRecordSets"]]
        self.assertEqual(found, [None, None, "s0", "s1", "s2", "s3", "s4"])

    def test_a_listing_starts_where_it_is_told(self) -> None:
        www = f"www.{self.zone.name}"
        self.zone.create(*(weighted(www, f"s{number}", 1) for number in range(3)))
        found = self.zone.sets(StartRecordName=www.upper(), StartRecordType="A", StartRecordIdentifier="s1")
        self.assertEqual([one["SetIdentifier"] for one in found], ["s1", "s2"])
        self.refused("InvalidInput", "", self.zone.listing, StartRecordType="A")
        self.refused("InvalidInput", "MaxItems", self.zone.listing, MaxItems="0")

    def test_a_page_has_300_sets_at_most(self) -> None:
        self.zone.create(*(record(f"n{number}.{self.zone.name}") for number in range(310)))
        self.assertEqual(len(self.zone.listing(MaxItems="1000")["ResourceRecordSets"]), 300)

    def test_every_field_is_kept(self) -> None:
        cidr = {"CollectionId": "c8c02a84-aaaa-bbbb-e0d4-d833a2f80106", "LocationName": "home"}
        self.zone.create(record(f"www.{self.zone.name}", SetIdentifier="a", CidrRoutingConfig=cidr))
        self.assertEqual(self.zone.sets()[0]["CidrRoutingConfig"], cidr)


class Propagation(Refused):
    def setUp(self) -> None:
        self.zone = Zone()
        self.www = f"www.{self.zone.name}"

    def status_of(self, change: dict[str, Any]) -> str:
        return self.zone.aws.get_change(Id=change["Id"])["ChangeInfo"]["Status"]

    def test_change_ids_are_unique_and_known(self) -> None:
        first, second = self.zone.create(record(self.www)), self.zone.create(record(f"a.{self.zone.name}"))
        self.assertNotEqual(first["Id"], second["Id"])
        self.assertEqual(self.status_of(self.zone.creation), "INSYNC")
        error = self.refused("NoSuchChange", "C000", self.zone.aws.get_change, Id="C000")
        self.assertEqual(self.status(error), 404)

    def test_a_change_is_pending_for_some_polls(self) -> None:
        control("dns_propagation", {"zone": self.zone.id, "polls": 2})
        change = self.zone.create(record(self.www))
        self.assertEqual(change["Status"], "PENDING")
        self.assertEqual([self.status_of(change) for _ in range(3)], ["PENDING", "PENDING", "INSYNC"])

    def test_a_change_is_pending_for_some_time(self) -> None:
        control("dns_propagation", {"zone": self.zone.id, "milliseconds": 150})
        change = self.zone.create(record(self.www))
        self.assertEqual(self.status_of(change), "PENDING")
        time.sleep(0.2)
        self.assertEqual(self.status_of(change), "INSYNC")

    def test_a_listing_shows_what_the_name_servers_do_not_serve_yet(self) -> None:
        control("dns_propagation", {"zone": self.zone.id, "polls": 1})
        change = self.zone.create(record(self.www))
        self.assertEqual(len(self.zone.sets()), 1)
        served = f"dns?zone={self.zone.id}"
        self.assertNotIn(self.www, [one["Name"] for one in control(served)["record_sets"]])
        self.status_of(change)
        self.assertIn(self.www, [one["Name"] for one in control(served)["record_sets"]])

    def test_a_busy_zone_takes_no_other_change(self) -> None:
        control("dns_propagation", {"zone": self.zone.id, "busy_milliseconds": 150})
        self.zone.create(record(self.www))
        again = record(f"a.{self.zone.name}")
        error = self.refused("PriorRequestNotComplete", "still processing a prior request", self.zone.create, again)
        self.assertEqual(self.status(error), 400)
        time.sleep(0.2)
        self.zone.create(again)

    def test_a_zone_can_be_busy_until_its_change_is_in_sync(self) -> None:
        control("dns_propagation", {"zone": self.zone.id, "polls": 1, "busy_until_insync": True})
        change = self.zone.create(record(self.www))
        again = record(f"a.{self.zone.name}")
        self.refused("PriorRequestNotComplete", "", self.zone.create, again)
        self.status_of(change)
        self.zone.create(again)


class HealthChecks(Refused):
    def made(self, **config: Any) -> dict[str, Any]:
        return client("route53").create_health_check(CallerReference=fresh("check"), HealthCheckConfig=config)[
            "HealthCheck"
        ]

    def test_a_health_check_fails_where_it_is_told(self) -> None:
        check = self.made(Type="TCP", IPAddress="192.0.2.1", Port=80)["Id"]

        def failing() -> int:
            found = client("route53").get_health_check_status(HealthCheckId=check)["HealthCheckObservations"]
            return sum(one["StatusReport"]["Status"].startswith("Failure") for one in found)

        self.assertEqual(failing(), 0)
        control("health_check", {"id": check, "unhealthy_regions": 6})
        self.assertEqual(failing(), 6)

    def test_a_health_check_is_healthy_by_its_kind(self) -> None:
        zone = Zone()
        endpoint: dict[str, Any] = {"Type": "TCP", "IPAddress": "192.0.2.1", "Port": 80}
        plain, inverted = self.made(**endpoint)["Id"], self.made(**endpoint, Inverted=True)["Id"]
        disabled = self.made(**endpoint, Disabled=True)["Id"]
        children = [plain, disabled]
        one, both = (self.made(Type="CALCULATED", ChildHealthChecks=children, HealthThreshold=n)["Id"] for n in (1, 2))

        def found(failing: int) -> list[bool]:
            for check in (plain, inverted, disabled):
                control("health_check", {"id": check, "unhealthy_regions": failing})
            checks = control(f"dns?zone={zone.id}")["health_checks"]
            return [checks[check] for check in (plain, inverted, disabled, one, both)]

        self.assertEqual(found(0), [True, False, True, True, True])
        # AWS: two of eight are 25 %, which is enough; one of eight is not.
        self.assertEqual(found(6), [True, False, True, True, True])
        self.assertEqual(found(7), [False, True, True, True, False])

    def test_a_calculated_health_check_has_no_observations(self) -> None:
        check = self.made(Type="CALCULATED", ChildHealthChecks=[], HealthThreshold=1)["Id"]
        self.refused("InvalidInput", "calculated", client("route53").get_health_check_status, HealthCheckId=check)

    def test_a_health_check_of_an_alarm_says_which(self) -> None:
        alarm = {"Region": "eu-west-1", "Name": "errors"}
        made = self.made(Type="CLOUDWATCH_METRIC", AlarmIdentifier=alarm, InsufficientDataHealthStatus="Healthy")
        self.assertEqual(made["HealthCheckConfig"]["AlarmIdentifier"], alarm)

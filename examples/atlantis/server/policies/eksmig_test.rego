# conftest verify --policy policies
package main

import rego.v1

# A plan that changes one shift.
plan(change) := {"resource_changes": [{
	"address": "eksmig_weighted_shift.orders",
	"mode": "managed",
	"provider_name": "registry.terraform.io/eksmig/eksmig",
	"change": change,
}]}

# A change of a share that an alarm watches, with what is different about it.
shift(stands, shares, different) := plan({
	"actions": ["update"],
	"before": {"observed_green_weight": stands, "status": "settled"},
	"after": {
		"green_weight": shares[count(shares) - 1],
		"gate": object.get(different, "gate", {"alarm_names": ["edge-5xx"]}),
		"schedule": [{"green_weight": share} | some share in shares],
		"external_dns": object.get(different, "external_dns", null),
		"undeployed_changes": object.get(different, "undeployed_changes", null),
	},
	"after_unknown": {},
})

test_small_watched_steps_are_allowed if {
	count(deny) == 0 with input as shift(10, [25, 50], {})
	count(warn) == 0 with input as shift(10, [25, 50], {})
}

test_a_step_too_far_is_denied if {
	deny == {"eksmig_weighted_shift.orders: a step of 40 points; at most 25 are allowed."} with input as shift(10, [50], {})
}

test_the_way_back_is_free if count(deny) == 0 with input as shift(100, [0], {"gate": null})

test_half_the_way_back_is_free if count(deny) == 0 with input as shift(100, [50], {"gate": null})

test_a_step_that_nobody_watches_is_denied if {
	every gate in [null, {}, {"alarm_names": null, "min_healthy_targets": 2}] {
		some message in deny with input as shift(0, [20], {"gate": gate})
		contains(message, "a step of 20 points that no gate watches")
	}
}

test_every_gate_that_looks_at_requests_watches if {
	every name in watching {
		count(deny) == 0 with input as shift(0, [20], {"gate": {name: {}}})
	}
}

test_too_much_for_one_pull_request_is_denied if {
	some message in deny with input as shift(0, [25, 50, 60], {})
	contains(message, "green rises by 60 points; at most 50 are allowed in one pull request")
}

test_a_create_is_measured_from_nothing if {
	some message in deny with input as plan({
		"actions": ["create"],
		"before": null,
		"after": {"green_weight": 30, "gate": {"alarm_names": ["a"]}, "schedule": [{"green_weight": 30}]},
		"after_unknown": {},
	})
	contains(message, "a step of 30 points")
}

test_what_is_not_known_is_denied if {
	every unknown in [{"green_weight": true}, {"schedule": true}, {"serving": true}] {
		count(deny) == 1 with input as plan({"actions": ["update"], "before": {}, "after": {}, "after_unknown": unknown})
	}
}

test_routes_that_stand_apart_are_denied if count(deny) == 1 with input as shift(null, [50], {})

test_routes_that_stand_apart_may_go_back if count(deny) == 0 with input as shift(null, [0], {})

failing := {"checks": [{
	"address": {"to_display": "check.green_is_well"},
	"status": "fail",
	"instances": [{"status": "fail", "problems": [{"message": "green: 1 of 2 healthy"}]}],
}]}

test_a_failing_check_is_denied_while_green_rises if {
	"check.green_is_well: green: 1 of 2 healthy" in deny with input as object.union(shift(0, [10], {}), failing)
	count(deny) == 0 with input as object.union(shift(100, [0], {}), failing)
}

test_a_check_that_could_not_be_evaluated_is_denied if {
	unknown := {"checks": [{"address": {"to_display": "check.a"}, "instances": [{"status": "error"}]}]}
	"check.a: could not be evaluated" in deny with input as object.union(shift(0, [10], {}), unknown)
}

test_a_plan_that_failed_is_denied if count(deny) == 1 with input as {"errored": true}

# A change of who is registered.
cutover(serving, percents) := plan({
	"actions": ["update"],
	"before": {"observed_serving": "blue"},
	"after": {
		"serving": serving,
		"schedule": array.concat(
			[{"side": "green", "registered_percent": 100}],
			[{"side": "blue", "registered_percent": percent} | some percent in percents],
		),
	},
	"after_unknown": {},
})

test_a_batch_too_large_is_denied if {
	some message in deny with input as cutover("green", [50, 0])
	contains(message, "50 % of blue leave in one step")
	count(deny) == 0 with input as cutover("green", [75, 50, 25, 0])
	count(deny) == 0 with input as cutover("blue", [])
}

destroy(before) := plan({"actions": ["delete"], "before": before, "after": null, "after_unknown": {}})

test_a_destroy_on_the_way_is_denied if {
	count(deny) == 1 with input as destroy({"observed_green_weight": 50, "on_destroy": null})
	count(deny) == 1 with input as destroy({"observed_green_weight": 50, "on_destroy": "green"})
	count(deny) == 0 with input as destroy({"observed_green_weight": 50, "on_destroy": "blue"})
	count(deny) == 0 with input as destroy({"observed_green_weight": 100, "on_destroy": null})
}

test_what_others_manage_is_not_judged if {
	others := {"resource_changes": [object.union(
		shift(0, [100], {}).resource_changes[0],
		{"provider_name": "registry.terraform.io/hashicorp/aws"},
	)]}
	count(deny) == 0 with input as others
}

test_what_deserves_a_look_is_warned_of if {
	every different in [{"external_dns": "override"}, {"undeployed_changes": "deploy"}] {
		count(warn) == 1 with input as shift(0, [10], different)
	}
	count(warn) == 1 with input as plan({
		"actions": ["update"],
		"before": {"observed_green_weight": 0, "status": "held"},
		"after": {"green_weight": 10, "schedule": [{"green_weight": 10}]},
		"after_unknown": {},
	})
}
